//! When a source is visited next.
//!
//! What changes or fails is looked at sooner, what stays is looked at less, both within bounds. What
//! seems to be gone is looked at as soon as a further check counts. Each source's interval is a little
//! longer or shorter than planned, always by the same share, so that what was due together once is
//! spread out from then on. The interval counts from the check, not from when it was due: after a long
//! stop, all that was missed is caught up with by one visit.

use std::time::Duration;

use crate::catalog::records::NextCheck;
use crate::model::ids::SourceId;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::scheduler::cron::Cron;
use crate::workflow::next_check::{Finding, Seen};
use crate::workflow::visiting::LONGEST_WISH;

/// When sources are looked at.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The interval that a source begins with.
    pub every: Duration,
    /// The shortest to which it shrinks.
    pub soonest: Duration,
    /// The longest to which it grows.
    pub latest: Duration,
    /// By how many percent of an interval a source is looked at sooner or later, at most 50.
    pub jitter: u8,
    /// How far apart checks must lie that count toward a confirmed verdict.
    pub confirm_gap: Duration,
    /// Sources with a cadence of their own; the first rule that fits holds.
    pub rules: Vec<Rule>,
}

/// A cadence for some sources.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which.
    pub of: Which,
    /// When.
    pub pace: Pace,
}

/// Which sources a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those of a host and of the hosts under it: `site.example` is `www.site.example` too.
    Host(String),
    /// Those whose address begins so.
    Url(String),
}

/// A cadence that does not adapt.
#[derive(Debug, Clone)]
pub enum Pace {
    /// So long after each check, a little more or less.
    Every(Duration),
    /// At moments of the calendar.
    At(Box<Cron>),
}

/// What could not be looked at for our own fault is looked at after so long.
const AFTER_OUR_FAULT: Duration = Duration::from_mins(10);
/// What there was no room for, or no time that could be believed, is looked at after so long, or a little less.
const AFTER_NO_ROOM: Duration = Duration::from_hours(1);
/// Nothing is looked at again sooner than this.
const AT_LEAST: Duration = Duration::from_mins(1);
/// A check that would count is put off by at most so many percent of the gap.
const LATE_FOR_CONFIRMATION: u8 = 4;

impl Default for Settings {
    fn default() -> Self {
        const A_DAY: u64 = 24;
        Self {
            every: Duration::from_hours(7 * A_DAY),
            soonest: Duration::from_hours(A_DAY),
            latest: Duration::from_hours(30 * A_DAY),
            jitter: 10,
            confirm_gap: Duration::from_hours(3 * A_DAY),
            rules: Vec::new(),
        }
    }
}

/// When the source is visited next.
pub fn next(seen: &Seen<'_>, settings: &Settings) -> NextCheck {
    let source = seen.due.source.id;
    let pace = settings.pace_of(&seen.due.source.url);
    let interval = match pace {
        Some(Pace::Every(every)) => *every,
        _ => adapted(seen, settings),
    };
    let spread = i16::from(settings.jitter.min(50));
    let percent = 100.0 + share(source, -spread, spread);
    let planned = match pace {
        Some(Pace::At(cron)) => cron.next_after(seen.now),
        _ => None,
    };
    let planned = planned.unwrap_or_else(|| plus(seen.now, percent_of(interval, percent)));
    let hurried = match seen.finding {
        Finding::Same | Finding::Changed | Finding::Blocked => None,
        Finding::NoAnswer => {
            let soon = interval.min(settings.confirm_gap);
            Some(plus(seen.now, percent_of(soon, percent)))
        }
        Finding::InDoubt { counted_at } => {
            let late = share(source, 0, i16::from(LATE_FOR_CONFIRMATION));
            Some(plus(
                counted_at,
                percent_of(settings.confirm_gap, 100.0 + late),
            ))
        }
        Finding::Nothing => {
            let late = percent_of(AFTER_OUR_FAULT, share(source, 50, 150));
            Some(plus(seen.now, late))
        }
        Finding::NoRoom | Finding::NoTime => {
            let late = percent_of(AFTER_NO_ROOM, share(source, 50, 100));
            Some(plus(seen.now, late))
        }
    };
    let at = hurried.map_or(planned, |hurried| hurried.min(planned));
    let at = at.max(plus(seen.now, AT_LEAST));
    // Who asked to be left alone until then is not asked by all at that very second.
    let at = seen.asked_to_wait.map_or(at, |until| {
        let late = percent_of(AFTER_OUR_FAULT, share(source, 0, 100));
        at.max(plus(until, late))
    });
    NextCheck { at, interval }
}

/// The latest moment for which a check can have been planned up to now. Whatever is planned for later was
/// planned by a clock that was ahead, or by settings that were slower.
pub fn latest_plan(now: Timestamp, settings: &Settings) -> Timestamp {
    /// Clocks are set by less, and a wish to be left alone is met up to ten minutes late.
    const SLACK: Duration = Duration::from_hours(24);
    let percent = 100.0 + f64::from(settings.jitter.min(50));
    let intervals = settings.rules.iter().filter_map(|rule| match &rule.pace {
        Pace::Every(every) => Some(*every),
        Pace::At(_) => None,
    });
    let longest = intervals.fold(settings.latest.max(settings.every), Duration::max);
    let longest = percent_of(longest, percent).max(LONGEST_WISH);
    let calendar = settings.rules.iter().filter_map(|rule| match &rule.pace {
        // What it planned earlier, and is not past, is this moment.
        Pace::At(cron) => cron.next_after(now),
        Pace::Every(_) => None,
    });
    plus(calendar.fold(plus(now, longest), Timestamp::max), SLACK)
}

/// The interval from now on.
fn adapted(seen: &Seen<'_>, settings: &Settings) -> Duration {
    let Some(before) = seen.due.interval else {
        return settings.every;
    };
    let now = match seen.finding {
        Finding::Same => before.saturating_mul(3) / 2,
        Finding::Changed | Finding::NoAnswer => before / 2,
        Finding::Blocked
        | Finding::InDoubt { .. }
        | Finding::Nothing
        | Finding::NoRoom
        | Finding::NoTime => before,
    };
    now.min(settings.latest).max(settings.soonest)
}

impl Settings {
    fn pace_of(&self, url: &TargetUrl) -> Option<&Pace> {
        let fits = |rule: &&Rule| match &rule.of {
            Which::Url(start) => url.as_str().starts_with(start.as_str()),
            Which::Host(host) => {
                let above = url.host().strip_suffix(host.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
        };
        self.rules.iter().find(fits).map(|rule| &rule.pace)
    }
}

/// A number between two, always the same for a source, and any of them for the next source.
fn share(source: SourceId, from: i16, to: i16) -> f64 {
    // The finisher of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
    let mut mixed = source.0.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let part = f64::from(u32::try_from(mixed >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
    f64::from(from) + part * f64::from(to - from)
}

fn percent_of(span: Duration, percent: f64) -> Duration {
    span.mul_f64(percent / 100.0)
}

fn plus(moment: Timestamp, span: Duration) -> Timestamp {
    moment.plus_seconds(i64::try_from(span.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;

//! Hours of the day in which nothing is visited, by the clocks of a zone; pure.

use std::time::Duration;

use chrono::Timelike as _;
use chrono_tz::Tz;

use crate::model::time::Timestamp;

/// The quiet hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// Spans of each day, in minutes from midnight; the second bound is no part of it, and may be less
    /// than the first: then the span goes past midnight.
    pub spans: Vec<(u16, u16)>,
    /// By whose clocks.
    pub zone: Tz,
}

impl QuietHours {
    /// Reads the name of a zone, such as `Europe/Berlin`; empty for UTC. `None` where there is none such.
    pub fn zone(name: &str) -> Option<Tz> {
        match name {
            "" => Some(Tz::UTC),
            name => name.parse().ok(),
        }
    }

    /// How long it is quiet still, at most; `None` when it is not. What the clocks show is asked for
    /// anew each time: a night in which they are changed is shorter or longer than this says, and so
    /// whoever waits asks again after a while.
    pub fn left(&self, now: Timestamp) -> Option<Duration> {
        const A_DAY: u32 = 24 * 60 * 60;
        let shown = now.as_datetime().with_timezone(&self.zone);
        let second = shown.num_seconds_from_midnight();
        let left = |(from, to): &(u16, u16)| {
            let (from, to) = (u32::from(*from) * 60, u32::from(*to) * 60);
            let length = (to + A_DAY - from) % A_DAY;
            let gone = (second + A_DAY - from) % A_DAY;
            (gone < length).then(|| Duration::from_secs(u64::from(length - gone)))
        };
        self.spans.iter().filter_map(left).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(zone: &str, moment: &str, spans: &[(u16, u16)]) -> Option<u64> {
        let quiet = QuietHours {
            spans: spans.to_vec(),
            zone: QuietHours::zone(zone).unwrap(),
        };
        quiet
            .left(moment.parse().unwrap())
            .map(|left| left.as_secs())
    }

    #[test]
    fn quiet_hours_may_go_past_midnight() {
        let left =
            |time: &str, spans: &[(u16, u16)]| left("", &format!("2026-11-24T{time}Z"), spans);
        let night = [(22 * 60, 6 * 60)];
        assert_eq!(left("21:59:59", &night), None);
        assert_eq!(left("22:00:00", &night), Some(8 * 3600));
        assert_eq!(left("05:59:59", &night), Some(1));
        assert_eq!(left("06:00:00", &night), None);
        assert_eq!(left("12:30:00", &[(720, 780), (740, 800)]), Some(50 * 60));
        assert_eq!(left("12:30:00", &[]), None);
    }

    #[test]
    fn the_clocks_of_the_zone_hold_in_summer_and_in_winter() {
        let day = [(9 * 60, 17 * 60)];
        let left = |moment: &str| left("Europe/Berlin", moment, &day);
        // Nine in Berlin is eight in UTC in winter, and seven in summer.
        assert_eq!(left("2026-01-15T07:59:59Z"), None);
        assert_eq!(left("2026-01-15T08:00:00Z"), Some(8 * 3600));
        assert_eq!(left("2026-07-15T06:59:59Z"), None);
        assert_eq!(left("2026-07-15T07:00:00Z"), Some(8 * 3600));
        assert_eq!(left("2026-07-15T15:00:00Z"), None);
    }

    #[test]
    fn a_night_in_which_the_clocks_are_changed_begins_and_ends_by_them() {
        let night = [(60, 5 * 60)];
        let is_quiet = |moment: &str| left("Europe/Berlin", moment, &night).is_some();
        // 29 March 2026: two o'clock is left out. From 00:00 to 03:00 UTC.
        assert!(!is_quiet("2026-03-28T23:59:59Z"));
        assert!(is_quiet("2026-03-29T00:00:00Z"));
        assert!(is_quiet("2026-03-29T02:59:59Z"));
        assert!(!is_quiet("2026-03-29T03:00:00Z"));
        // 25 October 2026: two o'clock comes twice. From 23:00 to 04:00 UTC.
        assert!(!is_quiet("2026-10-24T22:59:59Z"));
        assert!(is_quiet("2026-10-24T23:00:00Z"));
        assert!(is_quiet("2026-10-25T03:59:59Z"));
        assert!(!is_quiet("2026-10-25T04:00:00Z"));
    }
}

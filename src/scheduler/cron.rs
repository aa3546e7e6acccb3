//! Cron expressions, read as Unix cron reads them and evaluated in a zone; pure.
//!
//! Five fields (minute, hour, day of the month, month, day of the week), six with seconds before
//! them, seven with a year (1970 to 2100) after them; or `@yearly`, `@monthly`, `@weekly`, `@daily`
//! and `@hourly`. A field is `*`, numbers, ranges `1-5`, steps `*/15` or `8-18/2`, and lists of
//! these; months and days of the week have their English names too, `jan` or `MON`.
//!
//! What differs from cron to cron is decided so:
//! - *Days of the week* are numbered as in crontab(5) however many fields there are: 0 and 7 are
//!   Sunday, 1 is Monday. Quartz counts otherwise; names mean the same everywhere.
//! - *Day of the month and day of the week* both set: it fires on the days that fit either, as in
//!   crontab(5). A field that begins with `*` (or is `?`) is not set, so `*/2` and a weekday are
//!   both asked for.
//! - *A time that a zone leaves out* in spring fires at the first moment after the gap; several such
//!   times fire together, once.
//! - *A time that a zone has twice* in autumn fires once, the first time. Only what fires in every
//!   hour (hour field `*`) goes on through the second one, or it would rest for an hour.
//!
//! The search through the calendar is the `cron` crate's. It is given what it reads without traps:
//! seconds always, days of the week by its own numbers, one day field at a time, and local time
//! without a zone.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::model::time::Timestamp;

/// A cron expression in its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    zone: Tz,
    /// One, or two of which either may fire.
    schedules: Vec<cron::Schedule>,
    fires_every_hour: bool,
}

/// Why an expression or a zone cannot be used, and what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Neither five, six nor seven fields.
    #[error(
        "«{text}» has {count} fields; write five: minute, hour, day of the month, month, day of the \
         week, such as \"30 6 * * *\" for half past six each day"
    )]
    FieldCount {
        /// The expression.
        text: String,
        /// How many fields it has.
        count: usize,
    },
    /// `@` and something else than a name that is known.
    #[error("«{0}» is no name; write @hourly, @daily, @weekly, @monthly or @yearly")]
    Name(String),
    /// A field that cannot be meant.
    #[error("«{text}»: «{part}» is no {field}; {advice}")]
    Field {
        /// The expression.
        text: String,
        /// The part of the field.
        part: String,
        /// The field.
        field: &'static str,
        /// What to write.
        advice: String,
    },
    /// A day that no year has, such as 30 February.
    #[error("«{0}» never comes: no year has such a day; check day and month")]
    Never(String),
    /// A zone that the IANA database does not have.
    #[error("«{0}» is no time zone; write a name such as \"Europe/Vilnius\" or \"UTC\"")]
    Zone(String),
}

/// One field: its name, its bounds, and the names of its values from the lower bound on.
struct Field {
    name: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
}

const SECOND: Field = Field::numbers("second", 0, 59);
const MINUTE: Field = Field::numbers("minute", 0, 59);
const HOUR: Field = Field::numbers("hour", 0, 23);
const DAY: Field = Field::numbers("day of the month", 1, 31);
const YEAR: Field = Field::numbers("year", 1970, 2100);
const MONTH: Field = Field {
    name: "month",
    first: 1,
    last: 12,
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
};
const WEEKDAY: Field = Field {
    name: "day of the week",
    first: 0,
    last: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

/// What the names stand for.
const NAMES: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// No zone of the IANA database repeats more than this of a day in the years of [`YEAR`].
const LONGEST_REPETITION: TimeDelta = TimeDelta::hours(24);

impl Cron {
    /// Reads an expression; without a zone it is meant in UTC.
    pub fn parse(text: &str, zone: Option<&str>) -> Result<Self, CronError> {
        let zone = match zone {
            None => Tz::UTC,
            Some(name) => name.parse().map_err(|_| CronError::Zone(name.to_owned()))?,
        };
        let named = NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
        let written = named.map_or(text, |(_, fields)| fields);
        if written.trim_start().starts_with('@') {
            return Err(CronError::Name(text.to_owned()));
        }
        let fields: Vec<&str> = written.split_whitespace().collect();
        let (second, minutes_on, year) = match fields[..] {
            [_, _, _, _, _] => ("0", &fields[..], "*"),
            [second, _, _, _, _, _] => (second, &fields[1..], "*"),
            [second, _, _, _, _, _, year] => (second, &fields[1..6], year),
            _ => {
                return Err(CronError::FieldCount {
                    text: text.to_owned(),
                    count: fields.len(),
                });
            }
        };
        let read = |field: &Field, written: &str| field.read(text, written);
        let day = read(&DAY, minutes_on[2])?;
        let weekday = read(&WEEKDAY, minutes_on[4])?.map(|days| {
            // 7 is Sunday as 0 is, which the crate calls 1.
            days.into_iter().map(|day| day % 7 + 1).collect()
        });
        let before = [
            read(&SECOND, second)?,
            read(&MINUTE, minutes_on[0])?,
            read(&HOUR, minutes_on[1])?,
        ]
        .map(|values| list(values.as_ref()))
        .join(" ");
        let month = list(read(&MONTH, minutes_on[3])?.as_ref());
        let year = list(read(&YEAR, year)?.as_ref());
        let schedule = |day: &str, weekday: &str| {
            let written = format!("{before} {day} {month} {weekday} {year}");
            cron::Schedule::from_str(&written)
                .expect("lists of numbers within their bounds are what the crate reads")
        };
        let is_open = |field: &str| field.starts_with(['*', '?']);
        let (day, weekday) = (list(day.as_ref()), list(weekday.as_ref()));
        let schedules = if is_open(minutes_on[2]) || is_open(minutes_on[4]) {
            vec![schedule(&day, &weekday)]
        } else {
            vec![schedule(&day, "*"), schedule("*", &weekday)]
        };
        let cron = Self {
            text: text.trim().to_owned(),
            zone,
            schedules,
            fires_every_hour: minutes_on[1] == "*",
        };
        // Before the first year of all.
        if cron.next_after(Timestamp::from_unix(-172_800)).is_none() {
            return Err(CronError::Never(cron.text));
        }
        Ok(cron)
    }

    /// The first moment after `moment` at which it fires. `None` when its years are over.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let local = self
            .zone
            .from_utc_datetime(&moment.as_datetime().naive_utc());
        let local = local.naive_local();
        let is_repeated = matches!(
            self.zone.from_local_datetime(&local),
            LocalResult::Ambiguous(..)
        );
        let passes: &[Pass] = if self.fires_every_hour {
            &[Pass::First, Pass::Second]
        } else {
            &[Pass::First]
        };
        let next = |pass: Pass| {
            // Within an hour that comes twice, earlier times of it come once more.
            let from = match pass {
                Pass::Second if is_repeated => local - LONGEST_REPETITION,
                _ => local,
            };
            self.next_of_pass(from, moment, pass)
        };
        passes.iter().filter_map(|&pass| next(pass)).min()
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Local times and their moments go up together as long as one pass is kept to, so the first
    /// that is late enough is the next.
    fn next_of_pass(&self, from: NaiveDateTime, after: Timestamp, pass: Pass) -> Option<Timestamp> {
        let next = |schedule: &cron::Schedule| {
            schedule
                .after(&from.and_utc())
                .filter_map(|local| self.moment(local.naive_utc(), pass))
                .find(|&moment| moment > after)
        };
        self.schedules.iter().filter_map(next).min()
    }

    /// When a clock in the zone shows this time; in a gap, when the gap ends.
    fn moment(&self, local: NaiveDateTime, pass: Pass) -> Option<Timestamp> {
        let moment = match (self.zone.from_local_datetime(&local), pass) {
            (LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _), Pass::First)
            | (LocalResult::Single(moment) | LocalResult::Ambiguous(_, moment), Pass::Second) => {
                moment.with_timezone(&Utc)
            }
            (LocalResult::None, _) => self.end_of_gap(local)?,
        };
        Some(moment.into())
    }

    /// The first moment after the gap in which this local time lies, to the second.
    fn end_of_gap(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let shows =
            |utc: DateTime<Utc>| self.zone.from_utc_datetime(&utc.naive_utc()).naive_local();
        // No zone is a day and more from UTC, so that these are before and after the gap.
        let mut before = local.and_utc().checked_sub_signed(TimeDelta::days(2))?;
        let mut after = local.and_utc().checked_add_signed(TimeDelta::days(2))?;
        while (after - before).num_seconds() > 1 {
            let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
            if shows(middle) < local {
                before = middle;
            } else {
                after = middle;
            }
        }
        Some(after)
    }
}

/// Which of two moments is meant by a time that a clock shows twice.
#[derive(Debug, Clone, Copy)]
enum Pass {
    First,
    Second,
}

impl Field {
    const fn numbers(name: &'static str, first: u32, last: u32) -> Self {
        Self {
            name,
            first,
            last,
            names: &[],
        }
    }

    /// The values that a field names; `None` for all.
    fn read(&self, text: &str, written: &str) -> Result<Option<BTreeSet<u32>>, CronError> {
        let has_open_days = matches!(self.name, "day of the month" | "day of the week");
        if written == "*" || (written == "?" && has_open_days) {
            return Ok(None);
        }
        let mut values = BTreeSet::new();
        for part in written.split(',') {
            let refused = |advice| CronError::Field {
                text: text.to_owned(),
                part: part.to_owned(),
                field: self.name,
                advice,
            };
            values.extend(self.part(part).map_err(refused)?);
        }
        Ok(Some(values))
    }

    /// The values of one part of a list; else what to write.
    fn part(&self, part: &str) -> Result<impl Iterator<Item = u32> + use<>, String> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let step_size = match step.map(number) {
            None => 1,
            Some(Some(step)) if step > 0 => step,
            Some(_) => return Err("write a step above zero, such as */15".to_owned()),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.first, self.last),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            None => {
                let value = self.value(range)?;
                // «5/10» is from 5 on, as with other crons.
                (value, if step.is_some() { self.last } else { value })
            }
        };
        if first > last {
            return Err(format!(
                "a range goes upwards; write two, such as {first}-{},{}-{last}",
                self.last, self.first
            ));
        }
        let step_size = usize::try_from(step_size).unwrap_or(usize::MAX);
        // Sunday has two numbers, and every second day is not to count it twice.
        let last = if range == "*" && self.first == 0 && self.last == 7 {
            6
        } else {
            last
        };
        Ok((first..=last).step_by(step_size))
    }

    fn value(&self, written: &str) -> Result<u32, String> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(written))
            .and_then(|at| u32::try_from(at).ok())
            .map(|at| at + self.first);
        named
            .or_else(|| number(written))
            .filter(|value| (self.first..=self.last).contains(value))
            .ok_or_else(|| {
                let names = match self.names {
                    [first, .., last] => format!(", or {first} to {last}"),
                    _ => String::new(),
                };
                format!("write {} to {}{names}", self.first, self.last)
            })
    }
}

fn number(written: &str) -> Option<u32> {
    let is_number = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    written.parse().ok().filter(|_| is_number)
}

fn list(values: Option<&BTreeSet<u32>>) -> String {
    let Some(values) = values else {
        return "*".to_owned();
    };
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join(",")
}

#[cfg(test)]
mod tests;

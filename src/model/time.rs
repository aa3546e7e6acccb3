//! Moments and access dates.
//!
//! `now` is never asked for here: the command line, the scheduler and the web take it and pass it
//! down, so that a test can say what time it is.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, to the second, as Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// A moment or date that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no date or moment; write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ")]
pub struct UnreadableTime(pub String);

impl Timestamp {
    /// From Unix seconds. Moments outside the years 0 to 9999 are pulled to that range's ends, so
    /// that every timestamp has an RFC 3339 form.
    pub fn from_unix(seconds: i64) -> Self {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        Self(seconds.clamp(FIRST, LAST))
    }

    /// Unix seconds.
    pub fn as_unix(self) -> i64 {
        self.0
    }

    /// The same moment for `chrono`.
    pub fn as_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).expect("the constructor keeps the range")
    }

    /// `2020-11-24T10:11:12Z` (RFC 3339), also the form of `WARC-Date` (WARC 1.1 §5.4).
    pub fn to_rfc3339(self) -> String {
        self.as_datetime().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `20201124101112`, the fourteen digits of CDX files and of Wayback addresses.
    pub fn to_digits14(self) -> String {
        self.as_datetime().format("%Y%m%d%H%M%S").to_string()
    }

    /// Reads fourteen digits.
    pub fn from_digits14(digits: &str) -> Result<Self, UnreadableTime> {
        chrono::NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S")
            .map(|moment| moment.and_utc().into())
            .map_err(|_| UnreadableTime(digits.to_owned()))
    }

    /// The day, `2020-11-24`.
    pub fn to_day(self) -> String {
        self.as_datetime().format("%Y-%m-%d").to_string()
    }

    /// Seconds from `earlier` to this moment; negative when it is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// This moment and so many seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::from_unix(moment.timestamp())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl FromStr for Timestamp {
    type Err = UnreadableTime;

    /// Reads RFC 3339 with any offset, or a day alone (its first second in UTC).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Ok(moment.with_timezone(&Utc).into());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map(|moment| moment.and_utc().into())
            .ok_or_else(|| UnreadableTime(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The day, month or year in which an author says a source was seen.
///
/// The precision is the author's and is kept: «accessed 2020» is the whole year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessDate {
    /// Only the year.
    Year(i32),
    /// Year and month, the latter from 1 to 12.
    Month(i32, u32),
    /// The day.
    Day(NaiveDate),
}

impl AccessDate {
    /// The day, if there is such a day in the calendar and its year is between 1 and 9999.
    pub fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day)
            .filter(|day| (1..=9999).contains(&day.year()))
            .map(Self::Day)
    }

    /// The month, if it is one.
    pub fn month(year: i32, month: u32) -> Option<Self> {
        ((1..=12).contains(&month) && (1..=9999).contains(&year))
            .then_some(Self::Month(year, month))
    }

    /// The year, from 1 to 9999.
    pub fn year(year: i32) -> Option<Self> {
        (1..=9999).contains(&year).then_some(Self::Year(year))
    }

    /// The first moment of the interval that the date names, in UTC.
    pub fn first_moment(self) -> Timestamp {
        midnight(self.first_day())
    }

    /// The last second of the interval that the date names, in UTC.
    pub fn last_moment(self) -> Timestamp {
        let first = self.first_day();
        let next = match self {
            Self::Year(_) => first.checked_add_months(Months::new(12)),
            Self::Month(..) => first.checked_add_months(Months::new(1)),
            Self::Day(_) => first.checked_add_days(Days::new(1)),
        };
        midnight(next.expect("years end at 9999, the calendar does not")).plus_seconds(-1)
    }

    /// How far a moment lies outside the interval, zero within it.
    pub fn distance(self, moment: Timestamp) -> TimeDelta {
        let before = self.first_moment().seconds_since(moment);
        let after = moment.seconds_since(self.last_moment());
        TimeDelta::seconds(before.max(after).max(0))
    }

    fn first_day(self) -> NaiveDate {
        let (year, month) = match self {
            Self::Day(day) => return day,
            Self::Month(year, month) => (year, month),
            Self::Year(year) => (year, 1),
        };
        NaiveDate::from_ymd_opt(year, month, 1).expect("the constructors keep the range")
    }
}

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_hms_opt(0, 0, 0)
        .expect("midnight exists in UTC")
        .and_utc()
        .into()
}

impl fmt::Display for AccessDate {
    /// `2020-11-24`, `2020-11` or `2020` (ISO 8601 with reduced precision).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
        }
    }
}

impl FromStr for AccessDate {
    type Err = UnreadableTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || UnreadableTime(text.to_owned());
        let mut parts = text.split('-').map(str::parse::<u32>);
        let mut next = || parts.next().transpose().map_err(|_| unreadable());
        let year = next()?
            .and_then(|year| i32::try_from(year).ok())
            .ok_or_else(unreadable)?;
        match (next()?, next()?, next()?) {
            (None, ..) => Self::year(year),
            (Some(month), None, _) => Self::month(year, month),
            (Some(month), Some(day), None) => Self::day(year, month, day),
            _ => None,
        }
        .ok_or_else(unreadable)
    }
}

impl Serialize for AccessDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccessDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_date_is_the_interval_its_author_wrote() {
        let year: AccessDate = "2020".parse().unwrap();
        assert_eq!(year.first_moment().to_rfc3339(), "2020-01-01T00:00:00Z");
        assert_eq!(year.last_moment().to_rfc3339(), "2020-12-31T23:59:59Z");
        let month: AccessDate = "2020-02".parse().unwrap();
        assert_eq!(month.last_moment().to_rfc3339(), "2020-02-29T23:59:59Z");
        let day: AccessDate = "2020-11-24".parse().unwrap();
        assert_eq!(
            day.distance("2020-11-24T12:00:00Z".parse().unwrap())
                .num_seconds(),
            0
        );
        assert_eq!(day.distance("2020-11-25".parse().unwrap()).num_seconds(), 1);
    }

    #[test]
    fn dates_that_are_none_are_refused() {
        for text in [
            "2020-13",
            "2020-02-30",
            "",
            "0",
            "x",
            "2020-1-1-1",
            "2020-",
            "-5",
        ] {
            assert!(text.parse::<AccessDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn written_dates_are_read_back() {
        for text in ["2020", "2020-11", "2020-11-24"] {
            assert_eq!(text.parse::<AccessDate>().unwrap().to_string(), text);
        }
        let moment: Timestamp = "2020-11-24T10:11:12Z".parse().unwrap();
        assert_eq!(
            Timestamp::from_digits14(&moment.to_digits14()).unwrap(),
            moment
        );
    }
}

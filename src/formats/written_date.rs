//! Dates as people write them, in every order, script and calendar; which of them are access dates
//! is for [`crate::formats::access_date`] to say.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate};

use crate::formats::date_forms;
use crate::formats::months::Meaning;
use crate::formats::tokens::Piece;
use crate::model::time::AccessDate;

/// A date in a text.
#[derive(Debug, Clone)]
pub(crate) struct WrittenDate {
    /// Its pieces.
    pub(crate) pieces: Range<usize>,
    /// Its bytes in the text.
    pub(crate) range: Range<usize>,
    /// What it says.
    pub(crate) reading: Reading,
}

/// What a date says before its language is known.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// Year, month, day: one meaning.
    Numbers(i32, Option<u32>, Option<u32>),
    /// A month by its name.
    Named {
        /// The year.
        year: i32,
        /// What the name can mean.
        month: &'static [Meaning],
        /// The day, where there is one.
        day: Option<u32>,
    },
    /// Day and month in an order that the numbers do not tell.
    Either {
        /// The first number.
        first: u32,
        /// The second.
        second: u32,
        /// The year.
        year: i32,
    },
    /// Written like a date, and none: a version, an address, a range.
    Nothing,
}

/// The years in which a page of the web can have been seen.
const WEB_YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

impl WrittenDate {
    /// The date, and whether day and month could be the other way round. `languages`, first choice
    /// first, decide what a month's name means; `is_day_first` is what else is known of the order.
    pub(crate) fn date(
        &self,
        languages: &[&str],
        is_day_first: Option<bool>,
    ) -> Option<(AccessDate, bool)> {
        let (year, month, day, is_ambiguous) = match &self.reading {
            Reading::Numbers(year, month, day) => {
                let (year, month, day) = gregorian(*year, *month, *day)?;
                (year, month, day, false)
            }
            Reading::Named { year, month, day } => {
                let meaning = languages
                    .iter()
                    .find_map(|language| month.iter().find(|m| m.language == *language))
                    .or(month.first())?;
                let month = Some(meaning.month);
                let (year, month, day) = if meaning.is_solar_hijri {
                    solar_hijri(*year, meaning.month, (*day)?)?
                } else {
                    gregorian(*year, month, *day)?
                };
                (year, month, day, false)
            }
            Reading::Either {
                first,
                second,
                year,
            } => {
                let is_open = *first <= 12 && *second <= 12 && first != second;
                let is_day_first_here = if is_open {
                    is_day_first.unwrap_or(!languages.contains(&"en-us"))
                } else {
                    *second <= 12
                };
                let (day, month) = if is_day_first_here {
                    (*first, *second)
                } else {
                    (*second, *first)
                };
                let (year, month, day) = gregorian(*year, Some(month), Some(day))?;
                (year, month, day, is_open && is_day_first.is_none())
            }
            Reading::Nothing => return None,
        };
        let date = match (month, day) {
            (Some(month), Some(day)) => AccessDate::day(year, month, day),
            (Some(month), None) => AccessDate::month(year, month),
            _ => AccessDate::year(year),
        };
        date.filter(|_| WEB_YEARS.contains(&year))
            .map(|date| (date, is_ambiguous))
    }

    /// Whether it names a day.
    pub(crate) fn is_day(&self) -> bool {
        match &self.reading {
            Reading::Numbers(_, _, day) | Reading::Named { day, .. } => day.is_some(),
            Reading::Either { .. } => true,
            Reading::Nothing => false,
        }
    }

    /// Whether it is nothing but a year.
    pub(crate) fn is_year(&self) -> bool {
        matches!(self.reading, Reading::Numbers(_, None, None))
    }
}

/// Thai years count from the Buddha, Persian ones from the Hijra; both are far from the web's own.
fn gregorian(
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
) -> Option<(i32, Option<u32>, Option<u32>)> {
    /// The Buddhist era began this many years before the common one.
    const BUDDHIST: i32 = 543;
    match (year, month, day) {
        (2533..=2643, ..) => Some((year - BUDDHIST, month, day)),
        (1369..=1479, Some(month), Some(day)) => solar_hijri(year, month, day),
        _ => Some((year, month, day)),
    }
}

/// A day of the Solar Hijri calendar, by its 33-year cycle of leap years; right from 1178 to 1633.
fn solar_hijri(year: i32, month: u32, day: u32) -> Option<(i32, Option<u32>, Option<u32>)> {
    let is_month = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_month || !(1178..=1633).contains(&year) || (month > 6 && day > 30) {
        return None;
    }
    let day_number = |year: i32, month: u32, day: u32| {
        let cycle = (year + 1595).rem_euclid(33);
        let leap_days = (year + 1595) / 33 * 8 + (cycle + 3) / 4;
        let before_month = if month < 7 {
            (month - 1) * 31
        } else {
            (month - 7) * 30 + 186
        };
        i64::from(365 * year + leap_days) + i64::from(before_month + day)
    };
    // 1 Farvardin 1399 was 20 March 2020.
    let days = day_number(year, month, day) - day_number(1399, 1, 1);
    let anchor = NaiveDate::from_ymd_opt(2020, 3, 20)?;
    let distance = Days::new(days.unsigned_abs());
    let date = if days < 0 {
        anchor.checked_sub_days(distance)?
    } else {
        anchor.checked_add_days(distance)?
    };
    Some((date.year(), Some(date.month()), Some(date.day())))
}

/// All dates of a text, in order, without overlap.
pub(crate) fn find(pieces: &[Piece]) -> Vec<WrittenDate> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let Some((reading, end)) = date_forms::read(pieces, at) else {
            at += 1;
            continue;
        };
        if !matches!(reading, Reading::Nothing) {
            found.push(WrittenDate {
                pieces: at..end,
                range: pieces[at].range.start..pieces[end - 1].range.end,
                reading,
            });
        }
        at = end.max(at + 1);
    }
    found
}

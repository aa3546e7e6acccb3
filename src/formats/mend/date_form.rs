//! Writes a day in the form in which another date stands in the document.

use chrono::{Datelike, NaiveDate};

use crate::formats::access_date;
use crate::formats::months;
use crate::formats::tokens::{self, Piece, Token};
use crate::model::time::AccessDate;

/// The day in the form of a date as written, which means `meant`; `language` is that of its words.
///
/// What the form has, the day has: without a day in it, the month and the year are written. A form that
/// cannot be imitated gives ISO 8601.
pub(crate) fn like(written: &str, meant: AccessDate, language: &str, day: NaiveDate) -> String {
    let iso = day.format("%Y-%m-%d").to_string();
    let Some(imitated) = imitate(written, meant, language, day) else {
        return iso;
    };
    let read = |text: &str| access_date::parse_field(text, Some(language)).map(|(date, _)| date);
    let wanted = match meant {
        AccessDate::Day(_) => Some(AccessDate::Day(day)),
        AccessDate::Month(..) => AccessDate::month(day.year(), day.month()),
        AccessDate::Year(_) => AccessDate::year(day.year()),
    };
    // Where the form itself is not read alone (the document's other dates tell its order), the
    // imitation cannot be either.
    if read(written) == Some(meant) && read(&imitated) != wanted {
        return iso;
    }
    imitated
}

/// What a number of the form stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
}

fn imitate(written: &str, meant: AccessDate, language: &str, day: NaiveDate) -> Option<String> {
    let (year, month, day_of_month) = match meant {
        AccessDate::Year(year) => (year, None, None),
        AccessDate::Month(year, month) => (year, Some(month), None),
        AccessDate::Day(date) => (date.year(), Some(date.month()), Some(date.day())),
    };
    let pieces = tokens::cut(written, &[]);
    let name = pieces
        .iter()
        .find_map(|piece| spelled(piece, written, language, month?));
    let is_named = name.is_some();
    let mut missing = vec![Part::Year];
    missing.extend(month.filter(|_| !is_named).map(|_| Part::Month));
    missing.extend(day_of_month.map(|_| Part::Day));
    let begins_with_year = pieces.iter().find_map(|piece| match piece.token {
        Token::Number { value, .. } => Some(i64::from(value) == i64::from(year)),
        _ => None,
    });
    let numbers: Vec<(&Piece, u32, usize)> = pieces
        .iter()
        .filter_map(|piece| match piece.token {
            Token::Number { value, digits } => Some((piece, value, digits)),
            _ => None,
        })
        .collect();
    let mut out = String::new();
    let mut from = 0;
    let is_padded = |value: u32, digits: usize| value < 10 && digits == 2;
    let is_bare = |value: u32, digits: usize| value < 10 && digits == 1;
    let any_padded = numbers
        .iter()
        .any(|(_, value, digits)| is_padded(*value, *digits));
    let any_bare = numbers
        .iter()
        .any(|(_, value, digits)| is_bare(*value, *digits));
    let pads = any_padded || !(any_bare || is_named);
    for piece in &pieces {
        let put: Option<String> = match &piece.token {
            Token::Number { value, digits } => {
                let part = part_of(
                    *value,
                    *digits,
                    (year, month, day_of_month),
                    &missing,
                    begins_with_year,
                );
                let part = part?;
                missing.retain(|other| *other != part);
                let shift = i64::from(*value) - i64::from(year);
                let number = match part {
                    Part::Year if *digits <= 2 => i64::from(day.year() % 100),
                    Part::Year => i64::from(day.year()) + shift,
                    Part::Month => i64::from(day.month()),
                    Part::Day => i64::from(day.day()),
                };
                let width = if part == Part::Year {
                    *digits
                } else {
                    1 + usize::from(pads)
                };
                let first = written[piece.range.clone()].chars().next()?;
                Some(in_digits_of(first, number, width))
            }
            Token::Word(word) => match &name {
                Some((at, variant)) if *at == piece.range.start => {
                    let names = months::spellings(&variant.language)?.get(day.month0() as usize)?;
                    Some(variant.pick(names, &written[piece.range.clone()]))
                }
                _ => ordinal(word, piece, written, day.day()),
            },
            Token::Mark(_) => None,
        };
        let Some(put) = put else { continue };
        out.push_str(&written[from..piece.range.start]);
        from = piece.range.end;
        // The full stop of an abbreviation goes with it.
        let was_short = written[piece.range.clone()].chars().count();
        let is_name = matches!(&name, Some((at, _)) if *at == piece.range.start);
        let has_stop = written[from..].starts_with('.');
        if is_name && has_stop && is_whole_name(&put, language, day.month()) && was_short > 0 {
            from += 1;
        }
        out.push_str(&put);
    }
    out.push_str(&written[from..]);
    missing.is_empty().then_some(out)
}

fn part_of(
    value: u32,
    digits: usize,
    (year, month, day): (i32, Option<u32>, Option<u32>),
    missing: &[Part],
    begins_with_year: Option<bool>,
) -> Option<Part> {
    /// The Buddhist era began this many years before the common one.
    const BUDDHIST: i32 = 543;
    let is = |part: Part| missing.contains(&part);
    let value_year = i32::try_from(value).ok()?;
    let is_year = if digits > 2 {
        value_year == year || value_year == year + BUDDHIST
    } else {
        false
    };
    if is(Part::Year) && is_year {
        return Some(Part::Year);
    }
    let is_month = is(Part::Month) && Some(value) == month;
    let is_day = is(Part::Day) && Some(value) == day;
    match (is_month, is_day) {
        // «11/11/2020»: the day first, as most do; behind the year the month.
        (true, true) if begins_with_year == Some(true) => Some(Part::Month),
        (_, true) => Some(Part::Day),
        (true, false) => Some(Part::Month),
        (false, false) => {
            (is(Part::Year) && digits == 2 && value_year == year % 100).then_some(Part::Year)
        }
    }
}

/// A number in the script of a digit, at least so wide.
fn in_digits_of(first: char, number: i64, width: usize) -> String {
    let ascii = format!("{number:0width$}");
    let zero = (0..10).find_map(|value| {
        let zero = char::from_u32(u32::from(first).checked_sub(value)?)?;
        let is_zero = !zero.is_ascii() && zero.is_numeric() && {
            let pieces = tokens::cut(zero.encode_utf8(&mut [0; 4]), &[]);
            matches!(
                pieces.first().map(|p| &p.token),
                Some(Token::Number { value: 0, .. })
            )
        };
        is_zero.then_some(zero)
    });
    let Some(zero) = zero.filter(|_| !first.is_ascii()) else {
        return ascii;
    };
    let shifted = |digit: char| {
        let value = digit.to_digit(10)?;
        char::from_u32(u32::from(zero) + value)
    };
    ascii
        .chars()
        .map(|digit| shifted(digit).unwrap_or(digit))
        .collect()
}

/// Which of a month's spellings a form uses.
struct Variant {
    language: String,
    index: usize,
}

impl Variant {
    /// The spelling of another month, in the letters' case of this one.
    fn pick(&self, names: &[String], was: &str) -> String {
        let name = names.get(self.index).or(names.last());
        let name = name.map_or("", String::as_str);
        let mut letters = was.chars();
        let is_capital = letters.next().is_some_and(char::is_uppercase);
        let goes_on_capital = letters.clone().count() > 0 && letters.all(|c| !c.is_lowercase());
        if is_capital && goes_on_capital {
            name.to_uppercase()
        } else if is_capital {
            let mut letters = name.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        } else {
            name.to_owned()
        }
    }
}

fn spelled(piece: &Piece, written: &str, language: &str, month: u32) -> Option<(usize, Variant)> {
    let Token::Word(word) = &piece.token else {
        return None;
    };
    let mut meanings = months::meanings(word).iter();
    let of_language = meanings.clone().find(|it| it.language == language);
    let meaning = of_language
        .or_else(|| meanings.find(|it| it.month == month))
        .filter(|it| it.month == month && !it.is_solar_hijri)?;
    let names = months::spellings(&meaning.language)?.get(month as usize - 1)?;
    let written = tokens::fold(&written[piece.range.clone()]);
    let index = names
        .iter()
        .position(|name| tokens::fold(name) == written)?;
    Some((
        piece.range.start,
        Variant {
            language: meaning.language.clone(),
            index,
        },
    ))
}

fn is_whole_name(name: &str, language: &str, month: u32) -> bool {
    let names = months::spellings(language).and_then(|all| all.get(month as usize - 1));
    names
        .and_then(|names| names.first())
        .is_some_and(|whole| whole.eq_ignore_ascii_case(name))
}

/// «24th» and «1er»: the ending that the day has.
fn ordinal(word: &str, piece: &Piece, written: &str, day: u32) -> Option<String> {
    let follows_digit = written[..piece.range.start].ends_with(|c: char| c.is_ascii_digit());
    if !follows_digit || !piece.is_glued {
        return None;
    }
    match word {
        "st" | "nd" | "rd" | "th" => {
            let ending = match (day % 10, day / 10) {
                (_, 1) => "th",
                (1, _) => "st",
                (2, _) => "nd",
                (3, _) => "rd",
                _ => "th",
            };
            Some(ending.to_owned())
        }
        "er" => Some(if day == 1 { "er" } else { "" }.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_day_is_written_as_the_other_date_is() {
        let on = day(2021, 5, 3);
        for (language, written, expected) in [
            ("en", "2020/11/24", "2021/05/03"),
            ("en", "2020-11-24", "2021-05-03"),
            ("en", "November 24, 2020", "May 3, 2021"),
            ("en", "24 Nov. 2020", "3 May 2021"),
            ("en", "24th November 2020", "3rd May 2021"),
            ("en", "24-Nov-2020", "3-May-2021"),
            ("en", "2020 Nov 24", "2021 May 3"),
            ("en", "NOVEMBER 24, 2020", "MAY 3, 2021"),
            ("en", "November 2020", "May 2021"),
            ("en", "2020", "2021"),
            ("de", "24.11.2020", "03.05.2021"),
            ("de", "4.11.2020", "3.5.2021"),
            ("de", "24.11.20", "03.05.21"),
            ("de", "24. November 2020", "3. Mai 2021"),
            ("fr", "24 novembre 2020", "3 mai 2021"),
            ("fr", "1er novembre 2020", "3 mai 2021"),
            ("es", "24 de noviembre de 2020", "3 de mayo de 2021"),
            ("ru", "24 ноября 2020", "3 мая 2021"),
            ("ru", "24.11.2020", "03.05.2021"),
            ("uk", "24 листопада 2020", "3 травня 2021"),
            ("pl", "24 listopada 2020", "3 maja 2021"),
            ("lt", "2020 m. lapkričio 24 d.", "2021 m. gegužės 3 d."),
            ("hu", "2020. november 24.", "2021. május 3."),
            ("zh", "2020年11月24日", "2021年05月03日"),
            ("ja", "2020年1月4日", "2021年5月3日"),
            ("ko", "2020. 11. 24.", "2021. 05. 03."),
            ("fi", "24.11.2020", "03.05.2021"),
            ("ar", "24 نوفمبر 2020", "3 مايو 2021"),
            ("th", "24 พฤศจิกายน 2563", "3 พฤษภาคม 2564"),
        ] {
            let (meant, _) = access_date::parse_field(written, Some(language)).unwrap();
            assert_eq!(like(written, meant, language, on), expected, "{written}");
        }
        let meant = AccessDate::day(2020, 11, 24).unwrap();
        assert_eq!(like("yesterday", meant, "en", on), "2021-05-03");
    }

    proptest! {
        #[test]
        fn what_is_written_like_a_date_is_that_day(
            form in prop::sample::select(vec![
                "2020/11/24", "November 24, 2020", "24 Nov 2020", "24 November 2020", "2020-11-24",
            ]),
            days in 0_i64..9000,
        ) {
            let on = day(2000, 1, 1) + chrono::TimeDelta::days(days);
            let meant = AccessDate::day(2020, 11, 24).unwrap();
            let written = like(form, meant, "en", on);
            let read = access_date::parse_field(&written, Some("en")).map(|(date, _)| date);
            prop_assert_eq!(read, Some(AccessDate::Day(on)));
        }

        #[test]
        fn any_words_are_borne(written in "\\PC{0,30}", days in 0_i64..9000) {
            let on = day(2000, 1, 1) + chrono::TimeDelta::days(days);
            let meant = AccessDate::day(2020, 11, 24).unwrap();
            let _ = like(&written, meant, "en", on);
        }
    }
}

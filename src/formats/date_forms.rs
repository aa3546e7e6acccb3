//! The forms in which dates are written, one function each.

use crate::formats::months::{self, Meaning};
use crate::formats::tokens::{Piece, Token};
use crate::formats::written_date::Reading;

/// The date that begins at a piece, and the piece behind it.
pub(crate) fn read(pieces: &[Piece], at: usize) -> Option<(Reading, usize)> {
    /// The forms, the longer before those that they begin like.
    const FORMS: [fn(&mut Cursor) -> Option<Reading>; 9] = [
        |cursor| cursor.cjk(),
        |cursor| cursor.vietnamese(),
        |cursor| cursor.numbers(),
        |cursor| cursor.day_month_year(),
        |cursor| cursor.year_month_day(),
        |cursor| cursor.year_day_month(),
        |cursor| cursor.month_day_year(),
        |cursor| cursor.month_year(),
        |cursor| cursor.year(),
    ];
    let is_word = matches!(pieces[at].token, Token::Word(_));
    let is_number = matches!(pieces[at].token, Token::Number { .. });
    if !is_word && !is_number {
        return None;
    }
    FORMS.iter().find_map(|form| {
        let mut cursor = Cursor { pieces, at };
        form(&mut cursor).map(|reading| (reading, cursor.at))
    })
}

/// Day before month is the only order in which full stops are written.
fn either(between: char, first: u32, second: u32, year: i32) -> Reading {
    if between == '.' {
        Reading::Numbers(year, Some(second), Some(first))
    } else {
        Reading::Either {
            first,
            second,
            year,
        }
    }
}

/// Reads on from a piece; each step that fails leaves the cursor where it was.
struct Cursor<'p> {
    pieces: &'p [Piece],
    at: usize,
}

impl Cursor<'_> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.pieces.get(self.at)?.token {
            Token::Number { value, digits: n } if digits.contains(&n) => {
                self.at += 1;
                Some(value)
            }
            _ => None,
        }
    }

    fn full_year(&mut self) -> Option<i32> {
        i32::try_from(self.number(4..=4)?).ok()
    }

    fn mark(&mut self, marks: &[char]) -> Option<char> {
        match self.pieces.get(self.at)?.token {
            Token::Mark(mark) if marks.contains(&mark) => {
                self.at += 1;
                Some(mark)
            }
            _ => None,
        }
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match &self.pieces.get(self.at + ahead)?.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn one_of(&mut self, words: &[&str]) -> bool {
        let is_one = self.word(0).is_some_and(|word| words.contains(&word));
        self.at += usize::from(is_one);
        is_one
    }

    fn is_glued(&self) -> bool {
        self.pieces.get(self.at).is_some_and(|piece| piece.is_glued)
    }

    /// A month's name of one word or two, and the full stop of its abbreviation.
    fn month(&mut self) -> Option<&'static [Meaning]> {
        let first = self.word(0)?;
        let two = self.word(1).map(|second| format!("{first}_{second}"));
        let of_two = two.map_or(&[][..], |name| months::meanings(&name));
        let (month, words) = if of_two.is_empty() {
            (months::meanings(first), 1)
        } else {
            (of_two, 2)
        };
        if month.is_empty() {
            return None;
        }
        self.at += words;
        self.mark(&['.']);
        Some(month)
    }

    /// What follows a day's number: «.», «th», «er», «-го», «-én».
    fn ordinal(&mut self) {
        let is_short = |word: Option<&str>| {
            word.is_some_and(|word| word.chars().count() <= 3 && months::meanings(word).is_empty())
        };
        if self.mark(&['.', 'º', '°']).is_some() {
            return;
        }
        if self.is_glued() && is_short(self.word(0)) {
            self.at += 1;
            self.mark(&['.']);
        } else if self.is_glued() && is_short(self.word(1)) {
            let before = self.at;
            if self.mark(&['-']).is_none() {
                return;
            }
            if self.is_glued() {
                self.at += 1;
            } else {
                self.at = before;
            }
        }
    }

    /// «of», «de», «d’» between the parts of a date.
    fn link(&mut self) {
        if self.one_of(&["d", "l"]) {
            self.mark(&['\'']);
            return;
        }
        self.one_of(&["of", "de", "del", "da", "do", "di", "dari", "a"]);
    }

    /// 2020年11月24日, 2020년 11월 24일, 令和2年11月24日; also without day.
    fn cjk(&mut self) -> Option<Reading> {
        let era = match (self.word(0), self.word(1)) {
            (Some("令"), Some("和")) => Some(2018),
            (Some("平"), Some("成")) => Some(1988),
            _ => None,
        };
        let year = if let Some(era) = era {
            self.at += 2;
            era + i32::try_from(self.number(1..=2)?).ok()?
        } else {
            self.full_year()?
        };
        if !self.one_of(&["年", "년"]) {
            return None;
        }
        let before_month = self.at;
        let Some(month) = self.number(1..=2).filter(|_| self.one_of(&["月", "월"])) else {
            self.at = before_month;
            return Some(Reading::Numbers(year, None, None));
        };
        let before_day = self.at;
        let day = self
            .number(1..=2)
            .filter(|_| self.one_of(&["日", "일", "号", "號"]));
        if day.is_none() {
            self.at = before_day;
        }
        Some(Reading::Numbers(year, Some(month), day))
    }

    /// «24 tháng 11 năm 2020», «tháng 11 năm 2020».
    fn vietnamese(&mut self) -> Option<Reading> {
        let day = self.number(1..=2);
        if !self.one_of(&["tháng"]) {
            return None;
        }
        let month = self.number(1..=2)?;
        self.mark(&[',', '/']);
        self.one_of(&["năm"]);
        let year = self.full_year()?;
        Some(Reading::Numbers(year, Some(month), day))
    }

    /// 2020-11-24, 2020/11/24, 2020. 11. 24., 24.11.2020, 11/24/2020, 2020-11, 11/2020.
    fn numbers(&mut self) -> Option<Reading> {
        const BETWEEN: [char; 3] = ['.', '/', '-'];
        let digits = |piece: Option<&Piece>| match piece?.token {
            Token::Number { digits, .. } => Some(digits),
            _ => None,
        };
        let start = self.at;
        let first_digits = digits(self.pieces.get(start))?;
        let first = self.number(1..=4)?;
        let between = self.mark(&BETWEEN)?;
        if !self.pieces[self.at - 1].is_glued && between != '/' {
            return None;
        }
        // White space may follow a full stop only, where numbers are written as ordinals.
        if !self.is_glued() && between == '-' {
            return None;
        }
        let second_digits = digits(self.pieces.get(self.at))?;
        let second = self.number(1..=4)?;
        let before_third = self.at;
        let third = self
            .mark(&[between])
            .and_then(|_| {
                digits(self.pieces.get(self.at)).filter(|_| self.is_glued() || between != '-')
            })
            .and_then(|digits| Some((digits, self.number(1..=4)?)));
        let goes_on = self.chain_goes_on(between);
        let begun = start.checked_sub(1).is_some_and(|before| {
            matches!(self.pieces[before].token, Token::Mark(m) if BETWEEN.contains(&m))
                && self.pieces[start].is_glued
                && before > 0
                && self.pieces[before].is_glued
                && matches!(self.pieces[before - 1].token, Token::Number { .. })
        });
        let year = |value: u32| i32::try_from(value).ok();
        let reading = match (first_digits, second_digits, third) {
            _ if begun || (goes_on && third.is_some()) => Reading::Nothing,
            (4, 1..=2, Some((1..=2, day))) => {
                Reading::Numbers(year(first)?, Some(second), Some(day))
            }
            (1..=2, 1..=2, Some((4, value))) if first <= 31 => {
                either(between, first, second, year(value)?)
            }
            (1..=2, 1..=2, Some((2, value))) if first <= 31 && between != '-' => {
                let century = if value < 70 { 2000 } else { 1900 };
                either(between, first, second, year(value)? + century)
            }
            (_, _, Some(_)) => Reading::Nothing,
            (4, 2, None) => {
                self.at = before_third;
                Reading::Numbers(year(first)?, Some(second), None)
            }
            (1..=2, 4, None) if (1..=12).contains(&first) => {
                self.at = before_third;
                Reading::Numbers(year(second)?, Some(first), None)
            }
            _ => return None,
        };
        if third.is_some() && between == '.' && first_digits == 4 {
            self.mark(&['.']);
        }
        Some(reading)
    }

    /// A further part behind the last: an address, a version, a telephone number.
    fn chain_goes_on(&self, between: char) -> bool {
        let is_mark = matches!(self.pieces.get(self.at), Some(piece) if piece.token == Token::Mark(between) && piece.is_glued);
        let is_number = matches!(self.pieces.get(self.at + 1), Some(piece) if piece.is_glued && matches!(piece.token, Token::Number { .. }));
        is_mark && is_number
    }

    /// 24 November 2020, 24. November 2020, 24-Nov-2020, 24 de noviembre de 2020, 24 XI 2020.
    fn day_month_year(&mut self) -> Option<Reading> {
        let day = self.number(1..=2).filter(|day| (1..=31).contains(day))?;
        self.ordinal();
        self.mark(&['-', '/', ',']);
        self.link();
        if let Some(month) = self.roman_month() {
            self.mark(&['.']);
            return Some(Reading::Numbers(self.full_year()?, Some(month), Some(day)));
        }
        let month = self.month()?;
        let between = self.mark(&['-', '/', ',']);
        self.link();
        let short_year = |cursor: &mut Self| {
            let year = cursor.number(2..=2).filter(|_| between == Some('-'))?;
            i32::try_from(year + 2000).ok()
        };
        let year = self.full_year().or_else(|| short_year(self))?;
        Some(Reading::Named {
            year,
            month,
            day: Some(day),
        })
    }

    fn roman_month(&mut self) -> Option<u32> {
        const ROMAN: [&str; 12] = [
            "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
        ];
        let word = self.word(0)?;
        let month = ROMAN.iter().position(|roman| *roman == word)?;
        self.at += 1;
        u32::try_from(month + 1).ok()
    }

    /// 2020 Nov 24, 2020. november 24., 2020 m. lapkričio 24 d.; also without day.
    fn year_month_day(&mut self) -> Option<Reading> {
        let year = self.full_year()?;
        self.mark(&['.', ',', '-', '/']);
        if self.one_of(&["m", "г", "р", "gada"]) {
            self.mark(&['.']);
        }
        let month = self.month()?;
        self.mark(&['-', '/']);
        let before_day = self.at;
        let day = self.number(1..=2).filter(|day| (1..=31).contains(day));
        // «2020 Nov 24, 2021» and «2020 Nov 24:8» are other things.
        let day = day.filter(|_| {
            let mut ahead = Cursor {
                pieces: self.pieces,
                at: self.at,
            };
            ahead.mark(&[',']);
            ahead.full_year().is_none()
        });
        if day.is_none() {
            self.at = before_day;
        } else if self.is_glued() || self.word(0) == Some("d") {
            let before = self.at;
            self.ordinal();
            if self.one_of(&["d"]) {
                self.mark(&['.']);
            }
            if matches!(self.pieces.get(before), Some(p) if p.token == Token::Mark('.'))
                && self.at == before + 1
            {
                // The stop may end the sentence; it belongs to no date's meaning.
                self.at = before;
            }
        }
        Some(Reading::Named { year, month, day })
    }

    /// 2020. gada 24. novembrī
    fn year_day_month(&mut self) -> Option<Reading> {
        let year = self.full_year()?;
        self.mark(&['.']);
        if !self.one_of(&["gada", "aasta"]) {
            return None;
        }
        let day = self.number(1..=2)?;
        self.ordinal();
        let month = self.month()?;
        Some(Reading::Named {
            year,
            month,
            day: Some(day),
        })
    }

    /// November 24, 2020; Nov. 24th 2020; Nov-24-2020.
    fn month_day_year(&mut self) -> Option<Reading> {
        let month = self.month()?;
        self.mark(&['-', '/']);
        let day = self.number(1..=2).filter(|day| (1..=31).contains(day))?;
        self.ordinal();
        self.mark(&[',', '-', '/']);
        self.mark(&[',']);
        self.link();
        let year = self.full_year()?;
        Some(Reading::Named {
            year,
            month,
            day: Some(day),
        })
    }

    /// November 2020, noviembre de 2020.
    fn month_year(&mut self) -> Option<Reading> {
        let month = self.month()?;
        self.mark(&[',', '-', '/']);
        self.link();
        let year = self.full_year()?;
        Some(Reading::Named {
            year,
            month,
            day: None,
        })
    }

    /// 2020, where it is no part of a number or range.
    fn year(&mut self) -> Option<Reading> {
        let year = self.full_year()?;
        (!self.is_glued() || !matches!(self.pieces.get(self.at), Some(p) if matches!(p.token, Token::Word(_) | Token::Mark('-' | '/' | '%' | '\u{2013}'))))
            .then_some(Reading::Numbers(year, None, None))
    }
}

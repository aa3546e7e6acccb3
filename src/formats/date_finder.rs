//! Finds which dates of a text stand beside a term, or in a position that a style reserves.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::access_date::{
    Remark, RemarkKind, Remarks, Serves, order_by_language, primary,
};
use crate::formats::access_terms::{self, Term, TermKind};
use crate::formats::tokens::{self, Piece, Token};
use crate::formats::written_date::{Reading, WrittenDate};

/// Reads a text's pieces and dates.
pub(crate) struct Finder<'p> {
    pieces: &'p [Piece],
    dates: &'p [WrittenDate],
    begins: HashMap<usize, usize>,
    ends: HashMap<usize, usize>,
    is_taken: Vec<bool>,
    language: String,
    others: Option<bool>,
}

impl<'p> Finder<'p> {
    /// Over the pieces of a text and its dates; `language` is the document's (BCP 47).
    pub(crate) fn new(
        pieces: &'p [Piece],
        dates: &'p [WrittenDate],
        language: Option<&str>,
    ) -> Self {
        let by = |end: fn(&WrittenDate) -> usize| {
            let numbered = dates.iter().enumerate();
            numbered.map(|(index, date)| (end(date), index)).collect()
        };
        Self {
            pieces,
            dates,
            begins: by(|date| date.pieces.start),
            ends: by(|date| date.pieces.end),
            is_taken: vec![false; dates.len()],
            language: language.map(str::to_lowercase).unwrap_or_default(),
            others: order_by_others(dates),
        }
    }

    /// All remarks, in order.
    pub(crate) fn find(mut self) -> Remarks {
        let mut remarks = Remarks::default();
        let mut shorts = Vec::new();
        let mut all_at = None;
        let mut at = 0;
        while at < self.pieces.len() {
            let (length, terms) = access_terms::at(self.pieces, at);
            if length == 0 {
                at += 1;
                continue;
            }
            let is = |kind| terms.iter().any(|term| term.kind == kind);
            if is(TermKind::All) {
                all_at = Some(at);
            }
            if is(TermKind::Ibid) {
                remarks.ibids.push(self.bytes(at..at + length));
            }
            if is(TermKind::Archived) {
                remarks.archive_links.extend(self.next_url(at + length));
            }
            if is(TermKind::Short) {
                shorts.push((at, length));
            }
            remarks
                .dated
                .extend(self.beside(at, length, &terms, all_at));
            at += length;
        }
        remarks.dated.extend(self.in_brackets());
        if self.language.is_empty() {
            self.language = self.spoken().unwrap_or_default().to_owned();
        }
        for (at, length) in shorts {
            let (_, mut terms) = access_terms::at(self.pieces, at);
            let language = primary(&self.language);
            terms.retain(|term| term.kind == TermKind::Short && term.language == language);
            if let Some(term) = terms.first() {
                remarks.dated.extend(self.behind(at, length, term, None));
            }
        }
        remarks.dated.sort_by_key(|remark| remark.range.start);
        remarks
    }

    /// The language of most month names in the text, if one language alone has them.
    fn spoken(&self) -> Option<&'static str> {
        let mut counts: HashMap<&'static str, usize> = HashMap::new();
        for date in self.dates {
            if let Reading::Named { month, .. } = &date.reading {
                for meaning in *month {
                    *counts.entry(&meaning.language).or_default() += 1;
                }
            }
        }
        let most = counts.values().max().copied()?;
        let mut spoken = counts.into_iter().filter(|(_, count)| *count == most);
        let (language, _) = spoken.next()?;
        spoken.next().is_none().then_some(language)
    }

    /// The date that a term stands beside.
    fn beside(
        &mut self,
        at: usize,
        length: usize,
        terms: &[&'static Term],
        all_at: Option<usize>,
    ) -> Option<Remark> {
        let behind = terms.iter().find(|term| {
            matches!(
                term.kind,
                TermKind::Before | TermKind::BeforeDay | TermKind::Archived
            )
        });
        if let Some(term) = behind
            && let Some(remark) = self.behind(at, length, term, all_at)
        {
            return Some(remark);
        }
        let before = terms.iter().find(|term| term.kind == TermKind::After)?;
        self.before(at, length, before, all_at)
    }

    fn behind(
        &mut self,
        at: usize,
        length: usize,
        term: &Term,
        all_at: Option<usize>,
    ) -> Option<Remark> {
        let date = self.next_date(at + length)?;
        let written = &self.dates[date];
        if term.kind == TermKind::BeforeDay && !written.is_day() {
            return None;
        }
        if written.is_year() && !self.ends_a_remark(written.pieces.end) {
            return None;
        }
        let pieces = at..written.pieces.end;
        self.remark(date, pieces, at, term, all_at)
    }

    fn before(
        &mut self,
        at: usize,
        length: usize,
        term: &Term,
        all_at: Option<usize>,
    ) -> Option<Remark> {
        /// «2020年11月24日に最終閲覧», «24 Kasım 2020 tarihinde erişildi».
        const MOST_BETWEEN: usize = 4;
        let may_follow_comma = matches!(term.language.as_str(), "en" | "zh" | "ja" | "ko");
        let mut end = at;
        for _ in 0..=MOST_BETWEEN {
            if let Some(date) = self.ends.get(&end).copied() {
                let pieces = self.dates[date].pieces.start..at + length;
                return (!self.dates[date].is_year())
                    .then(|| self.remark(date, pieces, at, term, all_at))
                    .flatten();
            }
            let may_stand_between = match &self.pieces.get(end.checked_sub(1)?)?.token {
                Token::Word(word) => access_terms::is_filler(word),
                Token::Mark(',') => may_follow_comma,
                // «24 Kasım 2020 tarihinde URL adresinden alındı».
                Token::Mark(tokens::URL) => term.language == "tr" && end < at,
                Token::Mark(mark) => matches!(mark, '-' | '.'),
                Token::Number { .. } => false,
            };
            if !may_stand_between {
                return None;
            }
            end -= 1;
        }
        None
    }

    /// The date behind a term, with «on», «the», a weekday or a time of day between them.
    fn next_date(&self, from: usize) -> Option<usize> {
        const MOST_BETWEEN: usize = 8;
        let mut at = from;
        if let Some(behind_url) = self.behind_url(from) {
            at = behind_url;
        }
        let from = at;
        let mut weekdays = 0;
        while at < from + MOST_BETWEEN {
            if let Some(date) = self.begins.get(&at) {
                // «v1.2.2020» is a version; Hebrew writes its «on» glued to the number.
                let is_version = self.is_glued(at)
                    && matches!(&self.pieces[at - 1].token, Token::Word(word) if word.is_ascii());
                return (!is_version).then_some(*date);
            }
            let next_is_date = |ahead: usize| {
                let date = self.begins.get(&(at + ahead));
                date.is_some_and(|date| self.dates[*date].is_day())
            };
            at += match &self.pieces.get(at)?.token {
                Token::Mark(':' | ',' | '.' | '(' | '[' | '-' | '\u{2013}' | '=' | '\'' | '|') => 1,
                Token::Word(word) if access_terms::is_filler(word) => 1,
                Token::Word(_)
                    if weekdays == 0
                        && ((next_is_date(1) && !self.is_glued(at + 1))
                            || (self.is_mark(at + 1, ',') && next_is_date(2))) =>
                {
                    weekdays += 1;
                    1
                }
                Token::Number { .. } => self.time_of_day(at)?,
                _ => return None,
            };
        }
        None
    }

    /// «Retrieved from URL on …», «abgerufen von URL am …»: the piece behind the URL, where a word
    /// goes on to the date.
    fn behind_url(&self, from: usize) -> Option<usize> {
        const MOST_BETWEEN: usize = 3;
        let words = self.pieces.get(from..)?.iter().take(MOST_BETWEEN);
        let words = words
            .take_while(|piece| matches!(piece.token, Token::Word(_) | Token::Mark(':' | '<')));
        let url = from + words.count();
        let behind = url + 1 + usize::from(self.is_mark(url + 1, '>'));
        let behind = behind + usize::from(self.is_mark(behind, ','));
        let goes_on = match &self.pieces.get(behind)?.token {
            Token::Word(word) => access_terms::is_filler(word),
            _ => false,
        };
        (self.is_mark(url, tokens::URL) && goes_on).then_some(behind)
    }

    /// The begin of the URL right behind a term.
    fn next_url(&self, from: usize) -> Option<usize> {
        const MOST_BETWEEN: usize = 4;
        let behind = self.pieces.get(from..)?.iter().take(MOST_BETWEEN);
        let mut behind = behind.skip_while(|piece| match &piece.token {
            Token::Mark(mark) => matches!(mark, ':' | '<' | '(' | '['),
            Token::Word(word) => access_terms::is_filler(word),
            Token::Number { .. } => false,
        });
        let next = behind.next()?;
        (next.token == Token::Mark(tokens::URL)).then_some(next.range.start)
    }

    /// «10:15», «10:15 pm», «10.15 Uhr»: its pieces.
    fn time_of_day(&self, at: usize) -> Option<usize> {
        let is_number = |at: usize| {
            matches!(self.pieces.get(at)?.token, Token::Number { digits, .. } if digits <= 2)
                .then_some(())
        };
        is_number(at)?;
        let is_time = self.is_mark(at + 1, ':') || self.is_mark(at + 1, '.');
        is_number(at + 2).filter(|()| is_time)?;
        let unit = match &self.pieces.get(at + 3)?.token {
            Token::Word(word) => matches!(
                word.as_str(),
                "am" | "pm" | "uhr" | "utc" | "gmt" | "h" | "hrs"
            ),
            _ => false,
        };
        Some(3 + usize::from(unit))
    }

    fn is_glued(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|piece| piece.is_glued)
    }

    fn is_mark(&self, at: usize, mark: char) -> bool {
        self.pieces
            .get(at)
            .is_some_and(|piece| piece.token == Token::Mark(mark))
    }

    /// A year alone is a date only where nothing goes on: «accessed 2020 times» is none.
    fn ends_a_remark(&self, at: usize) -> bool {
        self.pieces.get(at).is_none_or(|piece| {
            matches!(
                piece.token,
                Token::Mark(
                    ')' | ']' | '.' | ',' | ';' | ':' | '>' | tokens::URL | tokens::BLANK_LINE
                )
            )
        })
    }

    fn remark(
        &mut self,
        date: usize,
        pieces: Range<usize>,
        term_at: usize,
        term: &Term,
        all_at: Option<usize>,
    ) -> Option<Remark> {
        if std::mem::replace(&mut self.is_taken[date], true) {
            return None;
        }
        let kind = if term.kind == TermKind::Archived {
            RemarkKind::Archived
        } else {
            RemarkKind::Accessed
        };
        let serves = self.serves(term_at.min(pieces.start), all_at);
        self.dated(date, pieces, kind, serves, &term.language)
    }

    fn serves(&self, at: usize, all_at: Option<usize>) -> Serves {
        /// Words between «all URLs» or «both» and the term.
        const REACH_OF_ALL: usize = 16;
        const REACH_OF_SEVERAL: usize = 5;
        let is_unbroken = |from: usize| {
            self.pieces[from..at].iter().all(|piece| {
                !matches!(
                    piece.token,
                    Token::Mark(tokens::URL | tokens::BLANK_LINE | ';')
                )
            })
        };
        if all_at.is_some_and(|all| all + REACH_OF_ALL >= at && all <= at && is_unbroken(all)) {
            return Serves::Document;
        }
        let several = self.pieces[..at]
            .iter()
            .enumerate()
            .rev()
            .take(REACH_OF_SEVERAL);
        let is_several = several
            .take_while(|(_, piece)| !matches!(piece.token, Token::Mark(tokens::URL | tokens::BLANK_LINE | '.')))
            .any(|(_, piece)| matches!(&piece.token, Token::Word(word) if access_terms::means_several(word)));
        if is_several {
            Serves::Note
        } else {
            Serves::One
        }
    }

    fn dated(
        &self,
        date: usize,
        pieces: Range<usize>,
        kind: RemarkKind,
        serves: Serves,
        language: &str,
    ) -> Option<Remark> {
        let written = &self.dates[date];
        let languages = [language, primary(&self.language), &self.language];
        let is_day_first = self
            .others
            .or_else(|| order_by_language(&self.language))
            .or_else(|| order_by_language(language));
        let (accessed, is_ambiguous) = written.date(&languages, is_day_first)?;
        Some(Remark {
            kind,
            range: self.bytes(pieces),
            date: accessed,
            date_range: written.range.clone(),
            is_ambiguous,
            serves,
        })
    }

    /// Dates in the position that a style reserves: a whole date alone in square brackets before a
    /// URL (GB/T 7714 `(published)[2020-11-24]. URL`) or right behind one.
    fn in_brackets(&mut self) -> Vec<Remark> {
        let mut found = Vec::new();
        for index in 0..self.dates.len() {
            let written = &self.dates[index];
            let Some(open) = written.pieces.start.checked_sub(1) else {
                continue;
            };
            let close = written.pieces.end;
            let is_alone = self.is_mark(open, '[') && self.is_mark(close, ']') && written.is_day();
            if !is_alone || self.is_taken[index] {
                continue;
            }
            let is_mark = |at: usize| self.is_mark(at, '.') || self.is_mark(at, ',');
            let next = close + 1 + usize::from(is_mark(close + 1));
            let last = open
                .checked_sub(1)
                .map(|at| at - usize::from(at > 0 && is_mark(at)));
            if self.is_mark(next, tokens::URL)
                || last.is_some_and(|at| self.is_mark(at, tokens::URL))
            {
                self.is_taken[index] = true;
                found.extend(self.dated(
                    index,
                    open..close + 1,
                    RemarkKind::Accessed,
                    Serves::One,
                    "",
                ));
            }
        }
        found
    }

    fn bytes(&self, pieces: Range<usize>) -> Range<usize> {
        self.pieces[pieces.start].range.start..self.pieces[pieces.end - 1].range.end
    }
}

/// The order in which the document's other dates are written, where they agree.
fn order_by_others(dates: &[WrittenDate]) -> Option<bool> {
    let mut orders = dates.iter().filter_map(|date| match date.reading {
        Reading::Either { first, second, .. } if first > 12 && second <= 12 => Some(true),
        Reading::Either { first, second, .. } if second > 12 && first <= 12 => Some(false),
        _ => None,
    });
    let first = orders.next()?;
    orders.all(|order| order == first).then_some(first)
}

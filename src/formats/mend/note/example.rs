//! How a document names an archived copy already, to be done alike.

use std::ops::Range;

use crate::formats::access_date::{RemarkKind, Serves};
use crate::formats::mend::date_form;
use crate::formats::mend::mending::Repair;
use crate::formats::mend::note::around::{closed_by, closing, unclosed};
use crate::formats::mend::note::{Anchor, Notes};
use crate::model::citation::Citation;
use crate::model::time::AccessDate;

/// A copy as the document names it.
pub(super) struct Example {
    words: String,
    url: Range<usize>,
    date: Option<(Range<usize>, AccessDate)>,
}

impl Example {
    /// The same words with another copy's address and date.
    pub(super) fn with(&self, url: &str, language: &str, repair: &Repair) -> String {
        let mut parts = vec![(self.url.clone(), url.to_owned())];
        if let Some((range, meant)) = &self.date {
            let written = &self.words[range.clone()];
            let day = date_form::like(written, *meant, language, repair.archived_on());
            parts.push((range.clone(), day));
        }
        parts.sort_by_key(|(range, _)| range.start);
        let mut words = String::new();
        let mut from = 0;
        for (range, now) in parts {
            words.push_str(self.words.get(from..range.start).unwrap_or_default());
            words.push_str(&now);
            from = range.end;
        }
        words.push_str(self.words.get(from..).unwrap_or_default());
        words
    }
}

impl Notes<'_> {
    /// How a citation that has a copy names it, where it stands behind the address or its date.
    pub(super) fn example_of(&self, citation: &Citation) -> Option<Example> {
        /// A copy that stands farther off is not part of the same phrase.
        const NEAR: usize = 80;
        let copy = citation.archived.as_ref()?;
        let seen = self.seen_at(citation)?;
        let anchor = self.anchor(
            seen,
            self.remark_of(citation)
                .filter(|it| it.serves == Serves::One),
        );
        let text = &self.flow.text;
        let next = self
            .seen
            .iter()
            .find(|it| it.text.start >= anchor.at && it.url == copy.url)?;
        let lead = text.get(anchor.at..next.text.start)?;
        if lead.len() > NEAR || lead.contains(['\n', '\r']) {
            return None;
        }
        let end = next.text.end + closing(text, &next.text);
        let remark = self.remarks.dated.iter().find(|remark| {
            let is_inside = anchor.at <= remark.range.start && remark.range.end <= end;
            let follows = text
                .get(end..remark.range.start)
                .is_some_and(|gap| gap.len() <= 4);
            remark.kind == RemarkKind::Archived && (is_inside || follows)
        });
        let mut last = end.max(remark.map_or(0, |remark| remark.range.end));
        if let Some((_, close)) = unclosed(&text[end..last]) {
            last += closed_by(&text[last..], close)?;
        }
        let start = self.position(seen, &anchor)?;
        let of_last = Anchor {
            at: last,
            brackets: None,
            is_behind_date: last > next.text.end,
        };
        let words = start..self.position(next, &of_last)?;
        let url = match &next.file {
            Some(file) => file.clone(),
            None => self.flow.file_range(&next.text)?,
        };
        let url = self.decoded.text_position(url.start)..self.decoded.text_position_of_end(url.end);
        let date = match remark {
            Some(remark) => {
                let file = self.flow.file_range(&remark.date_range)?;
                let range = self.decoded.text_position(file.start)
                    ..self.decoded.text_position_of_end(file.end);
                Some((range, remark.date))
            }
            None => None,
        };
        let within = |range: &Range<usize>| words.start <= range.start && range.end <= words.end;
        if !within(&url) || date.as_ref().is_some_and(|(range, _)| !within(range)) {
            return None;
        }
        let shifted = |range: Range<usize>| range.start - words.start..range.end - words.start;
        Some(Example {
            url: shifted(url),
            date: date.map(|(range, date)| (shifted(range), date)),
            words: self.decoded.text[words].to_owned(),
        })
    }
}

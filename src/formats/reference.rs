//! Finds the citations of a document: one engine for every format's [`Flow`].
//!
//! The text is scanned for URLs and dates once; then each part of it (a note, a paragraph) gives its
//! citations: which URL has which date, which is only the copy of another, and what the reference
//! says of the work.

use std::borrow::Cow;
use std::ops::Range;

use crate::formats::access_date;
use crate::formats::access_date::{Remark, RemarkKind, Remarks, Serves};
use crate::formats::bibliographic::{self, Bibliographic};
use crate::formats::flow::{Flow, Link};
use crate::formats::note_list::{self, Unit, UnitKind};
use crate::formats::note_terms;
use crate::formats::place::Places;
use crate::formats::quotation;
use crate::formats::seen_url::{self, SeenUrl};
use crate::formats::sources::{self, Source};
use crate::model::citation::{Accessed, Citation};
use crate::model::url::CitedUrl;

/// All citations of a document, in the order in which they stand in it. `bytes` is the file that the
/// flow was read from; places are in it.
pub fn read(flow: &Flow, bytes: &[u8]) -> Vec<Citation> {
    let seen = seen_url::all(flow);
    let ranges: Vec<Range<usize>> = seen.iter().map(|seen| seen.text.clone()).collect();
    let remarks = access_date::find(&flow.text, &ranges, flow.language.as_deref());
    let units = note_list::units(flow, &ranges);
    let mut reader = Reader {
        flow,
        places: Places::new(bytes),
        remarks: &remarks,
        citations: Vec::new(),
    };
    for unit in &units {
        let first = ranges.partition_point(|url| url.end <= unit.text.start);
        let last = ranges.partition_point(|url| url.start < unit.text.end);
        reader.unit(unit, seen.get(first..last).unwrap_or_default());
    }
    reader.serve_document();
    let mut citations = reader.citations;
    quotation::attach(flow, &units, &mut citations);
    citations
}

/// A note of several URLs is shown with each of them, up to this many bytes; then by sentences.
const LONGEST_NOTE: usize = 4000;

struct Reader<'f, 'b> {
    flow: &'f Flow,
    places: Places<'b>,
    remarks: &'f Remarks,
    citations: Vec<Citation>,
}

impl<'f> Reader<'f, '_> {
    fn unit(&mut self, unit: &Unit, seen: &[SeenUrl]) {
        if let UnitKind::Quote(Some(link)) = &unit.kind {
            self.quoted(unit, link);
        }
        let is_note = matches!(unit.kind, UnitKind::Note(_));
        let remarks = self.remarks_in(&unit.text);
        let accessed: Vec<&Remark> = of_kind(remarks, RemarkKind::Accessed).collect();
        let is_reference = is_note || !accessed.is_empty();
        let meant = self.meant(unit, seen, is_reference);
        let mut sources = sources::gather(&meant, &self.remarks.archive_links, is_note);
        if sources.is_empty() {
            self.without_url(unit, &accessed);
            return;
        }
        sources::date_copies(&mut sources, remarks);
        let dates = sources::pair(&sources, &accessed);
        let mut begin = unit.body_start;
        for (index, source) in sources.iter().enumerate() {
            let mine: Vec<&Remark> = accessed
                .iter()
                .zip(&dates)
                .filter(|(_, served)| served.contains(&index))
                .map(|(remark, _)| *remark)
                .collect();
            let end = mine
                .iter()
                .map(|remark| remark.range.start)
                .filter(|start| *start > begin)
                .fold(source.seen.text.start, usize::min);
            let words = self.flow.text.get(begin..end).unwrap_or_default();
            let is_reference = is_note || (begin == unit.text.start && !mine.is_empty());
            let work = if is_reference {
                bibliographic::read(words)
            } else {
                Bibliographic::default()
            };
            let is_short = unit.text.len() <= LONGEST_NOTE;
            let text = if sources.len() == 1 || (is_note && is_short) {
                unit.body_start..unit.text.end
            } else {
                sentence(&self.flow.text, &unit.text, &source.seen.text)
            };
            self.cite(unit, source, &mine, &work, &text);
            begin = mine
                .iter()
                .map(|remark| remark.range.end)
                .chain(source.copy_at.as_ref().map(|copy| copy.end))
                .fold(source.seen.text.end, usize::max);
        }
    }

    /// The addresses of a part that its author means to cite. A broken one in running text may be no
    /// more than words about addresses; it counts where something there says that a source was looked
    /// up.
    fn meant<'s>(
        &self,
        unit: &Unit,
        seen: &'s [SeenUrl],
        is_reference: bool,
    ) -> Cow<'s, [SeenUrl]> {
        let counts = |seen: &SeenUrl| {
            let before = || self.flow.text[unit.text.start..seen.text.start].trim_end();
            let is_announced =
                || note_terms::without_available(before()).len() + 4 < before().len();
            !seen.is_broken || seen.file.is_some() || is_reference || is_announced()
        };
        if seen.iter().all(counts) {
            return Cow::Borrowed(seen);
        }
        seen.iter().filter(|seen| counts(seen)).cloned().collect()
    }

    fn remarks_in(&self, text: &Range<usize>) -> &'f [Remark] {
        let dated = &self.remarks.dated;
        let first = dated.partition_point(|remark| remark.range.start < text.start);
        let last = dated.partition_point(|remark| remark.range.start < text.end);
        &dated[first..last.max(first)]
    }

    fn cite(
        &mut self,
        unit: &Unit,
        source: &Source,
        accessed: &[&Remark],
        work: &Bibliographic,
        text: &Range<usize>,
    ) {
        let file = source.seen.file.clone();
        let Some(file) = file.or_else(|| self.flow.file_range(&source.seen.text)) else {
            return;
        };
        let place = self.places.place(file.clone());
        let text_bytes = self.flow.file_range(text).unwrap_or_else(|| file.clone());
        let url = CitedUrl {
            as_written: self.places.as_written(file),
            url: source.url.clone(),
            was_joined: source.seen.was_joined,
        };
        let mut dates: Vec<Option<Accessed>> = Vec::new();
        for remark in accessed {
            let is_new = dates
                .iter()
                .flatten()
                .all(|known| known.date != remark.date);
            if is_new {
                dates.push(self.accessed(remark));
            }
        }
        if dates.is_empty() {
            dates.push(None);
        }
        for accessed in dates {
            self.citations.push(Citation {
                note: label(unit),
                place: place.clone(),
                text: bibliographic::fold(&self.flow.text[text.clone()]),
                text_bytes: text_bytes.clone(),
                url: Some(url.clone()),
                accessed,
                title: work.title.clone(),
                title_translated: work.title_translated.clone(),
                authors: work.authors.clone(),
                year: work.year,
                container: work.container.clone(),
                quote: None,
                archived: source.archived.clone(),
            });
        }
    }

    fn accessed(&self, remark: &Remark) -> Option<Accessed> {
        Some(Accessed {
            date: remark.date,
            as_written: self.flow.text.get(remark.date_range.clone())?.to_owned(),
            bytes: self.flow.file_range(&remark.date_range)?,
            is_ambiguous: remark.is_ambiguous,
        })
    }

    /// A note without URL: the source before it («Ibid., accessed …»), or a work that is not on the
    /// web.
    fn without_url(&mut self, unit: &Unit, accessed: &[&Remark]) {
        let UnitKind::Note(Some(_)) = &unit.kind else {
            return;
        };
        let body = unit.body_start..unit.text.end;
        let Some(text_bytes) = self.flow.file_range(&body) else {
            return;
        };
        let ibid = self
            .remarks
            .ibids
            .iter()
            .find(|ibid| body.contains(&ibid.start))
            .cloned();
        let earlier = self
            .citations
            .last()
            .filter(|_| ibid.is_some() && !accessed.is_empty())
            .cloned();
        let url = earlier.as_ref().and_then(|earlier| earlier.url.clone());
        let mut place = self.places.place(text_bytes.clone());
        let mut cited = None;
        if let (Some(url), Some(ibid)) = (url, ibid)
            && let Some(file) = self.flow.file_range(&ibid)
        {
            cited = Some(CitedUrl {
                as_written: self.places.as_written(file.clone()),
                url: url.url,
                was_joined: false,
            });
            place = self.places.place(file);
        }
        let words = &self.flow.text[body];
        let own = bibliographic::read(words);
        let earlier = earlier.filter(|_| cited.is_some());
        let work = earlier.as_ref().map_or(own, |earlier| Bibliographic {
            authors: earlier.authors.clone(),
            year: earlier.year,
            title: earlier.title.clone(),
            title_translated: earlier.title_translated.clone(),
            container: earlier.container.clone(),
        });
        let accessed = accessed.first().and_then(|remark| self.accessed(remark));
        self.citations.push(Citation {
            note: label(unit),
            place,
            text: bibliographic::fold(words),
            text_bytes,
            accessed: accessed.filter(|_| cited.is_some()),
            url: cited,
            title: work.title,
            title_translated: work.title_translated,
            authors: work.authors,
            year: work.year,
            container: work.container,
            quote: None,
            archived: earlier.and_then(|earlier| earlier.archived),
        });
    }

    /// A quotation with its source's address (`cite=`).
    fn quoted(&mut self, unit: &Unit, link: &Link) {
        let Some(mut seen) = seen_url::of_link(link) else {
            return;
        };
        seen.text = unit.text.start..unit.text.start;
        let seen = [seen];
        let sources = sources::gather(&seen, &[], true);
        for source in &sources {
            self.cite(unit, source, &[], &Bibliographic::default(), &unit.text);
            if let Some(last) = self.citations.last_mut() {
                last.quote = Some(bibliographic::fold(&self.flow.text[unit.text.clone()]));
            }
        }
    }

    /// «All URLs last accessed …» serves every citation that has no date of its own.
    fn serve_document(&mut self) {
        let all = of_kind(&self.remarks.dated, RemarkKind::Accessed)
            .find(|remark| remark.serves == Serves::Document);
        let Some(accessed) = all.and_then(|remark| self.accessed(remark)) else {
            return;
        };
        for citation in &mut self.citations {
            if citation.url.is_some() && citation.accessed.is_none() {
                citation.accessed = Some(accessed.clone());
            }
        }
    }
}

fn label(unit: &Unit) -> Option<String> {
    match &unit.kind {
        UnitKind::Note(label) => label.clone(),
        _ => None,
    }
}

fn of_kind(remarks: &[Remark], kind: RemarkKind) -> impl Iterator<Item = &Remark> {
    remarks.iter().filter(move |remark| remark.kind == kind)
}

/// The sentence of a paragraph in which a URL stands.
fn sentence(text: &str, paragraph: &Range<usize>, url: &Range<usize>) -> Range<usize> {
    /// A longer sentence is cut; it is shown to people.
    const FARTHEST: usize = 400;
    let ends = |part: &str, at: usize| {
        let rest = &part[at + 1..];
        let next = rest.trim_start();
        rest.starts_with(char::is_whitespace)
            && next.starts_with(|c: char| !c.is_lowercase() && !c.is_ascii_digit())
    };
    let before = &text[paragraph.start..url.start];
    let from = floor(before, before.len().saturating_sub(FARTHEST));
    let start = before[from..]
        .rmatch_indices(['.', '?', '!', '\n'])
        .map(|(at, _)| from + at)
        .find(|at| ends(before, *at))
        .map_or(from, |at| at + 1);
    let start = paragraph.start + start;
    let behind = &text[url.end..paragraph.end.max(url.end)];
    let limit = floor(behind, FARTHEST);
    let end = behind[..limit]
        .match_indices(['.', '?', '!', '\n'])
        .map(|(at, _)| at)
        .find(|at| ends(behind, *at))
        .map_or(limit, |at| at + 1);
    let start = start + (text[start..url.start].len() - text[start..url.start].trim_start().len());
    start..url.end + end
}

/// The nearest begin of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;

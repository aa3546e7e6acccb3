//! Finds the citations of a document: one engine for every format's [`Flow`].
//!
//! The text is scanned for URLs and dates once; then each part of it (a note, a paragraph) gives its
//! citations: which URL has which date, which is only the copy of another, and what the reference
//! says of the work.

use std::ops::Range;

use crate::formats::access_date::{self, Remark, RemarkKind, Remarks, Serves};
use crate::formats::bibliographic::{self, Bibliographic};
use crate::formats::flow::{Flow, Link};
use crate::formats::note_list::{self, Unit, UnitKind};
use crate::formats::place::Places;
use crate::formats::quotation;
use crate::formats::redirector;
use crate::formats::url_scan;
use crate::memento::known_archives::{self, KnownArchiveCopy};
use crate::model::citation::{Accessed, ArchivedCopy, Citation};
use crate::model::surt::Surt;
use crate::model::time::AccessDate;
use crate::model::url::{CitedUrl, TargetUrl};

/// All citations of a document, in the order in which they stand in it. `bytes` is the file that the
/// flow was read from; places are in it.
pub fn read(flow: &Flow, bytes: &[u8]) -> Vec<Citation> {
    let seen = see(flow);
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

/// A URL of the document: found in its text, or behind a link.
#[derive(Debug, Clone)]
struct Seen {
    /// Its place in the flow's text.
    text: Range<usize>,
    /// Its bytes, where a link tells them; else they follow from `text`.
    file: Option<Range<usize>>,
    url: String,
    was_joined: bool,
    is_identifier: bool,
    archived: Option<ArchivedCopy>,
}

/// Links and URLs in the text, in order, without overlap; not the document's own address.
fn see(flow: &Flow) -> Vec<Seen> {
    let mut seen: Vec<Seen> = flow.links.iter().filter_map(see_link).collect();
    let linked: Vec<Range<usize>> = seen.iter().map(|link| link.text.clone()).collect();
    for found in url_scan::scan(&flow.text) {
        let nearby = linked.partition_point(|link| link.end <= found.range.start);
        let is_linked = linked
            .get(nearby)
            .is_some_and(|link| link.start < found.range.end && !link.is_empty());
        if !is_linked {
            seen.push(Seen {
                text: found.range,
                file: None,
                url: found.url,
                was_joined: found.was_joined,
                is_identifier: found.is_identifier,
                archived: None,
            });
        }
    }
    seen.sort_by_key(|seen| seen.text.start);
    let own = flow.own_url.as_deref().and_then(key);
    seen.retain(|seen| own.is_none() || key(&seen.url) != own);
    seen
}

fn see_link(link: &Link) -> Option<Seen> {
    let url = link.url.trim();
    let url = match url.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => url.to_owned(),
    };
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    is_web.then(|| Seen {
        text: link.text.clone(),
        file: Some(link.file.clone()),
        url: redirector::unwrap(&url).unwrap_or(url),
        was_joined: false,
        is_identifier: false,
        archived: link.archived.as_ref().map(|(url, date)| ArchivedCopy {
            url: url.clone(),
            date: date
                .as_deref()
                .and_then(|date| access_date::parse_field(date, None))
                .map(|(date, _)| date)
                .or_else(|| known_archives::unwrap(url)?.date),
        }),
    })
}

/// What two URLs of one source have in common.
fn key(url: &str) -> Option<Surt> {
    TargetUrl::parse(url).ok().map(|target| target.surt())
}

/// A source of one part: a URL, and the copy that is named beside it.
#[derive(Debug)]
struct Source<'s> {
    seen: &'s Seen,
    url: String,
    archived: Option<ArchivedCopy>,
    /// Where the copy's link stands, so that its date can be found.
    copy_at: Option<Range<usize>>,
}

struct Reader<'f, 'b> {
    flow: &'f Flow,
    places: Places<'b>,
    remarks: &'f Remarks,
    citations: Vec<Citation>,
}

impl<'f> Reader<'f, '_> {
    fn unit(&mut self, unit: &Unit, seen: &[Seen]) {
        if let UnitKind::Quote(Some(link)) = &unit.kind {
            self.quoted(unit, link);
        }
        let is_note = matches!(unit.kind, UnitKind::Note(_));
        let remarks = self.remarks_in(&unit.text);
        let accessed: Vec<&Remark> = of_kind(remarks, RemarkKind::Accessed).collect();
        let mut sources = self.sources(seen, is_note);
        if sources.is_empty() {
            self.without_url(unit, &accessed);
            return;
        }
        date_copies(&mut sources, remarks);
        let dates = pair(&sources, &accessed);
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
            let text = if sources.len() == 1 || is_note {
                unit.body_start..unit.text.end
            } else {
                sentence(&self.flow.text, &unit.text, &source.seen.text)
            };
            self.cite(unit, source, &mine, work, text);
            begin = mine
                .iter()
                .map(|remark| remark.range.end)
                .chain(source.copy_at.as_ref().map(|copy| copy.end))
                .fold(source.seen.text.end, usize::max);
        }
    }

    fn remarks_in(&self, text: &Range<usize>) -> &'f [Remark] {
        let dated = &self.remarks.dated;
        let first = dated.partition_point(|remark| remark.range.start < text.start);
        let last = dated.partition_point(|remark| remark.range.start < text.end);
        &dated[first..last.max(first)]
    }

    /// The sources of a part: identifiers beside a URL and copies beside their original are none.
    fn sources<'s>(&self, seen: &'s [Seen], is_note: bool) -> Vec<Source<'s>> {
        let copies: Vec<Option<KnownArchiveCopy>> =
            seen.iter().map(|seen| self.copy(seen)).collect();
        let has_url = seen
            .iter()
            .zip(&copies)
            .any(|(seen, copy)| copy.is_none() && !seen.is_identifier);
        let mut sources: Vec<Source> = Vec::new();
        let mut identifier_kind = None;
        for (seen, copy) in seen.iter().zip(&copies) {
            if copy.is_some() {
                continue;
            }
            if seen.is_identifier {
                let host = seen.url.split('/').nth(2);
                let is_other_kind = *identifier_kind.get_or_insert(host) != host;
                if is_note && (has_url || is_other_kind) {
                    continue;
                }
            }
            let is_repeated = sources.iter().any(|source| {
                source.url == seen.url
                    && (is_note || seen.is_identifier || source.seen.is_identifier)
            });
            if !is_repeated {
                sources.push(Source {
                    seen,
                    url: seen.url.clone(),
                    archived: seen.archived.clone(),
                    copy_at: None,
                });
            }
        }
        for (seen, copy) in seen.iter().zip(copies) {
            if let Some(copy) = copy {
                place_copy(&mut sources, seen, copy, is_note);
            }
        }
        sources.sort_by_key(|source| source.seen.text.start);
        sources
    }

    fn copy(&self, seen: &Seen) -> Option<KnownArchiveCopy> {
        let known = known_archives::unwrap(&seen.url);
        let is_called_so = self
            .remarks
            .archive_links
            .binary_search(&seen.text.start)
            .is_ok();
        known.or_else(|| {
            is_called_so.then(|| KnownArchiveCopy {
                archive: String::new(),
                original: None,
                date: None,
            })
        })
    }

    fn cite(
        &mut self,
        unit: &Unit,
        source: &Source,
        accessed: &[&Remark],
        work: Bibliographic,
        text: Range<usize>,
    ) {
        let file = source.seen.file.clone();
        let Some(file) = file.or_else(|| self.flow.file_range(&source.seen.text)) else {
            return;
        };
        let place = self.places.place(file.clone());
        let text_bytes = self.flow.file_range(&text).unwrap_or_else(|| file.clone());
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
        let Some(mut seen) = see_link(link) else {
            return;
        };
        seen.text = unit.text.start..unit.text.start;
        let copy = self.copy(&seen);
        let mut sources = Vec::new();
        match copy {
            Some(copy) => place_copy(&mut sources, &seen, copy, true),
            None => sources.push(Source {
                seen: &seen,
                url: seen.url.clone(),
                archived: seen.archived.clone(),
                copy_at: None,
            }),
        }
        for source in &sources {
            self.cite(
                unit,
                source,
                &[],
                Bibliographic::default(),
                unit.text.clone(),
            );
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

/// Gives an archive's link to the source that it is a copy of; alone, it tells the source itself.
fn place_copy<'s>(
    sources: &mut Vec<Source<'s>>,
    seen: &'s Seen,
    copy: KnownArchiveCopy,
    is_note: bool,
) {
    /// In running text a copy without its original's address stands right beside it.
    const NEAR: usize = 80;
    let original = copy.original.as_deref().and_then(key);
    let at = seen.text.clone();
    let free = |source: &Source| source.archived.is_none();
    let same = sources
        .iter()
        .position(|source| original.is_some() && key(&source.url) == original);
    let beside = || {
        let before = sources.iter().rposition(|source| {
            source.seen.text.end <= at.start
                && free(source)
                && (is_note || at.start - source.seen.text.end <= NEAR)
        });
        before.or_else(|| {
            sources.iter().position(|source| {
                source.seen.text.start >= at.end
                    && free(source)
                    && (is_note || source.seen.text.start - at.end <= NEAR)
            })
        })
    };
    let owner = same.or_else(|| {
        if copy.original.is_none() {
            beside()
        } else {
            None
        }
    });
    let archived = Some(ArchivedCopy {
        url: seen.url.clone(),
        date: copy.date,
    });
    match owner {
        Some(owner) => {
            if sources[owner].archived.is_none() {
                sources[owner].archived = archived;
                sources[owner].copy_at = Some(at);
            }
        }
        None => sources.push(Source {
            seen,
            url: copy.original.unwrap_or_else(|| seen.url.clone()),
            archived,
            copy_at: Some(at),
        }),
    }
}

/// The day on which a copy was made, as the reference says it.
fn date_copies(sources: &mut [Source], remarks: &[Remark]) {
    let dates: Vec<(Range<usize>, AccessDate)> = of_kind(remarks, RemarkKind::Archived)
        .map(|remark| (remark.range.clone(), remark.date))
        .collect();
    for source in sources {
        let Some(at) = source.copy_at.clone() else {
            continue;
        };
        let distance = |range: &Range<usize>| {
            let behind = range.start.saturating_sub(at.end);
            let before = at.start.saturating_sub(range.end);
            behind.max(before)
        };
        let nearest = dates.iter().min_by_key(|(range, _)| distance(range));
        if let (Some(archived), Some((_, date))) = (&mut source.archived, nearest) {
            archived.date = archived.date.or(Some(*date));
        }
    }
}

/// For each date, the sources that it serves.
///
/// Dates and URLs of one part follow one pattern: each date before its URL, or each behind it.
fn pair(sources: &[Source], accessed: &[&Remark]) -> Vec<Vec<usize>> {
    let dates_come_first = accessed
        .iter()
        .find(|remark| remark.serves == Serves::One)
        .zip(sources.first())
        .is_some_and(|(remark, source)| remark.range.start < source.seen.text.start);
    let mut is_dated = vec![false; sources.len()];
    let mut served: Vec<Vec<usize>> = Vec::new();
    for remark in accessed {
        let next = sources
            .iter()
            .position(|source| source.seen.text.start >= remark.range.end);
        let last = sources
            .iter()
            .rposition(|source| source.seen.text.end <= remark.range.start);
        let (first_choice, second_choice) = if dates_come_first {
            (next, last)
        } else {
            (last, next)
        };
        let is_free = |index: &usize| !is_dated[*index];
        let one = first_choice
            .filter(is_free)
            .or(second_choice.filter(is_free))
            .or(first_choice)
            .or(second_choice);
        let mine: Vec<usize> = match remark.serves {
            Serves::One => one.into_iter().collect(),
            Serves::Note | Serves::Document => (0..sources.len()).filter(is_free).collect(),
        };
        for index in &mine {
            is_dated[*index] = true;
        }
        served.push(mine);
    }
    served
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

//! What one part of a document cites: which of its URLs are sources, which are only copies of one,
//! and which date belongs to which.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::formats::access_date::{Remark, RemarkKind, Serves};
use crate::formats::seen_url::{self, SeenUrl};
use crate::memento::known_archives::{self, KnownArchiveCopy};
use crate::model::citation::ArchivedCopy;
use crate::model::surt::Surt;
use crate::model::time::AccessDate;

/// A source of one part: a URL, and the copy that is named beside it.
#[derive(Debug)]
pub(crate) struct Source<'s> {
    /// Where it was seen.
    pub(crate) seen: &'s SeenUrl,
    /// The source's own URL.
    pub(crate) url: String,
    /// The copy.
    pub(crate) archived: Option<ArchivedCopy>,
    /// Where the copy's link stands, so that its date can be found.
    pub(crate) copy_at: Option<Range<usize>>,
}

/// The sources of a part, in order. In a note, identifiers beside a URL are none; copies beside
/// their original never are. `archive_links` are the begins of URLs that the text calls copies.
pub(crate) fn gather<'s>(
    seen: &'s [SeenUrl],
    archive_links: &[usize],
    is_note: bool,
) -> Vec<Source<'s>> {
    let copies: Vec<Option<KnownArchiveCopy>> =
        seen.iter().map(|seen| copy(seen, archive_links)).collect();
    let mut sources = originals(seen, &copies, is_note);
    let mut by_key: HashMap<Surt, usize> = HashMap::new();
    if copies.iter().any(Option::is_some) {
        for (index, source) in sources.iter().enumerate() {
            if let Some(key) = seen_url::key(&source.url) {
                by_key.entry(key).or_insert(index);
            }
        }
    }
    let mut alone: Vec<Source> = Vec::new();
    for (seen, copy) in seen.iter().zip(copies) {
        let Some(copy) = copy else { continue };
        let key = copy.original.as_deref().and_then(seen_url::key);
        let owner = match &key {
            Some(key) => by_key.get(key).copied(),
            None => beside(&sources, &seen.text, is_note),
        };
        let archived = Some(ArchivedCopy {
            url: seen.url.clone(),
            date: copy.date,
        });
        match owner.map(|owner| &mut sources[owner]) {
            Some(owner) if owner.archived.is_none() => {
                owner.archived = archived;
                owner.copy_at = Some(seen.text.clone());
            }
            Some(_) => {}
            None => alone.push(Source {
                seen,
                url: copy.original.unwrap_or_else(|| seen.url.clone()),
                archived,
                copy_at: Some(seen.text.clone()),
            }),
        }
    }
    sources.extend(alone);
    sources.sort_by_key(|source| source.seen.text.start);
    sources
}

fn copy(seen: &SeenUrl, archive_links: &[usize]) -> Option<KnownArchiveCopy> {
    let is_called_so = archive_links.binary_search(&seen.text.start).is_ok();
    known_archives::unwrap(&seen.url).or_else(|| {
        is_called_so.then(|| KnownArchiveCopy {
            archive: String::new(),
            original: None,
            date: None,
        })
    })
}

fn originals<'s>(
    seen: &'s [SeenUrl],
    copies: &[Option<KnownArchiveCopy>],
    is_note: bool,
) -> Vec<Source<'s>> {
    let originals = || {
        let both = seen.iter().zip(copies);
        both.filter(|(_, copy)| copy.is_none())
            .map(|(seen, _)| seen)
    };
    let has_url = originals().any(|seen| !seen.is_identifier && !seen.is_broken);
    let identifiers = originals().filter(|seen| seen.is_identifier);
    // Of a DOI and a PMID of one work the first counts.
    let first_kind = identifiers.map(|seen| host(&seen.url)).next();
    let mut known: HashSet<&str> = HashSet::new();
    originals()
        .filter(|seen| {
            let is_beside = has_url || Some(host(&seen.url)) != first_kind;
            let is_spare = is_note && seen.is_identifier && is_beside;
            !is_spare && (known.insert(&seen.url) || !(is_note || seen.is_identifier))
        })
        .map(|seen| Source {
            seen,
            url: seen.url.clone(),
            archived: seen.archived.clone(),
            copy_at: None,
        })
        .collect()
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

/// The source right beside a copy that does not tell its original: the one before it, else the one
/// behind. In running text it stands close by.
fn beside(sources: &[Source], at: &Range<usize>, is_note: bool) -> Option<usize> {
    const NEAR: usize = 80;
    let next = sources.partition_point(|source| source.seen.text.start < at.start);
    let is_free = |index: &usize| {
        let source = &sources[*index];
        let gap_before = at.start.saturating_sub(source.seen.text.end);
        let gap_behind = source.seen.text.start.saturating_sub(at.end);
        source.archived.is_none() && (is_note || gap_before.max(gap_behind) <= NEAR)
    };
    let before = next.checked_sub(1).filter(is_free);
    before.or(Some(next)
        .filter(|next| *next < sources.len())
        .filter(is_free))
}

/// The day on which a copy was made, as the reference says it.
pub(crate) fn date_copies(sources: &mut [Source], remarks: &[Remark]) {
    let dates: Vec<(&Range<usize>, AccessDate)> = remarks
        .iter()
        .filter(|remark| remark.kind == RemarkKind::Archived)
        .map(|remark| (&remark.range, remark.date))
        .collect();
    for source in sources {
        let (Some(at), Some(archived)) = (&source.copy_at, &mut source.archived) else {
            continue;
        };
        let next = dates.partition_point(|(range, _)| range.start < at.start);
        let nearest = [next.checked_sub(1), Some(next)]
            .into_iter()
            .flatten()
            .filter_map(|index| dates.get(index))
            .min_by_key(|(range, _)| {
                let behind = range.start.saturating_sub(at.end);
                behind.max(at.start.saturating_sub(range.end))
            });
        archived.date = archived.date.or(nearest.map(|(_, date)| *date));
    }
}

/// For each date, the sources that it serves.
///
/// Dates and URLs of one part follow one pattern: each date before its URL, or each behind it.
pub(crate) fn pair(sources: &[Source], accessed: &[&Remark]) -> Vec<Range<usize>> {
    let dates_come_first = accessed
        .iter()
        .find(|remark| remark.serves == Serves::One)
        .zip(sources.first())
        .is_some_and(|(remark, source)| remark.range.start < source.seen.text.start);
    let mut is_dated = vec![false; sources.len()];
    let mut served = Vec::new();
    for remark in accessed {
        let next = sources.partition_point(|source| source.seen.text.start < remark.range.end);
        let last = sources.partition_point(|source| source.seen.text.end <= remark.range.start);
        let behind = (next < sources.len()).then_some(next);
        let before = last.checked_sub(1);
        let (first_choice, second_choice) = if dates_come_first {
            (behind, before)
        } else {
            (before, behind)
        };
        // «Retrieved from URL on …».
        let between = next.checked_sub(1).filter(|index| *index >= last);
        let one = between
            .or(first_choice.filter(|index| !is_dated[*index]))
            .or(second_choice.filter(|index| !is_dated[*index]))
            .or(first_choice)
            .or(second_choice);
        let mine = match (remark.serves, one) {
            (Serves::One, Some(one)) => one..one + 1,
            (Serves::One, None) => 0..0,
            // «A and B (both accessed …)»: those before it; at the begin of a note, those behind.
            (Serves::Note | Serves::Document, _) => {
                let end = if last == 0 { sources.len() } else { last };
                // What has a date of its own keeps it.
                let undated = (0..end).rev().take_while(|index| !is_dated[*index]);
                undated.last().unwrap_or(end)..end
            }
        };
        is_dated[mine.clone()].fill(true);
        served.push(mine);
    }
    served
}

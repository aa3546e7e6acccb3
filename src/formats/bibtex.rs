//! Reads BibTeX and biblatex: each entry is a citation, its fields say what.
//!
//! `url`, `doi` and `eprint` hold addresses; `note`, `howpublished` and their like hold text in
//! which people write addresses and access dates too, and that text goes through the same reader as
//! every document's.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::access_date;
use crate::formats::bibtex::entries::{Entry, Field};
use crate::formats::broken_url;
use crate::formats::decoded::Decoded;
use crate::formats::place::Places;
use crate::formats::url_scan;
use crate::memento::known_archives::{self, KnownArchiveCopy};
use crate::model::citation::{Accessed, ArchivedCopy, Citation};
use crate::model::time::AccessDate;
use crate::model::url::CitedUrl;

pub(crate) mod entries;
mod latex;
mod remarks;

/// The citations of a bibliography, and a warning for each entry that could not be read.
pub fn read(bytes: &[u8]) -> (Vec<Citation>, Vec<String>) {
    let decoded = Decoded::read(bytes, None);
    let mut warnings: Vec<String> = decoded.warning().into_iter().collect();
    let mut entries = Vec::new();
    for entry in entries::read(&decoded.text) {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(broken) => warnings.push(format!(
                "line {}: the entry «{}» is broken and left out: {}",
                decoded.line_at(broken.at),
                broken.key,
                broken.why
            )),
        }
    }
    let mut reader = Reader {
        decoded: &decoded,
        places: Places::new(bytes),
        by_key: entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry))
            .collect(),
        remarks: remarks::read(&decoded, bytes, &entries),
    };
    let citations = entries
        .iter()
        .enumerate()
        .flat_map(|(number, entry)| reader.citations(number, entry))
        .collect();
    (citations, warnings)
}

struct Reader<'e, 'b> {
    decoded: &'e Decoded,
    places: Places<'b>,
    by_key: HashMap<&'e str, &'e Entry>,
    /// For each entry what its remarks say.
    remarks: Vec<Vec<Citation>>,
}

/// An address of an entry.
struct Address {
    written: Range<usize>,
    url: String,
    was_joined: bool,
    /// The copy, where the address written is that of one.
    archived: Option<ArchivedCopy>,
}

impl Reader<'_, '_> {
    /// One citation for each address of the entry, or one without.
    fn citations(&mut self, number: usize, entry: &Entry) -> Vec<Citation> {
        let remarks = std::mem::take(&mut self.remarks[number]);
        let plain = self.without_address(entry, &remarks);
        let mut addresses = addresses(entry, &self.decoded.text);
        let broken = broken_address(entry, &self.decoded.text);
        let has_remark = || remarks.iter().any(|remark| remark.url.is_some());
        if addresses.is_empty() && !has_remark() {
            addresses.extend(broken);
        } else {
            addresses.extend(broken.filter(|address| broken_url::is_one(&address.url)));
        }
        if addresses.is_empty() {
            let found: Vec<Citation> = remarks
                .into_iter()
                .filter(|remark| remark.url.is_some())
                .map(|remark| Citation {
                    place: remark.place,
                    url: remark.url,
                    accessed: remark.accessed.or_else(|| plain.accessed.clone()),
                    archived: remark.archived.or_else(|| plain.archived.clone()),
                    ..plain.clone()
                })
                .collect();
            return if found.is_empty() { vec![plain] } else { found };
        }
        let cited = |address: Address| {
            let file = self.decoded.file_range(address.written.clone());
            Citation {
                place: self.places.place(file),
                url: Some(CitedUrl {
                    as_written: self.decoded.text[address.written].to_owned(),
                    url: address.url,
                    was_joined: address.was_joined,
                }),
                archived: plain.archived.clone().or(address.archived),
                ..plain.clone()
            }
        };
        addresses.into_iter().map(cited).collect()
    }

    fn without_address(&mut self, entry: &Entry, remarks: &[Citation]) -> Citation {
        let parent = entry
            .field(&["crossref", "xref"])
            .and_then(|parent| self.by_key.get(parent.value.trim()).copied());
        let field = |names: &[&str]| entry.field(names).map(|field| latex::plain(&field.value));
        let inherited = |names: &[&str]| {
            let of_parent = || parent?.field(names).map(|field| latex::plain(&field.value));
            field(names).or_else(of_parent)
        };
        let title = field(&["title"]).map(|title| match field(&["subtitle"]) {
            Some(subtitle) => format!("{title}: {subtitle}"),
            None => title,
        });
        let file = self.decoded.file_range(entry.range.clone());
        Citation {
            note: Some(entry.key.clone()).filter(|key| !key.is_empty()),
            place: self.places.place(file.clone()),
            text: folded(&self.decoded.text[entry.range.clone()]),
            text_bytes: file,
            url: None,
            accessed: self
                .accessed(entry)
                .or_else(|| remarks.iter().find_map(|remark| remark.accessed.clone())),
            title: title.or_else(|| field(&["maintitle", "booktitle"])),
            title_translated: None,
            authors: entry
                .field(&["author", "editor"])
                .map(|authors| latex::names(&authors.value))
                .unwrap_or_default(),
            year: inherited(&["year"])
                .as_deref()
                .and_then(year)
                .or_else(|| inherited(&["date"]).as_deref().and_then(year)),
            container: field(CONTAINERS)
                .or_else(|| {
                    parent
                        .and_then(|p| p.field(&["title"]))
                        .map(|f| latex::plain(&f.value))
                })
                .or_else(|| inherited(&["publisher", "organization", "institution", "school"])),
            quote: None,
            archived: archived(entry)
                .or_else(|| remarks.iter().find_map(|remark| remark.archived.clone())),
        }
    }

    fn accessed(&self, entry: &Entry) -> Option<Accessed> {
        let field = entry.field(ACCESS_DATES)?;
        let value = latex::plain(&field.value);
        let (date, is_ambiguous) = access_date::parse_field(&value, None)?;
        Some(Accessed {
            date,
            as_written: self.decoded.text[field.range.clone()].to_owned(),
            bytes: self.decoded.file_range(field.range.clone()),
            is_ambiguous,
        })
    }
}

/// Fields for the day of access: biblatex's `urldate`, and what styles and tools before it use.
const ACCESS_DATES: &[&str] = &[
    "urldate",
    "urlaccessdate",
    "lastchecked",
    "lastaccessed",
    "last-accessed",
    "accessed",
    "accessdate",
    "date-accessed",
    "visited",
];

/// Fields for the work that the cited one is part of, the nearest first.
const CONTAINERS: &[&str] = &[
    "journaltitle",
    "journal",
    "booktitle",
    "websitetitle",
    "maintitle",
    "blogtitle",
    "newspaper",
];

/// The addresses that the entry's fields hold: of `url`, else of an identifier.
fn addresses(entry: &Entry, text: &str) -> Vec<Address> {
    if let Some(field) = entry.field(&["url", "bdsk-url-1"]) {
        let found = of_url_field(field, text);
        if !found.is_empty() {
            return found;
        }
    }
    let trimmed = |field: &Field| {
        let inner = trimmed(text, field.range.clone());
        if field.is_verbatim {
            inner
        } else {
            field.range.clone()
        }
    };
    let identified = |field: &Field, url: String| Address {
        written: trimmed(field),
        url,
        was_joined: false,
        archived: None,
    };
    if let Some(field) = entry.field(&["doi"]) {
        let name = latex::url(&field.value);
        let bare = name.find("10.").map(|at| &name[at..]);
        if let Some(bare) = bare.filter(|bare| bare.contains('/')) {
            return vec![identified(field, format!("https://doi.org/{bare}"))];
        }
    }
    let kind = entry.field(&["eprinttype", "archiveprefix"]);
    let kind = kind
        .map(|kind| kind.value.trim().to_lowercase())
        .unwrap_or_default();
    entry
        .field(&["eprint"])
        .and_then(|field| {
            let name = latex::url(&field.value);
            let arxiv = name
                .get(..6)
                .filter(|start| start.eq_ignore_ascii_case("arxiv:"));
            let url = match (kind.as_str(), arxiv) {
                (_, Some(prefix)) => format!("https://arxiv.org/abs/{}", &name[prefix.len()..]),
                ("arxiv", _) => format!("https://arxiv.org/abs/{name}"),
                ("pubmed" | "pmid", _) => format!("https://pubmed.ncbi.nlm.nih.gov/{name}/"),
                ("hdl" | "handle", _) => format!("https://hdl.handle.net/{name}"),
                ("jstor", _) => format!("https://www.jstor.org/stable/{name}"),
                _ if name.starts_with("http") => name,
                _ => return None,
            };
            Some(vec![identified(field, url)])
        })
        .unwrap_or_default()
}

/// The addresses of a `url` field. There should be one; some tools write several, parted by spaces.
fn of_url_field(field: &Field, text: &str) -> Vec<Address> {
    if !field.is_verbatim {
        return as_address(&field.value, field.range.clone())
            .into_iter()
            .collect();
    }
    let inner = without_command(text, trimmed(text, field.range.clone()));
    let value = &text[inner.clone()];
    let mut starts: Vec<usize> = value
        .match_indices("http")
        .map(|(at, _)| at)
        .filter(|&at| at == 0 || value[..at].ends_with([' ', '\n', '\t', ';', ',']))
        .collect();
    if starts.is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().skip(1).copied().chain([value.len()]);
    let parts = starts.iter().copied().zip(ends);
    parts
        .filter_map(|(start, end)| {
            let part = value[start..end].trim_end_matches([' ', '\n', '\r', '\t', ';', ',']);
            let start = inner.start + start;
            as_address(part, start..start + part.len())
        })
        .collect()
}

/// What stands in the entry's `url` and is no address.
fn broken_address(entry: &Entry, text: &str) -> Option<Address> {
    let field = entry.field(&["url", "bdsk-url-1"])?;
    if !of_url_field(field, text).is_empty() {
        return None;
    }
    let written = if field.is_verbatim {
        without_command(text, trimmed(text, field.range.clone()))
    } else {
        field.range.clone()
    };
    let value = &text[written.clone()];
    let url = if has_gap(value) {
        broken_url::one_line(value)
    } else {
        broken_url::one_line(&latex::url(value))
    };
    // «n.d.», «none», an e-mail address: nobody took that for a web address.
    let is_meant = url.contains('/') || url.trim_end_matches('.').matches('.').count() > 1;
    is_meant.then_some(Address {
        written,
        url,
        was_joined: false,
        archived: None,
    })
}

/// Whether a space parts the host of an address; a line may break anywhere in a field.
fn has_gap(written: &str) -> bool {
    let host = written.split_once("://").map_or(written, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    host.contains(' ') && !host.contains('\n')
}

fn as_address(written: &str, range: Range<usize>) -> Option<Address> {
    if has_gap(written) {
        return None;
    }
    let clean = latex::url(written);
    let found = url_scan::scan(&clean);
    let whole = found
        .into_iter()
        .find(|found| found.range == (0..clean.len()));
    let is_web = clean.starts_with("http://") || clean.starts_with("https://");
    let url = match whole {
        Some(found) => found.url,
        None if is_web => clean,
        None => return None,
    };
    // A copy whose address tells the original is no source of its own.
    let (url, archived) = match known_archives::unwrap(&url) {
        Some(KnownArchiveCopy {
            original: Some(original),
            date,
            ..
        }) => (original, Some(ArchivedCopy { url, date })),
        _ => (url, None),
    };
    Some(Address {
        written: range,
        url,
        was_joined: written.contains('\n'),
        archived,
    })
}

/// The inside of `\url{…}` or `<…>`.
fn without_command(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    for (before, after) in [("\\url{", "}"), ("<", ">"), ("{", "}")] {
        let inside = value
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        if let Some(inside) = inside {
            let start = range.start + before.len();
            return trimmed(text, start..start + inside.len());
        }
    }
    range
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let start = range.start + (value.len() - value.trim_start().len());
    start..start + value.trim().len()
}

fn archived(entry: &Entry) -> Option<ArchivedCopy> {
    let url = entry.field(&["archiveurl", "archive-url", "archive_url"])?;
    let date = entry.field(&["archivedate", "archive-date", "archive_date"]);
    let date = date.and_then(|date| access_date::parse_field(&latex::plain(&date.value), None));
    Some(ArchivedCopy {
        url: latex::url(&url.value),
        date: date.map(|(date, _)| date),
    })
}

/// The first year in a `year` or `date` field: `2019`, `2019-05/2020`, `c. 2019`, `-0044`.
fn year(value: &str) -> Option<i32> {
    let digits = value
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 4)?;
    let year = digits.parse().ok()?;
    AccessDate::year(year).map(|_| year)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

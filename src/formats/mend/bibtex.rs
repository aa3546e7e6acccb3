//! Writes a copy into an entry of a bibliography, in the entry's own layout.
//!
//! biblatex prints `addendum` behind the address and its date of access, BibTeX's styles print `note`;
//! entries with fields of their own for copies go before both.

use std::ops::Range;

use chrono::NaiveDate;

use crate::formats::bibtex::entries::{self, Entry, Field};
use crate::formats::decoded::Decoded;
use crate::formats::mend::date_form;
use crate::formats::mend::mending::{Patch, Repair, Way, WhyNot};
use crate::model::citation::Citation;

/// The entries of a bibliography, to write into.
pub(crate) struct Bibliography<'d> {
    decoded: &'d Decoded,
    entries: Vec<Entry>,
    /// Whether it is written for biblatex.
    is_biblatex: bool,
    /// The fields that it has for copies, where it has some.
    copy_fields: Option<(String, String)>,
}

/// Fields for a copy's address that bibliographies have, each with the one for its date.
const COPY_FIELDS: &[(&str, &str)] = &[
    ("archiveurl", "archivedate"),
    ("archive-url", "archive-date"),
    ("archive_url", "archive_date"),
];

/// Fields and kinds of entry that only biblatex knows (its manual, §2).
const OF_BIBLATEX: &[&str] = &[
    "urldate",
    "date",
    "journaltitle",
    "addendum",
    "langid",
    "eprinttype",
    "maintitle",
    "location",
    "eventtitle",
];

impl<'d> Bibliography<'d> {
    pub(crate) fn read(decoded: &'d Decoded) -> Self {
        let entries: Vec<Entry> = entries::read(&decoded.text).into_iter().flatten().collect();
        let has = |name: &str| {
            let mut fields = entries.iter().flat_map(|entry| &entry.fields);
            fields.any(|field| field.name == name)
        };
        let is_online = |entry: &Entry| {
            let kind = decoded.text[entry.range.clone()].get(..7);
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case("@online"))
        };
        let copy_fields = COPY_FIELDS.iter().find(|(url, _)| has(url));
        Self {
            is_biblatex: OF_BIBLATEX.iter().any(|name| has(name)) || entries.iter().any(is_online),
            copy_fields: copy_fields.map(|(url, date)| ((*url).to_owned(), (*date).to_owned())),
            decoded,
            entries,
        }
    }

    /// The ways to write a copy into the entry of a citation, the best first.
    pub(crate) fn ways(&self, citation: &Citation, repair: &Repair) -> Result<Vec<Way>, WhyNot> {
        let start = self.decoded.text_position(citation.text_bytes.start);
        let entry = self.entries.iter().find(|entry| entry.range.start == start);
        let entry = entry.ok_or(WhyNot::NoPlace)?;
        let day = repair.archived_on();
        let mut ways = Vec::new();
        if let Some((url, date)) = &self.copy_fields {
            let values = [
                (url.as_str(), in_braces(&repair.archived_url)),
                (date, day.to_string()),
            ];
            ways.extend(self.new_fields(entry, &values));
        }
        let name = if self.is_biblatex { "addendum" } else { "note" };
        let said = Self::said(citation, repair, day);
        let written = entry.field(&[name]).filter(|field| field.is_verbatim);
        match written {
            Some(field) => ways.push(vec![self.appended(field, &said)]),
            None if entry.field(&[name]).is_none() => {
                ways.extend(self.new_fields(entry, &[(name, said)]));
            }
            None => {}
        }
        if ways.is_empty() {
            return Err(WhyNot::NoPlace);
        }
        Ok(ways)
    }

    /// `Archived at \url{…} (archived 2020-11-25)`, the day in the form of the access date.
    fn said(citation: &Citation, repair: &Repair, day: NaiveDate) -> String {
        let accessed = citation.accessed.as_ref();
        let date = accessed.map_or_else(
            || day.to_string(),
            |accessed| date_form::like(&accessed.as_written, accessed.date, "en", day),
        );
        format!(
            "Archived at \\url{{{}}} (archived {date})",
            in_braces(&repair.archived_url)
        )
    }

    /// Words behind those that a field has.
    fn appended(&self, field: &Field, said: &str) -> Patch {
        let value = self.decoded.text[field.range.clone()].trim_end();
        let separator = if value.ends_with(['.', '!', '?']) {
            " "
        } else {
            ". "
        };
        Patch::insert(
            field.range.start + value.len(),
            format!("{separator}{said}"),
        )
    }

    /// New fields behind the one of the access date or the address, laid out as that is.
    fn new_fields(&self, entry: &Entry, values: &[(&str, String)]) -> Option<Way> {
        let model = entry
            .field(&[
                "urldate",
                "lastchecked",
                "accessed",
                "accessdate",
                "url",
                "howpublished",
                "doi",
                "eprint",
                "note",
            ])
            .or(entry.fields.last())?;
        let layout = Layout::of(&self.decoded.text, entry, model)?;
        let fields = values.iter().map(|(name, value)| layout.field(name, value));
        Some(vec![Patch::insert(layout.at, fields.collect())])
    }
}

/// An address inside braces: BibTeX counts them, whatever stands before them.
fn in_braces(url: &str) -> String {
    url.replace('{', "%7B")
        .replace('}', "%7D")
        .replace('\\', "%5C")
        .replace('"', "%22")
}

/// How a field of an entry is laid out.
struct Layout<'t> {
    /// Behind the field and its delimiters, before its comma.
    at: usize,
    /// What stands before its name, from the comma or brace on.
    lead: &'t str,
    /// The width of its name with the white space behind, where the equals signs of the entry are aligned.
    width: Option<usize>,
    /// What stands around its equals sign.
    equals: (&'t str, &'t str),
    delimiters: (char, char),
}

impl<'t> Layout<'t> {
    fn of(text: &'t str, entry: &Entry, field: &Field) -> Option<Self> {
        let (head, delimiters, at) = delimited(text, &field.range);
        let before_equals = text
            .get(entry.range.start..head)?
            .trim_end()
            .strip_suffix('=')?;
        let equals_at = entry.range.start + before_equals.len();
        let name_end = entry.range.start + before_equals.trim_end().len();
        let name_start = text[..name_end].len() - field.name.len();
        let name = text.get(name_start..name_end)?;
        if !name.eq_ignore_ascii_case(&field.name) {
            return None;
        }
        let lead = &text[entry.range.start..name_start];
        let lead = &lead[lead.rfind([',', '{', '(']).map_or(0, |at| at + 1)..];
        let spaces = &text[name_end..equals_at];
        Some(Self {
            at,
            lead: if lead.trim().is_empty() { lead } else { " " },
            width: (spaces.len() > 1).then_some(name.len() + spaces.len()),
            equals: (spaces, &text[equals_at + 1..head]),
            delimiters,
        })
    }

    fn field(&self, name: &str, value: &str) -> String {
        let (before, behind) = self.equals;
        let before = match self.width {
            Some(width) => " ".repeat(width.saturating_sub(name.len()).max(1)),
            None => before.to_owned(),
        };
        let (open, close) = self.delimiters;
        let lead = self.lead;
        format!(",{lead}{name}{before}={behind}{open}{value}{close}")
    }
}

/// Where a value begins with its delimiter, the delimiters for a text like it, and where it ends.
fn delimited(text: &str, value: &Range<usize>) -> (usize, (char, char), usize) {
    let before = text[..value.start].chars().next_back();
    let behind = text[value.end..].chars().next();
    match (before, behind) {
        (Some('{'), Some('}')) => (value.start - 1, ('{', '}'), value.end + 1),
        (Some('"'), Some('"')) => (value.start - 1, ('"', '"'), value.end + 1),
        // A number, an abbreviation, or several parts.
        _ => (value.start, ('{', '}'), value.end),
    }
}

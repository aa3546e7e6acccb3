//! Reads wikitext: citation templates, whose parameters say what is cited, and bare links in notes and in
//! running text, which go through the same reader as every document's.
//!
//! Notes have the numbers under which readers of the page see them. A named note is one citation, however
//! often it is referred to. Comments, `nowiki`, code and the links of info boxes are left out.

use crate::formats::access_date;
use crate::formats::broken_url;
use crate::formats::decoded::Decoded;
use crate::formats::flow::Flow;
use crate::formats::place::Places;
use crate::formats::reference;
use crate::formats::wikitext::dialects::Dialect;
use crate::formats::wikitext::structure::{Parameter, Structure, Template};
use crate::formats::wikitext::walk::Cited;
use crate::memento::known_archives::{self, KnownArchiveCopy};
use crate::model::citation::{Accessed, ArchivedCopy, Citation};
use crate::model::time::AccessDate;
use crate::model::url::CitedUrl;

pub(crate) mod dialects;
pub(crate) mod structure;
pub(crate) mod visible;
mod walk;

/// The citations of a wikitext, in the order in which they stand in it, and what was read with doubt.
pub fn read(bytes: &[u8]) -> (Vec<Citation>, Vec<String>) {
    let decoded = Decoded::read(bytes, None);
    let structure = Structure::of(&decoded.text);
    let (flow, cited) = walk::read(&decoded, &structure);
    let mut citations = reference::read(&flow, bytes);
    let mut places = Places::new(bytes);
    for cited in &cited {
        citations.extend(citation(&decoded, &mut places, cited));
    }
    citations.sort_by_key(|citation| citation.text_bytes.start);
    (citations, flow.warnings)
}

/// What a reader of the page sees beside its citation templates.
pub(crate) fn flow(decoded: &Decoded) -> Flow {
    walk::read(decoded, &Structure::of(&decoded.text)).0
}

fn citation(decoded: &Decoded, places: &mut Places, cited: &Cited) -> Option<Citation> {
    let Cited {
        template,
        dialect,
        note,
        ..
    } = cited;
    let text = decoded.text.as_str();
    let whole = decoded.file_range(template.range.clone());
    let value = |names: &[String]| {
        let parameter = template.parameter(names)?;
        Some(visible::words(&text[parameter.value.clone()])).filter(|words| !words.is_empty())
    };
    let address = address(text, template, dialect);
    let title = value(&dialect.title);
    if address.is_none() && title.is_none() {
        return None;
    }
    let own_copy = template
        .parameter(&dialect.archive_url)
        .map(|parameter| visible::address(&text[parameter.value.clone()]));
    let copy_date = template.parameter(&dialect.archive_date).and_then(|it| {
        access_date::parse_field(
            &visible::words(&text[it.value.clone()]),
            Some(&dialect.code),
        )
    });
    let copy = own_copy
        .or_else(|| cited.copy.clone())
        .map(|url| ArchivedCopy {
            date: copy_date
                .map(|(date, _)| date)
                .or_else(|| known_archives::unwrap(&url)?.date),
            url,
        });
    let (url, copy_in_url) = match address.as_ref().map(|address| address.url.as_str()) {
        Some(url) => match known_archives::unwrap(url) {
            Some(KnownArchiveCopy {
                original: Some(original),
                date,
                ..
            }) => (
                Some(original),
                Some(ArchivedCopy {
                    url: url.to_owned(),
                    date,
                }),
            ),
            _ => (Some(url.to_owned()), None),
        },
        None => (None, None),
    };
    let place = address.as_ref().map_or_else(
        || whole.clone(),
        |address| decoded.file_range(address.parameter.value.clone()),
    );
    Some(Citation {
        note: note.clone(),
        place: places.place(place),
        text: text[template.range.clone()]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        text_bytes: whole,
        url: address.zip(url).map(|(address, url)| CitedUrl {
            as_written: text[address.parameter.value.clone()].to_owned(),
            url,
            was_joined: false,
        }),
        accessed: accessed(decoded, template, dialect),
        title,
        title_translated: template
            .parameter(&["trans title".to_owned()])
            .map(|it| visible::words(&text[it.value.clone()])),
        authors: authors(text, template, dialect),
        year: value(&dialect.date).as_deref().and_then(year),
        container: value(&dialect.container),
        quote: value(&dialect.quote),
        archived: copy.or(copy_in_url),
    })
}

struct Address<'t> {
    parameter: &'t Parameter,
    url: String,
}

/// The address that a template gives: its URL, else that of an identifier.
fn address<'t>(text: &str, template: &'t Template, dialect: &Dialect) -> Option<Address<'t>> {
    let at = |parameter: &'t Parameter, url: String| Some(Address { parameter, url });
    if let Some(parameter) = template.parameter(&dialect.url) {
        let written = visible::address(&text[parameter.value.clone()]);
        let lower = written.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            return at(parameter, written);
        }
        if written.starts_with("//") {
            return at(parameter, format!("https:{written}"));
        }
        let one_line = broken_url::one_line(text[parameter.value.clone()].trim());
        if broken_url::is_one(&one_line) {
            return at(parameter, one_line);
        }
    }
    for (key, base) in [
        ("doi", "https://doi.org/"),
        ("arxiv", "https://arxiv.org/abs/"),
        ("eprint", "https://arxiv.org/abs/"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/"),
        ("jstor", "https://www.jstor.org/stable/"),
        ("hdl", "https://hdl.handle.net/"),
    ] {
        if let Some(parameter) = template.parameter(&[key.to_owned()]) {
            let name = visible::address(&text[parameter.value.clone()]);
            if !name.is_empty() && !name.contains(char::is_whitespace) && !name.contains(['{', '['])
            {
                return at(parameter, format!("{base}{name}"));
            }
        }
    }
    None
}

fn accessed(decoded: &Decoded, template: &Template, dialect: &Dialect) -> Option<Accessed> {
    let parameter = template.parameter(&dialect.accessed)?;
    let written = &decoded.text[parameter.value.clone()];
    let (date, is_ambiguous) =
        access_date::parse_field(&visible::words(written), Some(&dialect.code))?;
    Some(Accessed {
        date,
        as_written: written.to_owned(),
        bytes: decoded.file_range(parameter.value.clone()),
        is_ambiguous,
    })
}

/// `author1`, or `last1` and `first1`, and so on.
fn authors(text: &str, template: &Template, dialect: &Dialect) -> Vec<String> {
    /// A template with more names than these has a list in one of them.
    const MOST: usize = 30;
    let numbered = |names: &[String], number: usize| {
        let mut keys: Vec<String> = names.iter().map(|name| format!("{name}{number}")).collect();
        keys.extend(names.iter().map(|name| format!("{name} {number}")));
        if number == 1 {
            keys.extend(names.iter().cloned());
        }
        let parameter = template.parameter(&keys)?;
        Some(visible::words(&text[parameter.value.clone()])).filter(|words| !words.is_empty())
    };
    let mut authors = Vec::new();
    for number in 1..=MOST {
        let last = numbered(&dialect.last, number);
        let name = match (last, numbered(&dialect.first, number)) {
            (Some(last), Some(first)) => Some(format!("{last}, {first}")),
            (Some(last), None) => Some(last),
            (None, _) => numbered(&dialect.authors, number),
        };
        let Some(name) = name else { break };
        authors.push(name);
    }
    authors
}

fn year(value: &str) -> Option<i32> {
    let digits = value
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 4)?;
    let year = digits.parse().ok()?;
    AccessDate::year(year).map(|_| year)
}

#[cfg(test)]
mod tests;

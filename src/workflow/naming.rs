//! What a person means who types a source's URL, or names a citation by where it stands.

use std::fs;
use std::path::{Component, Path};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Document, HeldCitation, Source};
use crate::memento::known_archives;
use crate::model::url::{TargetUrl, UnvisitableUrl};

/// The source that a URL names: as cited, without its scheme, with another case of the host, or as
/// an archive's copy of it. `None` when none is known by any of these.
pub fn source(catalog: &dyn Catalog, typed: &str) -> Result<Option<Source>, Unnamed> {
    for target in targets(typed)? {
        if let Some(source) = catalog.source(&target.surt())? {
            return Ok(Some(source));
        }
    }
    Ok(None)
}

/// The addresses that may be meant, the likeliest first.
fn targets(typed: &str) -> Result<Vec<TargetUrl>, UnvisitableUrl> {
    let typed = typed.trim().trim_matches(['<', '>']);
    let whole = if has_scheme(typed) || !is_like_an_address(typed) {
        typed.to_owned()
    } else {
        format!("http://{typed}")
    };
    let mut targets = vec![TargetUrl::parse(&whole)?];
    if let Some(original) = known_archives::unwrap(&whole).and_then(|copy| copy.original) {
        targets.extend(TargetUrl::parse(&original).ok());
    }
    Ok(targets)
}

/// `scheme:`, and not `host:port`.
fn has_scheme(typed: &str) -> bool {
    typed.split_once(':').is_some_and(|(scheme, rest)| {
        let is_name = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name && !rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// It begins with a host: a name of several parts, or one with a port.
fn is_like_an_address(typed: &str) -> bool {
    let host = typed.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let has_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(char::is_whitespace)
        && (name.trim_end_matches('.').contains('.') || has_port)
}

/// The document that a path or the end of one names; `None` when none is known by it.
pub fn named_document(catalog: &dyn Catalog, typed: &str) -> Result<Option<Document>, Unnamed> {
    let documents = catalog.documents()?;
    Ok(document(&documents, typed)?.cloned())
}

/// The citations that a name such as `essay.md#3` or `essay.md:41` means, with the document that
/// they stand in. `None` when the name begins with no document that is known.
pub fn citations(catalog: &dyn Catalog, typed: &str) -> Result<Option<Named>, Unnamed> {
    let documents = catalog.documents()?;
    let cuts = typed
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '#' | ':'));
    for (at, mark) in cuts {
        let (name, rest) = (&typed[..at], &typed[at + 1..]);
        let line = rest.parse::<u32>().ok();
        if mark == ':' && line.is_none() {
            continue;
        }
        let Some(document) = document(&documents, name)? else {
            continue;
        };
        let held = catalog.citations_of(document.id)?;
        let is_meant = |held: &HeldCitation| match mark {
            '#' => held.citation.note.as_deref() == Some(rest),
            _ => Some(held.citation.place.line) == line,
        };
        let citations: Vec<_> = held.iter().filter(|held| is_meant(held)).cloned().collect();
        if citations.is_empty() {
            return Err(Unnamed::NoSuchCitation {
                place: if mark == '#' {
                    format!("note [{rest}]")
                } else {
                    format!("citation on line {rest}")
                },
                there: there(&held, mark),
                document: document.path.clone(),
            });
        }
        return Ok(Some(Named {
            document: document.clone(),
            citations,
        }));
    }
    match document(&documents, typed)? {
        Some(document) => {
            let held = catalog.citations_of(document.id)?;
            Err(Unnamed::WholeDocument {
                typed: typed.to_owned(),
                there: there(&held, '#'),
            })
        }
        None => Ok(None),
    }
}

/// Citations of one document.
#[derive(Debug, Clone)]
pub struct Named {
    /// The document.
    pub document: Document,
    /// Those that are meant: several where notes bear one label, or a line holds several.
    pub citations: Vec<HeldCitation>,
}

/// What cannot be found by its name, and how to name it.
#[derive(Debug, thiserror::Error)]
pub enum Unnamed {
    /// The document has nothing there.
    #[error("{document} has no {place}; it cites {there}")]
    NoSuchCitation {
        /// The document's key.
        document: String,
        /// What was asked for.
        place: String,
        /// What is there.
        there: String,
    },
    /// Only the document was named.
    #[error(
        "which of its citations? name it by its note, {typed}#3, or its line, {typed}:41; it cites {there}"
    )]
    WholeDocument {
        /// As typed.
        typed: String,
        /// What is there.
        there: String,
    },
    /// Several documents end in that name.
    #[error("{typed} may be {first} or {second}; write more of its path")]
    SeveralDocuments {
        /// As typed.
        typed: String,
        /// One of them.
        first: String,
        /// Another.
        second: String,
    },
    /// It is no address that is ever visited.
    #[error(transparent)]
    Url(#[from] UnvisitableUrl),
    /// The catalog could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The document of that path: as it lies on the disk, else the one whose path ends so, whatever the
/// working folder.
fn document<'d>(documents: &'d [Document], typed: &str) -> Result<Option<&'d Document>, Unnamed> {
    if typed.is_empty() {
        return Ok(None);
    }
    let whole = fs::canonicalize(typed).ok();
    let whole = whole.as_deref().map_or(Path::new(typed), |path| path);
    if let Some(found) = documents
        .iter()
        .find(|document| Path::new(&document.path) == whole)
    {
        return Ok(Some(found));
    }
    let plain: std::path::PathBuf = Path::new(typed)
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    let mut ending = documents
        .iter()
        .filter(|document| Path::new(&document.path).ends_with(&plain));
    match (ending.next(), ending.next()) {
        (Some(first), Some(second)) => Err(Unnamed::SeveralDocuments {
            typed: typed.to_owned(),
            first: first.path.clone(),
            second: second.path.clone(),
        }),
        (found, _) => Ok(found),
    }
}

/// What a document cites, by its notes or its lines.
fn there(held: &[HeldCitation], mark: char) -> String {
    /// Enough to see how they are named.
    const SHOWN: usize = 12;
    let notes: Vec<String> = held
        .iter()
        .filter_map(|held| held.citation.note.as_ref())
        .map(|note| format!("[{note}]"))
        .collect();
    let lines = held.iter().map(|held| held.citation.place.line.to_string());
    let (kind, names) = if mark == '#' && !notes.is_empty() {
        ("notes", notes)
    } else {
        ("sources on lines", lines.collect())
    };
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown = names.iter().take(SHOWN).map(String::as_str);
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{kind} {}{more}", shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(typed: &str) -> Vec<String> {
        let targets = targets(typed).unwrap_or_default();
        targets.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_address_is_known_however_it_is_typed() {
        for (typed, first) in [
            ("https://site.example/a", "https://site.example/a"),
            ("<HTTPS://Site.Example/a#part>", "https://site.example/a"),
            ("site.example/a?b=c:d", "http://site.example/a?b=c:d"),
            ("Site.Example", "http://site.example/"),
            ("site.example:8080/a", "http://site.example:8080/a"),
            ("localhost:8080", "http://localhost:8080/"),
            (" site.example/a ", "http://site.example/a"),
        ] {
            assert_eq!(
                meant(typed).first().map(String::as_str),
                Some(first),
                "{typed}"
            );
        }
        let copy = meant("web.archive.org/web/20201124000000/https://site.example/a");
        assert_eq!(copy[1], "https://site.example/a");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "site",
            "",
            "ftp://site.example/a",
            "mailto:a@site.example",
            "a b.c",
            "../a.txt",
        ] {
            assert!(targets(typed).is_err(), "{typed}");
        }
    }
}

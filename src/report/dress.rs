//! The dresses of a report, by name.

use std::fmt;
use std::io;
use std::str::FromStr;

use crate::model::verdict::UnknownName;
use crate::report::change_report::ChangeReport;
use crate::report::{atom, csv, html, json, junit, markdown, text};

/// How a change report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    /// For a terminal.
    Text,
    /// For a wiki, an issue or a message.
    Markdown,
    /// One self-contained page.
    Html,
    /// One document, by the schema `ibid-report/1`.
    Json,
    /// One line a citation, by the same schema's `line`.
    Jsonl,
    /// One row a citation (RFC 4180).
    Csv,
    /// `JUnit` XML, for a build server.
    Junit,
    /// A feed of what turned (RFC 4287).
    Atom,
}

/// How a terminal shows text. The other dresses pay no heed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns that prose may fill; at least 40 are used. URLs are never broken.
    pub width: usize,
    /// Whether ANSI colours are written.
    pub has_colour: bool,
}

/// Writes the report; every line is ended.
pub fn dress(report: &ChangeReport, dress: Dress, look: Look) -> String {
    match dress {
        Dress::Text => text::write(report, look),
        Dress::Markdown => markdown::write(report),
        Dress::Html => html::write(report),
        Dress::Json => json::write(report),
        Dress::Jsonl => json::write_lines(report),
        Dress::Csv => csv::write(report),
        Dress::Junit => junit::write(report),
        Dress::Atom => atom::write(report, None),
    }
}

/// Writes the report to where it goes: what the dress allows to be written as it is made, is.
pub fn dress_to(
    report: &ChangeReport,
    dress: Dress,
    look: Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match dress {
        Dress::Json => json::write_to(report, out),
        Dress::Jsonl => json::write_lines_to(report, out),
        _ => out.write_all(self::dress(report, dress, look).as_bytes()),
    }
}

/// Writes what follows on an earlier part of the same report: what stands once at the head is left out.
/// For dresses that come in parts.
pub fn further(report: &ChangeReport, dress: Dress, look: Look) -> String {
    match dress {
        Dress::Csv => csv::write_further(report),
        _ => self::dress(report, dress, look),
    }
}

impl Dress {
    /// Whether parts of a report, each dressed for itself ([`further`]), make up the whole: a report on
    /// very much is then never held whole. The others count or sort all of it first.
    pub fn comes_in_parts(self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv)
    }

    /// Every dress.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Markdown,
        Self::Html,
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Junit,
        Self::Atom,
    ];

    /// The name given on a command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Junit => "junit",
            Self::Atom => "atom",
        }
    }
}

impl fmt::Display for Dress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dress {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(Self::ALL, Self::as_str, name)
    }
}

/// The value of that name, or an error that lists the names there are.
pub(crate) fn named<T: Copy>(
    all: &[T],
    as_str: fn(T) -> &'static str,
    name: &str,
) -> Result<T, UnknownName> {
    let known = || all.iter().copied();
    known()
        .find(|&value| as_str(value) == name)
        .ok_or_else(|| UnknownName {
            name: name.to_owned(),
            known: known().map(as_str).collect::<Vec<_>>().join(", "),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn parts_of_a_report_make_up_the_whole() {
        let look = Look {
            width: 80,
            has_colour: false,
        };
        let whole = sample::report();
        assert!(whole.documents.len() > 1);
        for &kind in Dress::ALL.iter().filter(|kind| kind.comes_in_parts()) {
            let mut written = String::new();
            for document in &whole.documents {
                let mut part = whole.clone();
                part.documents = vec![document.clone()];
                written += &if written.is_empty() {
                    dress(&part, kind, look)
                } else {
                    further(&part, kind, look)
                };
            }
            assert_eq!(written, dress(&whole, kind, look), "{kind}");
        }
    }

    #[test]
    fn every_dress_has_a_name_and_ends_its_last_line() {
        let look = Look {
            width: 80,
            has_colour: false,
        };
        for &kind in Dress::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            let written = dress(&sample::report(), kind, look);
            assert!(written.ends_with('\n'), "{kind}");
            let mut out = Vec::new();
            dress_to(&sample::report(), kind, look, &mut out).unwrap();
            assert_eq!(out, written.as_bytes(), "{kind}");
        }
        assert!("pdf".parse::<Dress>().unwrap_err().known.contains("junit"));
    }
}

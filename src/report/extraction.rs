//! What documents cite, before anything is visited: the output of an extraction.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::model::citation::Citation;
use crate::model::verdict::UnknownName;
use crate::report::dress::{Look, named};
use crate::report::entry::{accessed, note, title};
use crate::report::record::CitationRecord;
use crate::report::summary::counted;
use crate::report::terminal::Page;
use crate::report::visible::visible;
use crate::report::{csv, json, schema};

/// How an extraction is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtractionDress {
    /// For a terminal.
    Text,
    /// One document, by the schema's `extraction`.
    Json,
    /// One line a citation, by the schema's `citation`.
    Jsonl,
    /// One row a citation (RFC 4180).
    Csv,
}

/// Writes what each document (by the name it was given) cites.
pub fn dress(documents: &[(String, Vec<Citation>)], dress: ExtractionDress, look: Look) -> String {
    match dress {
        ExtractionDress::Text => text(documents, look),
        ExtractionDress::Json => json::to_text(&ExtractionRecord {
            schema: schema::EXTRACTION,
            documents: documents.iter().map(document).collect(),
        }),
        ExtractionDress::Jsonl => records(documents)
            .map(|record| json::to_line(&record))
            .collect(),
        ExtractionDress::Csv => {
            let rows = records(documents).map(|record| csv::citation_cells(&record));
            csv::table(csv::CITATION_COLUMNS, rows)
        }
    }
}

#[derive(Serialize)]
struct ExtractionRecord<'a> {
    schema: &'static str,
    documents: Vec<DocumentRecord<'a>>,
}

#[derive(Serialize)]
struct DocumentRecord<'a> {
    document: &'a str,
    citations: Vec<CitationRecord<'a>>,
}

fn document((file, citations): &(String, Vec<Citation>)) -> DocumentRecord<'_> {
    DocumentRecord {
        document: file,
        citations: citations
            .iter()
            .map(|citation| CitationRecord::of(file, citation))
            .collect(),
    }
}

fn records(documents: &[(String, Vec<Citation>)]) -> impl Iterator<Item = CitationRecord<'_>> {
    documents.iter().flat_map(|(file, citations)| {
        citations
            .iter()
            .map(move |citation| CitationRecord::of(file, citation))
    })
}

fn text(documents: &[(String, Vec<Citation>)], look: Look) -> String {
    let mut page = Page::new(look);
    for (file, citations) in documents {
        if !page.is_empty() {
            page.blank();
        }
        let with_url = citations.iter().filter(|citation| citation.url.is_some());
        let count = counted(citations.len(), "citation");
        page.heading(
            &visible(file),
            &format!("{count}, {} with a URL", with_url.count()),
        );
        let column = citations.iter().map(|citation| note(citation).len()).max();
        for citation in citations {
            entry(&mut page, citation, column.unwrap_or_default());
        }
    }
    page.finish()
}

fn entry(page: &mut Page, citation: &Citation, column: usize) {
    let indent = column + 4;
    page.blank();
    let label = format!("  {:column$}  ", note(citation));
    match &citation.url {
        Some(url) => page.unbroken(&label, &visible(&url.url)),
        None => page.unbroken(&label, "(no URL)"),
    }
    page.prose(indent, &title(citation));
    if let Some(translated) = &citation.title_translated {
        page.prose(indent, &visible(translated));
    }
    let place = &citation.place;
    let mut facts: Vec<String> = citation
        .authors
        .iter()
        .map(|author| visible(author).into_owned())
        .collect();
    facts.extend(citation.year.map(|year| year.to_string()));
    facts.push(accessed(citation));
    facts.push(format!("line {}, column {}", place.line, place.column));
    page.dim(indent, &facts.join(" · "));
    if let Some(quote) = &citation.quote {
        page.dim(indent, &format!("quotes «{}»", visible(quote)));
    }
    if let Some(copy) = &citation.archived {
        page.unbroken(&format!("{:indent$}archived at ", ""), &visible(&copy.url));
    }
}

impl ExtractionDress {
    /// Every dress.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::Jsonl, Self::Csv];

    /// The name given on a command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

impl fmt::Display for ExtractionDress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ExtractionDress {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(Self::ALL, Self::as_str, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::visible::is_hidden;

    const LOOK: Look = Look {
        width: 80,
        has_colour: false,
    };

    #[test]
    fn a_person_sees_what_is_cited_and_where() {
        insta::assert_snapshot!(dress(&sample::extraction(), ExtractionDress::Text, LOOK));
    }

    #[test]
    fn programs_get_the_same_fields_in_every_dress() {
        let documents = sample::extraction();
        insta::assert_snapshot!(
            "extraction_csv",
            dress(&documents, ExtractionDress::Csv, LOOK)
        );
        insta::assert_snapshot!(
            "extraction_jsonl",
            dress(&documents, ExtractionDress::Jsonl, LOOK)
        );
        let json: serde_json::Value =
            serde_json::from_str(&dress(&documents, ExtractionDress::Json, LOOK)).unwrap();
        assert_eq!(
            json["documents"][0]["citations"].as_array().unwrap().len(),
            16
        );
        assert_eq!(json["documents"][1]["document"], "empty.txt");
    }

    #[test]
    fn a_document_cannot_act_on_the_terminal() {
        let citation = sample::hostile("\u{1b}[2J\r\n").documents[0].citations[0]
            .citation
            .clone();
        let documents = [("\u{9b}2J".to_owned(), vec![citation])];
        for &kind in ExtractionDress::ALL {
            let written = dress(&documents, kind, LOOK);
            let acts = |c: char| is_hidden(c) && c != '\n' && c != '\r';
            assert!(!written.chars().any(acts), "{kind}: {written}");
        }
    }
}

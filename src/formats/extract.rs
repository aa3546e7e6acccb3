//! From a document's bytes to its citations, whatever its format.

use crate::formats::flow::Flow;
use crate::formats::format::Format;
use crate::formats::{bibtex, html, link_titles, markdown, plain, reference, wikitext};
use crate::model::citation::Citation;

/// What was found in a document.
#[derive(Debug, Default)]
pub struct Extraction {
    /// Its citations, in the order in which they stand in it.
    pub citations: Vec<Citation>,
    /// What could not be read, or only with doubt; each names the line where it can.
    pub warnings: Vec<String>,
}

impl Extraction {
    /// Of each address that cannot be visited: its line, its note, why, and what to do.
    pub fn broken_addresses(&self) -> Vec<String> {
        let broken = self.citations.iter().filter_map(Citation::broken_address);
        let mut broken: Vec<String> = broken.collect();
        // One address with two access dates is two citations.
        broken.dedup();
        broken
    }
}

/// Finds every citation in a document of this format.
pub fn extract(format: Format, bytes: &[u8]) -> Extraction {
    let (citations, warnings) = match format {
        Format::Plain => read_flow(&plain::read(bytes), bytes),
        Format::Markdown => read_flow(&markdown::read(bytes), bytes),
        Format::Html => read_flow(&html::read(bytes), bytes),
        Format::Bibtex => bibtex::read(bytes),
        Format::Wikitext => wikitext::read(bytes),
    };
    Extraction {
        citations,
        warnings,
    }
}

fn read_flow(flow: &Flow, bytes: &[u8]) -> (Vec<Citation>, Vec<String>) {
    let mut citations = reference::read(flow, bytes);
    link_titles::attach(flow, &mut citations);
    (citations, flow.warnings.clone())
}

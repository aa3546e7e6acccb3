//! From a document's bytes to its citations, whatever its format.

use crate::formats::format::Format;
use crate::formats::{bibtex, html, link_titles, markdown, plain, reference, wikitext};
use crate::model::citation::Citation;

/// What was found in a document.
#[derive(Debug, Default)]
pub struct Extraction {
    /// Its citations, in the order in which they stand in it.
    pub citations: Vec<Citation>,
    /// What could not be read, or only with doubt.
    pub warnings: Vec<String>,
}

/// Finds every citation in a document of this format.
pub fn extract(format: Format, bytes: &[u8]) -> Extraction {
    let flow = match format {
        Format::Plain => plain::read(bytes),
        Format::Markdown => markdown::read(bytes),
        Format::Html => html::read(bytes),
        Format::Bibtex => return fields(bibtex::read(bytes)),
        Format::Wikitext => return fields(wikitext::read(bytes)),
    };
    let mut citations = reference::read(&flow, bytes);
    link_titles::attach(&flow, &mut citations);
    Extraction {
        citations,
        warnings: flow.warnings,
    }
}

/// What was found by a reader whose citations are fields already.
fn fields((citations, warnings): (Vec<Citation>, Vec<String>)) -> Extraction {
    Extraction {
        citations,
        warnings,
    }
}

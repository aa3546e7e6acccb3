//! `ibid extract`: what documents cite, and when the author looked.

use std::path::PathBuf;

use clap::Args;

use crate::app::wiring;
use crate::cli::{Common, Ending, output};
use crate::formats::format::Format;
use crate::report::dress::Look;
use crate::report::extraction::{self, ExtractionDress};
use crate::workflow::intake;

/// Print what documents cite: note, URL, access date, title, and where each stands in the file
///
/// Plain text, Markdown, HTML and BibTeX are read. A folder is walked, and every file of a known
/// format in it is read. Nothing is visited and nothing is stored.
#[derive(Debug, Args)]
pub struct Extract {
    /// Documents, and folders of documents
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print it: text, json (one document), jsonl (one line a citation), csv
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ExtractionDress,
    /// Read the documents as this format, whatever they look like: plain, markdown, html, bibtex
    #[arg(long = "as", value_name = "FORMAT", value_parser = format_named)]
    read_as: Option<Format>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Extract {
    /// Reads and prints. Documents that cannot be read are named, and the others go on.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let mut documents = Vec::new();
        let mut ending = Ending::Clear;
        for reading in intake::read(&self.paths, self.read_as, config.documents.max_bytes) {
            match reading {
                Ok(reading) => {
                    for warning in &reading.extraction.warnings {
                        eprintln!("ibid: {}: {warning}", reading.name);
                    }
                    documents.push((reading.name, reading.extraction.citations));
                }
                Err(why) => {
                    eprintln!("ibid: {why}");
                    ending = Ending::CouldNotRun;
                }
            }
        }
        let look = Look {
            width: output::width(),
            has_colour: output::has_colour(self.output.as_deref()),
        };
        let result = extraction::dress(&documents, self.format, look);
        output::write(&result, self.output.as_deref())?;
        Ok(ending)
    }
}

fn format_named(name: &str) -> Result<Format, String> {
    match name {
        "plain" => Ok(Format::Plain),
        "markdown" => Ok(Format::Markdown),
        "html" => Ok(Format::Html),
        "bibtex" => Ok(Format::Bibtex),
        _ => Err("write plain, markdown, html or bibtex".to_owned()),
    }
}

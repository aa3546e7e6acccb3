//! `ibid extract`: what documents cite, and when the author looked.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;

use crate::app::wiring;
use crate::cli::{Common, Ending, output};
use crate::formats::extract::{self, Extraction};
use crate::formats::format::Format;
use crate::report::dress::Look;
use crate::report::extraction::{self, ExtractionDress};
use crate::workflow::intake;

/// Print what documents cite: note, URL, access date, title, and where each stands in the file
///
/// Nothing is visited and nothing is stored. What cannot be read is named on standard error, and the
/// other documents go on; so is an address that is none, with its line and what to do about it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  every document was read
  2  a document could not be read, or there was none

EXAMPLES
  ibid extract article.txt
  ibid extract essays/ --format csv --output citations.csv
  ibid extract paper.md --format jsonl | jq -r 'select(.access_date == null) | .url'
  pdftotext -layout paper.pdf - | ibid extract -")]
pub struct Extract {
    /// Documents, and folders of documents; - for standard input
    ///
    /// Read are plain text (.txt, .text), Markdown (.md, .markdown), HTML (.html, .htm, .xhtml) and
    /// BibTeX (.bib), wikitext (.wiki, .wikitext, .mediawiki). In a folder, files of other names are
    /// passed over, and so are hidden files and folders that tools fill. A file that is named itself is
    /// read as what it looks like.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print it: text, json, jsonl (one line a citation), csv
    ///
    /// json and jsonl follow the schema that `ibid schema` prints, $defs/extraction and
    /// $defs/citation. Places in the file are bytes, counted from 0, and lines and columns, counted
    /// from 1.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ExtractionDress,
    /// Read the documents as this format, whatever they look like: plain, markdown, html, bibtex,
    /// wikitext
    #[arg(long = "as", value_name = "FORMAT", value_parser = format_named)]
    read_as: Option<Format>,
    /// Write to this file instead of standard output
    ///
    /// The file is there whole or not at all; a file of that name is replaced.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Extract {
    /// Reads and prints. Documents that cannot be read are named, and the others go on.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let mut documents = Vec::new();
        let mut ending = Ending::Clear;
        for reading in self.read(config.documents.max_bytes) {
            match reading {
                Ok((name, extraction)) => {
                    let broken = extraction.broken_addresses();
                    let warnings = extraction.warnings.iter().chain(&broken);
                    for warning in warnings.filter(|_| !common.quiet) {
                        output::say(&format!("ibid: {name}: {warning}"));
                    }
                    documents.push((name, extraction.citations));
                }
                Err(why) => {
                    output::say(&format!("ibid: {why}"));
                    ending = Ending::CouldNotRun;
                }
            }
        }
        if documents.is_empty() {
            return Ok(ending);
        }
        let look = Look {
            width: output::width(),
            has_colour: output::has_colour(self.output.as_deref()),
        };
        let result = extraction::dress(&documents, self.format, look);
        output::write(&result, self.output.as_deref())?;
        Ok(ending)
    }

    /// Each document's name and what it cites, or why it cannot be read.
    fn read(&self, max_bytes: u64) -> Vec<Result<(String, Extraction), String>> {
        let (input, paths): (Vec<_>, Vec<_>) = self
            .paths
            .iter()
            .cloned()
            .partition(|path| path.as_os_str() == "-");
        let input = input
            .first()
            .map(|_| from_standard_input(self.read_as, max_bytes));
        let files = intake::read(intake::list(&paths), self.read_as, max_bytes);
        let files = files.map(|reading| {
            let reading = reading?;
            Ok((reading.name, reading.extraction))
        });
        input.into_iter().chain(files).collect()
    }
}

fn from_standard_input(
    format: Option<Format>,
    max_bytes: u64,
) -> Result<(String, Extraction), String> {
    const NAME: &str = "standard input";
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(max_bytes.saturating_add(1));
    input
        .read_to_end(&mut bytes)
        .map_err(|why| format!("{NAME}: it could not be read: {why}"))?;
    if bytes.len() as u64 > max_bytes {
        return Err(format!(
            "{NAME}: it has more than the {max_bytes} bytes that are read; split it, or raise documents.max_bytes"
        ));
    }
    let format = match format {
        Some(format) => format,
        None => Format::detect(NAME, &bytes).map_err(|unknown| unknown.to_string())?,
    };
    Ok((NAME.to_owned(), extract::extract(format, &bytes)))
}

fn format_named(name: &str) -> Result<Format, String> {
    match name {
        "plain" => Ok(Format::Plain),
        "markdown" => Ok(Format::Markdown),
        "html" => Ok(Format::Html),
        "bibtex" => Ok(Format::Bibtex),
        "wikitext" => Ok(Format::Wikitext),
        _ => Err("write plain, markdown, html, bibtex or wikitext".to_owned()),
    }
}

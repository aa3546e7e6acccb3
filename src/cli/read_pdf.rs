//! `ibid read-pdf`: the process in which a PDF is read. For Ibid's own use, and hidden.

use std::io::{Read as _, Write as _};

use clap::Args;
use rlimit::Resource;

use crate::cli::Ending;
use crate::content::pdf_bytes;
use crate::workflow::page_reading::{BEFORE_TEXT, MOST_MEMORY};

/// Seconds of the processor.
const MOST_SECONDS: u64 = 30;
/// The longest PDF, decoded, in bytes.
const MOST_BYTES: u64 = 256 << 20;
/// Objects in objects are read by recursion.
const STACK_BYTES: usize = 64 << 20;

/// Read a PDF on standard input and write its text as JSON
#[derive(Debug, Args)]
pub struct ReadPdf {}

impl ReadPdf {
    /// Gives up what a hostile file could misuse, reads, and writes what was read, or why not.
    pub fn run(&self) -> anyhow::Result<Ending> {
        rlimit::setrlimit(Resource::CORE, 0, 0)?;
        rlimit::setrlimit(Resource::CPU, MOST_SECONDS, MOST_SECONDS)?;
        rlimit::setrlimit(Resource::AS, MOST_MEMORY, MOST_MEMORY)?;
        // Not one file is opened or written from here on.
        rlimit::setrlimit(Resource::FSIZE, 0, 0)?;
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST_BYTES).read_to_end(&mut bytes)?;
        let read = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || pdf_bytes::read(&bytes))?
            .join()
            .map_err(|_| anyhow::anyhow!("the reader of PDFs broke down"))?;
        let mut output = std::io::stdout().lock();
        output.write_all(BEFORE_TEXT.as_bytes())?;
        serde_json::to_writer(&mut output, &read)?;
        output.flush()?;
        Ok(Ending::Clear)
    }
}

//! Where words go: a result to standard output, or to a file that is there whole or not at all; all
//! else to standard error.

use std::fmt::Display;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;

use crate::report::visible::visible;

/// Writes the result to standard output, or to `file` by a temporary name and a rename.
pub fn write(result: &str, file: Option<&Path>) -> anyhow::Result<()> {
    write_with(file, |out| Ok(out.write_all(result.as_bytes())?))
}

/// Lets a result be written as it is made. A file is there when all of it is.
pub fn write_with(
    file: Option<&Path>,
    work: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(file) = file else {
        let mut out = BufWriter::new(io::stdout().lock());
        work(&mut out)?;
        return Ok(out.flush()?);
    };
    let name = file.file_name().filter(|_| !file.is_dir());
    let mut name = name
        .with_context(|| format!("--output {} is a folder; name a file", file.display()))?
        .to_owned();
    name.push(".new");
    let temporary: PathBuf = file.with_file_name(name);
    let cannot_write = || {
        format!(
            "cannot write {}; name a file in a folder that exists and that you may write in",
            file.display()
        )
    };
    let mut out = BufWriter::new(fs::File::create(&temporary).with_context(cannot_write)?);
    work(&mut out)?;
    out.flush()
        .and_then(|()| fs::rename(&temporary, file))
        .with_context(cannot_write)
}

/// How a result for people is printed.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// To be read.
    Text,
    /// To be read in a wiki or a repository.
    Markdown,
    /// To be worked with, by the schema.
    Json,
}

impl FromStr for Form {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "text" => Ok(Self::Text),
            "markdown" => Ok(Self::Markdown),
            "json" => Ok(Self::Json),
            _ => Err("write text, markdown or json"),
        }
    }
}

/// The form of this name, for commands that do not write Markdown.
pub fn text_or_json(name: &str) -> Result<Form, &'static str> {
    match name.parse() {
        Ok(form @ (Form::Text | Form::Json)) => Ok(form),
        _ => Err("write text or json"),
    }
}

/// Says something on standard error, in one line in which nothing acts on a terminal. That nobody
/// reads there any more is no reason to stop.
pub fn say(words: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(words));
}

/// `1 file`, `2 files`.
pub fn counted(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The terminal's width in columns, between 40 and 120; 100 where there is none.
pub fn width() -> usize {
    let columns = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    columns.clamp(40, 120)
}

/// Whether to colour standard output: a terminal, and `NO_COLOR` is not set (no-color.org).
pub fn has_colour(file: Option<&Path>) -> bool {
    file.is_none() && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

//! Where a result goes: standard output, or a file that is there whole or not at all.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Writes the result to standard output, or to `file` by a temporary name and a rename.
pub fn write(result: &str, file: Option<&Path>) -> anyhow::Result<()> {
    let Some(file) = file else {
        let mut out = io::stdout().lock();
        out.write_all(result.as_bytes())?;
        return Ok(out.flush()?);
    };
    let mut name = file
        .file_name()
        .context("the output is a folder; name a file")?
        .to_owned();
    name.push(".new");
    let temporary: PathBuf = file.with_file_name(name);
    fs::write(&temporary, result)
        .and_then(|()| fs::rename(&temporary, file))
        .with_context(|| format!("writing {}", file.display()))
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

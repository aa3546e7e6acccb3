//! Reads documents: from paths to the citations in them, and from those to rows of the catalog.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{DocumentChange, DocumentRead};
use crate::documents::folder;
use crate::formats::extract::{self, Extraction};
use crate::formats::format::Format;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;

/// A document that was read.
#[derive(Debug)]
pub struct Reading {
    /// The path as the user gave it, or as found under a folder that the user gave.
    pub name: String,
    /// The path by which the catalog knows it: absolute, without links.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// Its citations, and what was doubtful.
    pub extraction: Extraction,
}

/// A document that is there, and was not read yet.
#[derive(Debug)]
pub struct Listed {
    path: PathBuf,
    absolute: PathBuf,
}

/// The documents under these paths, in order, each once. For what cannot be listed there is the reason,
/// which names it.
pub fn list(paths: &[PathBuf]) -> Vec<Result<Listed, String>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for listed in paths.iter().flat_map(|path| folder::list(path)) {
        match listed {
            Ok(path) => {
                let absolute = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                if seen.insert(absolute.clone()) {
                    all.push(Ok(Listed { path, absolute }));
                }
            }
            Err(fault) => all.push(Err(fault.to_string())),
        }
    }
    all
}

/// Reads them one after the other, as they are asked for: no more than one is held. For a document that
/// cannot be read there is the reason, which names it; the others go on.
pub fn read(
    listed: Vec<Result<Listed, String>>,
    format: Option<Format>,
    max_bytes: u64,
) -> impl Iterator<Item = Result<Reading, String>> {
    listed
        .into_iter()
        .map(move |listed| read_one(&listed?, format, max_bytes))
}

fn read_one(
    Listed { path, absolute }: &Listed,
    format: Option<Format>,
    max_bytes: u64,
) -> Result<Reading, String> {
    let bytes = folder::read(path, max_bytes).map_err(|fault| fault.to_string())?;
    let name = path.display().to_string();
    let format = match format {
        Some(format) => format,
        None => Format::detect(&name, &bytes).map_err(|unknown| unknown.to_string())?,
    };
    Ok(Reading {
        name,
        path: absolute.to_string_lossy().into_owned(),
        sha256: Sha256::of(&bytes),
        extraction: extract::extract(format, &bytes),
    })
}

/// Those of the paths that are folders in which there is a document, absolute and without links.
pub fn folders(paths: &[PathBuf], listed: &[Result<Listed, String>]) -> Vec<PathBuf> {
    let absolute = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    let holds_some = |folder: &PathBuf| {
        let mut listed = listed.iter().flatten();
        folder.is_dir() && listed.any(|listed| listed.absolute.starts_with(folder))
    };
    absolute.filter(holds_some).collect()
}

/// Tells the catalog what a document cites.
pub fn register(
    catalog: &dyn Catalog,
    reading: &Reading,
    now: Timestamp,
) -> Result<DocumentChange, CatalogError> {
    catalog.put_document(&DocumentRead {
        path: reading.path.clone(),
        sha256: reading.sha256,
        read_at: now,
        place: None,
        stamp: None,
        citations: reading.extraction.citations.clone(),
    })
}

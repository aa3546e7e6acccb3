//! Documents that are no longer where they were: moved, or gone.
//!
//! A file that lies elsewhere with the same bytes is the document that it was, and keeps all of its
//! history. One that is nowhere is marked as gone: its citations are retired, their history is kept,
//! and when it comes back they are what they were. A folder in which nothing is found any more is
//! taken for one that is away (a disk that is not mounted looks like this), and nothing has left it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::Document;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;

/// Documents that were not found this time.
#[derive(Debug, Default)]
pub struct Missing {
    documents: Vec<Document>,
    place: Option<String>,
}

/// More documents with the same bytes than this are not looked at.
const TWINS_LOOKED_AT: u32 = 8;

impl Missing {
    /// Of a place: those that its list had and has no more.
    pub fn of_place(place: &str, documents: Vec<Document>) -> Self {
        Self {
            documents,
            place: Some(place.to_owned()),
        }
    }

    /// Of folders that a person named: those whose files are not there any more. Folders in which
    /// there is no file at all are not among `folders`.
    pub fn under(catalog: &dyn Catalog, folders: &[PathBuf]) -> Result<Self, CatalogError> {
        let mut documents = Vec::new();
        for folder in folders {
            let known = catalog.documents_under(&folder.to_string_lossy())?;
            documents.extend(known.into_iter().filter(|known| is_nowhere(&known.path)));
        }
        documents.sort_by(|one, other| one.path.cmp(&other.path));
        documents.dedup_by(|one, other| one.id == other.id);
        Ok(Self {
            documents,
            place: None,
        })
    }

    /// If what is read at a key that is new was known under another, it takes the new one. Says
    /// whether it did.
    pub fn follow(
        &mut self,
        catalog: &dyn Catalog,
        path: &str,
        sha256: &Sha256,
    ) -> Result<bool, CatalogError> {
        let of_these = self.documents.iter().filter(|it| it.sha256 == *sha256);
        // Of several, the one of the same name.
        let name = Path::new(path).file_name();
        let found = of_these
            .max_by_key(|it| Path::new(&it.path).file_name() == name)
            .cloned();
        if let Some(found) = found {
            let is_moved = catalog.move_document(found.id, path)?;
            self.documents.retain(|it| !is_moved || it.id != found.id);
            return Ok(is_moved);
        }
        let gone = catalog.gone_documents(sha256, TWINS_LOOKED_AT)?;
        let is_ours = |it: &&Document| it.place == self.place;
        match gone.iter().find(is_ours) {
            Some(found) => catalog.move_document(found.id, path),
            None => Ok(false),
        }
    }

    /// Marks those that are left as gone. Gives them, and how many citations were retired.
    pub fn leave(
        self,
        catalog: &dyn Catalog,
        now: Timestamp,
    ) -> Result<(Vec<Document>, usize), CatalogError> {
        let mut retired = 0;
        for document in &self.documents {
            tracing::info!(document.path, "a document is gone");
            retired += catalog.leave_document(document.id, now)?;
        }
        Ok((self.documents, retired))
    }
}

/// Whether there is certainly no such file: one that may not be looked at may be there.
fn is_nowhere(path: &str) -> bool {
    fs::symlink_metadata(path).is_err_and(|why| {
        matches!(
            why.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        )
    })
}

//! Documents, their citations, and the sources that these name.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Documents;
use crate::catalog::matching::{Earlier, match_citations};
use crate::catalog::records::{
    Document, DocumentChange, DocumentRead, HeldCitation, PlacedCitation, Source, SourceOnHost,
};
use crate::catalog::sqlite::citations::Cited;
use crate::catalog::sqlite::columns::{Text, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::schedule::{begin_to_cite, cease_to_cite, put_host};
use crate::catalog::sqlite::standings;
use crate::model::citation::Citation;
use crate::model::ids::{CitationId, DocumentId, HostId, SourceId};
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;

impl Documents for SqliteCatalog {
    fn put_document(&self, read: &DocumentRead) -> Result<DocumentChange, CatalogError> {
        self.write(
            format_args!("entering the document {}", read.path),
            |transaction| put_document(transaction, read),
        )
    }

    fn documents(&self) -> Result<Vec<Document>, CatalogError> {
        self.read(format_args!("listing its documents"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                     FROM documents WHERE gone_at IS NULL ORDER BY path",
                )?
                .query_map((), document)?
                .collect()
        })
    }

    fn documents_after(&self, path: &str, limit: u32) -> Result<Vec<Document>, CatalogError> {
        self.read(format_args!("listing its documents"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                     FROM documents WHERE path > ?1 AND gone_at IS NULL ORDER BY path LIMIT ?2",
                )?
                .query_map(params![path, limit], document)?
                .collect()
        })
    }

    fn document(&self, path: &str) -> Result<Option<Document>, CatalogError> {
        self.read(
            format_args!("looking up the document {path}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                     FROM documents WHERE path = ?1",
                    )?
                    .query_one([path], document)
                    .optional()
            },
        )
    }

    fn citations_of(&self, document: DocumentId) -> Result<Vec<HeldCitation>, CatalogError> {
        self.read(
            format_args!("reading the citations of document {document}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, document_id, source_id, citation FROM citations
                         WHERE document_id = ?1 AND retired_at IS NULL ORDER BY position",
                    )?
                    .query_map([document.0], held_citation)?
                    .collect()
            },
        )
    }

    fn citations_of_source(&self, source: SourceId) -> Result<Vec<HeldCitation>, CatalogError> {
        self.read(
            format_args!("reading the citations of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, document_id, source_id, citation FROM citations
                         WHERE source_id = ?1 AND retired_at IS NULL ORDER BY id",
                    )?
                    .query_map([source.0], held_citation)?
                    .collect()
            },
        )
    }

    fn source(&self, surt: &Surt) -> Result<Option<Source>, CatalogError> {
        self.read(format_args!("looking up the source {surt}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, url, first_seen_at
                     FROM source_keys JOIN sources ON sources.id = source_id WHERE surt = ?1",
                )?
                .query_one([surt.as_str()], source)
                .optional()
        })
    }

    fn source_by_id(&self, id: SourceId) -> Result<Option<Source>, CatalogError> {
        self.read(format_args!("looking up source {id}"), |connection| {
            connection
                .prepare_cached("SELECT id, url, first_seen_at FROM sources WHERE id = ?1")?
                .query_one([id.0], source)
                .optional()
        })
    }

    fn neighbours_of(&self, source: &Surt, limit: u32) -> Result<Vec<SourceId>, CatalogError> {
        let key = source.as_str();
        let Some((host, _)) = key.split_once(')') else {
            return Ok(Vec::new());
        };
        self.read(
            format_args!("looking for neighbours of {source}"),
            |connection| {
                let near = |sql: &str, bound: String| {
                    connection
                        .prepare_cached(sql)?
                        .query_map(params![key, bound, limit], |row| Ok(SourceId(row.get(0)?)))?
                        .collect::<rusqlite::Result<Vec<_>>>()
                };
                let after = near(
                    "SELECT source_id FROM source_keys
                     WHERE surt > ?1 AND surt < ?2 ORDER BY surt LIMIT ?3",
                    // `*` follows `)`.
                    format!("{host}*"),
                )?;
                let before = near(
                    "SELECT source_id FROM source_keys
                     WHERE surt < ?1 AND surt > ?2 ORDER BY surt DESC LIMIT ?3",
                    format!("{host})"),
                )?;
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                Ok(after.into_iter().chain(before).take(limit).collect())
            },
        )
    }

    fn sources_of(&self, documents: &[DocumentId]) -> Result<Vec<SourceOnHost>, CatalogError> {
        self.read(
            format_args!("reading the sources of documents"),
            |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT sources.id, host_id FROM citations JOIN sources ON sources.id = citations.source_id
                 WHERE document_id = ?1 AND retired_at IS NULL ORDER BY position",
                )?;
                let mut seen = HashSet::new();
                let mut sources = Vec::new();
                for document in documents {
                    let mut cited = statement.query([document.0])?;
                    while let Some(row) = cited.next()? {
                        let source = SourceId(row.get("id")?);
                        if seen.insert(source) {
                            let host = HostId(row.get("host_id")?);
                            sources.push(SourceOnHost { source, host });
                        }
                    }
                }
                Ok(sources)
            },
        )
    }
}

fn put_document(
    transaction: &Transaction<'_>,
    read: &DocumentRead,
) -> rusqlite::Result<DocumentChange> {
    let document: i64 = transaction
        .prepare_cached(
            "INSERT INTO documents (path, sha256, first_read_at, read_at, place, stamp)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5)
             ON CONFLICT (path) DO UPDATE SET
                sha256 = excluded.sha256, read_at = excluded.read_at,
                place = coalesce(excluded.place, place), stamp = excluded.stamp, gone_at = NULL
             RETURNING id",
        )?
        .query_one(
            params![
                read.path,
                Text(&read.sha256),
                read.read_at.as_unix(),
                read.place,
                read.stamp
            ],
            |row| row.get(0),
        )?;
    put_citations(transaction, document, &read.citations, read.read_at)
}

/// Makes these the citations of a document from now on.
pub(super) fn put_citations(
    transaction: &Transaction<'_>,
    document: i64,
    citations: &[Citation],
    now: Timestamp,
) -> rusqlite::Result<DocumentChange> {
    let rows = rows_ever(transaction, document)?;
    let earlier: Vec<_> = rows
        .iter()
        .map(|row| Earlier {
            citation: &row.citation,
            is_retired: row.is_retired,
        })
        .collect();
    let matched: Vec<Option<&CitationRow>> = match_citations(&earlier, citations)
        .into_iter()
        .map(|index| index.map(|index| &rows[index]))
        .collect();

    let mut placed = Vec::with_capacity(citations.len());
    for (position, (citation, row)) in (0_i64..).zip(citations.iter().zip(&matched)) {
        let source = source_for(transaction, citation, now)?;
        let id = if let Some(row) = row {
            row.update(transaction, citation, source, position)?;
            row.id
        } else {
            transaction
                .prepare_cached(
                    "INSERT INTO citations
                        (document_id, source_id, position, citation, first_seen_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .insert(params![
                    document,
                    source,
                    position,
                    Cited(citation),
                    now.as_unix()
                ])?
        };
        placed.push(PlacedCitation {
            id: CitationId(id),
            source: source.map(SourceId),
        });
    }

    let left = |row: &&CitationRow| !row.is_retired;
    let sources_before: HashSet<i64> = rows
        .iter()
        .filter(left)
        .filter_map(|row| row.source)
        .collect();
    let sources_now: HashSet<i64> = placed.iter().filter_map(|it| Some(it.source?.0)).collect();
    let is_here: HashSet<i64> = placed.iter().map(|placed| placed.id.0).collect();
    let mut retired = 0;
    for row in &rows {
        if !row.is_retired && !is_here.contains(&row.id) {
            retired += 1;
            transaction
                .prepare_cached("UPDATE citations SET retired_at = ?2 WHERE id = ?1")?
                .execute([row.id, now.as_unix()])?;
        }
    }
    cease_to_cite(transaction, sources_before.difference(&sources_now), now)?;
    begin_to_cite(transaction, sources_now.difference(&sources_before), now)?;
    standings::recount(transaction, document)?;

    let known = || matched.iter().flatten();
    Ok(DocumentChange {
        document: DocumentId(document),
        citations: placed,
        added: matched.len() - known().count(),
        kept: known().filter(|row| !row.is_retired).count(),
        revived: known().filter(|row| row.is_retired).count(),
        retired,
    })
}

/// A citation's row, as an earlier reading left it.
struct CitationRow {
    id: i64,
    source: Option<i64>,
    position: i64,
    citation: Citation,
    is_retired: bool,
}

impl CitationRow {
    /// Writes what this reading says, where it says anything new.
    fn update(
        &self,
        transaction: &Transaction<'_>,
        citation: &Citation,
        source: Option<i64>,
        position: i64,
    ) -> rusqlite::Result<()> {
        let is_unchanged = !self.is_retired
            && self.position == position
            && self.source == source
            && self.citation == *citation;
        if !is_unchanged {
            transaction
                .prepare_cached(
                    "UPDATE citations
                     SET source_id = ?2, position = ?3, citation = ?4, retired_at = NULL
                     WHERE id = ?1",
                )?
                .execute(params![self.id, source, position, Cited(citation)])?;
        }
        Ok(())
    }
}

/// All citations that the document ever had: those that went last before those that went earlier,
/// and each reading's in its order.
fn rows_ever(transaction: &Transaction<'_>, document: i64) -> rusqlite::Result<Vec<CitationRow>> {
    transaction
        .prepare_cached(
            "SELECT id, source_id, position, citation, retired_at IS NOT NULL AS is_retired
             FROM citations WHERE document_id = ?1 ORDER BY retired_at DESC, position",
        )?
        .query_map([document], |row| {
            Ok(CitationRow {
                id: row.get("id")?,
                source: row.get("source_id")?,
                position: row.get("position")?,
                citation: row.get::<_, Cited<_>>("citation")?.0,
                is_retired: row.get("is_retired")?,
            })
        })?
        .collect()
}

/// The source that a citation names, made if it is new; none for what cannot be visited.
fn source_for(
    transaction: &Transaction<'_>,
    citation: &Citation,
    now: Timestamp,
) -> rusqlite::Result<Option<i64>> {
    citation
        .url
        .as_ref()
        .and_then(|url| url.target().ok())
        .map(|target| put_source(transaction, &target.surt(), &target, now))
        .transpose()
}

/// The source with this key, made if it is new.
pub(super) fn put_source(
    transaction: &Transaction<'_>,
    surt: &Surt,
    url: &TargetUrl,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let known = transaction
        .prepare_cached("SELECT source_id FROM source_keys WHERE surt = ?1")?
        .query_one([surt.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let host = put_host(transaction, &url.authority())?;
    let id = transaction
        .prepare_cached("INSERT INTO sources (url, first_seen_at, host_id) VALUES (?1, ?2, ?3)")?
        .insert(params![url.as_str(), now.as_unix(), host])?;
    transaction
        .prepare_cached("INSERT INTO source_keys (surt, source_id) VALUES (?1, ?2)")?
        .execute(params![surt.as_str(), id])?;
    Ok(id)
}

/// A citation and its document's key.
pub(super) fn citation_and_path(
    connection: &Connection,
    citation: CitationId,
) -> rusqlite::Result<(Citation, String)> {
    connection
        .prepare_cached(
            "SELECT citation, path FROM citations JOIN documents ON documents.id = document_id
             WHERE citations.id = ?1",
        )?
        .query_one([citation.0], |row| {
            Ok((row.get::<_, Cited<_>>("citation")?.0, row.get("path")?))
        })
}

/// The citation in a row with `id`, `document_id`, `source_id` and `citation`.
pub(super) fn held_citation(row: &Row<'_>) -> rusqlite::Result<HeldCitation> {
    Ok(HeldCitation {
        id: CitationId(row.get("id")?),
        document: DocumentId(row.get("document_id")?),
        source: row.get::<_, Option<_>>("source_id")?.map(SourceId),
        citation: row.get::<_, Cited<_>>("citation")?.0,
    })
}

/// The document in a row with all columns of its table.
pub(super) fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        id: DocumentId(row.get("id")?),
        path: row.get("path")?,
        sha256: row.get::<_, Text<_>>("sha256")?.0,
        first_read_at: moment(row, "first_read_at")?,
        read_at: moment(row, "read_at")?,
        place: row.get("place")?,
        stamp: row.get("stamp")?,
        gone_at: moment_if_any(row, "gone_at")?,
    })
}

/// The source in a row with `id`, `url` and `first_seen_at`.
pub(super) fn source(row: &Row<'_>) -> rusqlite::Result<Source> {
    let url: TargetUrl = row.get::<_, Text<_>>("url")?.0;
    Ok(Source {
        id: SourceId(row.get("id")?),
        surt: url.surt(),
        url,
        first_seen_at: moment(row, "first_seen_at")?,
    })
}

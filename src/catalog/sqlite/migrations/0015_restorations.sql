-- Citations put right in their documents.

-- Each writing of a document by us: what was changed, so that it can be taken back.
CREATE TABLE writings (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents,
    written_by TEXT NOT NULL,            -- who told us to
    written_at INTEGER NOT NULL,
    sha256_before TEXT NOT NULL,         -- of the document's bytes
    sha256_after TEXT NOT NULL,
    edits TEXT NOT NULL,                 -- JSON, by places in the document as it was
    undone_at INTEGER                    -- when it was taken back, or did not come about
) STRICT;

CREATE INDEX writings_of_document ON writings (document_id, id);

-- The citations that a writing put right, each with the copy that was chosen.
CREATE TABLE restorations (
    id INTEGER PRIMARY KEY,
    writing_id INTEGER NOT NULL REFERENCES writings,
    citation_id INTEGER NOT NULL REFERENCES citations,
    archived_url TEXT NOT NULL,
    archived_at INTEGER NOT NULL,
    capture_id INTEGER REFERENCES captures -- what we hold of it; NULL for an address that a person gave
) STRICT;

CREATE INDEX restorations_of_writing ON restorations (writing_id);
CREATE INDEX restorations_of_citation ON restorations (citation_id, id);
CREATE INDEX restorations_of_capture ON restorations (capture_id) WHERE capture_id IS NOT NULL;

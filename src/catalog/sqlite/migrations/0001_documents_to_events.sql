-- Documents, citations, sources, checks, captures, verdicts, events.
--
-- Moments (`…_at`, `at`) are Unix seconds in UTC. Digests are text, `sha256:` and hexadecimal
-- digits. Booleans are 0 or 1. Nothing is deleted, so that a row's number is never given twice.

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,           -- canonical absolute path, or the address
    sha256 TEXT NOT NULL,                -- of its bytes at the last reading
    first_read_at INTEGER NOT NULL,
    read_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    surt TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,                   -- the first address seen with this key
    first_seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE citations (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents,
    source_id INTEGER REFERENCES sources, -- NULL without a URL that can be visited
    position INTEGER NOT NULL,           -- in the document, counted from 0, at the last reading that had it
    citation TEXT NOT NULL,              -- the whole of it, JSON
    first_seen_at INTEGER NOT NULL,
    retired_at INTEGER                   -- when a reading first had it no more; NULL while it is there
) STRICT;

CREATE INDEX citations_of_document ON citations (document_id, position) WHERE retired_at IS NULL;
CREATE INDEX citations_of_source ON citations (source_id) WHERE retired_at IS NULL;
CREATE INDEX citations_ever_of_document ON citations (document_id);

CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    record_id TEXT NOT NULL UNIQUE,      -- WARC-Record-ID
    source_id INTEGER NOT NULL REFERENCES sources,
    source_url TEXT NOT NULL,            -- the address asked for
    captured_at INTEGER NOT NULL,
    url TEXT NOT NULL,                   -- the address that gave the final answer
    status INTEGER NOT NULL,
    media_type TEXT,
    payload_sha256 TEXT NOT NULL,
    payload_sha1 TEXT NOT NULL,          -- base32 without a prefix, as in CDX files
    payload_bytes INTEGER NOT NULL,
    file TEXT NOT NULL,                  -- under the archive's warc folder, without .open
    record_offset INTEGER NOT NULL,
    record_bytes INTEGER NOT NULL,
    is_revisit INTEGER NOT NULL CHECK (is_revisit IN (0, 1)),
    is_snapshot INTEGER CHECK (is_snapshot IN (0, 1)), -- NULL until its content was looked at
    text_sha256 TEXT,
    lost_at INTEGER                      -- when a reindex found its record no more
) STRICT;

CREATE INDEX captures_of_source ON captures (source_id, captured_at);
CREATE INDEX captures_with_payload ON captures (payload_sha256) WHERE is_revisit = 0 AND lost_at IS NULL;
CREATE INDEX snapshots_of_source ON captures (source_id, captured_at) WHERE is_snapshot = 1 AND lost_at IS NULL;
CREATE INDEX captures_unmarked ON captures (is_snapshot) WHERE is_snapshot IS NULL AND lost_at IS NULL;

CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources,
    started_at INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    http_status INTEGER,                 -- these two for an answer,
    final_url TEXT,
    failure TEXT,                        -- this one for a failure, JSON
    capture_id INTEGER REFERENCES captures,
    CHECK ((http_status IS NULL) = (final_url IS NULL)),
    CHECK ((http_status IS NULL) <> (failure IS NULL))
) STRICT;

CREATE INDEX checks_of_source ON checks (source_id, started_at);
CREATE UNIQUE INDEX check_of_capture ON checks (capture_id) WHERE capture_id IS NOT NULL;

-- The verdict that stands, one row a citation.
CREATE TABLE verdicts (
    citation_id INTEGER PRIMARY KEY REFERENCES citations,
    check_id INTEGER NOT NULL REFERENCES checks,
    verdict TEXT NOT NULL                -- JSON
) STRICT;

-- The verdicts that turned: with the one that stands, a citation's whole history.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    citation_id INTEGER NOT NULL REFERENCES citations,
    check_id INTEGER NOT NULL REFERENCES checks,
    at INTEGER NOT NULL,
    before_verdict TEXT,                 -- the verdict that stood, JSON; NULL for a first verdict
    after_verdict TEXT NOT NULL          -- the verdict it turned to, JSON
) STRICT;

CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_of_citation ON events (citation_id, at);

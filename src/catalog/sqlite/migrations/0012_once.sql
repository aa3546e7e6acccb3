-- Nothing twice. A citation's pieces that stand in its text are kept as places in it; with this step
-- come those that were kept whole. A source's key follows from its address, so only what looks keys up
-- holds it. Two indices of citations do what four did.

DROP INDEX citations_of_document;
DROP INDEX citations_of_source;
DROP INDEX citations_ever_of_document;
DROP INDEX citations_ever_of_source;
CREATE INDEX citations_of_document ON citations (document_id, retired_at, position);
CREATE INDEX citations_of_source ON citations (source_id, retired_at) WHERE source_id IS NOT NULL;

-- Sources that somebody is at. A row comes and goes with each visit: among the few others here it
-- dirties a page that is dirty already, and not one of its own among those of a million sources.
CREATE TABLE leases (
    host_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    PRIMARY KEY (host_id, source_id)
) STRICT, WITHOUT ROWID;
INSERT INTO leases SELECT host_id, id, leased_until FROM sources
    WHERE leased_until IS NOT NULL AND host_id IS NOT NULL;

CREATE TABLE source_keys (
    surt TEXT PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources
) STRICT, WITHOUT ROWID;
INSERT INTO source_keys SELECT surt, id FROM sources ORDER BY surt;

CREATE TABLE slimmer_sources (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,                   -- the first address seen with its key
    first_seen_at INTEGER NOT NULL,
    host_id INTEGER REFERENCES hosts,
    next_check_at INTEGER,               -- NULL: nobody cites it. 0: never visited, before all others
    interval_s INTEGER                   -- between its last check and its next; NULL: never planned
) STRICT;
INSERT INTO slimmer_sources SELECT id, url, first_seen_at, host_id, next_check_at, interval_s
    FROM sources ORDER BY id;
DROP TABLE sources;
ALTER TABLE slimmer_sources RENAME TO sources;
CREATE INDEX sources_of_host ON sources (host_id, next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX sources_due ON sources (next_check_at) WHERE next_check_at IS NOT NULL;

-- Places that are read again and again, and what each document is to its place.

CREATE TABLE places (
    name TEXT PRIMARY KEY,               -- as it is configured
    last_read_at INTEGER,                -- NULL: never
    next_read_at INTEGER,                -- NULL: at once
    last_fault TEXT                      -- why the last reading came to nothing; NULL when it did not
) STRICT, WITHOUT ROWID;

ALTER TABLE documents ADD COLUMN place TEXT;     -- the place that has it; NULL: a person named it
ALTER TABLE documents ADD COLUMN stamp TEXT;     -- what says without reading it that it is as it was
ALTER TABLE documents ADD COLUMN gone_at INTEGER; -- when it was first found to be there no more

CREATE INDEX documents_of_place ON documents (place, path) WHERE gone_at IS NULL;
CREATE INDEX documents_here ON documents (path) WHERE gone_at IS NULL;
CREATE INDEX documents_gone ON documents (sha256, gone_at) WHERE gone_at IS NOT NULL;

-- Captures that other archives made, and what these archives were asked.
ALTER TABLE captures ADD COLUMN held_by TEXT;      -- the archive; NULL for our own
ALTER TABLE captures ADD COLUMN memento_url TEXT;  -- where it has it; NULL for our own

CREATE INDEX mementos_of_source ON captures (source_id, captured_at) WHERE memento_url IS NOT NULL;

-- The last look-up for each source and span of access dates.
CREATE TABLE archive_lookups (
    source_id INTEGER NOT NULL REFERENCES sources,
    first_moment INTEGER NOT NULL,
    last_moment INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    not_known TEXT,                      -- why the answer is not known; NULL when it is
    PRIMARY KEY (source_id, first_moment, last_moment)
) STRICT, WITHOUT ROWID;

-- By what the server of a source knows the answer that we hold: sent at the next visit, so that an
-- answer that is the same need not come again.
CREATE TABLE validators (
    source_id INTEGER PRIMARY KEY REFERENCES sources,
    etag TEXT,
    last_modified TEXT,
    answer_sha256 TEXT NOT NULL,         -- of the answer, as verdicts rest on it
    seen_at INTEGER NOT NULL             -- when the whole answer last came
) STRICT;

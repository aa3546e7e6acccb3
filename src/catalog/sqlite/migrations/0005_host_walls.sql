-- The wall that each host last put before a source of its, until it answers well again.
CREATE TABLE host_walls (
    host TEXT PRIMARY KEY,
    rule TEXT NOT NULL,                  -- by which it was known
    source_url TEXT NOT NULL,            -- the source that met it
    met_at INTEGER NOT NULL,             -- when the capture that shows it was made
    status INTEGER NOT NULL,
    text_sha256 TEXT,                    -- NULL where it has no text
    shape_sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX walls_by_moment ON host_walls (met_at);

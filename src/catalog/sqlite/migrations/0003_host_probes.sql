-- When each host was last asked for an address that does not exist: at most once a day.
CREATE TABLE host_probes (
    host TEXT PRIMARY KEY,
    probed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When each host was last asked for its list of addresses: at most once a day.
CREATE TABLE sitemap_asks (
    host TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

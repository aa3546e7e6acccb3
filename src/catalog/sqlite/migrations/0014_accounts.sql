-- Who may come in, and what was counted for the overview.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL,
    secret TEXT NOT NULL,                -- its hash, a PHC string; empty: nobody comes in with a secret
    secret_ends_at INTEGER,              -- until when a secret that was given is good; NULL: a chosen one
    created_at INTEGER NOT NULL,
    signed_in_at INTEGER,                -- the last time; NULL: never
    disabled_at INTEGER                  -- NULL: it may come in
) STRICT;

-- The closed collections that an account sees. A collection is a place's name; the empty one is that of
-- documents that a person named.
CREATE TABLE account_collections (
    account_id INTEGER NOT NULL REFERENCES accounts,
    collection TEXT NOT NULL,
    PRIMARY KEY (account_id, collection)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    key_sha256 TEXT PRIMARY KEY,         -- of what the browser holds, which is nowhere here
    account_id INTEGER NOT NULL REFERENCES accounts,
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,            -- to some minutes
    ends_at INTEGER NOT NULL             -- whatever happens
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- What was counted, day by day; the last count of a day stays. All collections together have a row of
-- their own, since a source can be in several.
CREATE TABLE tallies (
    day TEXT NOT NULL,                   -- 2026-11-24
    collection TEXT NOT NULL,            -- '=' and its name; '*' for all together
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (day, collection, subject, key)
) STRICT, WITHOUT ROWID;

-- What programs come in with, for an account.

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- those that were taken back are deleted, and no number is given twice
    account_id INTEGER NOT NULL REFERENCES accounts,
    label TEXT NOT NULL,                 -- what its owner calls it
    key_sha256 TEXT NOT NULL UNIQUE,     -- of the token, which is nowhere here
    scopes TEXT NOT NULL,                -- what it may be used for, apart by blanks
    created_at INTEGER NOT NULL,
    ends_at INTEGER,                     -- NULL: it is good until it is taken back
    used_at INTEGER                      -- to some minutes; NULL: never
) STRICT;

CREATE INDEX api_tokens_of_account ON api_tokens (account_id);

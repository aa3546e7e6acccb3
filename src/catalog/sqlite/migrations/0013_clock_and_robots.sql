-- What the clock said at the newest check: a clock that says less may be wrong, and no verdict rests on
-- it until that is known.
CREATE TABLE clock (
    newest_check_at INTEGER NOT NULL,
    doubted_at INTEGER                   -- since when, by its own reckoning, it has said less
) STRICT;
INSERT INTO clock (newest_check_at) SELECT coalesce(max(started_at), 0) FROM checks;

-- What sites ask of robots, until it is to be asked for anew.
CREATE TABLE robots (
    site TEXT PRIMARY KEY,               -- scheme, host, and port where that is not the scheme's own
    asked_at INTEGER NOT NULL,
    good_until INTEGER NOT NULL,
    said TEXT NOT NULL                   -- JSON, only what is meant for us
) STRICT, WITHOUT ROWID;

CREATE INDEX robots_good_until ON robots (good_until);

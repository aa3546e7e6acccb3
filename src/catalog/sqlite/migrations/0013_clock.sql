-- What the clock said at the newest check: a clock that says less may be wrong, and no verdict rests on
-- it until that is known.
CREATE TABLE clock (
    newest_check_at INTEGER NOT NULL,
    doubted_at INTEGER                   -- since when, by its own reckoning, it has said less
) STRICT;
INSERT INTO clock (newest_check_at) SELECT coalesce(max(started_at), 0) FROM checks;

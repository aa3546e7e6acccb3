-- What was told of events and of our own trouble, and what waits to be told.

-- Which catalog this is: what feeds are known by, for as long as it is kept.
CREATE TABLE identity (
    uuid TEXT NOT NULL                   -- 32 hexadecimal digits
) STRICT;
INSERT INTO identity (uuid) VALUES (lower(hex(randomblob(16))));

-- Our own trouble: one row when it begins, one when it is over.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_over INTEGER NOT NULL CHECK (is_over IN (0, 1)),
    why TEXT NOT NULL
) STRICT;

CREATE INDEX alerts_of_kind ON alerts (kind, id);

-- How far each route has told.
CREATE TABLE routes (
    name TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL,           -- the last event that it has dealt with; 0 for none
    alert_id INTEGER NOT NULL,           -- the last alert
    next_digest_at INTEGER               -- NULL for a route that tells at once
) STRICT, WITHOUT ROWID;

-- Which event was told on which channel.
CREATE TABLE told_events (
    channel TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES events,
    PRIMARY KEY (channel, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    id TEXT PRIMARY KEY,                 -- the same whenever the same is told on the same channel
    channel TEXT NOT NULL,
    route TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    message TEXT NOT NULL,               -- JSON
    attempts INTEGER NOT NULL,           -- begun, whether they came to an end or not
    next_attempt_at INTEGER,             -- NULL when it is delivered or given up
    delivered_at INTEGER,
    given_up_at INTEGER,
    last_error TEXT,
    CHECK ((next_attempt_at IS NULL) = (delivered_at IS NOT NULL OR given_up_at IS NOT NULL))
) STRICT;

CREATE INDEX notices_of_channel ON notices (channel, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX notices_waiting ON notices (next_attempt_at, made_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX notices_given_up ON notices (given_up_at) WHERE given_up_at IS NOT NULL;
CREATE INDEX notices_done ON notices (made_at) WHERE next_attempt_at IS NULL;

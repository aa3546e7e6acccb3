-- What people said of events, what false alarms taught, and captures accepted as baselines.

-- Each event once more, narrow, and in the order in which a collection's list is read.
CREATE TABLE turns (
    collection TEXT NOT NULL,            -- of the document that cites, as it is now
    event_id INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    citation_id INTEGER NOT NULL REFERENCES citations,
    document_id INTEGER NOT NULL REFERENCES documents,
    source_id INTEGER REFERENCES sources,
    host_id INTEGER REFERENCES hosts,
    state TEXT NOT NULL,                 -- what it turned to
    severity TEXT,
    rank INTEGER NOT NULL,               -- the worst is least
    review TEXT,                         -- the deed that stands; NULL: nobody has reviewed it
    snoozed_until INTEGER,               -- for a snooze
    reviewed_by TEXT,
    reviewed_at INTEGER,
    PRIMARY KEY (collection, event_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX turns_of_event ON turns (event_id);
CREATE INDEX turns_by_rank ON turns (collection, rank, event_id DESC);
CREATE INDEX turns_of_document ON turns (document_id, event_id);
CREATE INDEX turns_snoozed ON turns (citation_id, snoozed_until) WHERE snoozed_until IS NOT NULL;

CREATE VIEW turns_as_made AS
    SELECT coalesce(place, '') AS collection, events.id AS event_id, at, citation_id, document_id,
        source_id, host_id, json_extract(after_verdict, '$.state') AS state,
        json_extract(after_verdict, '$.severity') AS severity,
        CASE json_extract(after_verdict, '$.state') WHEN 'dead' THEN 0 WHEN 'soft_404' THEN 10
            WHEN 'parked' THEN 20 WHEN 'changed' THEN 30 WHEN 'moved' THEN 40 WHEN 'blocked' THEN 50
            WHEN 'unreachable' THEN 60 WHEN 'unknown' THEN 70 ELSE 80 END
        + CASE json_extract(after_verdict, '$.severity') WHEN 'replaced' THEN 0 WHEN 'major' THEN 1
            WHEN 'minor' THEN 2 ELSE 3 END AS rank
    FROM events JOIN citations ON citations.id = citation_id
        JOIN documents ON documents.id = document_id
        LEFT JOIN sources ON sources.id = source_id;

INSERT INTO turns (collection, event_id, at, citation_id, document_id, source_id, host_id, state,
        severity, rank)
    SELECT * FROM turns_as_made;

-- A document that moves to another place takes its events along: who may see it may see them.
CREATE TRIGGER events_follow_their_document AFTER UPDATE OF place ON documents
    WHEN old.place IS NOT new.place BEGIN
    UPDATE turns SET collection = coalesce(new.place, '') WHERE document_id = new.id;
END;

-- Who said what, in order. Nothing of it is ever changed: taking something back is a row too.
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL,           -- the first of those that were done together
    event_id INTEGER NOT NULL REFERENCES events,
    deed TEXT NOT NULL,
    until INTEGER,                       -- for a snooze
    undoes INTEGER REFERENCES reviews,   -- for what takes something back
    done_by TEXT NOT NULL,
    done_at INTEGER NOT NULL
) STRICT;

CREATE INDEX reviews_of_event ON reviews (event_id, id);
CREATE INDEX reviews_of_batch ON reviews (batch_id, id);
CREATE INDEX reviews_done_by ON reviews (done_by, id);
CREATE UNIQUE INDEX reviews_undone ON reviews (undoes) WHERE undoes IS NOT NULL;

-- Captures that stand for what the author saw since somebody said so; of those of a citation that were
-- not taken back, the last.
CREATE TABLE accepted_baselines (
    review_id INTEGER PRIMARY KEY REFERENCES reviews,
    citation_id INTEGER NOT NULL REFERENCES citations,
    capture_id INTEGER NOT NULL REFERENCES captures,
    taken_back_at INTEGER
) STRICT;

CREATE INDEX accepted_baselines_of_citation ON accepted_baselines (citation_id, review_id)
    WHERE taken_back_at IS NULL;
CREATE INDEX accepted_baselines_of_capture ON accepted_baselines (capture_id);

-- What false alarms taught of a host.
CREATE TABLE lessons (
    id INTEGER PRIMARY KEY,
    review_id INTEGER NOT NULL REFERENCES reviews,
    host TEXT NOT NULL,                  -- that answered, with its port where it is not the usual one
    teaching TEXT NOT NULL,              -- JSON
    helped INTEGER NOT NULL DEFAULT 0,   -- verdicts that rest on it
    helped_at INTEGER,                   -- when the last was made
    taken_back_at INTEGER,
    taken_back_by TEXT
) STRICT;

CREATE INDEX lessons_of_host ON lessons (host, id) WHERE taken_back_at IS NULL;
CREATE INDEX lessons_of_review ON lessons (review_id);

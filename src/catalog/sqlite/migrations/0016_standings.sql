-- How the citations of each document stand: counted with each verdict that turns and each reading, so
-- that the documents with most trouble are found without looking at all.

CREATE TABLE standings (
    document_id INTEGER PRIMARY KEY REFERENCES documents,
    citations INTEGER NOT NULL,
    gone INTEGER NOT NULL,               -- dead, soft_404, parked
    changed INTEGER NOT NULL,
    doubtful INTEGER NOT NULL            -- moved, blocked, unreachable, unknown
) STRICT;

INSERT INTO standings
SELECT documents.id, count(citations.id),
    count(*) FILTER (WHERE json_extract(verdict, '$.state') IN ('dead', 'soft_404', 'parked')),
    count(*) FILTER (WHERE json_extract(verdict, '$.state') = 'changed'),
    count(*) FILTER (WHERE json_extract(verdict, '$.state') IN ('moved', 'blocked', 'unreachable', 'unknown'))
FROM documents
    LEFT JOIN citations ON document_id = documents.id AND retired_at IS NULL
    LEFT JOIN verdicts ON citation_id = citations.id
GROUP BY documents.id;

CREATE INDEX standings_by_trouble ON standings (gone, changed, document_id);

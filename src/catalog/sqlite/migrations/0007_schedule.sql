-- When each source is visited next. A tick reads hosts in the order in which they are ready, and of
-- each host only its first sources: it costs what is due, and a host with very many sources takes
-- its turn like any other.

CREATE TABLE hosts (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,           -- name, with its port where that is not the scheme's own
    ready_at INTEGER,                    -- from when on something of it may be leased; NULL: nothing waits
    not_before INTEGER                   -- until when it asked to be left alone
) STRICT;

CREATE INDEX hosts_ready ON hosts (ready_at) WHERE ready_at IS NOT NULL;

ALTER TABLE sources ADD COLUMN host_id INTEGER REFERENCES hosts;
ALTER TABLE sources ADD COLUMN next_check_at INTEGER; -- NULL: nobody cites it. 0: never visited, before all others
ALTER TABLE sources ADD COLUMN leased_until INTEGER;  -- NULL: nobody is at it
ALTER TABLE sources ADD COLUMN interval_s INTEGER;    -- between its last check and its next; NULL: never planned

-- An address that is kept has a path, be it only a slash, and no user before its host.
INSERT INTO hosts (host)
    SELECT DISTINCT substr(rest, 1, instr(rest, '/') - 1)
    FROM (SELECT substr(url, instr(url, '://') + 3) AS rest FROM sources);
UPDATE sources SET host_id = (
    SELECT hosts.id FROM hosts WHERE host = substr(
        substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3), '/') - 1));
-- All is due, what was looked at longest ago first.
UPDATE sources
    SET next_check_at = coalesce((SELECT max(started_at) FROM checks WHERE source_id = sources.id), 0)
    WHERE EXISTS (
        SELECT 1 FROM citations WHERE source_id = sources.id AND retired_at IS NULL);

CREATE INDEX sources_of_host ON sources (host_id, next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX sources_due ON sources (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX sources_leased ON sources (host_id, leased_until) WHERE leased_until IS NOT NULL;

UPDATE hosts SET ready_at = (
    SELECT min(next_check_at) FROM sources WHERE host_id = hosts.id AND next_check_at IS NOT NULL);

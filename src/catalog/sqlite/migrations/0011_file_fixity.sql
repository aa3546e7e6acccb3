-- Sealed files of the archive, and when each was last read again and held to the list of sealed files.
-- A file that is not here never was.
CREATE TABLE file_fixity (
    name TEXT PRIMARY KEY,               -- under the archive's warc folder
    verified_at INTEGER NOT NULL,
    fault TEXT                           -- what was wrong with it then; NULL when it held
) STRICT, WITHOUT ROWID;

-- What claims the captures of a source: its citations, those that were retired too.
CREATE INDEX citations_ever_of_source ON citations (source_id) WHERE source_id IS NOT NULL;

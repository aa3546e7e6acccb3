-- Sealed files of the archive, and when each was last read again and held to the list of sealed files.
-- A file that is not here never was.
CREATE TABLE file_fixity (
    name TEXT PRIMARY KEY,               -- under the archive's warc folder
    verified_at INTEGER NOT NULL,
    fault TEXT                           -- what was wrong with it then; NULL when it held
) STRICT, WITHOUT ROWID;

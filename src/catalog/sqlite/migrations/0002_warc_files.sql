-- WARC files whose captures are all in this catalog. A file of the archive that is not here was left
-- by a run that was cut off, or comes from before the catalog, and is read through at the next start.
CREATE TABLE warc_files (
    name TEXT PRIMARY KEY                -- under the archive's warc folder
) STRICT, WITHOUT ROWID;

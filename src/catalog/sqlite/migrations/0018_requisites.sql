-- What the pages of captures need to be seen as they were: images, style sheets, fonts.

CREATE TABLE requisites (
    page_id INTEGER NOT NULL REFERENCES captures,      -- the page's capture
    requisite_id INTEGER NOT NULL REFERENCES captures, -- that of what it needs
    PRIMARY KEY (page_id, requisite_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pages_of_requisite ON requisites (requisite_id);

-- How far the captures were gone through for pages that need something: one row.
CREATE TABLE requisites_mark (last_capture_id INTEGER NOT NULL) STRICT;
INSERT INTO requisites_mark VALUES (0);

-- What addresses of replays are signed with; made here and told to nobody: one row.
CREATE TABLE replay_key (key BLOB NOT NULL) STRICT;
INSERT INTO replay_key VALUES (randomblob(32));

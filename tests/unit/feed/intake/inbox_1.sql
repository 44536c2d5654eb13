CREATE TABLE drafts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'new', "table" TEXT NOT NULL,
    story TEXT NOT NULL, identity TEXT NOT NULL, last INTEGER NOT NULL, slot TEXT NOT NULL, label TEXT NOT NULL,
    made_us INTEGER NOT NULL, ended_us INTEGER
) STRICT;
CREATE INDEX drafts_of_cells ON drafts ("table", identity, slot);
CREATE TABLE progress (source TEXT PRIMARY KEY, text TEXT NOT NULL, event TEXT NOT NULL) STRICT;
INSERT INTO drafts VALUES (1, 'draft:1', 'dropped', 'cases', 'harbour-fire', 'a', 1, '', '', 1422000000000000, NULL);
INSERT INTO drafts VALUES (2, 'draft:2', 'new', 'cases', 'harbour-fire', 'b', 1, 'fact:status', 'Status', 1422000000000000, NULL);
INSERT INTO progress VALUES ('cases:x', '{"ETag": "1"}', 'e1');
PRAGMA application_id = 2003989609;
PRAGMA user_version = 1;

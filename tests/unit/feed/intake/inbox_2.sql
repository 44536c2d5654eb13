CREATE TABLE drafts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'new', story TEXT NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE absences (
    number INTEGER PRIMARY KEY REFERENCES drafts, "table" TEXT NOT NULL, identity TEXT NOT NULL, last INTEGER NOT NULL,
    slot TEXT NOT NULL, label TEXT NOT NULL, ended_us INTEGER
) STRICT;
CREATE INDEX absences_of_cells ON absences ("table", identity, slot);
CREATE TABLE texts (
    number INTEGER PRIMARY KEY REFERENCES drafts, kind TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, link TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL, note TEXT NOT NULL,
    fields TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX texts_of_names ON texts (address, name);
CREATE TABLE shingles (
    number INTEGER NOT NULL REFERENCES texts, shingle INTEGER NOT NULL, PRIMARY KEY (shingle, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE sources (
    url TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, story TEXT NOT NULL, every_s INTEGER NOT NULL,
    allow TEXT NOT NULL, validators TEXT NOT NULL DEFAULT '{}', digest TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '', due_us INTEGER NOT NULL, fetched_us INTEGER, failures INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '', is_gone INTEGER NOT NULL DEFAULT FALSE
) STRICT;
CREATE TABLE items (
    source TEXT NOT NULL REFERENCES sources, name TEXT NOT NULL, link TEXT NOT NULL, title TEXT NOT NULL,
    hash TEXT NOT NULL, draft INTEGER, PRIMARY KEY (source, name)
) STRICT;
CREATE INDEX items_of_links ON items (link);
CREATE TABLE progress (source TEXT PRIMARY KEY, text TEXT NOT NULL, event TEXT NOT NULL) STRICT;
INSERT INTO drafts VALUES (1, 'draft:1', 'new', 'harbour-fire', 1422086400000000);
INSERT INTO texts VALUES (1, 'article', 'a.txt', 'a.txt', 'Ferry hits quay', '', 'It ran.', '', '', '[]', 'af1a');
INSERT INTO shingles VALUES (1, -7851559222258931960);
INSERT INTO sources (url, kind, title, story, every_s, allow, due_us)
    VALUES ('https://radio.example/', 'feed', 'Radio', '', 3600, '[]', 1422090000000000);
PRAGMA application_id = 2003989609;
PRAGMA user_version = 2;

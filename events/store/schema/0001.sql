-- The ledger, version 1. Rows are only ever added; a redaction clears a body, and nothing else changes.

CREATE TABLE events (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    id       TEXT NOT NULL UNIQUE,
    story    TEXT NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    envelope TEXT NOT NULL,
    UNIQUE (story, version)
) STRICT;

CREATE TABLE bodies (
    position INTEGER PRIMARY KEY REFERENCES events (position),
    salt     TEXT,
    body     TEXT,
    CHECK ((salt IS NULL) = (body IS NULL))
) STRICT;

-- What publishing remembers: the mark, the front page. A cache: it can be deleted at any time.
CREATE TABLE notes (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Folds of long stories, kept so that they need not be folded again. A cache, never the truth.
CREATE TABLE snapshots (
    story    TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    version  TEXT NOT NULL,
    fold     BLOB NOT NULL
) STRICT;

-- One line a story, for the pages over all stories and for what is due next. A cache as well.
-- Instants are whole microseconds since 1970, which compare without being parsed.
CREATE TABLE published (
    story      TEXT PRIMARY KEY,
    updated_us INTEGER,
    next_us    INTEGER,
    text       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX published_by_update ON published (updated_us DESC, story) WHERE updated_us IS NOT NULL;
CREATE INDEX published_by_next ON published (next_us) WHERE next_us IS NOT NULL;

CREATE TRIGGER events_dense BEFORE INSERT ON events
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
BEGIN SELECT raise(ABORT, 'positions are dense'); END;

CREATE TRIGGER events_version BEFORE INSERT ON events
WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM events WHERE story = NEW.story)
BEGIN SELECT raise(ABORT, 'versions are dense'); END;

CREATE TRIGGER events_id_once BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN SELECT raise(ABORT, 'an event id is used once'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;

CREATE TRIGGER events_last BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never deleted'); END;

CREATE TRIGGER bodies_once BEFORE INSERT ON bodies
WHEN EXISTS (SELECT 1 FROM bodies WHERE position = NEW.position)
BEGIN SELECT raise(ABORT, 'a body is written once'); END;

CREATE TRIGGER bodies_only_cleared BEFORE UPDATE ON bodies
WHEN NEW.position <> OLD.position OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
BEGIN SELECT raise(ABORT, 'a body can only be cleared'); END;

CREATE TRIGGER bodies_last BEFORE DELETE ON bodies
BEGIN SELECT raise(ABORT, 'bodies are never deleted'); END;

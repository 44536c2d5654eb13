-- Version 3: the public log, as it was published. What stands here wins over what is computed from the events.
-- `hashes` are those of the subtrees that the leaf completes: its own, then the one above it, and so on.

CREATE TABLE leaves (
    place  INTEGER PRIMARY KEY CHECK (place >= 0),
    story  TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    entry  TEXT NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) > 0 AND length(hashes) % 32 = 0),
    UNIQUE (story, number)
) STRICT;

CREATE TABLE log_keys (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    note   TEXT NOT NULL
) STRICT;

CREATE TRIGGER leaves_dense BEFORE INSERT ON leaves
WHEN NEW.place <> (SELECT coalesce(max(place) + 1, 0) FROM leaves)
BEGIN SELECT raise(ABORT, 'the log has no gaps'); END;

CREATE TRIGGER leaves_number BEFORE INSERT ON leaves
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM leaves WHERE story = NEW.story)
BEGIN SELECT raise(ABORT, 'public numbers are dense'); END;

CREATE TRIGGER leaves_stay BEFORE UPDATE ON leaves
BEGIN SELECT raise(ABORT, 'leaves are never changed'); END;

CREATE TRIGGER leaves_last BEFORE DELETE ON leaves
BEGIN SELECT raise(ABORT, 'leaves are never deleted'); END;

CREATE TRIGGER log_keys_dense BEFORE INSERT ON log_keys
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log_keys)
BEGIN SELECT raise(ABORT, 'keys follow one another'); END;

CREATE TRIGGER log_keys_stay BEFORE UPDATE ON log_keys
BEGIN SELECT raise(ABORT, 'keys are never changed'); END;

CREATE TRIGGER log_keys_last BEFORE DELETE ON log_keys
BEGIN SELECT raise(ABORT, 'keys are never deleted'); END;

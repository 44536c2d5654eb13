-- Version 4: what the lists over all stories say of each, folded once. A cache: whatever says nothing is folded anew.
-- `version` is that of the fold; all but the slug is empty as soon as something of the story is recorded or erased.

CREATE TABLE overviews (
    story   TEXT PRIMARY KEY,
    version TEXT NOT NULL DEFAULT '',
    line    TEXT NOT NULL DEFAULT '',
    awaited TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

INSERT INTO overviews (story) SELECT story FROM events WHERE version = 1;

CREATE TRIGGER overviews_recorded AFTER INSERT ON events
BEGIN
    INSERT INTO overviews (story) VALUES (NEW.story) ON CONFLICT (story)
    DO UPDATE SET version = '', line = '', awaited = '' WHERE version <> '';
END;

CREATE TRIGGER overviews_erased AFTER UPDATE ON bodies
BEGIN
    UPDATE overviews SET version = '', line = '', awaited = ''
    WHERE story = (SELECT story FROM events WHERE position = NEW.position);
END;

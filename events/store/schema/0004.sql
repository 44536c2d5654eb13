-- Version 4: what the lists over all stories say of each, folded once. A cache: whatever says nothing is folded anew.
-- `version` is that of the fold; NULL as soon as something of the story is recorded or erased.

CREATE TABLE overviews (
    story   TEXT PRIMARY KEY,
    version TEXT,
    line    TEXT,
    awaited TEXT,
    CHECK ((version IS NULL) = (line IS NULL) AND (version IS NULL) = (awaited IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO overviews (story) SELECT story FROM events WHERE version = 1;

CREATE TRIGGER overviews_recorded AFTER INSERT ON events
BEGIN
    INSERT INTO overviews (story) VALUES (NEW.story) ON CONFLICT (story)
    DO UPDATE SET version = NULL, line = NULL, awaited = NULL WHERE version IS NOT NULL;
END;

CREATE TRIGGER overviews_erased AFTER UPDATE ON bodies
BEGIN
    UPDATE overviews SET version = NULL, line = NULL, awaited = NULL
    WHERE story = (SELECT story FROM events WHERE position = NEW.position);
END;

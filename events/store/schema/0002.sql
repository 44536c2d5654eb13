-- Version 2: each envelope is linked to all before it, so that no byte of any can change unnoticed.
-- link(before, envelope) is SHA-256(before ‖ envelope); before the first stand 32 zero bytes.

CREATE TABLE links (
    position INTEGER PRIMARY KEY REFERENCES events (position),
    link     BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;

INSERT INTO links
WITH RECURSIVE chain (position, link) AS (
    SELECT 1, link(zeroblob(32), envelope) FROM events WHERE position = 1
    UNION ALL
    SELECT e.position, link(chain.link, e.envelope) FROM chain JOIN events e ON e.position = chain.position + 1
)
SELECT position, link FROM chain;

CREATE TRIGGER links_once BEFORE INSERT ON links
WHEN EXISTS (SELECT 1 FROM links WHERE position = NEW.position)
BEGIN SELECT raise(ABORT, 'a link is written once'); END;

CREATE TRIGGER links_stay BEFORE UPDATE ON links
BEGIN SELECT raise(ABORT, 'links are never changed'); END;

CREATE TRIGGER links_last BEFORE DELETE ON links
BEGIN SELECT raise(ABORT, 'links are never deleted'); END;

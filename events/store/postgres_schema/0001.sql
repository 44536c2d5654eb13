-- The ledger in a schema of PostgreSQL, version 1: the tables of SQLite's version 4, and the head.
-- Text is sorted by code point, as everywhere else, and stored as it is: never as jsonb, which does not keep bytes.
-- Statement triggers see all rows of one statement, so that a batch is checked once.

-- One row: who adds events locks it, so that there is one writer. `schema_version` numbers the steps.
CREATE TABLE head (
    is_head        boolean PRIMARY KEY DEFAULT true CHECK (is_head),
    schema_version integer NOT NULL,
    position       bigint NOT NULL CHECK (position >= 0)
);
INSERT INTO head (schema_version, position) VALUES (0, 0);

CREATE TABLE events (
    position bigint PRIMARY KEY CHECK (position > 0),
    id       text COLLATE "C" NOT NULL UNIQUE,
    story    text COLLATE "C" NOT NULL,
    version  bigint NOT NULL CHECK (version > 0),
    envelope text COLLATE "C" NOT NULL,
    UNIQUE (story, version)
);

CREATE TABLE bodies (
    position bigint PRIMARY KEY REFERENCES events (position),
    salt     text COLLATE "C",
    body     text COLLATE "C",
    CHECK ((salt IS NULL) = (body IS NULL))
);

CREATE TABLE links (
    position bigint PRIMARY KEY REFERENCES events (position),
    link     bytea NOT NULL CHECK (length(link) = 32)
);

CREATE TABLE leaves (
    place  bigint PRIMARY KEY CHECK (place >= 0),
    story  text COLLATE "C" NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    entry  text COLLATE "C" NOT NULL,
    hashes bytea NOT NULL CHECK (length(hashes) > 0 AND length(hashes) % 32 = 0),
    UNIQUE (story, number)
);

CREATE TABLE log_keys (
    number bigint PRIMARY KEY CHECK (number > 0),
    note   text COLLATE "C" NOT NULL
);

-- UTF-8 as bytes, since a text of PostgreSQL cannot hold NUL, and the checkpoint has it between its templates.
CREATE TABLE notes (
    name text COLLATE "C" PRIMARY KEY,
    text bytea NOT NULL
);

CREATE TABLE snapshots (
    story    text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    version  text COLLATE "C" NOT NULL,
    fold     bytea NOT NULL
);

CREATE TABLE published (
    story      text COLLATE "C" PRIMARY KEY,
    updated_us bigint,
    next_us    bigint,
    text       text COLLATE "C" NOT NULL
);
CREATE INDEX published_by_update ON published (updated_us DESC, story) WHERE updated_us IS NOT NULL;
CREATE INDEX published_by_next ON published (next_us) WHERE next_us IS NOT NULL;

CREATE TABLE overviews (
    story   text COLLATE "C" PRIMARY KEY,
    version text COLLATE "C" NOT NULL DEFAULT '',
    line    text COLLATE "C" NOT NULL DEFAULT '',
    awaited text COLLATE "C" NOT NULL DEFAULT ''
);

-- The planner's statistics would hold samples of texts, which a redaction does not reach.
ALTER TABLE bodies ALTER salt SET STATISTICS 0, ALTER body SET STATISTICS 0;
ALTER TABLE notes ALTER text SET STATISTICS 0;
ALTER TABLE snapshots ALTER fold SET STATISTICS 0;
ALTER TABLE published ALTER text SET STATISTICS 0;
ALTER TABLE overviews ALTER line SET STATISTICS 0, ALTER awaited SET STATISTICS 0;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$;

CREATE FUNCTION events_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE first bigint; last bigint; added bigint;
BEGIN
    SELECT min(position), max(position), count(*) INTO first, last, added FROM added_events;
    IF added = 0 THEN RETURN NULL; END IF;
    UPDATE head SET position = last WHERE position = first - 1 AND last - first + 1 = added;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'positions are dense' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM added_events a WHERE a.version > 1 AND NOT EXISTS (
            SELECT 1 FROM events e WHERE e.story = a.story AND e.version = a.version - 1 AND e.position < a.position)
    ) THEN
        RAISE EXCEPTION 'versions are dense' USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO overviews (story) SELECT DISTINCT story FROM added_events ON CONFLICT (story)
    DO UPDATE SET version = '', line = '', awaited = '' WHERE overviews.version <> '';
    RETURN NULL;
END $$;

CREATE FUNCTION leaves_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE first bigint; last bigint; added bigint;
BEGIN
    SELECT min(place), max(place), count(*) INTO first, last, added FROM added_leaves;
    IF added = 0 THEN RETURN NULL; END IF;
    IF last - first + 1 <> added OR first > 0 AND NOT EXISTS (SELECT 1 FROM leaves WHERE place = first - 1) THEN
        RAISE EXCEPTION 'the log has no gaps: positions are dense' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM added_leaves a WHERE a.number > 1 AND NOT EXISTS (
            SELECT 1 FROM leaves l WHERE l.story = a.story AND l.number = a.number - 1 AND l.place < a.place)
    ) THEN
        RAISE EXCEPTION 'public numbers are dense' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION log_keys_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log_keys) THEN
        RAISE EXCEPTION 'keys follow one another' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION bodies_only_cleared() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.position <> OLD.position OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL THEN
        RAISE EXCEPTION 'a body can only be cleared' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE overviews SET version = '', line = '', awaited = ''
    WHERE story = (SELECT story FROM events WHERE position = NEW.position);
    RETURN NEW;
END $$;

CREATE FUNCTION head_advances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position <> OLD.position AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the head is never changed but by an event' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER events_follow AFTER INSERT ON events
REFERENCING NEW TABLE AS added_events FOR EACH STATEMENT EXECUTE FUNCTION events_follow();
CREATE TRIGGER events_stay BEFORE UPDATE ON events
FOR EACH ROW EXECUTE FUNCTION refuse('events are never changed');
CREATE TRIGGER events_last BEFORE DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse('events are never deleted');

CREATE TRIGGER bodies_only_cleared BEFORE UPDATE ON bodies
FOR EACH ROW EXECUTE FUNCTION bodies_only_cleared();
CREATE TRIGGER bodies_last BEFORE DELETE OR TRUNCATE ON bodies
FOR EACH STATEMENT EXECUTE FUNCTION refuse('bodies are never deleted');

CREATE TRIGGER links_stay BEFORE UPDATE ON links
FOR EACH ROW EXECUTE FUNCTION refuse('links are never changed');
CREATE TRIGGER links_last BEFORE DELETE OR TRUNCATE ON links
FOR EACH STATEMENT EXECUTE FUNCTION refuse('links are never deleted');

CREATE TRIGGER leaves_follow AFTER INSERT ON leaves
REFERENCING NEW TABLE AS added_leaves FOR EACH STATEMENT EXECUTE FUNCTION leaves_follow();
CREATE TRIGGER leaves_stay BEFORE UPDATE ON leaves
FOR EACH ROW EXECUTE FUNCTION refuse('leaves are never changed');
CREATE TRIGGER leaves_last BEFORE DELETE OR TRUNCATE ON leaves
FOR EACH STATEMENT EXECUTE FUNCTION refuse('leaves are never deleted');

CREATE TRIGGER log_keys_follow BEFORE INSERT ON log_keys
FOR EACH ROW EXECUTE FUNCTION log_keys_follow();
CREATE TRIGGER log_keys_stay BEFORE UPDATE ON log_keys
FOR EACH ROW EXECUTE FUNCTION refuse('keys are never changed');
CREATE TRIGGER log_keys_last BEFORE DELETE OR TRUNCATE ON log_keys
FOR EACH STATEMENT EXECUTE FUNCTION refuse('keys are never deleted');

CREATE TRIGGER head_advances BEFORE UPDATE ON head
FOR EACH ROW EXECUTE FUNCTION head_advances();
CREATE TRIGGER head_last BEFORE INSERT OR DELETE OR TRUNCATE ON head
FOR EACH STATEMENT EXECUTE FUNCTION refuse('the head is never deleted');

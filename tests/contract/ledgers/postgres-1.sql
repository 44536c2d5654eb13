--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: postgres_1; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA postgres_1;


--
-- Name: bodies_only_cleared(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.bodies_only_cleared() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'postgres_1', 'pg_temp'
    AS $$
BEGIN
    IF NEW.position <> OLD.position OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL THEN
        RAISE EXCEPTION 'a body can only be cleared' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE overviews SET version = '', line = '', awaited = ''
    WHERE story = (SELECT story FROM events WHERE position = NEW.position);
    RETURN NEW;
END $$;


--
-- Name: events_follow(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.events_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'postgres_1', 'pg_temp'
    AS $$
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


--
-- Name: head_advances(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.head_advances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.position <> OLD.position AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the head is never changed but by an event' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;


--
-- Name: leaves_follow(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.leaves_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'postgres_1', 'pg_temp'
    AS $$
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


--
-- Name: log_keys_follow(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.log_keys_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'postgres_1', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log_keys) THEN
        RAISE EXCEPTION 'keys follow one another' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;


--
-- Name: refuse(); Type: FUNCTION; Schema: postgres_1; Owner: -
--

CREATE FUNCTION postgres_1.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: bodies; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.bodies (
    "position" bigint NOT NULL,
    salt text COLLATE pg_catalog."C",
    body text COLLATE pg_catalog."C",
    CONSTRAINT bodies_check CHECK (((salt IS NULL) = (body IS NULL)))
);
ALTER TABLE ONLY postgres_1.bodies ALTER COLUMN salt SET STATISTICS 0;
ALTER TABLE ONLY postgres_1.bodies ALTER COLUMN body SET STATISTICS 0;


--
-- Name: events; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.events (
    "position" bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    story text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    envelope text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT events_position_check CHECK (("position" > 0)),
    CONSTRAINT events_version_check CHECK ((version > 0))
);


--
-- Name: head; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.head (
    is_head boolean DEFAULT true NOT NULL,
    schema_version integer NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT head_is_head_check CHECK (is_head),
    CONSTRAINT head_position_check CHECK (("position" >= 0))
);


--
-- Name: leaves; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.leaves (
    place bigint NOT NULL,
    story text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    entry text NOT NULL COLLATE pg_catalog."C",
    hashes bytea NOT NULL,
    CONSTRAINT leaves_hashes_check CHECK (((length(hashes) > 0) AND ((length(hashes) % 32) = 0))),
    CONSTRAINT leaves_number_check CHECK ((number > 0)),
    CONSTRAINT leaves_place_check CHECK ((place >= 0))
);


--
-- Name: links; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.links (
    "position" bigint NOT NULL,
    link bytea NOT NULL,
    CONSTRAINT links_link_check CHECK ((length(link) = 32))
);


--
-- Name: log_keys; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.log_keys (
    number bigint NOT NULL,
    note text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT log_keys_number_check CHECK ((number > 0))
);


--
-- Name: notes; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.notes (
    name text NOT NULL COLLATE pg_catalog."C",
    text bytea NOT NULL
);
ALTER TABLE ONLY postgres_1.notes ALTER COLUMN text SET STATISTICS 0;


--
-- Name: overviews; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.overviews (
    story text NOT NULL COLLATE pg_catalog."C",
    version text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    line text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    awaited text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY postgres_1.overviews ALTER COLUMN line SET STATISTICS 0;
ALTER TABLE ONLY postgres_1.overviews ALTER COLUMN awaited SET STATISTICS 0;


--
-- Name: published; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.published (
    story text NOT NULL COLLATE pg_catalog."C",
    updated_us bigint,
    next_us bigint,
    text text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY postgres_1.published ALTER COLUMN text SET STATISTICS 0;


--
-- Name: snapshots; Type: TABLE; Schema: postgres_1; Owner: -
--

CREATE TABLE postgres_1.snapshots (
    story text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    version text NOT NULL COLLATE pg_catalog."C",
    fold bytea NOT NULL
);
ALTER TABLE ONLY postgres_1.snapshots ALTER COLUMN fold SET STATISTICS 0;


--
-- Data for Name: bodies; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.bodies VALUES (1, 'e96dcecc789608afe27656858491e551', '{"headline":"Fire at the harbour"}');
INSERT INTO postgres_1.bodies VALUES (2, '375a6207f72ecf39c2db404b8b260f8f', '{"headline":"Two hurt"}');
INSERT INTO postgres_1.bodies VALUES (4, '56e28b4a584e63bd123cee9417b8401d', '{"reason":"Names a child."}');
INSERT INTO postgres_1.bodies VALUES (3, NULL, NULL);


--
-- Data for Name: events; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.events VALUES (1, 'opened', 'harbour-fire', 1, '{"actor":"Desk","body_digest":"f03e420e5187801b22fd820271c271cfb8ebff27b90bd3707bfdd33a78608e0c","id":"opened","position":1,"recorded_at":"2026-03-02T08:00:00Z","reported_at":"2026-03-02T08:00:00Z","schema":1,"story":"harbour-fire","type":"story_opened","version":1}');
INSERT INTO postgres_1.events VALUES (2, 'two', 'harbour-fire', 2, '{"actor":"Desk","body_digest":"5787246c7d5dc2a22962725d4eff9953efb0a24ce5f15062b3ae07b4ee9b3c0f","development":"d1","id":"two","position":2,"recorded_at":"2026-03-02T08:00:00Z","reported_at":"2026-03-02T08:00:00Z","rules":2,"schema":1,"story":"harbour-fire","type":"development_reported","version":2}');
INSERT INTO postgres_1.events VALUES (3, 'three', 'harbour-fire', 3, '{"actor":"Desk","body_digest":"7fdf03128dc2cdb33a68cbf1e281fd60d6f118b4832b05cfd83eaa02115d4ff9","development":"d2","id":"three","position":3,"recorded_at":"2026-03-02T08:00:00Z","reported_at":"2026-03-02T08:00:00Z","rules":2,"schema":1,"story":"harbour-fire","type":"development_reported","version":3}');
INSERT INTO postgres_1.events VALUES (4, '01a22669-e8a5-7c1c-ada2-8aa76324c487', 'harbour-fire', 4, '{"actor":"Desk","body_digest":"27d0dc22b932b5423fbf7ec5e2e609a2e9466f2c835c62bee47c7e78243b5230","development":"d2","id":"01a22669-e8a5-7c1c-ada2-8aa76324c487","position":4,"recorded_at":"2026-03-02T08:00:00Z","reported_at":"2026-03-02T08:00:00Z","schema":1,"story":"harbour-fire","type":"event_redacted","version":4}');


--
-- Data for Name: head; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.head VALUES (true, 1, 4);


--
-- Data for Name: leaves; Type: TABLE DATA; Schema: postgres_1; Owner: -
--



--
-- Data for Name: links; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.links VALUES (1, '\xac5899b22fb7bbc45690544746b9aa2697b128a6adb787a678579930e528c119');
INSERT INTO postgres_1.links VALUES (2, '\x9a995d1a4f1e99d3ce85d21900fcb33405dd431c32d65340142bc39dbea4cda1');
INSERT INTO postgres_1.links VALUES (3, '\x017be42c4782a8e9f0c341841f274bee6a525dcd1bcecf5d5bee14fb0c6cd47a');
INSERT INTO postgres_1.links VALUES (4, '\x7ef1c9170c39198ebb6637f9b2ece64fc5df980dab024ffb9fa178a40bcd15ab');


--
-- Data for Name: log_keys; Type: TABLE DATA; Schema: postgres_1; Owner: -
--



--
-- Data for Name: notes; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.notes VALUES ('passed', '\x323032362d30332d30325430383a30303a30305a');


--
-- Data for Name: overviews; Type: TABLE DATA; Schema: postgres_1; Owner: -
--

INSERT INTO postgres_1.overviews VALUES ('harbour-fire', '', '', '');


--
-- Data for Name: published; Type: TABLE DATA; Schema: postgres_1; Owner: -
--



--
-- Data for Name: snapshots; Type: TABLE DATA; Schema: postgres_1; Owner: -
--



--
-- Name: bodies bodies_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.bodies
    ADD CONSTRAINT bodies_pkey PRIMARY KEY ("position");


--
-- Name: events events_id_key; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.events
    ADD CONSTRAINT events_id_key UNIQUE (id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.events
    ADD CONSTRAINT events_pkey PRIMARY KEY ("position");


--
-- Name: events events_story_version_key; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.events
    ADD CONSTRAINT events_story_version_key UNIQUE (story, version);


--
-- Name: head head_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (is_head);


--
-- Name: leaves leaves_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.leaves
    ADD CONSTRAINT leaves_pkey PRIMARY KEY (place);


--
-- Name: leaves leaves_story_number_key; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.leaves
    ADD CONSTRAINT leaves_story_number_key UNIQUE (story, number);


--
-- Name: links links_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.links
    ADD CONSTRAINT links_pkey PRIMARY KEY ("position");


--
-- Name: log_keys log_keys_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.log_keys
    ADD CONSTRAINT log_keys_pkey PRIMARY KEY (number);


--
-- Name: notes notes_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (name);


--
-- Name: overviews overviews_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.overviews
    ADD CONSTRAINT overviews_pkey PRIMARY KEY (story);


--
-- Name: published published_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.published
    ADD CONSTRAINT published_pkey PRIMARY KEY (story);


--
-- Name: snapshots snapshots_pkey; Type: CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (story);


--
-- Name: published_by_next; Type: INDEX; Schema: postgres_1; Owner: -
--

CREATE INDEX published_by_next ON postgres_1.published USING btree (next_us) WHERE (next_us IS NOT NULL);


--
-- Name: published_by_update; Type: INDEX; Schema: postgres_1; Owner: -
--

CREATE INDEX published_by_update ON postgres_1.published USING btree (updated_us DESC, story) WHERE (updated_us IS NOT NULL);


--
-- Name: bodies bodies_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER bodies_last BEFORE DELETE OR TRUNCATE ON postgres_1.bodies FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('bodies are never deleted');


--
-- Name: bodies bodies_only_cleared; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER bodies_only_cleared BEFORE UPDATE ON postgres_1.bodies FOR EACH ROW EXECUTE FUNCTION postgres_1.bodies_only_cleared();


--
-- Name: events events_follow; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER events_follow AFTER INSERT ON postgres_1.events REFERENCING NEW TABLE AS added_events FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.events_follow();


--
-- Name: events events_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER events_last BEFORE DELETE OR TRUNCATE ON postgres_1.events FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('events are never deleted');


--
-- Name: events events_stay; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER events_stay BEFORE UPDATE ON postgres_1.events FOR EACH ROW EXECUTE FUNCTION postgres_1.refuse('events are never changed');


--
-- Name: head head_advances; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER head_advances BEFORE UPDATE ON postgres_1.head FOR EACH ROW EXECUTE FUNCTION postgres_1.head_advances();


--
-- Name: head head_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER head_last BEFORE INSERT OR DELETE OR TRUNCATE ON postgres_1.head FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('the head is never deleted');


--
-- Name: leaves leaves_follow; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER leaves_follow AFTER INSERT ON postgres_1.leaves REFERENCING NEW TABLE AS added_leaves FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.leaves_follow();


--
-- Name: leaves leaves_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER leaves_last BEFORE DELETE OR TRUNCATE ON postgres_1.leaves FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('leaves are never deleted');


--
-- Name: leaves leaves_stay; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER leaves_stay BEFORE UPDATE ON postgres_1.leaves FOR EACH ROW EXECUTE FUNCTION postgres_1.refuse('leaves are never changed');


--
-- Name: links links_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER links_last BEFORE DELETE OR TRUNCATE ON postgres_1.links FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('links are never deleted');


--
-- Name: links links_stay; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER links_stay BEFORE UPDATE ON postgres_1.links FOR EACH ROW EXECUTE FUNCTION postgres_1.refuse('links are never changed');


--
-- Name: log_keys log_keys_follow; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER log_keys_follow BEFORE INSERT ON postgres_1.log_keys FOR EACH ROW EXECUTE FUNCTION postgres_1.log_keys_follow();


--
-- Name: log_keys log_keys_last; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER log_keys_last BEFORE DELETE OR TRUNCATE ON postgres_1.log_keys FOR EACH STATEMENT EXECUTE FUNCTION postgres_1.refuse('keys are never deleted');


--
-- Name: log_keys log_keys_stay; Type: TRIGGER; Schema: postgres_1; Owner: -
--

CREATE TRIGGER log_keys_stay BEFORE UPDATE ON postgres_1.log_keys FOR EACH ROW EXECUTE FUNCTION postgres_1.refuse('keys are never changed');


--
-- Name: bodies bodies_position_fkey; Type: FK CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.bodies
    ADD CONSTRAINT bodies_position_fkey FOREIGN KEY ("position") REFERENCES postgres_1.events("position");


--
-- Name: links links_position_fkey; Type: FK CONSTRAINT; Schema: postgres_1; Owner: -
--

ALTER TABLE ONLY postgres_1.links
    ADD CONSTRAINT links_position_fkey FOREIGN KEY ("position") REFERENCES postgres_1.events("position");


--
-- PostgreSQL database dump complete
--



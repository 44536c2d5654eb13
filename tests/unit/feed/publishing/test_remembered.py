"""What publishing has cached in the ledger is read as if a stranger had written it."""

from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from events import commands
from events.errors import StoreDamagedError
from events.model.parts import Expectation, Source
from events.store import open_store, shape
from events.store.base import PASSED_NOTE
from events.store.migrations import SCHEMA_VERSION
from feed import fast_path
from feed.checkpoint import RENDERERS
from feed.publishing.remembered import damage
from feed.site import Site
from tests.builders import at
from tests.sites import EMBARGO, LATER, a_site, output, record, sql

FIRE, BUDGET = "harbour-fire", "budget"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a published newsroom with two stories, below a folder that is not its own."""
    site, _ = a_site(tmp_path / "desk", FIRE, BUDGET)
    site.publish()
    return site


def remember(site: Site, name: str, text: str) -> None:
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_note(name, text)


def damages(site: Site) -> list[str]:
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return list(damage(reading, site.config.site.base_url, now=at(LATER)))


def changed_entry(site: Site, **changes: Any) -> None:
    """Change a cached entry of the feed over all stories."""
    with site.ledger() as ledger, ledger.store.reading() as reading:
        entries = orjson.loads(reading.note("newest") or "[]")
    remember(site, "newest", orjson.dumps([entries[0] | changes, *entries[1:]]).decode())


def republish(site: Site) -> None:
    """Record a report in one story, and publish it."""
    record(site, commands.report(BUDGET, "Another report"))
    site.publish()


def test_address_with_an_upper_case_scheme_is_no_damage(site: Site) -> None:
    url = "HTTPS://Radio.example/1"
    record(site, commands.report(BUDGET, "Read", development="read", sources=[Source(name="Radio", url=url)]))
    site.publish()
    assert damages(site) == []
    assert f'href="{url}"' in (site.root / f"stories/{BUDGET}/index.html").read_text()


def test_sound_newsroom_has_no_damage(site: Site) -> None:
    assert damages(site) == []


@pytest.mark.parametrize("path", ["../writethru.toml", "../../canary", "/etc/hosts", "stories/../../writethru.toml"])
def test_remembered_asset_outside_is_not_removed(site: Site, path: str) -> None:
    canary = site.folder.parent / "canary"
    canary.write_text("mine")
    remember(site, "assets", path)
    assert damages(site) == ["what publishing has remembered cannot be used: assets"]
    republish(site)
    assert canary.read_text() == "mine"
    assert (site.folder / "writethru.toml").exists()
    assert damages(site) == []


@pytest.mark.parametrize("story", ["../../../canaries", "..", "a/b", "Fire", ""])
def test_remembered_story_outside_is_not_removed(site: Site, story: str) -> None:
    canaries = site.folder.parent / "canaries"
    canaries.mkdir()
    (canaries / "index.html").write_text("mine")
    with sql(site) as connection:
        connection.execute("INSERT INTO published VALUES (?, 0, 0, '')", (story,))
    assert len(damages(site)) == 1
    republish(site)
    assert (canaries / "index.html").read_text() == "mine"
    assert damages(site) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"content": "<script>alert(1)</script>"},
        {"content": '<p onclick="alert(1)">'},
        {"content": '<a href="javascript:alert(1)">more</a>'},
        {"content": "<svg><p>"},
        {"content": "<p"},
        {"url": "https://evil.example/"},
        {"story": "../.."},
        {"log_size": 99},
        {"published": "2026-03-02T08:00:00"},
        {"outlets": [{"name": "Evil", "url": "javascript:alert(1)"}]},
        {"title": None},
    ],
)
def test_cached_entry_of_a_stranger_reaches_no_feed(site: Site, changes: dict[str, Any]) -> None:
    before = output(site)
    changed_entry(site, **changes)
    assert damages(site) == ["what publishing has remembered cannot be used: newest"]
    republish(site)
    feeds = b"".join(data for path, data in output(site).items() if path.startswith(("feed.", "index.html")))
    assert b"alert(1)" not in feeds
    assert b"evil" not in feeds
    assert output(site)[f"stories/{FIRE}/feed.rss"] == before[f"stories/{FIRE}/feed.rss"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mark", f"{RENDERERS}\n99\nnever\nx\npublic\nx\nx"),
        ("mark", f"{RENDERERS}\n1\nsoon\nx\npublic\nx\nx"),
        ("mark", f"{RENDERERS}\n-1\nnever\nx\npublic\nx\nx"),
        ("logged", "-1"),
        ("logged", "99"),
        ("logged", "many"),
        ("newest", "["),
        ("corrections", "{}"),
    ],
)
def test_unreadable_cache_is_named_and_rebuilt(site: Site, name: str, text: str) -> None:
    remember(site, name, text)
    assert damages(site) == [f"what publishing has remembered cannot be used: {name}"]
    republish(site)
    assert damages(site) == []
    assert site.verify_rebuild() == ()


def test_calendar_of_another_site_is_named_and_never_published(site: Site) -> None:
    event = {
        **dict.fromkeys(("starts_on", "ends_on"), "2026-03-09"),
        "uid": "u",
        "sequence": 1,
        "changed_at": LATER,
        "cancelled": False,
        "summary": "Evil",
        "description": "",
        "language": "en",
        "url": "https://evil.example/",
    }
    with sql(site) as connection:
        text = connection.execute("SELECT text FROM published WHERE story = ?", (FIRE,)).get
        line = orjson.dumps(orjson.loads(text) | {"calendar": orjson.dumps([event]).decode()}).decode()
        connection.execute("UPDATE published SET text = ? WHERE story = ?", (line, FIRE))
    assert damages(site) == [f"what publishing has remembered cannot be used: '{FIRE}'"]
    promise = Expectation.model_validate({"what": "reopen", "due": "2026-03-09"})
    record(site, commands.report(BUDGET, "The ministry promises to reopen", expects=[promise]))
    site.publish()
    assert b"evil.example" not in b"".join(output(site).values())
    assert damages(site) == []


def test_strange_note_is_named(site: Site) -> None:
    remember(site, "plugin", "import os")
    assert damages(site) == ["the note 'plugin' is not one of writethru's"]


def test_passed_before_the_newest_leaf_is_named(site: Site) -> None:
    remember(site, PASSED_NOTE, "1999-01-01T00:00:00Z")
    named = "the instant of the last publication is before 2026-03-02T08:00:00Z, when the public log last grew"
    assert damages(site) == [named]


def test_missing_passed_of_a_published_ledger_is_named(site: Site) -> None:
    with sql(site) as connection:
        connection.execute("DELETE FROM notes WHERE name = 'passed'")
    assert damages(site) == ["the instant of the last publication is missing"]


@pytest.mark.parametrize("text", ["soon", "", "9999-12-31T23:59:59.999Z", "2026-03-02"])
def test_unreadable_passed_is_refused_with_a_sentence(site: Site, text: str) -> None:
    remember(site, PASSED_NOTE, text)
    with pytest.raises(StoreDamagedError, match="the instant of the last publication is unreadable"):
        republish(site)


def test_digest_is_that_of_the_newest_schema() -> None:
    assert shape.digest(shape.model(SCHEMA_VERSION)) == shape.DIGEST


def test_fast_path_knows_the_shape_of_the_newest_schema(site: Site) -> None:
    with closing(apsw.Connection(str(site.folder / "ledger.db"))) as connection:
        assert connection.execute(fast_path._SHAPE).fetchone() == fast_path.SHAPE


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'mark' AS name, x AS text FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        f"DROP TABLE notes; CREATE VIEW notes AS {ENDLESS}",
        "ALTER TABLE notes RENAME TO other; CREATE VIEW notes AS SELECT * FROM other",
        "DROP TABLE leaves; CREATE VIRTUAL TABLE leaves USING fts5(place)",
        "CREATE TRIGGER strange AFTER INSERT ON notes BEGIN DELETE FROM events; END",
        "CREATE INDEX strange ON events (abs(position))",
        "DROP TABLE published",
        "ALTER TABLE notes ADD COLUMN extra TEXT",
        "PRAGMA user_version=-1",
        "PRAGMA user_version=0",
    ],
)
def test_ledger_of_another_shape_is_refused_at_once(site: Site, statements: str) -> None:
    with closing(apsw.Connection(str(site.folder / "ledger.db"))) as connection:
        connection.execute(statements)
    assert not fast_path.nothing_to_do(str(site.folder), at(EMBARGO).timestamp())
    with pytest.raises(StoreDamagedError):
        open_store(site.folder / "ledger.db")

"""A redacted text is in no file of the newsroom, searched as raw bytes."""

import html
import json
from pathlib import Path

import pytest

from events import commands
from events.errors import RefusedError
from events.fold.story import StoryFold
from events.integrity.verify import verify
from events.ledger import Ledger
from events.model.parts import Source
from events.store import sqlite
from feed.site import Site
from feed.transparency.verifier.check import verify as verify_log
from tests.builders import STORY, Clock, claim, newsroom, reconfigured, signing
from tests.sites import output, record

SECRET = "Nadežda Kovářová <nine> & lives at Mill Lane 4"
PIECE_CHARS = 12
REPORTS = 30


@pytest.fixture(params=[sqlite.SOUND_WAL, (99, 0, 0)], ids=["wal", "rollback journal"], autouse=True)
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SOUND_WAL", request.param)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a signed newsroom with a long story about one secret: quoted, corrected, archived, cached."""
    clock = Clock()
    site = signing(reconfigured(newsroom(tmp_path / "desk", clock), "entries = 50", "entries = 5"), tmp_path / "key")
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        ledger.append(
            commands.report(
                STORY,
                f"{SECRET}: a witness",
                development="named",
                body=f"We name {SECRET}. " * 400,
                facts=[claim("witness", SECRET), claim("hurt", 2)],
                said_by=[{"name": SECRET}],
                quotes=[{"text": f"I am {SECRET}", "speaker": {"name": SECRET}}],
                sources=[Source(name=SECRET, url="https://radio.example/1")],
                expects=[{"id": "speaks", "what": f"{SECRET} speaks", "due": "2026-03-05"}],
            )
        )
        ledger.append(commands.correct(STORY, "named", {"body": f"{SECRET} saw it."}, f"{SECRET} asked us to."))
        ledger.append(commands.report(STORY, "Denied", disputes=[{"development": "named", "kind": "denies"}]))
        for number in range(REPORTS):
            ledger.append(commands.report(STORY, f"Report {number}", body="x" * 500))
    site.publish()
    clock.go("2026-03-08T08:00:00Z")
    site.publish()
    return site


def traces(folder: Path) -> set[str]:
    """Return the files in which any piece of the secret stands, in any spelling that a file of ours may use."""
    spelt = {SECRET, html.escape(SECRET), html.escape(html.escape(SECRET)), json.dumps(SECRET)[1:-1]}
    pieces = {
        text[start : start + PIECE_CHARS].encode() for text in spelt for start in range(len(text) - PIECE_CHARS + 1)
    }
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(piece in file.read_bytes() for piece in pieces)
    }


def report_of(ledger: Ledger, development: str) -> str:
    """Return the id of the event that reported a development."""
    return next(event.id for event in ledger.events(STORY) if event.development == development)


@pytest.mark.slow
@pytest.mark.parametrize("named", ["development", "report"])
def test_redacted_text_is_in_no_file(site: Site, named: str) -> None:
    paths = traces(site.folder)
    assert "ledger.db" in paths
    assert any("/archive/" in path for path in paths)
    with site.ledger() as ledger:
        ledger.story(STORY)  # a query may cache a fold
        event, development = (None, "named") if named == "development" else (report_of(ledger, "named"), None)
        ledger.append(
            commands.redact(STORY, "She is a witness under protection.", event=event, development=development)
        )
    assert [path for path in traces(site.folder) if not path.startswith("public/")] == []
    site.publish()
    assert traces(site.folder) == set()


def test_redacted_events_are_reported_and_no_damage(site: Site) -> None:
    record(site, commands.redact(STORY, "She is a witness under protection.", development="named"))
    assert isinstance(site.clock, Clock)
    site.clock.go("2026-03-08T09:00:00Z")
    site.publish()
    with site.ledger() as ledger:
        assert isinstance(ledger.store, sqlite.SqliteStore)
        verified = verify(ledger.store)
    assert (verified.problems, verified.redacted) == ((), 2)
    outside = verify_log(str(site.root))
    assert outside.problems == []
    assert outside.withdrawn["redacted"] >= 2
    tombstones = [file for file in site.root.rglob("*.atom") if b"deleted-entry" in file.read_bytes()]
    assert tombstones


def test_correction_that_an_older_release_left_can_be_erased(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with site.ledger() as ledger:
        report = report_of(ledger, "named")
        with monkeypatch.context() as older:
            older.setattr(StoryFold, "erased_by", lambda _, redaction: {redaction.event})
            ledger.append(commands.redact(STORY, "She is a witness under protection.", event=report))
        assert verify(ledger.store).problems == ()
    site.publish()
    assert traces(site.folder) == {"ledger.db"}
    with site.ledger() as ledger:
        ledger.append(commands.redact(STORY, "The rest of it.", development="named"))
        assert verify(ledger.store).problems == ()
        with pytest.raises(RefusedError, match="named is already redacted"):
            ledger.append(commands.redact(STORY, "Once more.", development="named"))
    assert traces(site.folder) == set()
    before = output(site)
    site.publish()
    assert output(site) == before

"""Importing from files: small ones are read first, large ones are recorded while they are read. Both say the same."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import recorder
from events.errors import InvalidError
from events.files import importer as interchange
from events.files.importer import Incoming, read_events, stream_events
from feed.cli.commands import import_files as importing
from feed.cli.program import run
from feed.site import Site
from tests.builders import STORY, newsroom

OPENED = {"type": "story_opened", "story": STORY, "headline": "Fire"}
REPORTED = {"type": "development_reported", "story": STORY, "headline": "Two hurt"}
LINES = (
    b"",
    b"  \r",
    json.dumps(OPENED).encode(),
    json.dumps(REPORTED).encode(),
    json.dumps({**REPORTED, "id": "r2", "headline": "Three hurt"}).encode(),
    b'{"type":"story_closed"}',
    b'{"type":"story_closed","type":"story_closed"}',
    b"[",
    b"\xff",
    b"nonsense",
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsroom(tmp_path / "room")


@pytest.fixture(params=[1, importing.STREAMED_BYTES_MIN], ids=["streamed", "read first"])
def least(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "STREAMED_BYTES_MIN", request.param)


def file_of(folder: Path, *events: object) -> str:
    path = folder / "lines.jsonl"
    path.write_text("".join(f"{event if isinstance(event, str) else json.dumps(event)}\n" for event in events))
    return str(path)


def events_in(site: Site) -> list[str]:
    with site.ledger() as opened:
        return [recorded.event.type for recorded in opened.events()]


def outcome(lines: list[bytes], *, streamed: bool) -> list[Incoming] | list[str]:
    try:
        return (
            list(stream_events(lines, name="F.jsonl")) if streamed else read_events(b"\n".join(lines), name="F.jsonl")
        )
    except InvalidError as error:
        return [str(problem) for problem in error.problems]


@pytest.mark.slow
@given(st.lists(st.sampled_from(LINES), max_size=6))
def test_stream_yields_the_same_as_the_whole_file(lines: list[bytes]) -> None:
    assert outcome(lines, streamed=True) == outcome(lines, streamed=False)


def test_byte_order_mark_in_stream_is_ignored() -> None:
    assert len(outcome([b"\xef\xbb\xbf" + LINES[2]], streamed=True)) == 1


@pytest.mark.usefixtures("least")
class TestFile:
    def test_is_recorded_once(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED)
        assert run(["-C", str(site.folder), "import", name]) == 0
        assert capsys.readouterr().out == f"{name}: 2 events recorded, 0 skipped (recorded before).\n"
        assert run(["-C", str(site.folder), "import", name]) == 0
        assert capsys.readouterr().out == f"{name}: 0 events recorded, 2 skipped (recorded before).\n"
        assert events_in(site) == ["story_opened", "development_reported"]

    def test_with_bad_lines_is_refused_with_every_problem(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, "nonsense", REPORTED, {**REPORTED, "headline": ""})
        assert run(["-C", str(site.folder), "import", name]) == 1
        errors = capsys.readouterr().err
        assert f"{name}:2: json: is not JSON" in errors
        assert f"{name}:4: headline" in errors
        assert events_in(site) == []

    def test_that_the_ledger_refuses_is_rolled_back(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, OPENED | {"headline": "Again"}, {"type": "story_reopened", "story": STORY})
        assert run(["-C", str(site.folder), "import", name]) == 1
        errors = capsys.readouterr().err
        assert f"{name}:2" in errors
        assert f"{name}:3" in errors
        assert f"{name}: nothing was recorded." in errors
        assert events_in(site) == []

    def test_with_two_contents_of_one_id_is_refused(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED | {"id": "r"}, REPORTED | {"id": "r", "headline": "Other"})
        assert run(["-C", str(site.folder), "import", name]) == 1
        assert f"{name}:3" in capsys.readouterr().err
        assert events_in(site) == []

    def test_is_not_recorded_in_a_dry_run(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED)
        assert run(["-C", str(site.folder), "import", "--dry-run", name]) == 0
        assert "2 events would be recorded" in capsys.readouterr().out
        assert events_in(site) == []

    def test_without_events_is_refused(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, "")
        assert run(["-C", str(site.folder), "import", name]) == 1
        assert "the file holds no events" in capsys.readouterr().err


def test_import_with_too_many_problems_stops(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder, "PROBLEMS_MAX", 3)
    name = file_of(site.folder, OPENED, *({**REPORTED, "id": f"r{number}", "story": "no-such"} for number in range(9)))
    assert run(["-C", str(site.folder), "import", name]) == 1
    errors = capsys.readouterr().err
    assert errors.count("there is no story no-such") == 4
    assert f"{name}:5: " in errors
    assert f"{name}:6: " not in errors
    assert "the search stopped here, so there may be more." in errors
    assert events_in(site) == []


def test_stream_with_too_many_problems_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "PROBLEMS_MAX", 3)
    problems = outcome([b"nonsense"] * 9, streamed=True)
    assert [str(problem).partition(":")[2].partition(":")[0] for problem in problems] == ["1", "2", "3", "4", "4"]
    assert "the search stopped here" in str(problems[-1])


def test_file_that_cannot_be_opened_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importing, "_is_large", lambda _: True)
    assert run(["-C", str(site.folder), "import", "gone.jsonl"]) == 1
    assert "gone.jsonl: file: cannot be read: No such file or directory." in capsys.readouterr().err

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
    place = folder / "lines.jsonl"
    place.write_text("".join(f"{event if isinstance(event, str) else json.dumps(event)}\n" for event in events))
    return str(place)


def events_in(site: Site) -> list[str]:
    with site.ledger() as opened:
        return [recorded.event.type for recorded in opened.events()]


def told(lines: list[bytes], *, streamed: bool) -> list[Incoming] | list[str]:
    try:
        return (
            list(stream_events(lines, name="F.jsonl")) if streamed else read_events(b"\n".join(lines), name="F.jsonl")
        )
    except InvalidError as error:
        return [str(problem) for problem in error.problems]


@given(st.lists(st.sampled_from(LINES), max_size=6))
def test_stream_gives_what_reading_the_whole_file_gives(lines: list[bytes]) -> None:
    assert told(lines, streamed=True) == told(lines, streamed=False)


def test_byte_order_mark_is_passed_over() -> None:
    assert len(told([b"\xef\xbb\xbf" + LINES[2]], streamed=True)) == 1


@pytest.mark.usefixtures("least")
class TestFile:
    def test_is_recorded_and_known_the_second_time(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED)
        assert run(["-C", str(site.folder), "import", name]) == 0
        assert capsys.readouterr().out == f"{name}: 2 events recorded, 0 skipped (recorded before).\n"
        assert run(["-C", str(site.folder), "import", name]) == 0
        assert capsys.readouterr().out == f"{name}: 0 events recorded, 2 skipped (recorded before).\n"
        assert events_in(site) == ["story_opened", "development_reported"]

    def test_with_bad_lines_is_refused_whole_and_every_one_is_told(
        self, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name = file_of(site.folder, OPENED, "nonsense", REPORTED, {**REPORTED, "headline": ""})
        assert run(["-C", str(site.folder), "import", name]) == 1
        said = capsys.readouterr().err
        assert f"{name}:2: json: is not JSON" in said
        assert f"{name}:4: headline" in said
        assert events_in(site) == []

    def test_that_the_ledger_refuses_is_refused_whole(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, OPENED | {"headline": "Again"}, {"type": "story_reopened", "story": STORY})
        assert run(["-C", str(site.folder), "import", name]) == 1
        said = capsys.readouterr().err
        assert f"{name}:2" in said
        assert f"{name}:3" in said
        assert f"{name}: nothing was recorded." in said
        assert events_in(site) == []

    def test_with_one_id_for_two_contents_is_refused(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED | {"id": "r"}, REPORTED | {"id": "r", "headline": "Other"})
        assert run(["-C", str(site.folder), "import", name]) == 1
        assert f"{name}:3" in capsys.readouterr().err
        assert events_in(site) == []

    def test_is_only_tried_in_a_dry_run(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, OPENED, REPORTED)
        assert run(["-C", str(site.folder), "import", "--dry-run", name]) == 0
        assert "2 events would be recorded" in capsys.readouterr().out
        assert events_in(site) == []

    def test_without_events_is_refused(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        name = file_of(site.folder, "")
        assert run(["-C", str(site.folder), "import", name]) == 1
        assert "the file holds no events" in capsys.readouterr().err


def test_import_that_goes_wrong_from_end_to_end_stops_looking(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder, "PROBLEMS_MAX", 3)
    name = file_of(site.folder, OPENED, *({**REPORTED, "id": f"r{number}", "story": "no-such"} for number in range(9)))
    assert run(["-C", str(site.folder), "import", name]) == 1
    said = capsys.readouterr().err
    assert said.count("there is no story no-such") == 4
    assert f"{name}:5: " in said
    assert f"{name}:6: " not in said
    assert "there may be more problems: the rest was not looked at." in said
    assert events_in(site) == []


def test_stream_that_cannot_be_read_stops_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "PROBLEMS_MAX", 3)
    found = told([b"nonsense"] * 9, streamed=True)
    assert [str(problem).partition(":")[2].partition(":")[0] for problem in found] == ["1", "2", "3", "4", "4"]
    assert "the rest was not looked at" in str(found[-1])


def test_file_that_cannot_be_opened_any_more_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importing, "_is_large", lambda _: True)
    assert run(["-C", str(site.folder), "import", "gone.jsonl"]) == 1
    assert "gone.jsonl: file: cannot be read: No such file or directory." in capsys.readouterr().err

"""The headlines of the desk: where a report is new its marks are read, and elsewhere they are refused."""

from pathlib import Path

import pytest

from tests.desk_forms import Sheet, sheet
from tests.desk_rooms import STORY, BusyRoom

PLAIN = {
    "open": {},
    f"stories/{STORY}/revise": {},
    f"stories/{STORY}/d1/correct": {"level": "correction", "note": "We misheard."},
    f"stories/{STORY}/d1/correct?fact=0": {"note": "We misheard."},
}
"""The forms whose headline stands alone, each with what else it needs."""


@pytest.fixture
def room(tmp_path: Path) -> BusyRoom:
    return BusyRoom(tmp_path / "room")


@pytest.mark.parametrize("outcome", ["met", "missed", "moved"])
def test_headline_of_an_outcome_is_read_as_one_line(room: BusyRoom, outcome: str) -> None:
    form = sheet(room.editor, f"due/{STORY}/ferries?outcome={outcome}")
    screen = form.send(headline="Ferries @Ana Ruiz, chief (Port) #depth=-2:metres", due="2026-03-09")
    report = room.story.developments[-1].report
    assert screen.status == 303
    assert report is not None
    assert (report.headline, report.said_by[0].org, report.facts[0].value) == ("Ferries", "Port", -2)


def test_headline_of_a_voice_is_read_as_one_line(room: BusyRoom) -> None:
    form = sheet(room.editor, f"stories/{STORY}/facts/hurt", number=1)
    screen = form.send(kind="again", headline="Clinic says so @-, doctor (Clinic) #depth=-2:metres")
    report = room.story.developments[-1].report
    assert screen.status == 303
    assert report is not None
    assert (report.headline, report.said_by[0].org) == ("Clinic says so", "Clinic")
    assert {claim.key for claim in report.facts} == {"depth", "hurt"}


@pytest.mark.parametrize("path", PLAIN)
def test_mark_in_a_headline_that_stands_alone_is_refused(room: BusyRoom, path: str) -> None:
    version = room.story.version
    screen = sheet(room.editor, path).send(headline="Reservoir falls #reservoir=-2:metres", **PLAIN[path])
    assert (screen.status, "'#reservoir=-2:metres' is a mark" in screen.words) == (422, True)
    assert 'id="headline-problem"' in screen.text
    assert room.story.version == version
    again = Sheet(room.editor, screen).send(headline='"Reservoir falls #reservoir=-2:metres"')
    assert again.status == 303


@pytest.mark.parametrize(("typed", "headline"), [('"He wrote #hurt=2"', "He wrote #hurt=2"), ('"We win"', '"We win"')])
def test_correction_in_quotes_is_published_as_text(room: BusyRoom, typed: str, headline: str) -> None:
    form = sheet(room.editor, f"stories/{STORY}/d1/correct")
    assert form.send(headline=typed, level="correction", note="We misheard.").status == 303
    assert room.story.developments[0].report.headline == headline  # type: ignore[union-attr]

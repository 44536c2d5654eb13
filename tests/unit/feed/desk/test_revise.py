"""A story itself at the desk: what it says of itself is revised, and it is closed and reopened."""

from pathlib import Path

import pytest

from events import commands
from events.model.events import StoryRevised
from tests.desk_forms import Sheet, sheet
from tests.desk_rooms import STORY, BusyRoom
from tests.sites import record

PAGE = f"stories/{STORY}/"


class Room(BusyRoom):
    """A busy newsroom, and the forms of its story."""

    def sheet(self, act: str = "revise") -> Sheet:
        return sheet(self.editor, f"{PAGE}{act}")

    @property
    def last(self) -> StoryRevised:
        with self.newsroom.ledger() as ledger:
            *_, recorded = ledger.events(STORY)
        assert isinstance(recorded.event, StoryRevised)
        return recorded.event


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


def test_revision_records_only_what_differs(room: Room) -> None:
    form = room.sheet()
    assert (form.values["headline"], form.values["subjects"]) == ("Fire at the harbour", "fire")
    assert form.send(headline="Harbour fire: two hurt").status == 303
    assert room.last.model_dump(exclude_defaults=True, include={"headline", "summary", "subjects", "origins"}) == {
        "headline": "Harbour fire: two hurt"
    }


def test_revision_says_who_speaks_for_whom(room: Room) -> None:
    assert room.sheet().send(origins="Port=Port Authority, Harbour office", subjects="fire, port").status == 303
    assert room.last.origins == {"Port": ("Port Authority", "Harbour office")}
    assert room.story.subjects == ("fire", "port")
    assert room.sheet().values["origins"] == "Port=Port Authority, Harbour office"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "the revision changes nothing"),
        ({"summary": ""}, "The summary can be replaced, but not removed."),
        ({"origins": "Port"}, "missing the origin"),
        ({"language": "Klingon!"}, "BCP 47"),
        ({"headline": "New", "embargoed_until": "soon"}, "soon"),
    ],
)
def test_revision_that_is_refused_keeps_its_text(room: Room, fields: dict[str, str], words: str) -> None:
    screen = room.sheet().send(**fields)
    assert screen.status == 422
    assert words in " ".join(screen.text.split())
    assert Sheet(room.editor, screen).values.items() >= fields.items()


def test_revision_of_what_was_revised_meanwhile_shows_that(room: Room) -> None:
    form = room.sheet()
    record(room.site, commands.revise_story(STORY, summary="A warehouse and a shed burned.", subjects=["port"]))
    screen = form.send(headline="Harbour fire")
    assert (screen.status, "Topics: fire → port" in screen.words) == (409, True)
    again = Sheet(room.editor, screen)
    assert (again.values["headline"], again.values["subjects"]) == ("Harbour fire", "port")
    assert again.send().status == 303
    assert (room.story.headline, room.story.subjects) == ("Harbour fire", ("port",))


def test_revision_beside_a_report_is_no_conflict(room: Room) -> None:
    form = room.sheet()
    record(room.site, commands.report(STORY, "Quay 5 closed"))
    assert [form.send(headline="Harbour fire").status for _ in range(2)] == [303, 303]


def test_story_is_closed_and_reopened(room: Room) -> None:
    form = room.sheet("close")
    assert "Ferries run again" in form.screen.words
    assert form.send(reason="The fire is out.").status == 303
    screen = room.editor.get(PAGE)
    assert ("The closing of the story" in screen.words, 'name="headline"' in screen.text) == (True, False)
    assert room.sheet("reopen").send().status == 303
    assert 'name="headline"' in room.editor.get(PAGE).text


def test_closing_is_undone_within_its_window(room: Room) -> None:
    room.site.publish()
    room.sheet("close").send()
    undo = sheet(room.editor, PAGE)
    assert room.editor.post(f"{PAGE}undo", undo.values).status == 303
    assert room.story.status == "open"


@pytest.mark.parametrize(("act", "words"), [("close", "already closed"), ("reopen", "not closed")])
def test_act_that_would_be_refused_says_so_at_once(room: Room, act: str, words: str) -> None:
    if act == "close":
        record(room.site, commands.close_story(STORY))
    screen = room.editor.get(f"{PAGE}{act}")
    assert (screen.status, words in screen.words) == (422, True)


def test_report_into_a_story_closed_meanwhile_keeps_its_text(room: Room) -> None:
    form = sheet(room.editor, PAGE)
    record(room.site, commands.close_story(STORY))
    screen = form.send(headline="Quay 5 closed")
    assert (screen.status, "closed to new reports" in screen.words) == (422, True)
    assert Sheet(room.editor, screen).values["headline"] == "Quay 5 closed"


def test_retracted_report_leads_to_its_substitute_and_redaction(room: Room) -> None:
    record(room.site, commands.retract(STORY, "d1", "It was of another fire."))
    row = room.editor.get(PAGE).text.partition('id="d1"')[2]
    assert ('href="d1/retract"' in row, 'href="d1/redact"' in row, 'href="d1/hold"' in row) == (True, True, False)
    form = room.sheet("d1/retract")
    assert (form.screen.status, form.values["reason"]) == (200, "It was of another fire.")
    assert form.send(substitute="d2").status == 303
    assert room.story.development("d1").substitute == "d2"  # type: ignore[union-attr]

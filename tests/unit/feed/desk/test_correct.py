"""Correcting at the desk: one thing at a time, old beside new."""

import re
from pathlib import Path

import pytest

from events import commands
from events.fold.state import Story
from feed.desk import parts
from feed.newsroom import Newsroom
from tests.desk_forms import Sheet, sheet
from tests.editor import Editor, editor_at
from tests.sites import a_site, record

HURT = {"key": "hurt", "value": 2, "unit": "people", "literal": "a pair"}
CAUSE = {"key": "cause", "value": "a blackout"}


class Room:
    """A newsroom with one report, and an editor in it."""

    def __init__(self, folder: Path) -> None:
        self.site, _ = a_site(folder, "fire")
        report = commands.report(
            "fire",
            "Two hurt",
            development="d2",
            body="In the *shed*.",
            said_by=["Ana Ruiz, fire chief (Port)"],
            sources=[{"name": "Radio", "url": "https://radio.example/1", "title": "Fire"}],
            facts=[HURT, CAUSE],
        )
        record(self.site, report)
        self.newsroom = Newsroom.open(self.site.folder, clock=self.site.clock)
        self.editor: Editor = editor_at(self.newsroom)

    def sheet(self, query: str = "") -> Sheet:
        return sheet(self.editor, f"stories/fire/d2/correct{query}")

    @property
    def story(self) -> Story:
        with self.newsroom.ledger() as ledger:
            return ledger.story("fire")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


def test_fact_shows_its_old_value_and_a_note(room: Room) -> None:
    form = room.sheet("?fact=0")
    assert form.values["value"] == "2"
    assert form.values["note"] == "Hurt was given as 2 people (“a pair”)."


def test_note_is_in_the_language_of_the_story(room: Room) -> None:
    record(
        room.site, commands.revise_story("fire", language="de", facts={"hurt": {"label": "Die Zahl der Verletzten"}})
    )
    note = room.sheet("?fact=0").values["note"]
    assert note == "Die Zahl der Verletzten wurde mit 2 people („a pair“) angegeben."


def test_corrected_fact_is_published_as_a_correction(room: Room) -> None:
    screen = room.sheet("?fact=0").send(value="3")
    made = room.story.corrections[0]
    assert (screen.status, screen.headers["location"]) == (303, "../../../stories/fire/#d2")
    assert (made.field, made.level, made.note) == ("facts", "correction", "Hurt was given as 2 people (“a pair”).")
    assert room.story.facts["hurt"].fact.current.value == 3  # type: ignore[union-attr]
    assert room.story.facts["cause"].fact.current.value == "a blackout"  # type: ignore[union-attr]


def test_what_no_field_shows_of_a_part_stays(room: Room) -> None:
    room.sheet().send(
        sources="Radio https://radio.example/1\nTV", headline="Two people hurt", level="correction", note="n"
    )
    first, second = room.story.development("d2").report.sources  # type: ignore[union-attr]
    assert (first.title, second.name) == ("Fire", "TV")


def test_text_asks_what_kind_of_mistake_it_is(room: Room) -> None:
    screen = room.sheet().send(headline="Two badly hurt", note="It was unclear.")
    assert (screen.status, "what kind of mistake" in screen.words) == (422, True)
    assert not room.story.corrections
    again = Sheet(room.editor, screen)
    assert again.values["headline"] == "Two badly hurt"
    assert again.send(level="clarification").status == 303
    assert [made.level for made in room.story.corrections] == ["clarification"]


def test_all_that_is_wrong_is_said_at_once(room: Room) -> None:
    screen = room.sheet().send(happened="tomorrow", said_by="Ana Ruiz) (Port")
    for name in ("happened", "level"):
        assert f'id="{name}-problem"' in screen.text
    assert Sheet(room.editor, screen).values["happened"] == "tomorrow"


def test_typo_in_a_name_says_what_to_choose_in_words_of_the_form(room: Room) -> None:
    words = room.sheet().send(said_by="Ana Ruíz, chief (Port)", level="typo").words
    assert "A typo changes only the headline, the text and the pictures. Choose clarification or correction" in words
    assert "said_by" not in words


def test_space_around_a_text_is_no_change(room: Room) -> None:
    record(room.site, commands.correct("fire", "d2", {"body": "  In the shed.\n\n"}, "The shed is meant."))
    screen = room.sheet().send(level="clarification", note="Nothing.")
    assert (screen.status, "You have not changed anything yet." in screen.words) == (422, True)


def test_refusal_of_a_rule_stands_beside_its_field(room: Room) -> None:
    screen = room.sheet().send(headline="Five hurt", level="typo")
    problem = re.search(r'<fieldset.*?What kind.*?class="problem"[^>]*>([^<]*)', screen.text, re.DOTALL)
    assert problem is not None
    assert "changes too much for a typo" in problem[1]


def test_form_that_is_sent_twice_is_recorded_once(room: Room) -> None:
    form = room.sheet("?fact=0")
    assert [form.send(value="3").status, form.send(value="3").status] == [303, 303]
    assert len(room.story.corrections) == 1


def test_form_that_says_something_else_after_back_keeps_its_text(room: Room) -> None:
    form = room.sheet("?fact=0")
    form.send(value="3")
    screen = form.send(value="4")
    again = Sheet(room.editor, screen)
    assert (screen.status, again.values["value"]) == (422, "4")
    assert again.send().status == 409  # what was looked at is what the first one changed
    assert len(room.story.corrections) == 1


def test_conflict_shows_what_changed_and_keeps_the_text(room: Room) -> None:
    form = room.sheet()
    record(room.site, commands.correct("fire", "d2", {"body": "In the shed."}, level="typo"))
    screen = form.send(headline="Two men hurt", level="clarification", note="Said who.")
    again = Sheet(room.editor, screen)
    assert (screen.status, "Somebody changed this" in screen.words) == (409, True)
    assert (again.values["headline"], again.values["body"]) == ("Two men hurt", "In the shed.")
    assert again.send().status == 303
    report = room.story.development("d2").report  # type: ignore[union-attr]
    assert (report.headline, report.body) == ("Two men hurt", "In the shed.")  # type: ignore[union-attr]


def test_correction_undone_meanwhile_is_not_recorded_again(room: Room) -> None:
    record(room.site, commands.correct("fire", "d2", {"body": "In the hall."}, "The hall is meant.", id="hall"))
    form = room.sheet()
    record(room.site, commands.undo("fire", event="hall"))
    assert form.send(headline="Two men hurt", level="clarification", note="Said who.").status == 303
    [correction] = room.story.corrections
    assert correction.field == "headline"


def test_conflict_says_who_corrected_what(room: Room) -> None:
    """The change alone repeats the headline, which both editors left as it was."""
    form = room.sheet()
    room.sheet("?fact=0").send(value="3")
    typo = commands.correct("fire", "d2", {"body": "In the shed."}, level="typo", actor="ben")
    record(room.site, typo)
    words = form.send(headline="Two men hurt", level="clarification", note="Said who.").words
    assert ": Hurt was given as 2 people (“a pair”)." in words
    assert "ben: body" in words


def test_report_beside_what_is_corrected_is_no_conflict(room: Room) -> None:
    form = room.sheet("?fact=0")
    record(room.site, commands.report("fire", "Ferries stop", facts=[{"key": "ferries", "value": False}]))
    assert form.send(value="3").status == 303


def test_text_outlives_a_retraction_of_what_it_corrects(room: Room) -> None:
    form = room.sheet("?fact=0")
    record(room.site, commands.retract("fire", "d2", "It was of another fire."))
    screen = form.send(value="7")
    again = Sheet(room.editor, screen)
    assert (screen.status, again.values["value"]) == (409, "7")
    screen = again.send()
    assert (screen.status, Sheet(room.editor, screen).values["value"]) == (422, "7")


def test_fact_can_be_removed(room: Room) -> None:
    assert room.sheet("?fact=1").send(remove="yes").status == 303
    assert [claim.key for claim in room.story.development("d2").report.facts] == ["hurt"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": "about 5"}, "4..6"),
        ({"value": "1,200"}, "without separators: 1200"),
        ({"value": "maybe", "kind": "truth"}, "neither yes nor no"),
        ({"value": "soon", "kind": "date"}, "2026"),
        ({"value": ""}, "asserts nothing"),
    ],
)
def test_value_that_is_none_of_its_kind_is_refused(room: Room, fields: dict[str, str], words: str) -> None:
    screen = room.sheet("?fact=0").send(**fields)
    assert (screen.status, words in screen.words) == (422, True), screen.words
    assert Sheet(room.editor, screen).values["value"] == fields["value"]


@pytest.mark.parametrize(
    "path", ["stories/fire/d9/correct", "stories/fire/d2/correct?fact=9", "stories/fire/d2/correct?fact=x"]
)
def test_correction_of_what_is_not_there_is_not_found(room: Room, path: str) -> None:
    assert room.editor.get(path).status == 404


def test_fact_and_headline_are_corrected_together(room: Room) -> None:
    form = room.sheet("?fact=0")
    assert form.values["headline"] == "Two hurt"
    assert form.send(value="3", headline="Three hurt").status == 303
    assert {made.field: made.level for made in room.story.corrections} == dict.fromkeys(
        ("headline", "facts"), "correction"
    )


def test_date_of_a_promise_is_corrected_in_its_line(room: Room) -> None:
    promise = {"id": "ferries", "what": "Ferries run again", "due": "2026-03-09", "condition": "if it is calm"}
    record(room.site, commands.correct("fire", "d2", {"expects": [promise]}, "We had left it out."))
    form = room.sheet()
    assert form.values["expects"] == "ferries: Ferries run again @ 2026-03-09"
    due = form.values["expects"].replace("09", "12")
    assert form.send(expects=due, level="correction", note="It was another day.").status == 303
    expected = room.story.expectation("ferries")
    assert expected is not None
    assert (parts.when_text(expected.due), expected.condition) == ("2026-03-12", "if it is calm")


def test_further_field_that_is_wrong_is_shown(room: Room) -> None:
    screen = room.sheet().send(quotes="Nobody said this", level="correction", note="n")
    assert (screen.status, "missing &#39;:&#39; after the speaker" in screen.text) == (422, True)
    assert "<details open>" in screen.text


def test_forecast_in_a_corrected_fact_is_refused(room: Room) -> None:
    screen = room.sheet("?fact=0").send(as_of="2099-01-01")
    assert "which is after it was reported" in screen.words

"""The inbox at the desk: each field beside its evidence; taken, dropped, or added to what it reprints."""

from dataclasses import replace
from pathlib import Path

import pytest

from events import commands
from events.fold.state import Story
from feed.intake.inbox import Inbox
from feed.newsroom import Newsroom
from feed.reading.model import Field, Text
from tests.desk import FIRE, DeskRunner
from tests.desk_forms import Sheet, sheet
from tests.editor import Editor, Screen, editor_at
from tests.reprints import Event, reprint
from tests.tables import MAP, csv_text

WHOLE = Event(7).article(2)
SENTENCE = "Two people were hurt, said Ana Ruiz, fire chief of the port."
FIELDS = (
    Field("source.name", "Port Post", "Port Post", "its name in the page"),
    Field("source.url", "https://post.example/1", "", "its address"),
    Field("said_by", "Ana Ruiz, fire chief (Port)", "said Ana Ruiz, fire chief of the port", "NAME, ROLE of ORG"),
    Field("facts", {"key": "hurt", "value": 2, "unit": "people"}, "Two people were hurt", "NUMBER people were VERB"),
    Field("question", "Which pier?", "near the pier", "a place without a name"),
)
ITEM = Text(
    kind="item",
    address="https://post.example/feed",
    name="1",
    title="Port fire: TWO HURT",
    link="https://post.example/1",
    text=f"It burns near the pier.\n\nAt nine it began. {SENTENCE} More follows.",
    fields=FIELDS,
)


class Room(DeskRunner):
    """A newsroom with an open story, an inbox, and an editor."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.record(commands.open_story(FIRE, "Fire at the harbour"))
        self.newsroom = Newsroom.open(self.site.folder, clock=self.site.clock)
        self.browser: Editor = editor_at(self.newsroom)

    def add(self, text: Text, story: str = FIRE) -> int:
        with Inbox(self.site.folder) as box:
            return box.add(text, story=story, at=self.clock.now) or 0

    def sheet(self, number: int = 1, form: int = 0) -> Sheet:
        return sheet(self.browser, f"inbox/{number}", form)

    @property
    def list_words(self) -> str:
        return self.browser.get("inbox").words

    @property
    def story(self) -> Story:
        with self.newsroom.ledger() as ledger:
            return ledger.story(FIRE)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def leads_to(screen: Screen) -> tuple[int, str]:
    return screen.status, screen.headers.get("location", "")


def test_draft_shows_each_field_beside_its_sentence_marked(room: Room) -> None:
    room.add(ITEM)
    assert "Port fire: TWO HURT" in room.list_words
    screen = room.sheet().screen
    assert "<mark>Two people were hurt</mark>, said Ana Ruiz" in screen.text
    assert "Fact: Hurt: 2 people" in screen.words
    assert "Question: Which pier?" in screen.words


def test_headline_is_ours_and_nothing_is_taken_unread(room: Room) -> None:
    room.add(ITEM)
    form = room.sheet()
    assert form.values["headline"] == ""
    assert not any(name.startswith("take-") for name in form.values)


def test_taken_draft_records_what_was_ticked_and_its_source(room: Room) -> None:
    room.add(ITEM)
    screen = room.sheet().send(act="take", headline="Fire chief counts two hurt", **{"take-3": "yes"})
    assert leads_to(screen) == (303, f"../stories/{FIRE}/#d1")
    report = room.story.developments[0].report
    assert report is not None
    assert (report.sources[0].name, report.said_by) == ("Port Post", ())
    assert [claim.key for claim in report.facts] == ["hurt"]
    assert "Nothing waits" in room.list_words


def test_headline_of_a_draft_is_read_as_one_line(room: Room) -> None:
    room.add(ITEM)
    line = "Reservoir falls two metres @Ben Ito (Waterworks) #reservoir=-2:metres"
    screen = room.sheet().send(act="take", headline=line, **{"take-2": "yes", "take-3": "yes"})
    report = room.story.developments[0].report
    assert (screen.status, report is not None) == (303, True)
    assert report is not None
    assert report.headline == "Reservoir falls two metres"
    assert [(claim.key, claim.value) for claim in report.facts] == [("reservoir", -2), ("hurt", 2)]
    assert [speaker.name for speaker in report.said_by] == ["Ben Ito", "Ana Ruiz"]


def test_mark_that_says_nothing_is_refused_in_the_inbox(room: Room) -> None:
    room.add(ITEM)
    screen = room.sheet().send(act="take", headline="Reservoir falls #reservoir=two:metres")
    assert (screen.status, "'two' is not a number" in screen.words) == (422, True)
    assert Sheet(room.browser, screen).values["headline"] == "Reservoir falls #reservoir=two:metres"
    assert room.story.developments == ()


def test_draft_that_is_taken_twice_is_recorded_once(room: Room) -> None:
    room.add(ITEM)
    form = room.sheet()
    assert [form.send(act="take", headline="Two hurt").status for _ in range(2)] == [303, 303]
    assert len(room.story.developments) == 1


def test_draft_whose_report_was_undone_is_taken_again(room: Room) -> None:
    room.add(ITEM)
    room.sheet().send(act="take", headline="Two hurt")
    undone = room.browser.post(f"stories/{FIRE}/undo", {"development": "d1"})
    assert (undone.status, room.story.developments) == (303, ())
    assert "1 draft waits" in room.browser.get("").words
    assert "Port fire: TWO HURT" in room.list_words
    form = room.sheet()
    assert [form.send(act="take", headline="Two are hurt").status for _ in range(2)] == [303, 303]
    assert [item.report.headline for item in room.story.developments if item.report] == ["Two are hurt"]
    assert "Nothing waits" in room.list_words


def test_draft_that_somebody_else_took_keeps_the_text(room: Room) -> None:
    room.add(ITEM)
    form = room.sheet()
    room.output("take", "1", "--headline", "Two are hurt")
    screen = form.send(act="take", headline="Two hurt at the port")
    assert (screen.status, "somebody else took draft 1" in screen.words) == (422, True)
    assert Sheet(room.browser, screen).values["headline"] == "Two hurt at the port"
    assert len(room.story.developments) == 1


def test_draft_without_headline_or_story_is_refused_with_all_text(room: Room) -> None:
    room.add(ITEM, story="")
    screen = room.sheet().send(act="take", headline="Two hurt", body="At nine.")
    assert (screen.status, 'id="story-problem"' in screen.text) == (422, True)
    again = Sheet(room.browser, screen)
    assert (again.values["headline"], again.values["body"]) == ("Two hurt", "At nine.")
    assert again.send(act="take", headline="", story=FIRE).status == 422
    assert again.send(act="take", story=FIRE).status == 303


def test_dropped_draft_records_nothing(room: Room) -> None:
    room.add(ITEM)
    form = room.sheet()
    assert leads_to(form.send(act="drop")) == (303, "../inbox")
    assert room.story.developments == ()
    assert form.send(act="take", headline="Two hurt").status == 422


def test_reprint_is_the_same_source_and_adds_its_outlet(room: Room) -> None:
    one = Text(kind="article", address="https://a.example/", name="a", text=WHOLE, fields=FIELDS[:1])
    other = Text(kind="article", address="https://b.example/", name="b", text=reprint(WHOLE, 4))
    room.add(one)
    room.sheet().send(act="take", headline="Fire in the old wing")
    room.add(other)
    form = room.sheet(2)
    assert f"Another printing of {FIRE}, d1" in form.screen.words
    assert "does not say who printed it" in form.send(act="reprint").words
    assert form.send(act="reprint", outlet="Harbour Radio").status == 303
    assert room.story.developments[0].report.sources[0].via == ("Harbour Radio",)  # type: ignore[union-attr]


def test_reporters_draft_comes_with_its_own_headline(room: Room) -> None:
    room.add(Text(kind="item", address="desk", name="ben", title="Two hurt", text="I saw it.", note="Written by ben."))
    form = room.sheet()
    assert (form.values["headline"], form.values["body"]) == ("Two hurt", "I saw it.")
    assert form.send(act="take").status == 303


def test_reporters_draft_of_no_story_is_taken_into_one_that_is_chosen(room: Room) -> None:
    room.add(Text(kind="draft", address="desk", name="ben", title="Two hurt", note="Written by ben."), story="harbor")
    screen = room.sheet().send(act="take")
    assert (screen.status, "Choose one." in screen.words, "names harbor, which is no story" in screen.words) == (
        422,
        True,
        True,
    )
    assert leads_to(Sheet(room.browser, screen).send(act="take", story=FIRE)) == (303, f"../stories/{FIRE}/#d1")


def test_row_that_vanished_is_retracted_by_a_chief(room: Room, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    (room.site.folder / "sync.toml").write_text(MAP, encoding="utf-8")
    for rows in ({"A": "Woman detained", "B": "Man detained"}, {"A": "Woman detained"}):
        text = csv_text({name: {"What": what, "Status": "held"} for name, what in rows.items()})
        table.write_text(text, encoding="utf-8")
        room.output("sync", str(table))
    assert "row gone: Man detained" in room.list_words
    screen = room.sheet(1, form=1).send(act="retract", reason="The row was a duplicate.")
    assert screen.status == 303
    assert "Nothing waits" in room.list_words


def test_hostile_draft_is_text(room: Room) -> None:
    script = "<script>alert(1)</script>"
    field = Field("said_by", f"{script} (Port)", script, script)
    room.add(
        Text(
            kind="item",
            address=script,
            name="x",
            title=script,
            link="javascript:alert(1)",
            text=script,
            fields=(field,),
        )
    )
    screen = room.sheet().screen
    assert "<script>alert" not in screen.text + room.browser.get("inbox").text
    assert 'href="javascript:' not in screen.text
    assert screen.status == 200


def test_draft_that_does_not_exist_says_so(room: Room) -> None:
    assert "there is no draft 9" in room.browser.get("inbox/9").words


SPOKEN = {"text": "Two people were hurt.", "speaker": {"org": "Port"}}


def test_statement_is_put_into_the_text_and_its_speaker_taken(room: Room) -> None:
    room.add(replace(ITEM, fields=(Field("statement", SPOKEN, SENTENCE, "NAME said …"),) * 2))
    screen = room.sheet().send(act="words-0", headline="Two hurt", body="At nine.")
    form = Sheet(room.browser, screen)
    assert (screen.status, room.story.developments) == (200, ())
    assert (form.values["body"], form.values["take-0"]) == ("At nine.\n\nTwo people were hurt.", "yes")
    assert form.send(act="take", **{"take-1": "yes"}).status == 303
    report = room.story.developments[0].report
    assert report is not None
    assert ([speaker.org for speaker in report.said_by], report.body) == (["Port"], form.values["body"])


@pytest.mark.parametrize("act", ["words-3", "words-9", "words-x"])
def test_statement_that_is_none_fills_nothing(room: Room, act: str) -> None:
    room.add(ITEM)
    assert "has no such statement" in room.sheet().send(act=act).words


def test_advice_is_read_as_words(room: Room) -> None:
    differing = {"key": "hurt", "recorded": "2 people", "text": "3 of 9"}
    fields = (
        Field("statement", SPOKEN, SENTENCE, "NAME said …"),
        Field("date", {"edtf": "2026-12-15", "literal": "15 December"}, SENTENCE, "a day of a month"),
        Field("differs", differing, SENTENCE, "another number"),
    )
    room.add(replace(ITEM, fields=fields))
    words = room.sheet().screen.words
    assert "Statement: “Two people were hurt.” (Port)" in words
    assert "Date: 15 December" in words
    assert "Differs: 3 of 9 here, 2 people recorded" in words
    assert "{" not in words

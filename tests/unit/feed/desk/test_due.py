"""Promises at the desk: of all stories, each settled by one key and a report."""

from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.fold.expectations import Expected
from feed.newsroom import Newsroom
from tests.desk_forms import Sheet, sheet
from tests.desk_rooms import STORY, BusyRoom
from tests.editor import editor_at
from tests.sites import a_site, record


class Room(BusyRoom):
    """A busy newsroom, and the forms of its promises."""

    def sheet(self, outcome: str, promise: str = "ferries") -> Sheet:
        return sheet(self.editor, f"due/{STORY}/{promise}?outcome={outcome}")

    def expected(self, promise: str = "ferries") -> Expected:
        expected = self.story.expectation(promise)
        assert expected is not None
        return expected


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


def test_promises_of_all_stories_are_listed_by_urgency(room: Room) -> None:
    words = room.editor.get("due").words
    positions = [words.index(what) for what in ("Talks begin", "Ferries run again", "The port publishes", "A fund")]
    assert positions == sorted(positions)
    assert words.startswith("Promises Talks begin Overdue")


def test_promises_in_the_same_words_are_told_apart_by_the_headlines_of_their_reports(room: Room) -> None:
    for name, headline in (("mill", "Mill Road"), ("quay", "Quay Street")):
        record(room.site, commands.report(STORY, headline, expects=[{"id": name, "what": "The road is paved"}]))
    words = room.editor.get("due").words
    assert "Mill Road: The road is paved" in words
    assert "Quay Street: The road is paved" in words


def test_settled_promise_is_listed_no_more(room: Room) -> None:
    assert room.sheet("cancelled").send().status == 303
    assert "Ferries run again" not in room.editor.get("due").words


@pytest.mark.parametrize("outcome", ["met", "partly_met", "missed", "cancelled"])
def test_one_key_settles_a_promise_with_a_headline_proposed(room: Room, outcome: str) -> None:
    form = room.sheet(outcome)
    assert form.values["headline"].startswith("Ferries run again: ")
    screen = form.send(said_by="Ana Ruiz, spokeswoman (Blue Line)", sources="Radio https://radio.example/2")
    assert (screen.status, screen.headers["location"]) == (303, f"../../due?recorded={STORY}")
    assert (room.expected().outcome or "").startswith(outcome)


def test_headline_proposed_for_another_outcome_follows_the_one_chosen(room: Room) -> None:
    assert room.sheet("met").send(outcome="missed").status == 303
    assert room.story.developments[-1].report.headline == "Ferries run again: missed"  # type: ignore[union-attr]


def test_headline_of_ones_own_stays_whatever_the_outcome(room: Room) -> None:
    assert room.sheet("met").send(outcome="missed", headline="No ferries: met by nobody").status == 303
    assert room.story.developments[-1].report.headline == "No ferries: met by nobody"  # type: ignore[union-attr]


def test_outcome_that_was_sent_can_be_undone_beside_the_promises(room: Room) -> None:
    room.site.publish()
    address = room.sheet("met").send().headers["location"].removeprefix("../../")
    screen = room.editor.get(address)
    assert "Not published yet The report d5: Ferries run again: met" in screen.words
    assert room.editor.post(f"stories/{STORY}/undo", Sheet(room.editor, screen).values).status == 303
    assert room.expected().outcome is None
    assert room.editor.get("due?recorded=none").status == 200


def test_moved_promise_needs_its_new_date(room: Room) -> None:
    screen = room.sheet("moved").send(headline="Ferries: later")
    assert (screen.status, 'id="due-problem"' in screen.text) == (422, True)
    again = Sheet(room.editor, screen)
    assert again.values["headline"] == "Ferries: later"
    assert again.send(due="2026-03-09").status == 303
    assert room.expected().due.edtf == "2026-03-09"  # type: ignore[union-attr]


def test_outcome_needs_the_words_that_the_rules_demand(room: Room) -> None:
    screen = room.sheet("met").send(headline="", body="They ran at noon.")
    assert (screen.status, 'id="headline-problem"' in screen.text) == (422, True)
    assert Sheet(room.editor, screen).values["body"] == "They ran at noon."
    assert room.expected().outcome is None


def test_what_nobody_chose_is_asked_for(room: Room) -> None:
    screen = sheet(room.editor, f"due/{STORY}/ferries").send(headline="Ferries")
    assert (screen.status, "what became of it" in screen.words) == (422, True)


def test_outcome_that_is_sent_twice_is_recorded_once(room: Room) -> None:
    form = room.sheet("met")
    assert [form.send().status, form.send().status] == [303, 303]
    with room.newsroom.ledger() as ledger:
        assert len(ledger.story(STORY).developments) == 5


def test_promise_that_was_settled_meanwhile_shows_that(room: Room) -> None:
    form = room.sheet("missed")
    record(room.site, commands.report(STORY, "They run", resolves=[{"expectation": "ferries", "outcome": "met"}]))
    screen = form.send()
    assert (screen.status, "Somebody changed this" in screen.words) == (409, True)
    assert Sheet(room.editor, screen).values["headline"] == "Ferries run again: missed"


def test_promise_under_embargo_is_marked(room: Room) -> None:
    until = room.clock() + timedelta(days=2)
    promise = {"id": "trial", "what": "The trial begins", "due": "2026-05-01"}
    record(room.site, commands.report(STORY, "Trial set", expects=[promise], embargoed_until=until))
    assert "1 May 2026 · under embargo" in room.editor.get("due").words


def test_headlines_under_embargo_are_marked_beside_promises(room: Room) -> None:
    until = room.clock() + timedelta(days=2)
    record(room.site, commands.revise_story(STORY, headline="Fire was set", embargoed_until=until))
    words = room.editor.get("due").words
    assert "Fire was set (under embargo)" in words
    room.clock.go(until + timedelta(seconds=1))
    assert "(under embargo)" not in room.editor.get("due").words


@pytest.mark.parametrize("path", [f"due/{STORY}/none", "due/none/ferries"])
def test_promise_that_does_not_exist_is_not_found(room: Room, path: str) -> None:
    assert room.editor.get(path).status == 404


def test_nothing_awaited_is_said(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path / "quiet", "fire")
    assert "Nothing is awaited." in editor_at(Newsroom.open(site.folder, clock=site.clock)).get("due").words

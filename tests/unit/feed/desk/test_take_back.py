"""Hold, retract and redact at the desk: what readers will see, then why, then at once."""

from pathlib import Path
from urllib.parse import quote

import pytest

from events import commands
from events.fold.state_parts import Development
from tests.desk_forms import Sheet, sheet
from tests.desk_rooms import STORY, BusyRoom
from tests.people import person_at, with_address
from tests.sites import record


class Room(BusyRoom):
    """A busy newsroom that has published, and a chief in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clock.go("2026-03-02T09:00:00Z")

    def sheet(self, act: str, development: str = "d1") -> Sheet:
        return sheet(self.editor, f"stories/{STORY}/{development}/{act}")

    def development(self, name: str = "d1") -> Development:
        development = self.story.development(name)
        assert development is not None
        return development


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


@pytest.mark.parametrize("act", ["hold", "retract", "redact"])
def test_screen_says_what_readers_will_see(room: Room, act: str) -> None:
    words = room.sheet(act).screen.words
    assert "Loses its text Two hurt in a warehouse fire" in words
    assert "Cause: an electrical fault → unknown" in words
    assert "Is edited Hospital counts five hurt" in words
    assert ("Erased from the ledger for good" in words) == (act == "redact")


def test_pictures_that_go_are_named(room: Room) -> None:
    media = [{"url": "https://news.example/quay.jpg", "type": "image/jpeg", "alt": "The quay"}]
    record(room.site, commands.report(STORY, "Seen from the quay", development="d9", media=media))
    assert "1 file or picture goes: https://news.example/quay.jpg" in room.sheet("hold", "d9").screen.words


def test_looking_records_nothing(room: Room) -> None:
    with room.newsroom.ledger() as ledger:
        before = ledger.head()
    room.sheet("redact")
    with room.newsroom.ledger() as ledger:
        assert ledger.head() == before


def test_difference_is_what_is_published_then(room: Room) -> None:
    """The screen says of each file what the publication does with it."""
    room.site.publish()
    screen = room.sheet("retract").screen
    room.sheet("retract").send(reason="It was of another fire.")
    changed = {path for path in room.site.publish().changed if path.startswith(f"stories/{STORY}/")}
    assert changed - {f"stories/{STORY}/updates.jsonl"} == {path for path in changed if path in screen.text}


def test_embargoed_development_changes_nothing_for_readers(room: Room) -> None:
    assert "Nothing changes for readers: none of this is public." in room.sheet("hold", "d4").screen.words


def test_hold_needs_no_reason(room: Room) -> None:
    assert room.sheet("hold").send().status == 303
    assert room.development().status == "withheld"


def test_retraction_without_a_reason_is_refused_beside_its_field(room: Room) -> None:
    screen = room.sheet("retract").send(substitute="d2")
    assert (screen.status, 'id="reason-problem"' in screen.text) == (422, True)
    assert Sheet(room.editor, screen).send(reason="It was of another fire.").status == 303
    assert (room.development().status, room.development().substitute) == ("canceled", "d2")


def test_redaction_asks_again(room: Room) -> None:
    asked = room.sheet("redact").send(reason="Names a child.", authority="City court")
    assert (asked.status, "for good? It cannot be undone." in asked.words) == (200, True)
    assert not room.development().redacted
    assert Sheet(room.editor, asked).send(sure="yes").status == 303
    assert room.development().redacted


def test_redaction_without_a_reason_is_not_asked_for_again(room: Room) -> None:
    screen = room.sheet("redact").send(authority="City court")
    assert (screen.status, "It cannot be undone." in screen.words) == (422, False)
    assert Sheet(room.editor, screen).values["authority"] == "City court"


def test_hold_of_what_was_corrected_meanwhile_shows_that(room: Room) -> None:
    form = room.sheet("hold")
    record(room.site, commands.correct(STORY, "d1", {"headline": "Three hurt"}, "We misheard."))
    screen = form.send(reason="The hospital does not answer.")
    assert (screen.status, "Somebody changed this" in screen.words) == (409, True)
    assert Sheet(room.editor, screen).values["reason"] == "The hospital does not answer."
    assert Sheet(room.editor, screen).send().status == 303


def test_what_the_rules_refuse_is_said_before_anything_is_typed(room: Room) -> None:
    record(room.site, commands.retract(STORY, "d1", "It was of another fire."))
    screen = room.editor.get(f"stories/{STORY}/d1/hold")
    assert (screen.status, "d1 was retracted" in screen.words) == (422, True)


def test_act_on_what_is_not_there_is_not_found(room: Room) -> None:
    assert room.editor.get(f"stories/{STORY}/d9/retract").status == 404


def test_redaction_asks_for_the_passkey_each_time(room: Room) -> None:
    newsroom = with_address(room.newsroom)
    chief = person_at(newsroom, "eva", "chief")
    path = f"stories/{STORY}/d1/redact"
    assert chief.get(path).headers["location"] == f"../../../confirm?next={quote(path)}"
    chief.confirm()
    asked = Sheet(chief.editor, chief.get(path)).send(reason="Names a child.")
    assert Sheet(chief.editor, asked).send(sure="yes").status == 303
    assert room.development().redacted
    with room.newsroom.ledger() as ledger:
        assert list(ledger.events(STORY))[-1].event.actor == "eva"
    assert chief.get(f"stories/{STORY}/d2/redact").status == 303


@pytest.mark.slow
def test_one_confirmation_is_for_one_redaction(room: Room) -> None:
    chief = person_at(with_address(room.newsroom), "eva", "chief")
    chief.confirm()
    sent = {}
    for name in ("d1", "d2"):
        path = f"stories/{STORY}/{name}/redact"
        asked = Sheet(chief.editor, chief.get(path)).send(reason="Names a child.")
        sent[path] = Sheet(chief.editor, asked).values | {"sure": "yes"}
    screens = chief.editor.post_at_once(sent)
    assert sorted(screen.status for screen in screens) == [303, 403]
    assert [room.development(name).redacted for name in ("d1", "d2")].count(True) == 1


def test_redaction_that_is_sent_twice_is_acknowledged(room: Room) -> None:
    chief = person_at(with_address(room.newsroom), "eva", "chief")
    chief.confirm()
    path = f"stories/{STORY}/d1/redact"
    asked = Sheet(chief.editor, chief.get(path)).send(reason="Names a child.")
    assert [Sheet(chief.editor, asked).send(sure="yes").status for _ in range(2)] == [303, 303]


def test_redaction_without_the_passkey_erases_nothing(room: Room) -> None:
    chief = person_at(with_address(room.newsroom), "eva", "chief")
    screen = chief.post(f"stories/{STORY}/d1/redact", {"reason": "Names a child.", "sure": "yes"})
    assert (screen.status, "Your passkey, please" in screen.words) == (403, True)
    assert not room.development().redacted

"""Each kind of damage to stored rows, in memory."""

from collections.abc import Iterable
from datetime import timedelta
from unittest.mock import Mock

import pytest

from events.integrity.rows import StoryAudit, chain_damage
from events.model.codec import encode
from events.model.events import Recorded
from events.model.rows import FIRST_LINK, linked
from events.store.base import RawRow
from tests.builders import SALT, STORY, Scenario, claim


def stored(events: Iterable[Recorded]) -> list[RawRow]:
    """Return `events` as a ledger stores them, linked."""
    rows: list[RawRow] = []
    link = FIRST_LINK
    for event in events:
        row = encode(event, salt=SALT)
        envelope = row.envelope.encode()
        link = linked(link, envelope)
        rows.append(
            RawRow(
                position=event.position,
                id=event.id.encode(),
                story=STORY.encode(),
                version=event.version,
                envelope=envelope,
                salt=SALT.encode(),
                body=(row.body or "").encode(),
                has_body=True,
                link=link,
            )
        )
    return rows


def damage_of(rows: Iterable[RawRow]) -> list[tuple[int, str]]:
    """Return what is wrong with one story's rows, by position."""
    audit = StoryAudit(STORY)
    damages = [damage for row in rows for damage in audit.take(row)]
    return [(damage.position, damage.message) for damage in (*damages, *audit.finish())]


def a_story() -> Scenario:
    return Scenario().report("d1", claim("hurt", 2)).report("d2", claim("hurt", 3))


def test_sound_story_has_no_damage() -> None:
    rows = stored(a_story().recorded)
    assert damage_of(rows) == []
    assert list(chain_damage(rows)) == []


def test_row_without_link_is_damage() -> None:
    first, second, third = stored(a_story().recorded)
    damages = [(damage.position, damage.message) for damage in chain_damage([first, second._replace(link=None), third])]
    assert damages[0] == (2, "is not linked to the event before it")


def test_missing_row_is_damage() -> None:
    first, _, third = stored(a_story().recorded)
    assert [damage.message for damage in chain_damage([first, third])] == ["is missing"]


def test_row_that_does_not_say_what_was_recorded_is_damage() -> None:
    first, second, third = stored(a_story().recorded)
    moved = "is stored under another position, id, story or version than its envelope says"
    for changed, message in (
        (second._replace(version=3), "is version 3 of its story, after version 1"),
        (second._replace(id=b"another"), moved),
        (second._replace(body=b'{"headline":"Nine hurt"}'), "has a changed text or salt: the digest differs"),
        (second._replace(body=b"{"), "does not hold an event (StoreDamagedError)"),
        (second._replace(salt=None, body=None), "has lost its text, and no redaction says so"),
    ):
        assert (2, message) in damage_of([first, changed, third])


def test_row_recorded_before_the_one_that_precedes_it_is_damage() -> None:
    first, second, third = a_story().recorded
    early = third._replace(recorded_at=first.recorded_at - timedelta(seconds=1))
    assert damage_of(stored([first, second, early])) == [(3, "was recorded before the event that precedes it")]


def test_envelope_not_in_canonical_form_is_damage() -> None:
    first, second, third = stored(a_story().recorded)
    spaced = second._replace(envelope=second.envelope.replace(b'":', b'": '))
    assert damage_of([first, spaced, third]) == [(2, "has an envelope that is not in canonical form")]


def test_missing_body_is_damage() -> None:
    first, second, third = stored(a_story().recorded)
    for without in (second._replace(has_body=False), second._replace(salt=None)):
        assert (2, "has no body") in damage_of([first, without, third])


def test_redacted_text_that_still_exists_is_damage() -> None:
    story = a_story()
    rows = stored([*story.recorded, *story.redact(development="d1").recorded[-1:]])
    assert damage_of(rows) == [(2, "was redacted, but its text is still here")]


def test_event_that_cannot_be_folded_is_damage() -> None:
    class Stubborn(StoryAudit):
        """Folds into nothing: stands for whatever a fold may meet in a ledger that somebody edited."""

        def __init__(self) -> None:
            super().__init__(STORY)
            del self.fold.version

    [first, *_] = stored(a_story().recorded)
    assert [damage.message for damage in Stubborn().take(first)] == ["cannot be folded (AttributeError)"]


def test_story_that_cannot_be_folded_after_an_undo_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Scenario().report("d1").report("d2").undo()
    rows = stored(story.recorded)
    assert damage_of(rows) == []
    monkeypatch.setattr("events.integrity.rows.fold_of", Mock(side_effect=ValueError("odd")))
    assert damage_of(rows) == [(4, "cannot be folded (ValueError)")]

"""Properties of `history.json`: the rows up to any instant give what was public then, in today's words."""

from typing import Any

from hypothesis import given

from events.fold.story import StoryFold
from events.model.edtf import instant
from events.public.sequence import OverdueNotice, PublicStory, public_story
from feed.pages.history import History
from tests.builders import STORY
from tests.pages import rows_of
from tests.properties.growth import entries_of
from tests.properties.player import Step
from tests.properties.strategies import played, runs, step_lists


def applied(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply rows as the page's script does."""
    pieces: dict[str, Any] = {}
    for row in rows:
        pieces |= row.get("set", {})
    return {name: piece for name, piece in pieces.items() if piece is not None}


def pieces_of(history: History, then: PublicStory) -> dict[str, Any]:
    """Return the facts and expectations of a state in the words of `history`."""
    assert then.state is not None
    facts = {
        f"fact:{key}": history.fact(key, item.fact)
        for key, item in then.state.facts.items()
        if not history._entries.is_hidden(key)
    }
    expected = {
        f"expectation:{item.id}": history.expectation(item, then.state.status_of(item))
        for item in then.state.expectations
    }
    return facts | expected


@runs(60, 4_000)
@given(step_lists(archives=False))
def test_rows_up_to_an_instant_give_the_state_at_that_instant(drawn: list[Step]) -> None:
    scenario = played(drawn)
    public = public_story(STORY, scenario.recorded, now=scenario.clock)
    if public.state is None:
        return
    history = History(entries_of(public), public)
    rows = rows_of(history)
    assert [row["n"] for row in rows] == list(range(1, len(public.items) + 1))
    for at in sorted({item.at for item in public.items}):
        then = public_story(STORY, scenario.recorded, now=at)
        pieces = applied([row for row, item in zip(rows, public.items, strict=True) if item.at <= at])
        from_rows = {name: piece for name, piece in pieces.items() if name.startswith(("fact:", "expectation:"))}
        assert _settled(from_rows) == _settled(pieces_of(history, then))


@runs(60, 4_000)
@given(step_lists())
def test_rows_of_an_archive_give_the_state_by_their_dates(drawn: list[Step]) -> None:
    """The fold does not depend on the order of recording: so the items up to a date give what was known by then."""
    public = played(drawn).public()
    if public.state is None or not any(item.backfill for item in public.items):
        return
    history = History(entries_of(public), public)
    every = rows_of(history)
    dated = {row["n"]: row.get("dated", row["at"]) for row in every}
    rows = sorted(every, key=lambda row: dated[row["n"]])
    for date in sorted({*dated.values()}):
        fold = StoryFold(STORY)
        for item in public.items:
            if dated[item.number] <= date and not isinstance(item, OverdueNotice):
                fold.apply(item.recorded, at=item.at)
        then = public._replace(state=fold.state(now=instant(date), public=True))
        pieces = applied([row for row in rows if dated[row["n"]] <= date])
        from_rows = {name: piece for name, piece in pieces.items() if name.startswith(("fact:", "expectation:"))}
        assert _settled(from_rows) == _settled(pieces_of(history, then))


def _settled(pieces: dict[str, Any]) -> dict[str, Any]:
    """Return the pieces with one status for all promises that wait: time alone changes it between two items."""
    waiting = {"open", "pending", "overdue"}
    return {
        name: {**piece, "status": "awaited", "status_words": ""} if piece.get("status") in waiting else piece
        for name, piece in pieces.items()
    }

"""Properties of the archive: it lacks no entry, full pages keep their dates, old reports change no current feed."""

import re
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from events.model.events import Recorded
from events.public.sequence import public_story
from feed.entries.model import Entry
from feed.syndication.archive import Chain
from tests.builders import STORY
from tests.properties.growth import entries_of, files_of
from tests.properties.player import Step, on_scenario, opened
from tests.properties.strategies import VALUES, runs, step_lists, without

PAGES = st.sampled_from((1, 2, 5, 50))
CURRENT = re.compile(r"(.*/)?(feed|corrections)\.\w+|.*/facts/.*")
SETTLING = ("resolves", "expects")
"""What may change the notice of an overdue promise that a feed has carried."""


def pages_of(chain: Chain) -> list[tuple[Entry, ...]]:
    return [chain.page(number) for number in range(1, len(chain.full) + 1)]


@runs(30, 6_000)
@given(step_lists(redactions=True), PAGES)
def test_feed_and_archive_hold_every_entry_as_on_the_page(drawn: list[Step], most: int) -> None:
    """Of entries with one id, the one listed last is the same as on the story's page."""
    scenario = opened()
    on_scenario(scenario).play(drawn)
    public = public_story(STORY, scenario.recorded, now=scenario.clock)
    entries = entries_of(public)
    chain = Chain(entries, public.items, most=most)
    entries_by_id = {entry.id: entry for page in pages_of(chain) for entry in reversed(page)}
    entries_by_id |= {entry.id: entry for entry in reversed(entries.newest(chain.entries_waiting))}
    assert entries_by_id == {plan.id: entries.entry(plan) for plan in entries.plans}
    assert all(0 < len(page) <= most for page in chain.full)
    assert all(len({entry.id for entry in page}) == len(page) for page in pages_of(chain))
    assert chain.entries_waiting <= most


@runs(60, 6_000)
@given(step_lists(), PAGES)
def test_full_pages_change_only_with_a_new_date(drawn: list[Step], most: int) -> None:
    """Without redactions each page keeps its entries, and an entry that changes has a new date."""
    scenario = opened()
    player = on_scenario(scenario)
    before: list[tuple[Entry, ...]] = []
    last = scenario.clock
    for step in drawn:
        recorded = player.take(step)
        if recorded is None:
            continue
        now = player.publish()
        public = public_story(STORY, scenario.recorded, now=now)
        after = pages_of(Chain(entries_of(public), public.items, most=most))
        for former, page in zip(before, after, strict=False):
            assert [entry.id for entry in page] == [entry.id for entry in former]
            for one, other in zip(former, page, strict=True):
                moved = other.model_copy(update={"pinned": one.pinned}) != one
                assert other.touched >= one.touched
                assert not moved or other.touched >= last.replace(microsecond=0)
        assert len(after) >= len(before)
        before, last = after, now


@runs(60, 4_000)
@given(step_lists(archives=False, redactions=True), step_lists(("report",), embargoes=False, most=6))
def test_reports_of_an_archive_change_no_current_feed(drawn: list[Step], old: list[Step]) -> None:
    scenario = opened()
    player = on_scenario(scenario)
    player.play(drawn)
    player.publish()
    news, state = list(scenario.recorded), scenario.public().state
    names = (
        {*VALUES} if state is None else {*state.facts}
    )  # a name that was withdrawn is public again with such a claim
    for step in old:
        claims = [claim for claim in step.fields.get("facts", ()) if claim["key"] in names]
        bare = without(step, *SETTLING)
        player.take(replace(bare, fields={**bare.fields, "facts": claims, "archive": True}))
    now = player.publish()
    assert _current(scenario.recorded, now) == _current(news, now)


def _current(recorded: list[Recorded], now: datetime) -> dict[str, bytes]:
    """Return every current feed."""
    files = files_of(public_story(STORY, recorded, now=now))
    return {file.path: file.data for file in files if CURRENT.fullmatch(file.path)}

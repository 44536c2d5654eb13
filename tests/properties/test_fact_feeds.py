"""Properties of the feeds of facts, over random ledgers."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given, reject

from events import commands
from events.errors import RefusedError
from events.fold.facts import Fact
from events.model.events import DevelopmentHeld, DevelopmentRetracted
from events.model.settings import NO_SETTINGS
from events.model.values import distance, magnitude
from events.public.sequence import PublicItem, PublicStory
from feed.entries.builder import Address
from feed.entries.fact_feed import FactEntries, FactPlanner
from feed.entries.model import Entry
from feed.entries.story import StoryEntries
from tests.builders import BASE_URL, NEWSROOM, STORY
from tests.properties.player import Step, on_scenario, opened
from tests.properties.strategies import VALUES, played, runs, step_lists

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)


def feed_of(public: PublicStory, key: str) -> dict[str, Entry]:
    """Return the entries of a fact's feed by id, the one listed last first."""
    feed = FactEntries(StoryEntries(public, ADDRESS), key, public.items, ADDRESS, most=10_000)
    return {entry.id: entry for entry in feed.newest}


def publications(steps: list[Step]) -> Iterator[PublicStory]:
    """Yield what is public after each step, once anything is."""
    scenario = opened()
    player = on_scenario(scenario)
    for step in steps:
        if player.take(step) is not None and (public := scenario.public()).state is not None:
            yield public


def doubts(fact: Fact | None) -> set[tuple[str, frozenset[object]]]:
    """Return who contradicts and who denies the value."""
    if fact is None:
        return set()
    return {("contradicts", claim.origins) for claim in fact.contradicted_by} | {
        ("denies", claim.origins) for claim in fact.denied_by
    }


@runs(300, 6_000)
@given(step_lists(archives=False))
def test_newest_entry_says_the_value_within_its_threshold(drawn: list[Step]) -> None:
    public = played(drawn).public()
    if public.state is None:
        return
    for key in VALUES:
        plans = FactPlanner(key, public.items).plans
        fact, last = public.state.fact(key), plans[-1].fact if plans else None
        was, now = (item.current if item else None for item in (last, fact))
        if was is None or now is None or was.same(now):
            assert (was is None) is (now is None)
            continue
        assert (last and last.standing, doubts(last)) == (fact and fact.standing, doubts(fact))
        threshold = public.state.settings.get(key, NO_SETTINGS).threshold
        moved = distance(was.value, now.value) if was.value is not None and now.value is not None else None
        assert threshold is not None
        assert moved is not None
        assert moved <= Decimal(threshold.number) * (magnitude(was.value or 0) / 100 if threshold.is_percentage else 1)


@runs(150, 6_000)
@given(step_lists())
def test_withdrawal_reaches_exactly_the_feeds_that_quoted_it(drawn: list[Step]) -> None:
    before: PublicStory | None = None
    for public in publications(drawn):
        if before is not None and _has_one_more(public, before):
            _hold_to_those_who_saw_it(before, public, public.items[-1])
        before = public


def _has_one_more(public: PublicStory, before: PublicStory) -> bool:
    """Return True if one item was added at the end: without a publication between, one may come before others."""
    return [item.event for item in public.items[:-1]] == [item.event for item in before.items]


def _hold_to_those_who_saw_it(before: PublicStory, public: PublicStory, item: PublicItem) -> None:
    if not isinstance(item.event, DevelopmentHeld | DevelopmentRetracted):
        return
    for key in VALUES:
        old, new = feed_of(before, key), feed_of(public, key)
        assert old.keys() <= new.keys()
        quoted = item.development in FactPlanner(key, before.items).quotations
        corrected = any(new[name].kind != "report" for name in new.keys() - old.keys())
        assert corrected is quoted


@runs(100, 2_000)
@given(step_lists())
def test_what_the_desk_marks_changes_no_other_feed(drawn: list[Step]) -> None:
    """Marking a fact adds a feed with the entries that it would have had from the start: ids and dates are the same."""
    scenario = played(drawn)
    public = scenario.public()
    if public.state is None:
        return
    before = {key: feed_of(public, key) for key in VALUES}
    try:
        scenario.record(commands.revise_story(STORY, facts={"harbour-open": {"follow": True}}), at=scenario.clock)
    except RefusedError:  # it is known only under embargo
        reject()
    after = scenario.public()
    for key in VALUES:
        times = [(entry.id, entry.published, entry.updated) for entry in before[key].values()]
        assert [(entry.id, entry.published, entry.updated) for entry in feed_of(after, key).values()] == times

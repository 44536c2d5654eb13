"""Properties of the feeds over all stories: merging them one after another, and when a feed says that it changed."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.public.sequence import PublicStory, public_story
from feed.entries.model import Entry
from feed.entries.story import CORRECTION_KINDS
from feed.syndication.feeds import merge_entries, updated_at
from tests.builders import START, STORY, Scenario
from tests.properties.growth import entries_of
from tests.properties.strategies import runs, scenarios


@runs(40, 2_000)
@given(st.lists(st.tuples(st.integers(0, 2), scenarios()), min_size=1, max_size=3), st.integers(1, 6))
def test_merging_story_by_story_equals_merging_all(parts: list[tuple[int, Scenario]], most: int) -> None:
    # Given up to three stories, published one after the other, and then published again
    stories: dict[str, tuple[Entry, ...]] = {}
    standing: tuple[Entry, ...] = ()
    for number, story in parts:
        public = story.public()
        if public.state is None:
            continue
        name = f"story-{number}"
        renamed = [entry.model_copy(update={"story": name, "id": f"{name}{entry.id}"}) for entry in story.entries()]
        if name in stories:
            continue
        early = [entry for entry in renamed if entry.listed <= len(renamed) // 2]
        standing = merge_entries(standing, early, stories=[name], most=most)
        standing = merge_entries(standing, renamed, stories=[name], most=most)
        stories[name] = tuple(renamed)
    # Then what stands is what all of them together give
    every = [entry for _, entries in sorted(stories.items()) for entry in entries]
    assert standing == merge_entries((), every, stories=stories, most=most)
    assert [entry.updated for entry in standing] == sorted((entry.updated for entry in standing), reverse=True)


def seen_in(public: PublicStory, kinds: Any) -> tuple[datetime, list[dict[str, Any]]]:
    entries = () if public.state is None else entries_of(public).newest(kinds=kinds)
    return updated_at(entries, START), [entry.model_dump(exclude={"touched", "pinned"}) for entry in entries]


@runs(40, 2_000)
@given(scenarios(), st.sampled_from([None, CORRECTION_KINDS]))
def test_updated_moves_whenever_the_entries_change_and_never_back(story: Scenario, kinds: Any) -> None:
    updated, shown = START, list[dict[str, Any]]()
    for count in range(1, len(story.recorded) + 1):
        later = story.recorded[count].recorded_at if count < len(story.recorded) else START + timedelta(days=30)
        # Looked at just before the next event, and on the way there
        begin = story.recorded[count - 1].recorded_at
        for now in sorted({begin + (later - begin) / 2, later - timedelta(milliseconds=1)}):
            if later - begin < timedelta(seconds=1):
                continue
            now_updated, now_shown = seen_in(public_story(STORY, story.recorded[:count], now=now), kinds)
            assert now_updated >= updated
            assert now_shown == shown or now_updated > updated or not shown
            updated, shown = now_updated, now_shown


@runs(40, 2_000)
@given(scenarios())
def test_dates_and_ids_hold_over_random_stories(story: Scenario) -> None:
    public = story.public(story.clock)
    if public.state is None:
        return
    entries = story.entries()
    assert len({entry.id for entry in entries}) == len({entry.anchor for entry in entries}) == len(entries)
    assert [entry.listed for entry in entries] == sorted((entry.listed for entry in entries), reverse=True)
    for entry in entries:
        assert START <= entry.published <= entry.updated <= entry.touched <= story.clock
    assert updated_at(entries, START) <= public.items[-1].at

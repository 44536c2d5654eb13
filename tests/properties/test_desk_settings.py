"""What the desk says about facts is no news: in random ledgers, labels edit quietly, and checks edit no feed at all."""

from collections import defaultdict
from random import Random
from typing import Any

from hypothesis import given

from events import commands
from events.fold.story import fold_of
from events.model.events import FactChecked, Recorded
from events.public.sequence import PublicStory, public_story
from feed.entries.builder import Address
from feed.entries.fact_feed import FactEntries
from feed.entries.story import StoryEntries
from feed.pages.history import History
from feed.transparency.leaves import updates_of
from tests.builders import BASE_URL, NEWSROOM, SALT, STORY
from tests.properties.player import Step
from tests.properties.strategies import DAYS, EMBARGOES, NOWS, RANDOMS, VALUES, played, runs, step_lists

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)
CHECK_FIELDS = {"last_checked", "checked_by", "checked_value"}


def with_checks(events: list[Recorded], random: Random) -> list[Recorded]:
    """Return `events` with checks of facts among them, some under embargo."""
    mixed: list[Recorded] = []
    for recorded in events:
        mixed.append(recorded._replace(position=len(mixed) + 1, version=len(mixed) + 1))
        while random.random() < 0.4:
            check = FactChecked(
                id=f"check-{len(mixed)}",
                story=STORY,
                key=random.choice([*VALUES]),
                checked_on=random.choice((None, *DAYS)),
                reported_at=recorded.recorded_at,
                embargoed_until=random.choice((None, *EMBARGOES)),
            )
            mixed.append(Recorded(len(mixed) + 1, len(mixed) + 1, recorded.recorded_at, check))
    return mixed


def feeds_and_log(public: PublicStory) -> Any:
    """Return what feeds, history and public log are made of."""
    if public.state is None:
        return None
    entries = StoryEntries(public, ADDRESS)
    updates = updates_of(STORY, public.items, ADDRESS, defaultdict(lambda: SALT))
    return (
        entries.newest(),
        History(entries, public).data,
        [update.leaf(story=STORY, number=number) for number, update in enumerate(updates, start=1)],
        [FactEntries(entries, key, public.items, ADDRESS, most=100).newest for key in VALUES],
    )


def without_checks(state: dict[str, Any]) -> dict[str, Any]:
    facts = {
        key: {name: field for name, field in fact.items() if name not in CHECK_FIELDS}
        for key, fact in state.get("facts", {}).items()
    }
    return state | ({"facts": facts} if facts else {})


@runs(150, 6_000)
@given(step_lists(), RANDOMS)
def test_checks_change_no_feed_no_leaf_and_no_other_date(drawn: list[Step], random: Random) -> None:
    events = played(drawn).recorded
    mixed = with_checks(events, random)
    for now in NOWS:
        without, among = (public_story(STORY, each, now=now) for each in (events, mixed))
        assert feeds_and_log(among) == feeds_and_log(without)
        if without.state is not None and among.state is not None:
            assert without_checks(among.state.as_json()) == without.state.as_json()
            assert among.state.updated_at == without.state.updated_at
    desks = [fold_of(STORY, each).state(now=NOWS[-1]) for each in (events, mixed)]
    assert without_checks(desks[1].as_json()) == desks[0].as_json()


@runs(150, 6_000)
@given(step_lists())
def test_new_labels_are_quiet_edits(drawn: list[Step]) -> None:
    scenario = played(drawn)
    labels = {key: {"label": f"The {key}"} for key in VALUES if scenario.fold.key_embargo(key) is None}
    if not labels:
        return
    scenario.record(commands.revise_story(STORY, facts=labels))
    before, after = (
        public_story(STORY, each, now=scenario.clock) for each in (scenario.recorded[:-1], scenario.recorded)
    )
    if before.state is None:
        return
    dates = [
        [(entry.id, entry.url, entry.published, entry.updated, entry.listed) for entry in entries]
        for entries in (StoryEntries(public, ADDRESS).newest() for public in (before, after))
    ]
    assert dates[0] == dates[1]

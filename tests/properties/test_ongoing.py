"""A public story that goes on is what all its events make of it."""

from random import Random

from hypothesis import given

from events.public.sequence import REWRITING, OngoingStory, PublicStory, public_story
from feed.entries.builder import Address
from feed.transparency.leaves import updates_of
from tests.builders import BASE_URL, NEWSROOM, STORY
from tests.properties.player import Step, on_scenario, opened
from tests.properties.strategies import RANDOMS, runs, step_lists

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)


def contents(public: PublicStory) -> tuple[object, ...]:
    return public.items, None if public.state is None else public.state.as_json(), public.next_at


@runs(150, 6_000)
@given(step_lists(redactions=True), RANDOMS)
def test_ongoing_story_equals_one_of_all_its_events(drawn: list[Step], random: Random) -> None:
    scenario = opened()
    player = on_scenario(scenario)
    ongoing = OngoingStory(STORY, scenario.recorded, now=player.publish())
    count = len(scenario.recorded)
    for step in drawn:
        player.take(step)
        if random.random() < 0.5:
            continue
        now = player.publish()
        events = scenario.recorded[count:]
        if not ongoing.go_on(events, now=now):
            ongoing = OngoingStory(STORY, scenario.recorded, now=now)
        assert contents(ongoing.public) == contents(public_story(STORY, scenario.recorded, now=now))
        count = len(scenario.recorded)


@runs(100, 3_000)
@given(step_lists(redactions=True))
def test_public_items_without_effects_are_the_same(drawn: list[Step]) -> None:
    scenario = opened()
    player = on_scenario(scenario)
    player.play(drawn)
    now, salts = player.publish(), {event.position: f"{event.position:032x}" for event in scenario.recorded}
    whole = public_story(STORY, scenario.recorded, now=now)
    bare = OngoingStory(STORY, scenario.recorded, now=now, effects=False).public
    assert updates_of(STORY, bare.items, ADDRESS, salts) == updates_of(STORY, whole.items, ADDRESS, salts)
    assert bare.next_at == whole.next_at
    assert bare.state is None


@runs(30, 600)
@given(step_lists(embargoes=False))
def test_ongoing_story_goes_on_after_what_rewrites_nothing(drawn: list[Step]) -> None:
    scenario = opened()
    player = on_scenario(scenario)
    ongoing = OngoingStory(STORY, scenario.recorded, now=player.publish())
    for step in drawn:
        recorded = None if step.kind == "retract" else player.take(step)
        if recorded is not None:
            assert not isinstance(recorded.event, REWRITING)
            assert ongoing.go_on([recorded], now=player.publish())

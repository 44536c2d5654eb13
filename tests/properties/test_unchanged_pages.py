"""Full pages that a publication leaves alone are as they would be if they were built from scratch."""

from random import Random
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from events.public.sequence import PublicStory, public_story
from feed.config import Config, parse_config
from feed.pages import paging
from feed.publishing.render import RenderedStory, address, render_story
from feed.publishing.unchanged import NOTHING_PUBLISHED, PublishedPages
from feed.transparency.leaves import StoryLog, updates_of
from feed.transparency.updates import UpdatesFile
from feed.transparency.verifier.keys import Head
from tests.builders import STORY
from tests.properties.growth import CONFIG_TEXT
from tests.properties.player import Step, on_scenario, opened
from tests.properties.strategies import RANDOMS, runs, step_lists

FOLDER = f"stories/{STORY}/"
SHORT = st.sampled_from((1, 2, 4))


def rendered(config: Config, public: PublicStory, former: PublishedPages) -> RenderedStory:
    """Render a story of a signed log: its feeds have the log's root as of their last change."""
    updates = updates_of(STORY, public.items, address(config), {})
    leaves = (update.leaf(story=STORY, number=number) for number, update in enumerate(updates, start=1))
    log = StoryLog(updates=updates, leaves=tuple(enumerate(leaves)), head=lambda size: Head("desk", size, bytes(32)))
    return render_story(config, public, log, published=former)


@runs(150, 6_000)
@given(step_lists(), SHORT, RANDOMS)
def test_unchanged_pages_are_those_of_a_build_from_scratch(drawn: list[Step], most: int, random: Random) -> None:
    config = parse_config(CONFIG_TEXT.replace("entries = 50", f"entries = {most}"))
    scenario = opened()
    player, former = on_scenario(scenario), NOTHING_PUBLISHED
    output: dict[str, bytes] = {}
    with patch.object(paging, "PAGE_ENTRIES", most):
        for step in drawn:
            if player.take(step) is None or random.random() < 0.5:
                continue
            public = public_story(STORY, scenario.recorded, now=player.publish())
            if public.state is None:
                continue
            update, rebuild = rendered(config, public, former), rendered(config, public, NOTHING_PUBLISHED)
            output |= {file.path: file.data for file in update.files}
            assert {file.path: file.data for file in rebuild.files} == output
            assert output.keys() == {*update.unchanged, *(file.path for file in update.files)}
            names = frozenset(path.removeprefix(FOLDER) for path in output)
            updates = UpdatesFile(output[f"{FOLDER}updates.jsonl"])
            former = PublishedPages(items=len(public.items), files=names, updates=updates)

"""Within a screen a reader sees what is known, what is new, and what is in doubt: on a desktop and on a phone."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.files.importer import read_events
from feed.cli.commands.setup import worked_story
from tests.bench.corpus import story_events
from tests.builders import Clock, newsroom
from tests.golden.stories import stories, story
from tests.server import serving

SCREENS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
FIRST = ("h1", "[data-part=status]", "[data-part=key-facts] dl")
LONG = list(story_events(3, 300))


def published(name: str, folder: Path) -> Path:
    """Publish a newsroom with one story, and return its output."""
    if name in stories():
        site = story(name).record(folder).site
    else:
        files = worked_story() if name == "demo" else [("long.jsonl", "\n".join(map(json.dumps, LONG)).encode())]
        site = newsroom(folder, Clock("2026-11-22T12:00:00Z"))
        with site.ledger() as ledger:
            for file, data in files:
                ledger.append(*(incoming.event for incoming in read_events(data, name=file)))
    site.publish()
    return site.root


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", ["demo", "long", *stories()])
def test_first_screen_has_facts_and_news(name: str, screen: str, tmp_path: Path, open_page: Any) -> None:
    root = published(name, tmp_path)
    [folder] = (root / "stories").iterdir()
    with serving(root) as server:
        page = open_page(f"{server.url}stories/{folder.name}/", viewport=SCREENS[screen])
        page.locator(".earlier").wait_for()  # the script is through
        bottoms = {part: box["y"] + box["height"] for part in FIRST if (box := page.locator(part).bounding_box())}
        headline = page.locator(".recent .entry h3")
        line_px = float(headline.evaluate("title => getComputedStyle(title).lineHeight").removesuffix("px"))
        bottoms["first line of the latest"] = headline.bounding_box()["y"] + line_px
        assert list(bottoms) == [*FIRST, "first line of the latest"]
        assert {part: bottom for part, bottom in bottoms.items() if bottom > SCREENS[screen]["height"]} == {}

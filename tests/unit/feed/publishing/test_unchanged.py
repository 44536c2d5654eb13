"""Full pages that a new item touches, although it edits no entry on them."""

import pytest

from feed.pages import paging
from feed.publishing.render import render_story
from feed.publishing.unchanged import PublishedPages
from feed.transparency.leaves import StoryLog
from tests.builders import STORY, Scenario, claim
from tests.pages import CONFIG, files

FOLDER = f"stories/{STORY}/"


@pytest.fixture(autouse=True)
def pages_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_ENTRIES", 1)


def stale(scenario: Scenario, before: dict[str, bytes], items: int) -> set[str]:
    """Return the pages of which `before` is left as it was, although it is not as it would be made now."""
    published = PublishedPages(items=items, files=frozenset(before))
    rendered = render_story(CONFIG, scenario.public(), StoryLog(updates=(), leaves=()), published=published)
    now, names = files(scenario), [path.removeprefix(FOLDER) for path in rendered.unchanged]
    assert names
    return {name for name in names if before[name] != now[name]}


def test_row_without_an_entry_changes_when_its_fact_is_named_again() -> None:
    scenario = Scenario().report("d1", claim("hurt", 2), claim("dead", 1))
    scenario.correct("d1", facts=[claim("hurt", 3)], level="clarification").retract("d1")
    before, items = files(scenario), len(scenario.public().items)
    assert b"hurt" not in before["history/0003.json"]
    assert stale(scenario.report("d2", claim("hurt", 4)), before, items) == set()


def test_development_changes_when_its_substitute_becomes_public() -> None:
    scenario = Scenario().report("d1").report("d2", embargoed_until="2026-03-05T08:00:00Z")
    scenario.retract("d1", substitute="d2").report("d3").report("d4")
    before, items = files(scenario), len(scenario.public().items)
    assert b"substitute" not in before["developments/0001.json"]
    scenario.report("d5", at="2026-03-06T08:00:00Z")
    assert b"substitute" in files(scenario)["developments/0001.json"]
    assert stale(scenario, before, items) == set()


def test_development_changes_when_a_contradiction_ends() -> None:
    first = claim("hurt", 2, as_of="2026-03-01")
    scenario = Scenario().report("d1", first, by="Ana Ruiz (Port)").report("d2", first | {"value": 3}, by="Bo (Clinic)")
    scenario.report("d3")
    before, items = files(scenario), len(scenario.public().items)
    assert b'"disputed"' in before["developments/0001.json"]
    scenario.report("d4", first | {"value": 3}, by="Ana Ruiz (Port)")
    assert b'"disputed"' not in files(scenario)["developments/0001.json"]
    assert stale(scenario, before, items) == set()

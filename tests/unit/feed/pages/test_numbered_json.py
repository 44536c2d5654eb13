"""The numbered pages of `history.json` and of `state.json`: together they hold everything, and a full page stays."""

import json
from typing import Any

import pytest

from feed.pages import paging
from tests.builders import Scenario, claim
from tests.pages import files, reports

LATE = "2026-02-27T12:00:00Z"


@pytest.fixture(autouse=True)
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_ENTRIES", 3)


def read(scenario: Scenario, name: str) -> Any:
    return json.loads(files(scenario)[name])


def named(developments: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in developments]


def older(scenario: Scenario) -> list[list[str]]:
    """Return the developments of each page that `state.json` names."""
    links = read(scenario, "state.json").get("older_developments", [])
    return [named(read(scenario, link)["developments"]) for link in links]


def test_state_of_a_short_story_has_all_developments() -> None:
    state = read(reports(3), "state.json")
    assert state["format"] == 2
    assert named(state["developments"]) == ["d1", "d2", "d3"]
    assert "older_developments" not in state


def test_state_of_a_long_story_has_the_newest_and_names_the_others() -> None:
    scenario = reports(8)
    assert named(read(scenario, "state.json")["developments"]) == ["d6", "d7", "d8"]
    assert older(scenario) == [["d1", "d2", "d3"], ["d4", "d5", "d6"]]
    assert read(scenario, "developments/0001.json").keys() == {"story", "developments"}


def test_state_of_a_long_story_has_all_facts_and_sources_whole() -> None:
    scenario = Scenario()
    for number in range(1, 9):
        scenario.report(f"d{number}", claim("hurt", number), sources=[{"name": f"Radio {number}"}])
    state = read(scenario, "state.json")
    assert len(state["facts"]["hurt"]["history"]) == 8
    assert len(state["sources"]) == 8


def test_late_report_about_an_earlier_time_moves_no_development() -> None:
    scenario = reports(5)
    before = older(scenario)
    late = scenario.report("late", reported_at=LATE)
    assert older(late) == before
    # It is new, but the order within a file is that of every state.
    assert named(read(late, "state.json")["developments"]) == ["late", "d4", "d5"]


def test_developments_of_a_page_are_those_of_the_whole_state() -> None:
    scenario = reports(7).correct("d2", headline="Better").retract("d3", reason="Never said.")
    public = scenario.public().state
    assert public is not None
    whole = {item["id"]: item for item in public.as_json()["developments"]}
    cut = [item for number in (1, 2) for item in read(scenario, f"developments/000{number}.json")["developments"]]
    assert cut == [whole[name] for name in ("d1", "d2", "d3", "d4", "d5", "d6")]


def test_history_of_a_long_story_names_its_pages() -> None:
    scenario = reports(7)  # and the opening
    head = read(scenario, "history.json")
    assert (head["format"], head["pages"]) == (2, ["history/0001.json", "history/0002.json"])
    assert [row["n"] for row in head["items"]] == [7, 8]
    for number, rows in enumerate(([1, 2, 3], [4, 5, 6]), start=1):
        page = read(scenario, f"history/000{number}.json")
        assert page.keys() == {"story", "items"}
        assert [row["n"] for row in page["items"]] == rows


def test_history_of_a_short_story_names_no_page() -> None:
    head = read(reports(2), "history.json")
    assert (head["pages"], len(head["items"])) == ([], 3)


def test_withdrawn_value_is_on_no_page_of_the_history() -> None:
    scenario = Scenario().report("d1", claim("hurt", 4711))
    for number in range(2, 9):
        scenario.report(f"d{number}")
    assert b"4711" in files(scenario)["history/0001.json"]
    scenario.retract("d1", reason="Never said.")
    assert not [name for name, data in files(scenario).items() if name.endswith(".json") and b"4711" in data]

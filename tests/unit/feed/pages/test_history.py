"""`history.json`: what a page shows as of a moment."""

from typing import Any

from feed.entries.builder import Address
from feed.entries.story import StoryEntries
from feed.pages.history import History
from tests.builders import BASE_URL, NEWSROOM, Scenario
from tests.pages import rows_of


def fact_then(story: Scenario) -> dict[str, Any]:
    """Return the newest piece of the fact `hurt`."""
    public = story.public()
    history = History(StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL)), public)
    pieces: list[dict[str, Any]] = [
        row["set"]["fact:hurt"] for row in rows_of(history) if "fact:hurt" in row.get("set", {})
    ]
    return pieces[-1]


def test_history_says_who_withholds_and_who_has_verified() -> None:
    story = Scenario().report("d1", "hurt=2", by="Ana Ruiz (Port)").report("d2", "hurt!withholds", by="Vane (Line)")
    support = {"development": "d1", "verification": True, "method": "on-site check"}
    story.report("d3", by="Okoye (City Clinic)", corroborates=[support])
    fact = fact_then(story)
    assert ["Vane (Line)" in text for text in fact["withheld_by"]] == [True]
    assert ["Okoye (City Clinic)" in text for text in fact["verified_by"]] == [True]


def test_history_quotes_no_verification_that_was_withdrawn() -> None:
    support = {"development": "d1", "verification": True, "method": "on-site check"}
    story = Scenario().report("d1", "hurt=2", by="Ana Ruiz (Port)")
    story.report("d2", by="Okoye (City Clinic)", corroborates=[support])
    story.report("d3", "hurt=2", by="Lee (Fire Service)").retract("d2")
    public = story.public()
    history = History(StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL)), public)
    assert "Okoye" not in history.data.decode()

"""`history.json`: what a page shows as of a moment."""

from typing import Any

from feed.entries.builder import Address
from feed.entries.story import StoryEntries
from feed.pages.history import History
from tests.builders import BASE_URL, NEWSROOM, Scenario, claim
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


def promise_then(story: Scenario) -> list[tuple[str, str]]:
    """Return the date and the status of each row that sets the promise `e`."""
    public = story.public()
    rows = rows_of(History(StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL)), public))
    return [
        (row.get("dated", row["at"])[:10], row["set"]["expectation:e"]["status"])
        for row in rows
        if "expectation:e" in row.get("set", {})
    ]


def promise(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "e", "what": "The crane works", **fields}]


def test_promise_of_an_imported_report_is_judged_at_its_date() -> None:
    story = Scenario().report("d1", reported="2022-05-01", expects=promise(due="2022-06-01"))
    assert promise_then(story) == [("2022-05-01", "pending"), ("2026-03-02", "overdue")]


def test_promise_with_a_notice_stays_overdue_for_late_reports() -> None:
    story = Scenario().report("d1", expects=promise(due="2026-03-03"))
    story.report("d2", at="2026-03-06", reported="2026-03-02", expects=promise(by="Bo (Line)"))
    assert [status for _, status in promise_then(story)] == ["pending", "overdue", "overdue"]


def test_corrected_value_of_an_archive_is_marked_although_only_the_history_quotes_it() -> None:
    story = Scenario().report("d1", "hurt=5").report("d0", "hurt=1", reported="2025-03-01", archive=True)
    story.correct("d0", facts=[claim("hurt", 2)])
    public = story.public()
    rows = rows_of(History(StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL)), public))
    values = [row["set"]["fact:hurt"]["value"] for row in rows if "fact:hurt" in row.get("set", {})]
    assert "(corrected: 2)" in values
    assert "1" not in values

"""What an entry says on a page: what its feed says, except what is said there once, beside each fact."""

import pytest

from feed.entries.model import Entry
from tests.builders import Scenario, claim

ANN, BEN = "Ann (Port)", "Ben (City)"


def on_page(entry: Entry) -> str:
    assert entry.page_content is not None
    return entry.page_content


def test_entry_on_a_page_leaves_out_what_facts_rest_on() -> None:
    story = Scenario().report("d1", claim("hurt", 2), body="Two *men*.", by=ANN, source="Radio")
    entry = story.report("d2", claim("hurt", 3), by=ANN).entry("d2")
    assert "not independently confirmed" in entry.content
    assert "not independently confirmed" not in on_page(entry)
    assert "<li><strong>Hurt</strong>: 2 → 3</li>" in on_page(entry)
    assert "<li>Said by <bdi>Ann (Port)</bdi></li>" in on_page(entry)
    first = on_page(story.entry("d1"))
    assert "<p>Two <em>men</em>.</p>" in first
    assert "<li>Source: Radio</li>" in first


def test_entry_on_a_page_says_what_a_confirmation_rests_on() -> None:
    entry = Scenario().report("d1", claim("hurt", 2), by=ANN).report("d2", claim("hurt", 2), by=BEN).entry("d2")
    assert "confirmed by two origins: City and Port" in on_page(entry)


def test_entry_on_a_page_has_claims_that_changed_nothing() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by=ANN).report("d2", claim("hurt", 2), by=ANN)
    assert "Also reported: <bdi>Hurt, 2</bdi>" in on_page(story.entry("d2"))


def test_correction_on_a_page_shows_was_and_now() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by=ANN, source="Radio").correct("d1", facts=[claim("hurt", 3)])
    page = on_page(story.entry("d1", kind="correction"))
    assert "<del>Hurt: 2</del>" in page
    assert "<ins>Hurt: 3</ins>" in page
    assert "Hurt</strong>: 2 → 3</li>" in page
    assert "not independently confirmed" not in page


def test_other_entries_are_the_same_on_a_page() -> None:
    story = Scenario().report("d1", headline="Two hurt").retract("d1")
    for kind in ("report", "retraction"):
        entry = story.entry("d1", kind=kind)
        assert on_page(entry) == entry.content


@pytest.mark.parametrize("body", [None, "Two hurt"])
def test_headline_is_not_repeated_as_text_on_a_page(body: str | None) -> None:
    entry = Scenario().report("d1", headline="Two hurt", body=body).entry()
    assert on_page(entry) == ""
    assert "<p>" in entry.content  # a feed's entry is complete without its title


def test_archived_report_is_dated_by_its_report() -> None:
    story = Scenario().report("d1", reported="2021-05-04").report("d2", reported="2026-03-02T07:30:00Z")
    assert [str(story.entry(name).dated)[:10] for name in ("d1", "d2")] == ["2021-05-04", "2026-03-02"]
    assert story.entry("d1").published.year == 2026


def test_key_events_are_urgent_or_move_what_was_known() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by=ANN).report("d2", claim("hurt", 3), by=ANN)
    story.report("d3", urgency=2).report("d4", urgency=3).report("d5", claim("hurt", 4), by=ANN).retract("d5")
    key_events = {entry.anchor for entry in story.entries() if entry.key_event}
    assert key_events == {"d2", "d3"}

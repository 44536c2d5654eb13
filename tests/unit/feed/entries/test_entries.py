"""What becomes a new entry, and what edits an old one in place: feed/README.md#what-becomes-an-entry, row by row."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from events import commands
from events.public.sequence import PublicStory
from feed.entries.builder import Address
from feed.entries.model import Entry
from feed.entries.plan import only_adds
from feed.entries.story import StoryEntries
from feed.pages.history import History
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim
from tests.builders import at as instant
from tests.entries import NEXT_DAY, NOON, PAGE, a_story, assert_kept


def times(entry: Entry) -> tuple[datetime, datetime, datetime]:
    return entry.published, entry.updated, entry.touched


def test_private_story_has_no_entries() -> None:
    private = PublicStory(items=(), state=None, next_at=None)
    with pytest.raises(ValueError, match="not public"):
        StoryEntries(private, Address(newsroom=NEWSROOM, base_url=BASE_URL))


def test_report_is_a_new_entry() -> None:
    entry = a_story().report("d2", at=NOON, urgency=1).entry()
    assert entry.title == "Two hurt in the fire"
    assert entry.summary == "The chief counted two."
    assert times(entry) == (instant("2026-03-02T09:00:00Z"),) * 3
    assert (entry.anchor, entry.url, entry.in_reply_to) == ("d1", f"{PAGE}#d1", None)
    assert [outlet.name for outlet in entry.outlets] == ["Harbour Radio"]
    assert [category.term for category in entry.categories] == [STORY]


def test_id_is_derived_from_newsroom_story_and_event_alone() -> None:
    story = a_story()
    assert story.entry().id == uuid5(NEWSROOM, f"{STORY}/{story.recorded[1].id}").urn
    moved = StoryEntries(story.public(), Address(newsroom=NEWSROOM, base_url="https://elsewhere.example/a/")).newest()
    assert [entry.id for entry in moved] == [entry.id for entry in story.entries()]
    other = StoryEntries(story.public(), Address(newsroom=UUID(int=1), base_url=BASE_URL)).newest()
    assert {entry.id for entry in other}.isdisjoint(entry.id for entry in moved)


def test_imported_report_has_its_own_date_and_is_listed_as_new() -> None:
    story = Scenario().report("new").report("old", published_at="2015-01-06T12:00:00.500Z", at=NOON)
    first, second = story.entries()
    assert (first.anchor, first.published, first.updated) == ("old", instant("2015-01-06T12:00:00Z"), instant(NOON))
    assert second.anchor == "new"


def test_subjects_breaking_media_and_language_are_carried() -> None:
    picture = {"url": "https://a.example/p.jpg", "type": "image/jpeg", "alt": "Smoke", "length": 7}
    story = Scenario(subjects=["Fire", "Port"], language="de").report("d1", urgency=2, media=[picture])
    [entry] = story.entries()
    assert [category.term for category in entry.categories] == [STORY, "Fire", "Port", "breaking"]
    assert (entry.language, entry.enclosures[0].alt) == ("de", "Smoke")


def test_pin_shows_on_the_page_and_edits_nothing() -> None:
    story = a_story()
    before = story.entry()
    story.record(commands.pin(STORY, "d1")).close().reopen()
    assert story.entry() == before.model_copy(update={"pinned": True})


def test_revision_of_the_story_touches_entries_and_lists_none() -> None:
    story = a_story()
    before = story.entry()
    story.record(commands.revise_story(STORY, headline="Great fire"), at=NEXT_DAY)
    after = story.entry()
    assert (after.updated, after.touched, after.listed) == (before.updated, instant(NEXT_DAY), before.listed)
    assert after.categories[0].label == "Great fire"


def test_report_that_says_nothing_but_its_headline_has_a_body() -> None:
    [entry] = Scenario().report("d1", headline="Ferries stop").entries()
    assert "Ferries stop" in entry.content
    assert entry.summary == "Ferries stop"


# Corrections.


def test_correction_is_a_new_entry_and_edits_the_old_one() -> None:
    story = a_story()
    before = story.entry()
    story.correct("d1", at=NEXT_DAY, note="It was three.", headline="Three hurt", facts=[claim("hurt", 3)])
    new, old = story.entries()
    assert (new.kind, old.kind) == ("correction", "report")
    assert new.title == "Correction: Three hurt"
    assert new.in_reply_to is not None
    assert (new.in_reply_to.id, new.in_reply_to.url) == (old.id, old.url)
    for words in ("It was three.", "Two hurt in the fire", "Three hurt", "Hurt: 2", "Hurt: 3"):
        assert words in new.content
    assert times(new) == (instant(NEXT_DAY),) * 3
    assert_kept(before, old)
    assert times(old) == (before.published, instant(NEXT_DAY), instant(NEXT_DAY))
    assert old.title == "Three hurt"
    assert old.content.startswith("<p><strong>Correction, 3 March 2026:</strong> It was three.")
    assert f'href="{new.url}"' in old.content


def test_clarification_edits_the_old_entry_alone() -> None:
    story = a_story()
    before = story.entry()
    story.correct("d1", at=NEXT_DAY, level="clarification", note="Both are well.", body="Two, both well.")
    [after] = story.entries()
    assert_kept(before, after)
    assert (after.updated, after.listed) == (instant(NEXT_DAY), 3)
    assert after.content.startswith("<p><strong>Clarification, 3 March 2026:</strong> Both are well.</p>")


def test_typo_changes_content_and_leaves_updated() -> None:
    story = a_story()
    before = story.entry()
    story.correct("d1", at=NEXT_DAY, level="typo", headline="Two hurt in the fires")
    [after] = story.entries()
    assert_kept(before, after)
    assert (after.updated, after.touched, after.listed) == (before.updated, instant(NEXT_DAY), before.listed)
    assert (after.title, after.content) == ("Two hurt in the fires", before.content)


def test_new_headline_touches_the_entries_that_show_it() -> None:
    story = a_story().correct("d1", body="Other").hold("d1").release("d1")
    before = {kind: story.entry(kind=kind) for kind in ("correction", "restored", "withheld")}
    story.correct("d1", at=NEXT_DAY, level="typo", headline="Two hurt in the fires")
    for kind in ("correction", "restored"):
        after = story.entry(kind=kind)
        assert (after.updated, after.touched) == (before[kind].updated, instant(NEXT_DAY))
        assert "Two hurt in the fires" in after.title
    assert story.entry(kind="withheld").content == before["withheld"].content


# Expectations.

ENDS = "2026-03-05T12:00:00Z"


def a_promise() -> Scenario:
    due = {"edtf": "2026-03-04", "literal": "by Wednesday"}
    return Scenario().report("p", expects=[{"id": "e1", "what": "Ferries run", "by": "the Port", "due": due}])


def test_overdue_is_a_notice_dated_at_its_instant() -> None:
    notice, report = a_promise().entries("2026-03-09")
    assert notice.kind == "overdue"
    assert notice.title == "Overdue: Ferries run (due 4 March 2026 (“by Wednesday”))"
    assert times(notice) == (instant(ENDS),) * 3
    assert notice.id == uuid5(NEWSROOM, f"{STORY}/overdue/e1/{ENDS}").urn
    assert "expected of the Port" in notice.content
    assert f'href="{report.url}"' in notice.content
    assert notice.in_reply_to is None


@pytest.mark.parametrize(
    ("step", "title", "words"),
    [
        ({"resolves": [{"expectation": "e1", "outcome": "met"}]}, "Overdue, then met late: ", "met late"),
        ({"expects": [{"id": "e1", "due": "2026-03-20"}]}, "Overdue, then moved: ", "due 20 March 2026 (moved)"),
    ],
)
def test_overdue_notice_is_edited_in_place_when_met_or_moved(step: dict[str, Any], title: str, words: str) -> None:
    story = a_promise()
    before = story.entries(ENDS)[0]
    story.report("d2", at="2026-03-07", **step)
    after = story.entry(None, kind="overdue")
    assert_kept(before, after)
    assert after.title == before.title.replace("Overdue: ", title)
    assert after.updated == instant("2026-03-07")
    assert after.content.startswith("<p><strong>Since then, 7 March 2026:</strong>")
    assert words in after.content


def test_overdue_notice_of_a_withdrawn_promise_quotes_nothing() -> None:
    story = a_promise().retract("p", at="2026-03-07")
    notice = story.entry(None, kind="overdue")
    assert notice.title == "No longer expected: the report of 2 March 2026, 09:00 UTC, was retracted"
    assert not [word for word in ("Ferries", "Wednesday", "Port", "4 March") if word in notice.content]


def test_expectation_met_in_time_is_shown_by_the_report() -> None:
    story = a_promise().report("d2", at="2026-03-04", resolves=[{"expectation": "e1", "outcome": "met"}])
    newest, first = story.entries("2026-03-31")
    assert "Expected: Ferries run" in newest.content
    assert "<strong>Expected: Ferries run</strong>: met</li>" in newest.content
    assert "<h4>Expected next</h4>" in first.content
    assert newest.summary == "Expected: Ferries run: met"


def test_overdue_notice_of_a_reworded_promise_stays_overdue() -> None:
    story = a_promise().report("d2", at="2026-03-07", expects=[{"id": "e1", "what": "Two ferries run"}])
    notice = story.entry(None, kind="overdue")
    assert notice.title == "Overdue: Ferries run (due 4 March 2026 (“by Wednesday”))"
    assert "Expected: Two ferries run" in notice.content


def test_entries_that_go_on_are_those_of_the_whole_story() -> None:
    story = a_story()
    address = Address(newsroom=NEWSROOM, base_url=BASE_URL)
    going_on = StoryEntries(story.public(), address)
    for is_correction in (False, True):
        History(going_on, story.public())
        going_on.newest()
        if is_correction:
            story.correct("d2", headline="Three hurt")
        else:
            story.report("d2", claim("hurt", 3))
        going_on = StoryEntries(story.public(), address, former=going_on)
        whole = StoryEntries(story.public(), address)
        assert going_on.newest() == whole.newest()
        assert History(going_on, story.public()).data == History(whole, story.public()).data


def test_backfill_adds_nothing_to_the_end_and_an_overdue_notice_does() -> None:
    story = Scenario().report("new", expects=[{"id": "e1", "what": "A list", "due": "2026-03-03"}])
    story.report("old", reported="2015-01-06T12:00:00Z", archive=True)
    _, new, old, overdue = story.public("2026-03-09").items
    assert [only_adds(item) for item in (new, old, overdue)] == [True, False, True]

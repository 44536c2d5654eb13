"""The public log promises that the id of a leaf is that of the entry which shows it: feed/transparency/README.md."""

from events import commands
from feed.entries.builder import Address
from feed.transparency.leaves import updates_of
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario


def test_leaf_ids_are_entry_ids_except_of_listed_items() -> None:
    # Given a story with every kind of public item
    story = Scenario().record(commands.revise_story(STORY, headline="Fire at the port"))
    story.report("d1").report("d2", expects=[{"id": "e1", "what": "A list", "due": "2026-03-04"}])
    story.record(commands.pin(STORY, "d1")).record(commands.unpin(STORY, "d1"))
    story.hold("d1").release("d1")
    story.correct("d1", body="It burnt.")
    story.correct("d1", body="It burnnt.", level="typo")
    story.correct("d1", body="It burned down.", level="clarification")
    story.close(at="2026-03-06").reopen()
    story.report("d3").retract("d1").retract("d1", substitute="d3").redact(development="d3")
    story.report("d4").correct("d4", body="Wrong.").redact(event=story.recorded[-1].id)
    items = story.public().items
    entries = {entry.id for entry in story.entries()}
    # When the log has a leaf for each
    updates = updates_of(STORY, items, Address(newsroom=NEWSROOM, base_url=BASE_URL), {})
    # Then those without an entry of their own are these, and no entry is without a leaf
    assert [update.kind for update in updates if update.id not in entries] == [
        "story_opened",
        "story_revised",
        "development_pinned",
        "development_unpinned",
        "development_corrected",  # a typo
        "development_corrected",  # a clarification
        "story_closed",
        "story_reopened",
        "development_retracted",  # a second one, which only names the substitute
        "event_redacted",  # of a correction alone
    ]
    assert entries <= {update.id for update in updates}
    assert {"overdue", "development_held", "development_released"} <= {update.kind for update in updates}

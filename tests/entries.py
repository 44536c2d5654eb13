"""A story of one report, for tests of entries, and what an edited entry keeps."""

from feed.entries.model import Entry
from tests.builders import BASE_URL, STORY, Scenario, claim

NOON = "2026-03-02T12:00:00Z"
NEXT_DAY = "2026-03-03T09:00:00Z"
PAGE = f"{BASE_URL}stories/{STORY}/"


def a_story() -> Scenario:
    return Scenario().report(
        "d1",
        claim("hurt", 2, as_of="2026-03-02"),
        headline="Two hurt in the fire",
        body="The chief counted two.",
        by="Ana Ruiz, fire chief (Port)",
        source={"name": "Harbour Radio", "url": "https://radio.example/1"},
        quotes=[{"text": "I counted two", "speaker": "Ana Ruiz"}],
    )


def assert_kept(old: Entry, new: Entry) -> None:
    """Hold an edited entry to what it keeps: its id, its anchor, and its date."""
    assert (new.id, new.url, new.anchor, new.published) == (old.id, old.url, old.anchor, old.published)

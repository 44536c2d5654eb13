"""A ledger of one story, for tests of the ledger itself."""

from events import commands
from events.ledger import Ledger
from tests.builders import STORY

OPENED = commands.open_story(STORY, "Fire at the harbour")
REPORT = commands.report(STORY, "Two hurt", id="a", expects=[{"what": "A list", "due": "2026-03-09"}])


def other(ledger: Ledger) -> Ledger:
    """Return the same ledger as another process sees it."""
    assert ledger.store.path.exists()  # type: ignore[attr-defined]  # a SqliteStore
    return Ledger.open(ledger.store.path, actor="Other", clock=ledger.clock)  # type: ignore[attr-defined]

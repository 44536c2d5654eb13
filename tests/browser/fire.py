"""A published story of several days, and a page of it that is open in a browser."""

from pathlib import Path
from typing import Any

from events import commands
from events.model.events import AnyEvent
from feed.short_forms import parse_expectation, parse_fact
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.server import Server

STORY = "harbour-fire"
LATE = "2026-03-05T09:00:00Z"


def published_fire(folder: Path, clock: Clock) -> Site:
    """Return a newsroom that has published a story of several days, with a correction and an overdue promise."""
    site = newsroom(folder, clock)
    days: list[list[AnyEvent]] = [
        [
            commands.open_story(STORY, "Fire at the harbour", summary="A warehouse burned.", subjects=["fire"]),
            commands.report(STORY, "Two hurt", development="d1", facts=[parse_fact("hurt=2:people@2026-03-02")]),
            commands.report(
                STORY, "Ferries stop", development="d2", expects=[parse_expectation("run: ferries run @ 2026-03-03")]
            ),
        ],
        [
            commands.report(STORY, "Five hurt", development="d3", facts=[parse_fact("hurt=5:people@2026-03-03")]),
            commands.report(STORY, "Pier closed", development="d4", body="It stays closed.\n\n" * 40),
        ],
        [commands.correct(STORY, "d1", {"headline": "Three hurt"}, "We misheard it.", id="c1")],
    ]
    for day, events in enumerate(days, start=2):
        clock.go(f"2026-03-{day:02}T08:00:00Z")
        record(site, *events)
    clock.go(LATE)
    site.publish()
    return site


def record(site: Site, *events: Any) -> None:
    with site.ledger() as ledger:
        ledger.append(*events)
    site.publish()


def url(server: Server, query: str = "") -> str:
    return f"{server.url}stories/{STORY}/{query}"


def look_often(page: Any) -> None:
    """Let an open page look for news every second instead of every minute."""
    page.evaluate(
        "document.getElementById('~live').dataset.every = 1; document.dispatchEvent(new Event('visibilitychange'))"
    )

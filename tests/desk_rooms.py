"""A newsroom with something for each screen of the desk: corrections, voices that differ, promises, an embargo."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from events import commands
from events.fold.state import Story
from events.model.events import AnyEvent
from feed.newsroom import Newsroom
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.editor import Editor, editor_at
from tests.sites import record

STORY = "harbour-fire"


def busy_room(folder: Path, *, clock: Callable[[], datetime]) -> Site:
    """Record it. Its promises are about days around that of the `clock`."""
    site = Site.open(newsroom(folder).folder, clock=clock)
    record(site, *_fire(clock()), *_strike(clock()))
    return site


class BusyRoom:
    """A busy newsroom, and an editor in it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock("2026-03-02T08:00:00Z")
        self.site = busy_room(folder, clock=self.clock)
        self.newsroom = Newsroom.open(self.site.folder, clock=self.clock)
        self.editor: Editor = editor_at(self.newsroom)

    @property
    def story(self) -> Story:
        with self.newsroom.ledger() as ledger:
            return ledger.story(STORY)


def _fire(now: datetime) -> Iterator[AnyEvent]:
    yesterday, tomorrow = ((now + timedelta(days=days)).date().isoformat() for days in (-1, 1))
    hurt = {"key": "hurt", "unit": "people"}
    yield commands.open_story(STORY, "Fire at the harbour", summary="A warehouse burned.", subjects=["fire"])
    yield commands.report(
        STORY,
        "Two hurt in a warehouse fire",
        development="d1",
        body="It began in the *shed* behind quay 3.",
        said_by=["Ana Ruiz, fire chief (Port Authority)"],
        sources=[{"name": "Harbour Radio", "url": "https://radio.example/1"}],
        facts=[{**hurt, "value": 2}, {"key": "cause", "value": "an electrical fault"}],
        expects=[{"id": "ferries", "what": "Ferries run again", "by": "Blue Line", "due": yesterday}],
    )
    fund = {"id": "fund", "what": "A fund for the workers", "by": "The city", "condition": "if the council agrees"}
    yield commands.report(
        STORY,
        "Hospital counts five hurt",
        development="d2",
        said_by=["Ben Ito, spokesman (City Hospital)"],
        facts=[{**hurt, "value": 5}, {"key": "cause", "stance": "cannot_confirm"}],
        expects=[{"id": "report", "what": "The port publishes its report", "due": tomorrow}, fund],
    )
    yield commands.report(STORY, "Quay 3 closed", development="d3", facts=[{"key": "quay.open", "value": False}])
    charges, until = {"key": "charges", "value": 3}, now + timedelta(days=1)
    yield commands.report(STORY, "Owner to be charged", development="d4", facts=[charges], embargoed_until=until)
    yield commands.correct(STORY, "d3", {"headline": "Quays 3 and 4 closed"}, "Quay 4 is closed too.")
    yield commands.check_fact(STORY, "cause", checked_on=yesterday)


def _strike(now: datetime) -> Iterator[AnyEvent]:
    talks = {"id": "talks", "what": "Talks begin", "due": (now - timedelta(days=7)).date().isoformat()}
    yield commands.open_story("strike", "Strike at the airport")
    yield commands.report("strike", "Pilots stop work", expects=[talks])

"""Full pages, numbered or archived, are rewritten only if their entries change."""

from pathlib import Path

import pytest

from events import commands
from events.model.events import AnyEvent
from feed.output.tree import files_of
from feed.pages.history import History
from feed.pages.state_file import StateFile
from feed.publishing import render as rendering
from feed.site import Published, Site
from tests.builders import STORY, Clock, newsroom
from tests.sites import record

REPORTS = 103
FOLDER = f"stories/{STORY}/"
NUMBERED, OLDEST, OLDER = f"{FOLDER}page/0001.html", f"{FOLDER}archive/0001.atom", f"{FOLDER}archive/0002.atom"
HISTORY, DEVELOPMENTS = f"{FOLDER}history/0001.json", f"{FOLDER}developments/0001.json"
HURT = {"key": "hurt", "value": 2, "as_of": "2026-03-01"}
FULL = {NUMBERED, OLDEST, OLDER, HISTORY, DEVELOPMENTS}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published a story of one numbered page and two pages of the archive."""
    clock = Clock("2026-03-02T08:00:00Z")
    site = newsroom(tmp_path, clock)
    first = commands.report(STORY, "Report 1", development="d1", said_by=["Ana Ruiz (Port)"], facts=[HURT])
    reports = (commands.report(STORY, f"Report {n}", development=f"d{n}") for n in range(2, REPORTS + 1))
    record(site, commands.open_story(STORY, "Fire at the harbour"), first, *reports)
    assert {*site.publish().changed} >= FULL
    clock.go("2026-03-02T09:00:00Z")
    return site


def published(site: Site, event: AnyEvent) -> Published:
    """Record an event and publish it; what stands then is what a build from nothing gives."""
    record(site, event)
    done = site.publish()
    assert site.verify_rebuild() == ()
    return done


def test_new_report_rewrites_no_full_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    record(site, commands.report(STORY, "One more"))
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "older_page", None)
        patched.setattr(rendering, "archive_feed", None)
        patched.setattr(History, "page", lambda *_: pytest.fail("a full page of the history is made again"))
        patched.setattr(StateFile, "page", lambda *_: pytest.fail("a full page of developments is made again"))
        done = site.publish()
    assert done.failed == ()
    assert FOLDER + "index.html" in done.changed
    assert FULL.isdisjoint(done.changed)
    assert {*files_of(site.root)} >= FULL
    assert site.verify_rebuild() == ()


@pytest.mark.parametrize(
    ("event", "made"),
    [
        (commands.correct(STORY, "d7", {"headline": "Report 7."}, level="typo"), FULL - {OLDER}),
        (commands.retract(STORY, "d77", "Never happened."), FULL - {OLDEST}),
        (commands.pin(STORY, "d7"), {NUMBERED, DEVELOPMENTS}),
        (commands.revise_story(STORY, headline="Fire at the port"), {NUMBERED, OLDEST, OLDER}),
        (commands.report(STORY, "No fire", disputes=[{"development": "d7", "kind": "denies"}]), {DEVELOPMENTS}),
        (
            commands.report(STORY, "None hurt", facts=[HURT | {"value": 0}]),
            {DEVELOPMENTS},
        ),
    ],
    ids=["typo", "retraction", "pin", "revision", "denial", "contradiction"],
)
def test_full_page_changes_with_its_entries(site: Site, event: AnyEvent, made: set[str]) -> None:
    assert FULL & {*published(site, event).changed} == made


def test_removed_full_page_is_rewritten_by_the_next_update(site: Site) -> None:
    for page in (NUMBERED, HISTORY, DEVELOPMENTS):
        (site.root / page).unlink()
    done = published(site, commands.report(STORY, "One more"))
    assert FULL & {*done.changed} == {NUMBERED, HISTORY, DEVELOPMENTS}

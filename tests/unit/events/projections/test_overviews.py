"""Overviews: equal to each story's state, cached, and read without a model."""

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner

from events import commands
from events.fold.story import StoryFold
from events.integrity.verify import verify
from events.ledger import Ledger
from events.model.edtf import microseconds
from events.projections import folds
from events.projections.overviews import overview_of
from events.projections.version import FOLD_VERSION
from events.store.base import Overview
from events.store.sqlite import SqliteStore
from feed.cli.commands import lists
from feed.cli.desk import Desk
from feed.site import Site
from tests.builders import STORY, Clock, Scenario, newsroom
from tests.sites import record

TALKS = {"id": "talks", "what": "Talks are held", "by": "The ministry", "due": "2026-03-05"}


def printed(site: Site, command: str, *arguments: str) -> Any:
    """Return what a command prints as JSON."""
    desk = Desk(named=str(site.folder), now=site.clock())
    commands_by_name = {item.name: item for item in lists.COMMANDS}
    done = CliRunner().invoke(commands_by_name[command], ["--json", *arguments], obj=desk)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def versions(site: Site) -> dict[str, str]:
    """Return the version of each story's overview."""
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return {item.story: item.version for item in reading.overviews()}


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-03-04T08:00:00Z")


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Site:
    made = newsroom(tmp_path / "room", clock)
    record(made, commands.open_story(STORY, "Fire"), commands.report(STORY, "First", expects=[TALKS], id="first"))
    return made


def test_unopened_story_has_no_overview() -> None:
    assert overview_of(StoryFold(STORY)) == Overview(STORY, FOLD_VERSION)


def test_overview_follows_what_makes_an_unchanged_promise_another() -> None:
    def listed(story: Scenario) -> tuple[Any, Any]:
        [item] = json.loads(overview_of(story.fold).awaited)
        return item["overdue_us"], item["embargo_us"]

    due, until = datetime(2026, 3, 6, 12, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    assert listed(Scenario().report("d1", expects=[TALKS])) == (microseconds(due), None)
    embargoed = Scenario().report("d1", expects=[TALKS], embargoed_until=until)
    assert listed(embargoed) == (microseconds(due), microseconds(until))
    assert listed(Scenario().report("d1", expects=[TALKS]).close()) == (None, None)


def test_promises_in_the_same_words_are_named_by_the_headlines_of_their_reports() -> None:
    def names(story: Scenario) -> list[str | None]:
        return [item.get("name") for item in json.loads(overview_of(story.fold).awaited)]

    story = Scenario().report("a", headline="Mill Road", expects=[{"id": "a", "what": "Pave"}])
    assert names(story) == [None]
    story.report("b", headline="Pave", expects=[{"id": "b", "what": "Pave"}, {"id": "c", "what": "Light it"}])
    assert names(story) == ["Mill Road: Pave", "Pave", None]
    assert names(story.correct("a", headline="Mill Lane")) == ["Mill Lane: Pave", "Pave", None]
    assert names(story.report("d", resolves=[{"expectation": "b", "outcome": "met"}])) == [None, None]


def test_append_stores_the_overview(site: Site, clock: Clock) -> None:
    assert versions(site) == {STORY: FOLD_VERSION}
    assert printed(site, "stories")[0]["overdue"] == 0
    clock.go("2026-03-09T08:00:00Z")  # falls overdue from time alone
    assert printed(site, "stories")[0]["overdue"] == 1
    assert [item["status"] for item in printed(site, "due")] == ["overdue"]


def test_redaction_empties_the_overview(site: Site) -> None:
    record(site, commands.redact(STORY, "A court ordered it.", event="first"))
    assert versions(site) == {STORY: ""}
    assert printed(site, "due") == []
    assert versions(site) == {STORY: FOLD_VERSION}
    record(site, commands.report(STORY, "Later"))
    assert b"The ministry" not in (site.folder / "ledger.db").read_bytes()


def test_overviews_of_evicted_folds_are_stored(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "EVENTS_MAX", 3 * folds.EVENTS_MIN)
    names = [f"story-{number}" for number in range(8)]
    record(site, *(commands.open_story(name, "H") for name in names), *(commands.report(name, "R") for name in names))
    assert set(versions(site).values()) == {FOLD_VERSION}
    assert [line["developments"] for line in printed(site, "stories")] == [1] * 9


def test_dry_run_and_refusal_store_no_overview(site: Site) -> None:
    with site.ledger() as ledger:
        ledger.append_all([commands.report(STORY, "Only tried")], dry_run=True)
    assert printed(site, "stories")[0]["developments"] == 1


@pytest.mark.parametrize("spoilt", ["", "an older one"], ids=["nothing versions", "another fold's"])
def test_missing_overview_is_rebuilt_and_stored(site: Site, spoilt: str) -> None:
    before = printed(site, "stories")
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_overview(Overview(STORY, spoilt, "{}", "{}"), events=2)
    assert versions(site) == {STORY: spoilt}
    assert printed(site, "stories") == before
    assert versions(site) == {STORY: FOLD_VERSION}


def test_listing_does_not_wait_for_a_writer(site: Site) -> None:
    before = printed(site, "stories")
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_overview(Overview(STORY), events=2)
    with closing(Ledger.open(site.folder)) as busy, busy.store.writing():
        assert printed(site, "stories") == before
    assert versions(site) == {STORY: ""}


@pytest.mark.slow
def test_listing_imports_no_model(site: Site) -> None:
    program = (
        f"import sys; sys.argv = ['writethru', '-C', {str(site.folder)!r}, sys.argv[1]]; "
        "from feed.cron import main; code = main(); "
        "assert not {'pydantic', 'rich'} & sys.modules.keys(), 'a model'; sys.exit(code)"
    )
    for command, words in (("stories", "1 reported"), ("due", "Talks are held (by The ministry)")):
        done = subprocess.run([sys.executable, "-c", program, command], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert words in done.stdout


def test_verify_reports_a_wrong_overview(site: Site) -> None:
    with closing(SqliteStore(site.folder / "ledger.db")) as store:
        assert verify(store).problems == ()
        with store.writing() as writing:
            writing.put_overview(Overview(STORY, FOLD_VERSION, "{}", "[]"), events=2)
        (problem,) = verify(store).problems
    assert f"the overview of {STORY} does not match its events" in problem.message


def test_verify_reports_an_overview_of_no_story(site: Site) -> None:
    with closing(apsw.Connection(str(site.folder / "ledger.db"))) as connection:
        connection.execute("INSERT INTO overviews (story) VALUES ('nobody')")
    with closing(SqliteStore(site.folder / "ledger.db")) as store:
        (problem,) = verify(store).problems
    assert "there is an overview of nobody, but no event of it" in problem.message

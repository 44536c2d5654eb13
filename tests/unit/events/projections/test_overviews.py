"""What the lists over all stories say: the same as each story's state, kept, and read without a model."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner

from events import commands
from events.fold.story import StoryFold
from events.integrity.verify import verify
from events.ledger import Ledger
from events.projections import folds
from events.projections.overviews import overview_of
from events.projections.version import FOLD_VERSION
from events.store.base import Overview
from events.store.sqlite import SqliteStore
from feed.cli.commands import lists as overview
from feed.cli.desk import Desk
from feed.site import Site
from tests.builders import STORY, Clock, newsroom

TALKS = {"id": "talks", "what": "Talks are held", "by": "The ministry", "due": "2026-03-05"}


def listed(site: Site, command: str, *arguments: str) -> Any:
    """Return what a command prints as JSON."""
    desk = Desk(named=str(site.folder), now=site.clock())
    known = {known.name: known for known in overview.COMMANDS}
    done = CliRunner().invoke(known[command], ["--json", *arguments], obj=desk)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def kept(site: Site) -> dict[str, str]:
    """Return of which version what is kept of each story is."""
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return {item.story: item.version for item in reading.overviews()}


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-03-04T08:00:00Z")


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Site:
    made = newsroom(tmp_path / "room", clock)
    with made.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "First", expects=[TALKS], id="first"))
    return made


def test_nothing_is_listed_of_a_story_before_it_is_opened() -> None:
    assert overview_of(StoryFold(STORY)) is None


def test_recording_keeps_what_is_listed(site: Site, clock: Clock) -> None:
    assert kept(site) == {STORY: FOLD_VERSION}
    assert listed(site, "stories")[0]["overdue"] == 0
    clock.go("2026-03-09T08:00:00Z")  # falls overdue from time alone
    assert listed(site, "stories")[0]["overdue"] == 1
    assert [item["status"] for item in listed(site, "due")] == ["overdue"]


def test_redaction_leaves_nothing_of_what_was_listed(site: Site) -> None:
    with site.ledger() as ledger:
        ledger.append(commands.redact(STORY, "A court ordered it.", event="first"))
    assert kept(site) == {STORY: ""}
    assert listed(site, "due") == []
    assert kept(site) == {STORY: FOLD_VERSION}
    with site.ledger() as ledger:
        ledger.append(commands.report(STORY, "Later"))
    assert b"The ministry" not in (site.folder / "ledger.db").read_bytes()


def test_stories_that_leave_memory_while_many_are_recorded_are_kept_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folds, "FOLDS_MAX", 3)
    names = [f"story-{number}" for number in range(8)]
    with site.ledger() as ledger:
        ledger.append(
            *(commands.open_story(name, "H") for name in names), *(commands.report(name, "R") for name in names)
        )
    assert set(kept(site).values()) == {FOLD_VERSION}
    assert [line["developments"] for line in listed(site, "stories")] == [1] * 9


def test_dry_run_and_refusal_keep_nothing(site: Site) -> None:
    with site.ledger() as ledger:
        ledger.append_all([commands.report(STORY, "Only tried")], dry_run=True)
    assert listed(site, "stories")[0]["developments"] == 1


@pytest.mark.parametrize("spoilt", ["", "an older one"], ids=["nothing kept", "another fold's"])
def test_what_is_not_kept_is_folded_and_kept(site: Site, spoilt: str) -> None:
    before = listed(site, "stories")
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_overview(Overview(STORY, spoilt, "{}", "{}"), events=2)
    assert kept(site) == {STORY: spoilt}
    assert listed(site, "stories") == before
    assert kept(site) == {STORY: FOLD_VERSION}


def test_while_somebody_writes_nobody_waits_to_keep_it(site: Site) -> None:
    before = listed(site, "stories")
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_overview(Overview(STORY), events=2)
    with closing(Ledger.open(site.folder)) as busy, busy.store.writing():
        assert listed(site, "stories") == before
    assert kept(site) == {STORY: ""}


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


def test_verify_finds_what_is_listed_wrongly(site: Site) -> None:
    with closing(SqliteStore(site.folder / "ledger.db")) as store:
        assert verify(store).problems == ()
        with store.writing() as writing:
            writing.put_overview(Overview(STORY, FOLD_VERSION, "{}", "[]"), events=2)
        (problem,) = verify(store).problems
    assert f"the overview of {STORY} does not match its events" in problem.message


def test_verify_finds_what_is_listed_of_no_story(site: Site) -> None:
    with closing(apsw.Connection(str(site.folder / "ledger.db"))) as connection:
        connection.execute("INSERT INTO overviews (story) VALUES ('nobody')")
    with closing(SqliteStore(site.folder / "ledger.db")) as store:
        (problem,) = verify(store).problems
    assert "there is an overview of nobody, but no event of it" in problem.message

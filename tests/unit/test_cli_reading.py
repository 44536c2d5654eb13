"""The commands that read, as somebody at a terminal or a pipe gets them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from freezegun import freeze_time

from events.interchange import read_events
from events.model import AnyEvent
from events.recording import (
    close_story,
    correct,
    hold,
    open_story,
    pin,
    redact,
    release,
    reopen_story,
    report,
    retract,
    revise_story,
    unpin,
)
from feed.cli import overview, reading
from feed.cli.program import OVERDUE, run
from feed.cli.shell import Desk
from feed.publish import Site
from tests.builders import Clock, newsroom
from tests.conftest import Golden

WORKED_STORY = Path(__file__).parents[2] / "feed" / "demo" / "cuba-53"
NOW = datetime(2015, 1, 24, 8, tzinfo=UTC)
FIRE = "harbour-fire"


class Newsroom:
    """A newsroom in a folder, its clock, and what its commands print."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock(NOW)
        self.site: Site = newsroom(folder, self.clock)

    def record(self, *events: AnyEvent) -> "Newsroom":
        with self.site.ledger() as ledger:
            ledger.append(*events)
        return self

    def worked_story(self) -> "Newsroom":
        for file in sorted(WORKED_STORY.glob("*.yaml")):
            self.record(*(item.event for item in read_events(file.read_bytes(), name=file.name)))
        return self

    def run(self, command: str, *arguments: str, **environment: str) -> Result:
        desk = Desk(folder=str(self.site.folder), now=self.clock.now)
        known = {known.name: known for known in (*reading.COMMANDS, *overview.COMMANDS)}
        return CliRunner().invoke(known[command], arguments, obj=desk, env=environment)

    def out(self, command: str, *arguments: str, **environment: str) -> str:
        done = self.run(command, *arguments, **environment)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            patch.delenv(name, raising=False)
        yield Newsroom(tmp_path / "newsroom")


@pytest.fixture
def cuba(room: Newsroom) -> Newsroom:
    return room.worked_story()


@pytest.fixture
def fire(room: Newsroom) -> Newsroom:
    return room.record(open_story(FIRE, "Fire at the harbour"))


class TestShow:
    @pytest.mark.parametrize("day", ["2015-01-05", "2015-01-06", "2015-01-12", "2015-01-23"])
    def test_the_worked_story_reads_as_in_the_golden_file(self, cuba: Newsroom, golden: Golden, day: str) -> None:
        golden(cuba.out("show", "cuba-53", "--as-of", day), f"show/cuba-53-{day}.txt")

    def test_a_wide_screen_gives_facts_their_columns(self, cuba: Newsroom, golden: Golden) -> None:
        golden(cuba.out("show", "cuba-53", "--as-of", "2015-01-12", COLUMNS="200"), "show/cuba-53-2015-01-12-wide.txt")

    def test_whatever_can_go_wrong_with_a_story_is_seen(self, room: Newsroom, golden: Golden) -> None:
        golden(_troubled(room).out("show", FIRE), "show/troubled.txt")

    @pytest.mark.parametrize("columns", ["20", "40", "80", "120"])
    def test_no_line_is_wider_than_the_screen_nor_ends_in_space(self, room: Newsroom, columns: str) -> None:
        lines = _troubled(room).out("show", FIRE, COLUMNS=columns).splitlines()
        assert all(line == line.rstrip() for line in lines)
        assert max(len(line) for line in lines) <= max(int(columns), 44)

    def test_a_pipe_gets_no_codes_and_a_terminal_does(self, cuba: Newsroom) -> None:
        plain = cuba.out("show", "cuba-53")
        coloured = cuba.out("show", "cuba-53", FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="80")
        assert "\x1b" not in plain
        assert "\x1b[1;31mOVERDUE\x1b[0m" in coloured
        assert click.unstyle(coloured) == plain

    def test_words_of_events_are_neither_markup_nor_orders_to_the_terminal(self, room: Newsroom) -> None:
        shown = room.record(
            open_story(FIRE, "[red]Fire[/red] :fire: \u202eevil"),
            report(FIRE, "[bold]Two[/bold] hurt", facts=[{"key": "ship", "value": "\x85[link=x]A[/link]"}]),
        ).out("show", FIRE)
        assert "[red]Fire[/red] :fire: \N{REPLACEMENT CHARACTER}evil" in shown
        assert "[bold]Two[/bold] hurt" in shown
        assert "[link=x]A[/link]" in shown
        assert "\x85" not in shown

    def test_a_story_without_reports_says_so(self, fire: Newsroom) -> None:
        assert "Nothing has been reported yet." in fire.out("show", FIRE)
        then = fire.out("show", FIRE, "--recorded-by", "2015-01-24")
        assert "As recorded by 24 January 2015." in then
        assert "Nothing had been recorded by 24 January 2015." in then

    def test_now_decides_what_is_overdue(self, cuba: Newsroom) -> None:
        before = cuba.out("show", "cuba-53", "--now", "2015-01-20T12:00:00Z")
        assert "Due dates seen from 20 January 2015, 12:00 UTC." in before
        assert "OVERDUE" not in before

    def test_json_is_the_state(self, cuba: Newsroom) -> None:
        state = json.loads(cuba.out("show", "cuba-53", "--as-of", "2015-01-12", "--json"))
        assert state["facts"]["prisoners.released"]["value"] == 53
        assert list(state) == sorted(state)

    def test_what_the_ledger_did_not_hold_yet_is_not_called_unknown(
        self, cuba: Newsroom, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "show", "cuba-53", "--recorded-by", "2015-01-06"]) == 1
        told = capsys.readouterr().err
        assert "this ledger held nothing of cuba-53 by 6 January 2015." in told
        assert "It was opened here at 2015-01-24T08:00:00Z." in told

    @pytest.mark.parametrize("more", [[], ["--recorded-by", "2015-01-24"]])
    def test_a_misspelt_story_gets_did_you_mean(
        self, cuba: Newsroom, capsys: pytest.CaptureFixture[str], more: list[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "show", "cuba-35", *more]) == 1
        assert "Did you mean cuba-53?" in capsys.readouterr().err

    def test_a_value_said_again_keeps_the_day_it_was_first_said(self, fire: Newsroom) -> None:
        said = [("20", 2), ("21", 3), ("22", {"min": 0, "max": 9}), ("23", 3), ("24", {"min": 1})]
        for day, hurt in said:
            claim = {"key": "hurt", "value": hurt, "as_of": f"2015-01-{day}"}
            fire.record(report(FIRE, f"Report of {day}", said_by=["Chief (Port)"], facts=[claim]))
        shown = fire.out("show", FIRE)
        assert "2 → 3" in shown
        assert " ".join(shown.split()).count("as of 23 January 2015, unchanged since 21 January 2015") == 1

    def test_another_origins_number_is_not_shown_as_what_it_was_before(self, fire: Newsroom) -> None:
        for speaker, hurt in (("Chief (Port)", 2), ("Medic (Hospital)", 5)):
            claim = {"key": "hurt", "value": hurt, "as_of": "2015-01-24"}
            fire.record(report(FIRE, f"{speaker} speaks", said_by=[speaker], facts=[claim]))
        shown = fire.out("show", FIRE)
        assert "→" not in shown
        assert "CONTRADICTED: 2, says Chief (Port), as of 24 January 2015" in " ".join(shown.split())
        assert "DISPUTED: Hurt" in shown


class TestStories:
    def test_the_newest_update_comes_first(self, cuba: Newsroom) -> None:
        harbour, prisoners = cuba.record(open_story(FIRE, "Fire")).out("stories").splitlines()
        headline = "Cuba and the 53: a promised release, and talks with Washington"
        assert harbour == "harbour-fire  open  0 reported   2015-01-24 08:00 UTC  -          Fire"
        assert prisoners == f"cuba-53       open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  {headline}"

    def test_a_terminal_gets_a_line_that_fits(self, cuba: Newsroom) -> None:
        (line,) = click.unstyle(cuba.out("stories", FORCE_COLOR="1", COLUMNS="70")).splitlines()
        assert line == "cuba-53  open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  Cuba and…"

    def test_json_tells_the_same(self, cuba: Newsroom) -> None:
        (told,) = json.loads(cuba.out("stories", "--json"))
        assert told == {
            "story": "cuba-53",
            "headline": "Cuba and the 53: a promised release, and talks with Washington",
            "status": "open",
            "developments": 20,
            "updated_at": "2015-01-12T12:00:00Z",
            "overdue": 1,
        }

    def test_an_empty_newsroom_says_how_to_begin(self, room: Newsroom) -> None:
        done = room.run("stories")
        assert done.stdout == ""
        assert "writethru open" in done.stderr


class TestLog:
    def test_every_type_has_its_gist(self, room: Newsroom, golden: Golden) -> None:
        golden(_troubled(room).out("log"), "log/troubled.txt")

    def test_json_is_what_export_writes(self, cuba: Newsroom) -> None:
        exported = [json.loads(line) for line in cuba.out("export").splitlines()]
        for line in exported:
            assert (len(line.pop("salt")), len(line.pop("body_digest"))) == (32, 64)
        assert [json.loads(line) for line in cuba.out("log", "cuba-53", "--json").splitlines()] == exported

    def test_one_story_leaves_out_the_others(self, cuba: Newsroom) -> None:
        log = cuba.record(open_story(FIRE, "Fire")).out("log", FIRE)
        assert log == (
            "   22  harbour-fire  2015-01-24T08:00:00Z                                story_opened    Fire\n"
        )

    def test_an_empty_ledger_has_an_empty_log(self, room: Newsroom) -> None:
        assert room.out("log") == ""


class TestSince:
    def test_the_worked_story_reads_as_in_the_golden_file(self, cuba: Newsroom, golden: Golden) -> None:
        golden(cuba.out("since", "cuba-53", "2015-01-06"), "since/cuba-53-2015-01-06.txt")

    def test_a_number_is_a_version(self, cuba: Newsroom) -> None:
        lines = cuba.out("since", "cuba-53", "20").splitlines()
        assert lines[0] == "Reported: Talks between Cuba and the United States are set for 21 and 22 January"

    @pytest.mark.parametrize(
        ("when", "place"),
        [("21", "version 21"), ("2015-01-24", "24 January 2015"), ("now", "24 January 2015, 08:00 UTC")],
    )
    def test_nothing_is_said_on_stderr(self, cuba: Newsroom, when: str, place: str) -> None:
        with freeze_time(NOW):
            done = cuba.run("since", "cuba-53", when)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == f"cuba-53: nothing changed since {place}.\n"

    def test_a_version_to_come_is_refused(self, cuba: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["-C", str(cuba.site.folder), "since", "cuba-53", "22"]) == 1
        assert "cuba-53 is at version 21: there is no version 22 yet." in capsys.readouterr().err

    def test_what_is_no_time_is_refused_with_what_would_do(self, cuba: Newsroom) -> None:
        done = cuba.run("since", "cuba-53", "tuesday")
        assert done.exit_code == 2
        assert "A day such as 2015-01-06 will do" in done.stderr

    def test_json_names_each_kind_of_change(self, room: Newsroom) -> None:
        _troubled(room)
        told = [item for version in ("3", "9", "0") for item in json.loads(room.out("since", FIRE, version, "--json"))]
        kinds = {(item["change"], item["how"]) for item in told}
        assert kinds >= {
            ("fact", "new"),
            ("contradiction", "opened"),
            ("denial", "opened"),
            ("expectation", "opened"),
            ("story", "revised"),
            ("development", "reported"),
        }
        assert all(item["text"].startswith(item["subject"]) for item in told)

    def test_json_tells_what_ended(self, fire: Newsroom) -> None:
        claim = {"key": "hurt", "value": 2}
        fire.record(report(FIRE, "Two hurt", development="two", said_by=["Chief (Port)"], facts=[claim]))
        denial = {"key": "hurt", "stance": "denies"}
        fire.record(report(FIRE, "None hurt", development="none", said_by=["Owner (Line)"], facts=[denial]))
        fire.record(retract(FIRE, "none", "It was a hoax."))
        (denied, _) = sorted(json.loads(fire.out("since", FIRE, "3", "--json")), key=lambda item: item["change"])[:2]
        assert (denied["change"], denied["of"], denied["how"]) == ("denial", "hurt", "ended")


class TestDue:
    def test_overdue_comes_first_then_the_nearest_window_then_none(self, fire: Newsroom) -> None:
        lines = _promises(fire).out("due").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending", "pending", "partly", "open"]
        assert lines[0] == (
            "OVERDUE     due 20 January 2015  The report is out (by Port Authority) [harbour-fire late]"
        )

    def test_a_narrow_terminal_still_gets_every_word(self, cuba: Newsroom) -> None:
        lines = click.unstyle(cuba.out("due", FORCE_COLOR="1", COLUMNS="80")).splitlines()
        assert lines[:2] == [
            "OVERDUE  due 21–22 January 2015  The United States and Cuba hold talks (by",
            "                                 United States and Cuba) [cuba-53 talks]",
        ]

    def test_within_counts_days_and_keeps_what_is_overdue(self, fire: Newsroom) -> None:
        lines = _promises(fire).out("due", "--within", "7d").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending"]
        assert "due 31 January 2015" in lines[1]

    @pytest.mark.parametrize("within", ["soon", "7w", "-1d"])
    def test_within_wants_days(self, fire: Newsroom, within: str) -> None:
        done = fire.run("due", f"--within={within}")
        assert done.exit_code == 2
        assert "is not a number of days, such as 7d" in done.stderr

    def test_fail_overdue_gives_its_own_exit_code(self, cuba: Newsroom) -> None:
        folder = str(cuba.site.folder)
        with freeze_time(NOW):
            assert run(["-C", folder, "due", "--fail-overdue"]) == overview.EXIT_OVERDUE == OVERDUE
        with freeze_time("2015-01-20"):
            assert run(["-C", folder, "due", "--fail-overdue"]) == 0

    def test_a_closed_story_awaits_nothing_more_save_what_was_overdue(self, fire: Newsroom) -> None:
        (line,) = _promises(fire).record(close_story(FIRE)).out("due").splitlines()
        assert line.startswith("OVERDUE")

    def test_nothing_awaited_is_said_on_stderr(self, fire: Newsroom) -> None:
        assert fire.run("due").stderr == "Nothing is awaited.\n"
        assert fire.run("due", "--within", "3").stderr == "Nothing is due within 3 days.\n"

    def test_json_carries_the_story(self, cuba: Newsroom) -> None:
        first = json.loads(cuba.out("due", "--json"))[0]
        assert (first["story"], first["id"], first["status"]) == ("cuba-53", "talks", "overdue")


class TestExport:
    def test_what_is_exported_can_be_imported_with_its_ids(self, cuba: Newsroom) -> None:
        lines = cuba.out("export", "cuba-53").encode()
        with cuba.site.ledger() as ledger:
            ids = [recorded.id for recorded in ledger.events()]
        assert [item.event.id for item in read_events(lines, name="-")] == ids

    def test_a_file_is_written_whole(self, cuba: Newsroom, tmp_path: Path) -> None:
        place = tmp_path / "out.jsonl"
        place.write_text("what stood before")
        assert cuba.out("export", "-o", str(place)) == ""
        assert place.read_text() == cuba.out("export")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["newsroom", "out.jsonl"]

    def test_an_export_that_fails_leaves_what_stood_before(self, cuba: Newsroom, tmp_path: Path) -> None:
        place = tmp_path / "out.jsonl"
        place.write_text("what stood before")
        assert run(["-C", str(cuba.site.folder), "export", "nowhere", "-o", str(place)]) == 1
        assert place.read_text() == "what stood before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["newsroom", "out.jsonl"]

    def test_a_device_is_written_to_and_not_replaced(self, cuba: Newsroom) -> None:
        assert cuba.out("export", "-o", "/dev/null") == ""
        assert not Path("/dev/null").is_file()

    def test_a_folder_that_does_not_exist_is_named(
        self, cuba: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "export", "-o", str(tmp_path / "no" / "where")]) == 1
        assert "no such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["show cuba-53", "log", "export", "stories", "log --json", "stories --json"])
def test_a_reader_who_leaves_early_causes_no_noise(cuba: Newsroom, command: str) -> None:
    program = "import sys; from feed.cli import run; sys.exit(run(sys.argv[1:]))"
    arguments = [sys.executable, "-c", program, "-C", str(cuba.site.folder), *command.split()]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(arguments, stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert done.stderr == b""


@pytest.mark.parametrize("command", [*reading.COMMANDS, *overview.COMMANDS], ids=lambda command: command.name)
def test_help_leads_with_an_example(command: click.Command) -> None:
    assert f"\b\n  writethru {command.name}" in cleandoc(command.help or "")


def _promises(room: Newsroom) -> Newsroom:
    expects = [
        {"id": "far", "what": "The pier is rebuilt", "due": "2015-06"},
        {"id": "settled", "what": "The harbour reopens", "due": "2015-01-23"},
        {"id": "open", "what": "An inquiry is held"},
        {"id": "late", "what": "The report is out", "by": "Port Authority", "due": "2015-01-20"},
        {"id": "near", "what": "Ferries sail again", "due": "2015-01-31"},
        {"id": "half", "what": "Both cranes are mended", "due": {"literal": "some day"}},
    ]
    outcomes = [{"expectation": "settled", "outcome": "met"}, {"expectation": "half", "outcome": "partly_met"}]
    return room.record(report(FIRE, "What is promised", expects=expects, resolves=outcomes))


def _troubled(room: Newsroom) -> Newsroom:
    """Give a story to which everything has happened that `show` and `log` must tell."""
    chief, owner = "Ana Ruiz, fire chief (Port Authority)", "Lee Ho, owner (Blue Line)"
    day = "2015-01-24"

    def said(development: str, headline: str, speaker: str | None, **fields: object) -> AnyEvent:
        speakers = [speaker] if speaker else None
        return report(FIRE, headline, development=development, said_by=speakers, **fields)

    hurt, cause = {"key": "hurt", "unit": "people", "as_of": day}, {"key": "cause", "as_of": day}
    room.record(
        open_story(FIRE, "Fire at the harbour", summary="A fire.\n\nAt the harbour."),
        said("two-hurt", "Two hurt", chief, facts=[{**hurt, "value": 2}, {**cause, "value": "arson"}]),
        said("five-hurt", "Five hurt", "Medic (Hospital)", facts=[{**hurt, "value": 5}]),
        said("no-arson", "It was no arson", owner, facts=[{**cause, "stance": "denies", "value": "arson"}]),
        said("denial", "Nobody is hurt", owner, disputes=[{"development": "five-hurt", "kind": "denies"}]),
        said("asked", "Police cannot say", "Police (City)", facts=[{**cause, "stance": "cannot_confirm"}]),
    )
    room.clock.go("2015-01-24T09:30:00Z")
    room.record(
        said("crew", "Crew of nine", chief, facts=[{"key": "crew", "value": 9}, {"key": "ship", "value": "Ara"}]),
        said("seen", "Agency saw the crew", None, sources=[{"name": "Agency"}], corroborates=[_checked("crew")]),
        said("seen-too", "Hospital too", "Medic (Hospital)", corroborates=[_checked("crew", method="a head count")]),
        revise_story(FIRE, headline="Fire at the old harbour", subjects=["fire"]),
        said("gone", "Owner flees", owner, facts=[{"key": "owner.gone", "value": True}]),
        said("ship", "No comment on the ship", chief, facts=[{"key": "ship", "stance": "denies"}]),
        said("ferries", "Ferries sail on Friday", None, expects=[_ferries(due="2015-02")]),
        said("when", "Ferries sail on Monday", None, expects=[_ferries(due="2015-02-02", condition="calm sea")]),
        said("later", "Ferries sail in March", None, expects=[_ferries(due="2015-03-02"), {"id": "x", "what": "Y"}]),
        said("locked", "Doors locked", chief, facts=[{"key": "doors", "value": "locked"}]),
        said("unlocked", "He takes that back", chief, facts=[{"key": "doors", "stance": "denies"}]),
        said("name", "Whose name this is", None, id="event-name"),
        said("secret", "What nobody may read", None),
        said("inquiry", "Inquiry tomorrow", None, embargoed_until="2015-01-25T08:00:00Z", sources=[{"name": "Agency"}]),
        correct(FIRE, "two-hurt", {"headline": "Two slightly hurt", "body": "w " * 99}, "Slip.", level="clarification"),
        correct(FIRE, "crew", {"said_by": [{"name": "Ana Ruiz"}], "happened": "2015-01-24"}, "It was hers."),
        hold(FIRE, "seen", reason="Is it theirs?"),
        hold(FIRE, "asked"),
        release(FIRE, "asked", reason="It is theirs."),
        retract(FIRE, "gone", "He was found at home.", substitute="denial"),
        retract(FIRE, "no-arson", "It was a hoax."),
        pin(FIRE, "two-hurt"),
        pin(FIRE, "crew"),
        unpin(FIRE, "crew"),
        redact(FIRE, "A court ordered it.", development="secret"),
        redact(FIRE, "A name.", event="event-name"),
        close_story(FIRE, reason="It is out."),
    )
    room.clock.go("2015-01-24T10:00:00Z")
    return room.record(reopen_story(FIRE))


def _checked(development: str, **fields: object) -> dict[str, object]:
    return {"development": development, "verification": True, **fields}


def _ferries(**fields: object) -> dict[str, object]:
    return {"id": "ferries", "what": "Ferries sail again", **fields}

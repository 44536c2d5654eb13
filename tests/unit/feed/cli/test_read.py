"""The commands that read, as somebody at a terminal or a pipe gets them."""

import json
import os
import subprocess
import sys
from inspect import cleandoc
from pathlib import Path

import click
import pytest
from freezegun import freeze_time

from events.commands import (
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
from events.files.importer import read_events
from events.model.events import AnyEvent
from feed.cli.commands import lists as overview
from feed.cli.commands import read as reading
from feed.cli.program import run
from tests.conftest import Golden
from tests.desk import FIRE, NOW, Newsroom


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
        assert "You can also write a day, such as 2015-01-06: it means its end." in done.stderr

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


def _troubled(room: Newsroom) -> Newsroom:
    """Return a story to which everything has happened that `show` and `log` must tell."""
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

"""The commands that read, as somebody at a terminal or a pipe gets them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

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
from feed.cli.program import run
from tests.builders import frozen_at
from tests.conftest import Golden
from tests.desk import FIRE, NOW, DeskRunner


class TestShow:
    @pytest.mark.parametrize("day", ["2015-01-05", "2015-01-06", "2015-01-12", "2015-01-23"])
    def test_worked_story_equals_the_golden_file(self, cuba: DeskRunner, golden: Golden, day: str) -> None:
        golden(cuba.output("show", "cuba-53", "--as-of", day), f"show/cuba-53-{day}.txt")

    def test_wide_screen_puts_facts_in_columns(self, cuba: DeskRunner, golden: Golden) -> None:
        golden(
            cuba.output("show", "cuba-53", "--as-of", "2015-01-12", COLUMNS="200"), "show/cuba-53-2015-01-12-wide.txt"
        )

    def test_troubled_story_equals_the_golden_file(self, room: DeskRunner, golden: Golden) -> None:
        golden(_troubled(room).output("show", FIRE), "show/troubled.txt")

    @pytest.mark.parametrize("columns", ["20", "40", "80", "120"])
    def test_line_fits_the_screen_and_ends_without_space(self, room: DeskRunner, columns: str) -> None:
        lines = _troubled(room).output("show", FIRE, COLUMNS=columns).splitlines()
        assert all(line == line.rstrip() for line in lines)
        assert max(len(line) for line in lines) <= max(int(columns), 44)

    def test_only_a_terminal_gets_escape_codes(self, cuba: DeskRunner) -> None:
        plain = cuba.output("show", "cuba-53")
        coloured = cuba.output("show", "cuba-53", FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="80")
        assert "\x1b" not in plain
        assert "\x1b[1;31mOVERDUE\x1b[0m" in coloured
        assert click.unstyle(coloured) == plain

    def test_event_text_is_neither_markup_nor_control_codes(self, room: DeskRunner) -> None:
        output = room.record(
            open_story(FIRE, "[red]Fire[/red] :fire: \u202eevil\u202c"),
            report(FIRE, "[bold]Two[/bold] hurt", facts=[{"key": "ship", "value": "\x85[link=x]A[/link]"}]),
        ).output("show", FIRE)
        assert "[red]Fire[/red] :fire: \N{REPLACEMENT CHARACTER}evil\N{REPLACEMENT CHARACTER}" in output
        assert "[bold]Two[/bold] hurt" in output
        assert "[link=x]A[/link]" in output
        assert "\x85" not in output

    def test_story_without_reports_is_named_as_such(self, fire: DeskRunner) -> None:
        assert "Nothing has been reported yet." in fire.output("show", FIRE)
        then = fire.output("show", FIRE, "--recorded-by", "2015-01-24")
        assert "As recorded by 24 January 2015." in then
        assert "Nothing had been recorded by 24 January 2015." in then

    @pytest.mark.slow
    def test_now_option_decides_what_is_overdue(self, cuba: DeskRunner) -> None:
        before = cuba.output("show", "cuba-53", "--now", "2015-01-20T12:00:00Z")
        assert "Due dates seen from 20 January 2015, 12:00 UTC." in before
        assert "OVERDUE" not in before

    def test_json_is_the_state_with_sorted_keys(self, cuba: DeskRunner) -> None:
        state = json.loads(cuba.output("show", "cuba-53", "--as-of", "2015-01-12", "--json"))
        assert state["facts"]["prisoners.released"]["value"] == 53
        assert list(state) == sorted(state)

    def test_story_opened_later_is_not_called_unknown(
        self, cuba: DeskRunner, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "show", "cuba-53", "--recorded-by", "2015-01-06"]) == 1
        message = capsys.readouterr().err
        assert "this ledger held no event of cuba-53 by 6 January 2015." in message
        assert "The story was opened here at 2015-01-24T08:00:00Z." in message

    @pytest.mark.parametrize("more", [[], ["--recorded-by", "2015-01-24"]])
    def test_misspelt_story_is_corrected(
        self, cuba: DeskRunner, capsys: pytest.CaptureFixture[str], more: list[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "show", "cuba-35", *more]) == 1
        assert "Did you mean cuba-53?" in capsys.readouterr().err

    def test_repeated_value_keeps_its_first_day(self, fire: DeskRunner) -> None:
        values = [("20", 2), ("21", 3), ("22", {"min": 0, "max": 9}), ("23", 3), ("24", {"min": 1})]
        for day, hurt in values:
            claim = {"key": "hurt", "value": hurt, "as_of": f"2015-01-{day}"}
            fire.record(report(FIRE, f"Report of {day}", said_by=["Chief (Port)"], facts=[claim]))
        output = fire.output("show", FIRE)
        assert "2 → 3" in output
        assert " ".join(output.split()).count("as of 23 January 2015, unchanged since 21 January 2015") == 1

    def test_corrected_text_is_shown_without_its_markdown(self, fire: DeskRunner) -> None:
        fire.record(report(FIRE, "Two hurt", development="d1", body="*Two* [men](https://a.example)"))
        output = fire.record(correct(FIRE, "d1", {"body": "**Three** men"}, "One more.")).output("show", FIRE)
        assert "text: Two men → Three men" in output

    def test_substitute_that_was_retracted_is_not_named(self, fire: DeskRunner) -> None:
        for name in ("d1", "d2", "d3"):
            fire.record(report(FIRE, f"Report {name}", development=name))
        fire.record(retract(FIRE, "d1", "Wrong.", substitute="d2"), retract(FIRE, "d2", "Wrong.", substitute="d3"))
        assert fire.output("show", FIRE).count("[retracted: Wrong; see d3]") == 2
        assert "see d" not in fire.record(retract(FIRE, "d3", "Wrong.")).output("show", FIRE)

    def test_value_of_another_origin_is_not_the_former_value(self, fire: DeskRunner) -> None:
        for speaker, hurt in (("Chief (Port)", 2), ("Medic (Hospital)", 5)):
            claim = {"key": "hurt", "value": hurt, "as_of": "2015-01-24"}
            fire.record(report(FIRE, f"{speaker} speaks", said_by=[speaker], facts=[claim]))
        output = fire.output("show", FIRE)
        assert "→" not in output
        assert "CONTRADICTED by Chief (Port): 2, as of 24 January 2015" in " ".join(output.split())
        assert "DISPUTED: Hurt" in output


class TestLog:
    def test_every_event_type_equals_the_golden_file(self, room: DeskRunner, golden: Golden) -> None:
        golden(_troubled(room).output("log"), "log/troubled.txt")

    def test_json_equals_the_export_without_salts(self, cuba: DeskRunner) -> None:
        exported = [json.loads(line) for line in cuba.output("export").splitlines()]
        for line in exported:
            assert (len(line.pop("salt")), len(line.pop("body_digest"))) == (32, 64)
        assert [json.loads(line) for line in cuba.output("log", "cuba-53", "--json").splitlines()] == exported

    def test_story_argument_leaves_out_other_stories(self, cuba: DeskRunner) -> None:
        log = cuba.record(open_story(FIRE, "Fire")).output("log", FIRE)
        assert log == (
            "   22  harbour-fire  2015-01-24T08:00:00Z                                story_opened    Fire\n"
        )

    def test_empty_ledger_prints_nothing(self, room: DeskRunner) -> None:
        assert room.output("log") == ""


class TestSince:
    def test_worked_story_equals_the_golden_file(self, cuba: DeskRunner, golden: Golden) -> None:
        golden(cuba.output("since", "cuba-53", "2015-01-06"), "since/cuba-53-2015-01-06.txt")

    def test_number_is_a_version(self, cuba: DeskRunner) -> None:
        lines = cuba.output("since", "cuba-53", "20").splitlines()
        assert lines[0] == "Reported: Talks between Cuba and the United States are set for 21 and 22 January"

    @pytest.mark.parametrize(
        ("when", "words"),
        [("21", "version 21"), ("2015-01-24", "24 January 2015"), ("now", "24 January 2015, 08:00 UTC")],
    )
    def test_no_change_is_reported_on_stderr(self, cuba: DeskRunner, when: str, words: str) -> None:
        with frozen_at(NOW):
            result = cuba.run("since", "cuba-53", when)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"cuba-53: nothing changed since {words}.\n"

    def test_future_version_is_refused(self, cuba: DeskRunner, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["-C", str(cuba.site.folder), "since", "cuba-53", "22"]) == 1
        assert "cuba-53 is at version 21: there is no version 22 yet." in capsys.readouterr().err

    def test_bad_time_is_refused_with_a_remedy(self, cuba: DeskRunner) -> None:
        result = cuba.run("since", "cuba-53", "tuesday")
        assert result.exit_code == 2
        assert "You can also write a day, such as 2015-01-06: it means its end." in result.stderr

    @pytest.mark.slow
    def test_json_names_each_kind_of_change(self, room: DeskRunner) -> None:
        _troubled(room)
        changes = [
            item for version in ("3", "9", "0") for item in json.loads(room.output("since", FIRE, version, "--json"))
        ]
        kinds = {(item["change"], item["how"]) for item in changes}
        assert kinds >= {
            ("fact", "new"),
            ("contradiction", "opened"),
            ("denial", "opened"),
            ("expectation", "opened"),
            ("story", "revised"),
            ("development", "reported"),
        }
        assert all(item["text"].startswith(item["subject"]) for item in changes)

    def test_json_names_what_ended(self, fire: DeskRunner) -> None:
        claim = {"key": "hurt", "value": 2}
        fire.record(report(FIRE, "Two hurt", development="two", said_by=["Chief (Port)"], facts=[claim]))
        denial = {"key": "hurt", "stance": "denies"}
        fire.record(report(FIRE, "None hurt", development="none", said_by=["Owner (Line)"], facts=[denial]))
        fire.record(retract(FIRE, "none", "It was a hoax."))
        (denied, _) = sorted(json.loads(fire.output("since", FIRE, "3", "--json")), key=lambda item: item["change"])[:2]
        assert (denied["change"], denied["of"], denied["how"]) == ("denial", "hurt", "ended")


class TestExport:
    def test_export_is_imported_with_the_same_ids(self, cuba: DeskRunner) -> None:
        lines = cuba.output("export", "cuba-53").encode()
        with cuba.site.ledger() as ledger:
            ids = [recorded.id for recorded in ledger.events()]
        assert [item.event.id for item in read_events(lines, name="-")] == ids

    def test_output_file_is_replaced_and_no_part_is_left(self, cuba: DeskRunner, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        path.write_text("former")
        assert cuba.output("export", "-o", str(path)) == ""
        assert path.read_text() == cuba.output("export")
        assert sorted(file.name for file in tmp_path.iterdir()) == ["newsroom", "out.jsonl"]

    @pytest.mark.parametrize("name", ["sync.key", "sync.toml", "ledger.db-wal", "media/picture.jpg"])
    def test_export_takes_the_place_of_no_own_file(self, cuba: DeskRunner, name: str) -> None:
        path = cuba.site.folder / name
        result = cuba.run("export", "-o", str(path))
        assert "this is a file of the newsroom itself" in str(result.exception)
        assert not path.exists()

    def test_failed_export_keeps_the_former_file(self, cuba: DeskRunner, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        path.write_text("former")
        assert run(["-C", str(cuba.site.folder), "export", "nowhere", "-o", str(path)]) == 1
        assert path.read_text() == "former"
        assert sorted(file.name for file in tmp_path.iterdir()) == ["newsroom", "out.jsonl"]

    def test_device_is_written_to_and_not_replaced(self, cuba: DeskRunner) -> None:
        assert cuba.output("export", "-o", "/dev/null") == ""
        assert not Path("/dev/null").is_file()

    def test_missing_folder_is_refused(
        self, cuba: DeskRunner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["-C", str(cuba.site.folder), "export", "-o", str(tmp_path / "no" / "where")]) == 1
        assert "there is no such file or folder. Check the path" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("command", ["show cuba-53", "log", "export", "stories", "log --json", "stories --json"])
def test_closed_pipe_prints_no_error(cuba: DeskRunner, command: str) -> None:
    program = "import sys; from feed.cli.program import run; sys.exit(run(sys.argv[1:]))"
    arguments = [sys.executable, "-c", program, "-C", str(cuba.site.folder), *command.split()]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = subprocess.run(arguments, stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert result.stderr == b""


CHIEF, OWNER = "Ana Ruiz, fire chief (Port Authority)", "Lee Ho, owner (Blue Line)"


def _statement(development: str, headline: str, speaker: str | None, **fields: Any) -> AnyEvent:
    return report(FIRE, headline, development=development, said_by=[speaker] if speaker else [], **fields)


def _contradicting_reports() -> list[AnyEvent]:
    day = "2015-01-24"
    hurt, cause = {"key": "hurt", "unit": "people", "as_of": day}, {"key": "cause", "as_of": day}
    return [
        open_story(FIRE, "Fire at the harbour", summary="A fire.\n\nAt the harbour."),
        _statement("two-hurt", "Two hurt", CHIEF, facts=[{**hurt, "value": 2}, {**cause, "value": "arson"}]),
        _statement("five-hurt", "Five hurt", "Medic (Hospital)", facts=[{**hurt, "value": 5}]),
        _statement("no-arson", "It was no arson", OWNER, facts=[{**cause, "stance": "denies", "value": "arson"}]),
        _statement("denial", "Nobody is hurt", OWNER, disputes=[{"development": "five-hurt", "kind": "denies"}]),
        _statement("asked", "Police cannot say", "Police (City)", facts=[{**cause, "stance": "cannot_confirm"}]),
    ]


def _later_reports() -> list[AnyEvent]:
    return [
        _statement("crew", "Crew of nine", CHIEF, facts=[{"key": "crew", "value": 9}, {"key": "ship", "value": "Ara"}]),
        _statement("seen", "Agency saw the crew", None, sources=[{"name": "Agency"}], corroborates=[_checked("crew")]),
        _statement(
            "seen-too", "Hospital too", "Medic (Hospital)", corroborates=[_checked("crew", method="a head count")]
        ),
        revise_story(FIRE, headline="Fire at the old harbour", subjects=["fire"]),
        _statement("gone", "Owner flees", OWNER, facts=[{"key": "owner.gone", "value": True}]),
        _statement("ship", "No comment on the ship", CHIEF, facts=[{"key": "ship", "stance": "denies"}]),
        _statement("ferries", "Ferries sail on Friday", None, expects=[_ferries(due="2015-02")]),
        _statement("when", "Ferries sail on Monday", None, expects=[_ferries(due="2015-02-02", condition="calm sea")]),
        _statement(
            "later", "Ferries sail in March", None, expects=[_ferries(due="2015-03-02"), {"id": "x", "what": "Y"}]
        ),
        _statement("locked", "Doors locked", CHIEF, facts=[{"key": "doors", "value": "locked"}]),
        _statement("unlocked", "He takes that back", CHIEF, facts=[{"key": "doors", "stance": "denies"}]),
        _statement("name", "Whose name this is", None, id="event-name"),
        _statement("secret", "What nobody may read", None),
        _statement(
            "inquiry", "Inquiry tomorrow", None, embargoed_until="2015-01-25T08:00:00Z", sources=[{"name": "Agency"}]
        ),
    ]


def _editing() -> list[AnyEvent]:
    return [
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
    ]


def _troubled(room: DeskRunner) -> DeskRunner:
    """Return a story with everything that `show` and `log` must tell."""
    room.record(*_contradicting_reports())
    room.clock.go("2015-01-24T09:30:00Z")
    room.record(*_later_reports(), *_editing())
    room.clock.go("2015-01-24T10:00:00Z")
    return room.record(reopen_story(FIRE))


def _checked(development: str, **fields: object) -> dict[str, object]:
    return {"development": development, "verification": True, **fields}


def _ferries(**fields: object) -> dict[str, object]:
    return {"id": "ferries", "what": "Ferries sail again", **fields}

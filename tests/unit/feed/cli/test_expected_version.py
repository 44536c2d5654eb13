"""--expected-version: a command refuses if the story has changed since an editor looked at it."""

import json

import pytest

from events.commands import report
from events.errors import VersionConflictError
from feed.cli import exit_codes
from feed.cli.program import run
from tests.desk import FIRE, DeskRunner

COMMANDS = (
    ("correct", FIRE, "two", "--set", "headline=Three hurt", "--note", "Miscounted."),
    ("hold", FIRE, "two"),
    ("retract", FIRE, "two", "--reason", "Wrong."),
    ("redact", FIRE, "two", "--reason", "A child."),
    ("pin", FIRE, "two"),
    ("close", FIRE),
    ("revise", FIRE, "--headline", "Port fire"),
    ("report", FIRE, "Four hurt"),
    ("undo", FIRE),
)


@pytest.fixture
def two(fire: DeskRunner) -> DeskRunner:
    return fire.record(report(FIRE, "Two hurt", development="two"), report(FIRE, "Port shut", development="port"))


def test_show_prints_the_version_to_expect(two: DeskRunner) -> None:
    assert two.output("show", FIRE).splitlines()[-1] == "Version 3, for --expected-version."
    assert json.loads(two.output("show", FIRE, "--json"))["version"] == 3
    for view in ("--as-of", "--recorded-by"):
        assert "version" not in json.loads(two.output("show", FIRE, "--json", view, "now"))


@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line[0])
def test_command_at_a_past_version_is_refused(two: DeskRunner, line: tuple[str, ...]) -> None:
    for mode in ((), ("--dry-run",)):
        with pytest.raises(VersionConflictError, match="Reported: Port shut") as caught:
            raise two.run(*line, "--expected-version", "2", *mode).exception or AssertionError
        assert "the report port" in str(caught.value)
    assert two.run(*line, "--expected-version", "3").exit_code == exit_codes.DONE


def test_conflict_exits_as_other_refusals_do(two: DeskRunner, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-C", str(two.site.folder), "hold", FIRE, "two", "--expected-version", "1", "--clock-is-right"]
    assert run(arguments) == exit_codes.REFUSED
    assert "harbour-fire is at version 3, but version 1 was expected." in capsys.readouterr().err


def test_report_from_a_file_can_expect_a_version(two: DeskRunner) -> None:
    with two.site.folder.joinpath("report.md").open("w", encoding="utf-8") as file:
        file.write("---\nheadline: Four hurt\n---\n")
    arguments = ("report", FIRE, "-f", file.name, "--expected-version")
    assert isinstance(two.run(*arguments, "1").exception, VersionConflictError)
    assert two.run(*arguments, "3").exit_code == exit_codes.DONE

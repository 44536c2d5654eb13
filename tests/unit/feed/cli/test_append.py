"""What recording commands print before they record."""

from events.commands import report
from tests.desk import FIRE, DeskRunner


def test_report_prints_how_short_forms_were_read(fire: DeskRunner) -> None:
    done = fire.run(
        "report",
        FIRE,
        "Aground",
        "--said-by",
        "Ana Ruiz, chief (Port)",
        "--expect",
        "afloat [by Blue Line] @ 2026-12-05",
    )
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[:2] == [
        "Read as name: Ana Ruiz · role: chief · organisation: Port",
        "Read as afloat · owed by: Blue Line · due: 5 December 2026",
    ]


def test_refused_report_has_printed_its_reading(fire: DeskRunner) -> None:
    done = fire.run("report", "no-such-story", "Aground", "--expect", "ship afloat")
    assert done.exit_code != 0
    assert done.stderr.startswith("Read as ship afloat · owed by: not stated · no date given\n")


def test_restated_promise_is_read_as_what_changes_alone(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "A promise", "--expect", "open: bridge opens [by City] @ 2026-12-05")
    done = fire.run("report", FIRE, "Later", "--expect", "open: @ 2026-12-09")
    assert done.stderr.splitlines()[0] == "Read as open, stated before · due: 9 December 2026"


def test_release_that_publishes_says_so(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "A budget", development="budget", embargoed_until="2030-01-01T00:00:00Z"))
    assert "It is published now." in fire.run("release", FIRE, "budget", "--publish").stderr

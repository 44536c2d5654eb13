"""What recording commands print before they record."""

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
    assert done.stderr.startswith("Read as ship afloat · owed by nobody named · no date given\n")

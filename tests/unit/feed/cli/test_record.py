"""The commands that record what is new: what they print, and what a dry run prints."""

import shlex
from pathlib import Path

import pytest

from events.commands import report
from tests.desk import FIRE, DeskRunner, edit_by

THREE_HURT = ("report", FIRE, "Three hurt", "--fact", "hurt=3:people", "--said-by", "Ana Ruiz (Port)")
CHANGES = "  Hurt: 2 people → 3 people (one origin: Port; not independently confirmed)\n"


@pytest.fixture
def hurt(fire: DeskRunner) -> DeskRunner:
    fact = {"key": "hurt", "value": 2, "unit": "people"}
    return fire.record(report(FIRE, "Two hurt", facts=[fact], said_by=["Ana Ruiz (Port)"]))


def positions(desk: DeskRunner) -> list[int]:
    with desk.site.ledger() as ledger:
        return [recorded.position for recorded in ledger.events()]


def test_report_prints_its_position_and_what_changed(hurt: DeskRunner) -> None:
    assert hurt.output(*THREE_HURT) == f"harbour-fire: d2: development reported, position 3.\n{CHANGES}"
    assert positions(hurt) == [1, 2, 3]


def test_dry_run_prints_the_same_and_records_nothing(hurt: DeskRunner) -> None:
    dry_run = hurt.output(*THREE_HURT, "--dry-run", "--publish")
    assert dry_run == f"harbour-fire: d2: development reported, would be position 3.\n{CHANGES}"
    assert positions(hurt) == [1, 2]
    assert not (hurt.site.folder / "public").exists()


def test_dry_run_of_what_is_refused_says_why(hurt: DeskRunner) -> None:
    result = hurt.run("report", FIRE, "Denied", "--disputes", "d9=denies", "--dry-run")
    assert "there is no development d9." in str(result.exception)


@pytest.mark.parametrize("said", ["", "said_by: [Ana Ruiz (Port)]\n"])
def test_dry_run_of_a_file_records_nothing(hurt: DeskRunner, tmp_path: Path, said: str) -> None:
    file = tmp_path / "report.md"
    file.write_text(f"---\nheadline: Three hurt\n{said}---\n", encoding="utf-8")
    dry_run = hurt.output("report", FIRE, "-f", str(file), "--dry-run")
    assert dry_run == "harbour-fire: d2: development reported, would be position 3.\n"
    assert positions(hurt) == [1, 2]


def test_dry_run_of_an_edited_report_saves_the_text(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_by(monkeypatch, lambda _: "---\nheadline: Three hurt\n---\n")
    result = hurt.run("report", FIRE, "--edit", "--dry-run")
    [saved] = map(Path, shlex.split(result.stderr.rpartition(" -f ")[2]))
    assert saved.read_text(encoding="utf-8") == "---\nheadline: Three hurt\n---\n"
    saved.unlink()
    assert positions(hurt) == [1, 2]


def test_report_takes_exactly_one_headline_or_file(hurt: DeskRunner) -> None:
    for arguments in ([], ["Headline", "--edit"], ["Headline", "-f", "-"]):
        result = hurt.run("report", FIRE, *arguments)
        assert result.exit_code == 2
        assert "Give exactly one of HEADLINE, -f FILE and --edit." in result.output


def test_option_beside_a_file_is_refused_and_not_overlooked(hurt: DeskRunner, tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text("---\nheadline: Secret\n---\n", encoding="utf-8")
    result = hurt.run("report", FIRE, "-f", str(file), "--embargo", "2030-01-01T00:00:00Z", "--fact", "hurt=3")
    assert result.exit_code == 2
    assert "With -f and --edit, write in the file what you gave as --embargo, --fact." in result.stderr
    assert positions(hurt) == [1, 2]

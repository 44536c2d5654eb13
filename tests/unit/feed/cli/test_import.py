"""The command import: every problem of a file is reported at once, of its shape and of the story so far."""

import json
from pathlib import Path

import pytest

from events import commands
from tests.desk import FIRE, DeskRunner


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    return DeskRunner(tmp_path / "newsroom").record(commands.open_story(FIRE, "Fire"))


REPORT = {"type": "development_reported", "story": FIRE, "development": "d1", "headline": "Two hurt"}
BROKEN = REPORT | {"urgency": 77, "expects": [{"id": "ferries", "what": "Ferries run", "due": "soon"}]}
RESOLVED = REPORT | {"development": "d2", "resolves": [{"expectation": "ferries", "outcome": "met"}]}
HELD = {"type": "development_held", "story": FIRE, "development": "d1"}
UNKNOWN = HELD | {"development": "d9"}
MIXED = [
    REPORT | {"development": "d0"},
    "",
    BROKEN,
    RESOLVED,
    UNKNOWN,
    HELD,
    HELD | {"reason": "Again."},
    REPORT | {"zz": 1},
]


def lines(*events: object) -> str:
    return "\n".join(json.dumps(event) if event else "" for event in events)


@pytest.mark.parametrize("arguments", [("import",), ("import", "--dry-run"), ("report", FIRE, "-f")])
def test_import_reports_problems_of_shape_and_of_the_story(
    desk: DeskRunner, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_text(lines(*MIXED))
    result = desk.run(*arguments, str(file))
    assert result.exit_code == 1
    message = result.stderr if arguments[0] == "import" else str(result.exception)
    found = [line.removeprefix(f"{file}:") for line in message.splitlines() if line.startswith(f"{file}:")]
    assert found[0].startswith('3: expects[0].due: "soon" is not a date such as 2015')
    assert found[1:5] == [
        "3: urgency: must be at most 9, not 77.",
        "5: development: there is no development d9.",
        "7: hold: d1 is already held.",
        "8: zz: there is no field 'zz' here.",
    ]
    assert desk.output("log", FIRE).count("\n") == 1


def test_dry_run_reports_the_problems_of_all_files(desk: DeskRunner, tmp_path: Path) -> None:
    names = []
    for name, events in {"a.jsonl": (BROKEN,), "b.jsonl": (HELD, UNKNOWN), "c.yaml": (7,)}.items():
        (tmp_path / name).write_text(lines(*events))
        names.append(str(tmp_path / name))
    result = desk.run("import", "--dry-run", *names, "missing.jsonl")
    assert result.exit_code == 1
    for where in (
        "a.jsonl:1: urgency",
        "b.jsonl:2: development: there is no",
        "c.yaml:1: shape",
        "missing.jsonl: file",
    ):
        assert where in result.stderr
    assert "b.jsonl:1" not in result.stderr  # d1 stands in a.jsonl, although that cannot be read whole


def test_import_of_an_archive_marks_its_reports_alone(desk: DeskRunner, tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text(lines(REPORT | {"reported_at": "2014-03-01T10:00:00Z"}, HELD))
    desk.output("import", "--archive", str(file))
    exported = [json.loads(line) for line in desk.output("export", FIRE).splitlines()]
    assert [event.get("archive") for event in exported] == [None, True, None]
    assert [event["schema"] for event in exported] == [1, 2, 1]


@pytest.mark.parametrize("first", [(), ("--archive",)])
def test_file_is_recorded_once_as_an_archive_or_not(desk: DeskRunner, first: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text(lines(REPORT))
    desk.output("import", *first, str(file))
    for again in ((), ("--archive",)):
        assert "0 events recorded, 1 skipped" in desk.output("import", *again, str(file))


def test_import_of_an_archive_under_embargo_is_refused(desk: DeskRunner, tmp_path: Path) -> None:
    file = tmp_path / "secret.jsonl"
    file.write_text(lines(REPORT | {"embargoed_until": "2099-01-01T00:00:00Z"}))
    result = desk.run("import", "--archive", str(file))
    assert result.exit_code == 1
    assert "secret.jsonl:1: archive: a report of an archive is announced to nobody" in result.stderr


def test_export_of_an_archive_is_restored_as_it_was(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("report", FIRE, "Old", "--archive", "--reported", "2014-03-01T10:00:00Z", "--id", "old")
    desk.output("redact", FIRE, "old", "--reason", "Names a child.")
    desk.output("export", "-o", str(tmp_path / "all.jsonl"))
    other = DeskRunner(tmp_path / "other")
    other.output("restore", str(tmp_path / "all.jsonl"))
    assert other.output("export") == (tmp_path / "all.jsonl").read_text()
    assert "no problems" in other.output("verify")

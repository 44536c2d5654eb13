"""What sync replays from git is, at every commit, what the table said then."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events.fold.facts import Fact
from events.fold.state import Story
from events.model.events import DevelopmentReported
from events.model.speakers import parse_speaker
from feed.sync.key_file import read_key
from feed.sync.row_names import RowNames
from feed.sync.seen import Kind, parse_event_id
from tests.desk import DeskRunner
from tests.tables import MAP, Repository, Version, csv_text, history

COMMITS = 12
OUTCOMES = {"kept": "met", "half kept": "partly_met", "broken": "missed", "dropped": "cancelled"}


class Replayed:
    """A newsroom with the replayed history of a table."""

    def __init__(self, folder: Path, versions: list[Version]) -> None:
        self.desk = DeskRunner(folder / "newsroom")
        self.desk.clock.now = versions[-1].at + timedelta(days=1)
        (self.desk.site.folder / "sync.toml").write_text(MAP, encoding="utf-8")
        self.repository = Repository(folder / "repository")
        for version in versions:
            self.repository.commit(csv_text(version.rows), version.at)
        self.output = self.sync()
        key = read_key(self.desk.site.folder)
        assert key is not None
        with self.desk.site.ledger() as ledger:
            ids = {item.development or "": parse_event_id(item.id) for item in ledger.events("cases")}
        self._kinds = {development: parts.kind for development, parts in ids.items() if parts is not None}
        self._names = RowNames(key, "cases", public_story=True, public_row=False)

    def sync(self) -> str:
        """Replay the history, and return what is printed."""
        return self.desk.output("sync", "--git", str(self.repository.folder), self.repository.name)

    def draft_count(self) -> int:
        """Return how many drafts were made, of what is back too."""
        connection = sqlite3.connect(self.desk.site.folder / "inbox.db")
        [(count,)] = connection.execute("SELECT count(*) FROM drafts")
        connection.close()
        return int(count)

    def story(self, at: datetime) -> Story:
        """Return the story as of an instant."""
        with self.desk.site.ledger() as ledger:
            return ledger.story("cases", as_of=at)

    def cells(self, story: Story, name: str) -> dict[str, Any]:
        """Return what a state says of a row's cells."""
        row = self._names.name([], [name]).development
        reports = [item for item in story.developments if item.id == row or item.id.startswith(f"{row}-")]
        restated = [item.report for item in reports if self._kinds[item.id] == "r"][-1]
        days = [item.report.happened for item in reports if item.report and _has_day(self._kinds[item.id], item.report)]
        newest = reports[-1].report
        assert restated is not None
        assert newest is not None
        promises = [item for item in story.expectations if item.id == row or item.id.startswith(f"{row}-")]
        promise = max(promises, key=lambda item: abs(int(item.id.removeprefix(row) or 0)), default=None)
        facts = {key: story.fact(f"{row}.{key}") for key in ("status", "hurt", "seen", "kept")}
        values = {key: _value(fact) for key, fact in facts.items()}
        return {
            "What": restated.headline,
            "Date": days[-1] and days[-1].edtf,
            "Status": values["status"],
            "Hurt": values["hurt"],
            "Seen": values["seen"],
            "Kept": values["kept"],
            "Outcome": promise and promise.outcome,
            "Source": newest.sources[0].name if newest.sources else None,
            "Speaker": newest.said_by[0].model_dump(exclude_defaults=True) if newest.said_by else None,
            "Promise": promise and promise.what,
            "By": promise and promise.by,
            "Due": promise and promise.due and promise.due.edtf,
        }


def _has_day(kind: Kind, report: DevelopmentReported) -> bool:
    """Return True if a report states the day of a row, or that it has none."""
    return kind == "r" or (kind == "t" and report.happened is not None and not report.resolves)


def _value(fact: Fact | None) -> str | None:
    value: Any = None if fact is None or fact.current is None else fact.current.value
    if value is None:
        return None
    if hasattr(value, "date"):
        return str(value.date.edtf or value.date.literal)
    return str(getattr(value, "decimal", value))


def expected(row: dict[str, str]) -> dict[str, Any]:
    """Return what the state has to say: of the cells that are filled."""
    cells: dict[str, Any] = {header: cell for header, cell in row.items() if cell}
    if "Speaker" in cells:
        cells["Speaker"] = parse_speaker(cells["Speaker"])
    if "Promise" not in cells:  # what is due, if nothing is promised?
        cells = {header: cell for header, cell in cells.items() if header not in {"By", "Due"}}
    elif "Kept" in cells:
        cells["Outcome"] = OUTCOMES.get(cells["Kept"])
    return cells


def _is_late(header: str, cell: Any, said: dict[str, Any]) -> bool:
    """Return True if a promise was kept late, as it may be after it was broken, or by the row's own date."""
    return header == "Outcome" and cell == "met" and said[header] == "met_late"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_replayed_history_says_at_every_commit_what_its_cells_said(seed: int, tmp_path: Path) -> None:
    versions = list(history(seed, COMMITS))
    replayed = Replayed(tmp_path, versions)
    assert ", 0 events" not in replayed.output
    wrong = [
        (version.at, name, header, cell, said[header])
        for version in versions
        for story in [replayed.story(version.at)]
        for name, row in version.rows.items()
        for said in [replayed.cells(story, name)]
        for header, cell in expected(row).items()
        if said[header] != cell and not _is_late(header, cell, said)
    ]
    assert wrong == [], wrong[:4]
    assert replayed.draft_count() == absences(versions)
    assert " 0 events recorded" in replayed.sync()
    assert replayed.draft_count() == absences(versions)


def absences(versions: list[Version]) -> int:
    """Return how often a row vanished, or a cell was emptied that had been recorded."""
    last: dict[str, dict[str, str]] = {}
    absent: set[tuple[str, str]] = set()
    count = 0
    for version in versions:
        empty = {(name, "") for name in last if name not in version.rows}
        for name, row in version.rows.items():
            recorded = last.setdefault(name, {})
            promised = bool(row["Promise"] or recorded.get("Promise"))
            recorded |= {
                header: cell for header, cell in row.items() if cell and (promised or header not in {"By", "Due"})
            }
            empty |= {(name, header) for header in recorded if not row[header]}
        unknown = {(name, header) for name, header in absent if header and name not in version.rows}
        count += len(empty - absent)
        absent = empty | unknown
    return count

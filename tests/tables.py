"""Tables for the tests of sync: a newsroom with a map, and the histories of tables that people edit."""

import csv
import io
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

Rows = dict[str, dict[str, str]]
"""A table by the names of its rows: the cells by their headers."""
HEADERS = ("ID", "What", "Status", "Hurt", "Seen", "Date", "Source", "Speaker", "Promise", "By", "Due", "Kept")
LEAST_MAP = """\
table = "t"
[story]
id = "s"
headline = "S"
[columns.ID]
as = "development"
[columns.What]
as = "headline"
"""
"""Two columns; a test adds what it is about."""
MAP = """
table = "cases"
source = "The case list"

[story]
id = "cases"
headline = "The cases"

[columns.ID]
as = "development"

[columns.What]
as = "headline"

[columns.Status]
as = "fact"

[columns.Hurt]
as = "fact"
type = "number"
unit = "people"

[columns.Seen]
as = "fact"
type = "date"

[columns.Date]
as = "happened"

[columns.Source]
as = "source"

[columns.Speaker]
as = "speaker"

[columns.Promise]
as = "what"

[columns.By]
as = "by"

[columns.Due]
as = "due"

[columns.Kept]
as = "status"
key = "kept"
met = ["kept"]
partly_met = ["half kept"]
missed = ["broken"]
cancelled = ["dropped"]
"""
CHOICES = {
    "What": ("Woman detained at the port", "Man detained", "Two detained", "Woman detaned at the port"),
    "Status": ("held", "released", "Released", "on trial", "moved, to the city"),
    "Hurt": ("0", "2", "3", "7.50", "7.5", "120"),
    "Seen": ("2026-01", "2026-01-21", "2026-01-22", "2025", "2026-01-21/2026-01-25"),
    "Date": ("2026-01-02", "2026-01", "2026-03-09", "2025-12-31"),
    "Source": ("Harbour Radio", "Morning Post"),
    "Speaker": ("Ana Ruiz, fire chief (Port)", "-, doctor (City Clinic)", "Ben Okoye"),
    "Promise": ("The ferries run again", "The ferries run"),
    "By": ("Blue Line", "The port"),
    "Due": ("2026-01-05", "2026-06-01", "2026-12", "2027"),
    "Kept": ("open", "kept", "half kept", "broken", "dropped", "stalled"),
}
FIRST_COMMIT = datetime(2026, 1, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    """A table as a commit left it: when, and its rows."""

    at: datetime
    rows: Rows


def random_row(choose: random.Random) -> dict[str, str]:
    """Return a row with a headline; each other cell is empty one time of four."""
    row = {header: choose.choice((*values, *values, *values, "")) for header, values in CHOICES.items()}
    row["What"] = row["What"] or "Something happened"
    return row


def edit(rows: Rows, choose: random.Random) -> Rows:
    """Return the rows after a few edits: cells that change, are emptied or filled, rows that come, go and move."""
    edited = {name: dict(row) for name, row in rows.items()}
    for _ in range(choose.randint(1, 5)):
        name = choose.choice([*edited, ""]) if edited else ""
        match choose.randint(0, 9):
            case 0 | 1:
                edited[f"Case {choose.randint(1, 30)}"] = random_row(choose)
            case 2 if len(edited) > 2 and name:
                del edited[name]
            case 3 if name:
                edited[name][choose.choice([header for header in CHOICES if header != "What"])] = ""
            case _ if name:
                header = choose.choice([*CHOICES])
                edited[name][header] = choose.choice(CHOICES[header])
            case _:
                pass
    names = [*edited]
    choose.shuffle(names)
    return {name: edited[name] for name in names}


def csv_text(rows: Rows) -> str:
    """Return the table as CSV."""
    file = io.StringIO()
    writer = csv.DictWriter(file, HEADERS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({"ID": name, **row} for name, row in rows.items())
    return file.getvalue()


def history(seed: int, commits: int) -> Iterator[Version]:
    """Yield the versions of a table that people edit."""
    choose = random.Random(seed)
    rows = {f"Case {number}": random_row(choose) for number in range(1, 9)}
    at = FIRST_COMMIT
    for _ in range(commits):
        yield Version(at, rows)
        at += timedelta(hours=choose.randint(1, 60))
        rows = edit(rows, choose)


class Repository:
    """A git repository with one table."""

    def __init__(self, folder: Path, name: str = "cases.csv") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.name = folder, name
        self._git("init", "-q", "-b", "main")

    def commit(self, text: str, at: datetime, author: str = "Ana Ruiz") -> None:
        """Commit the table as `text` at an instant."""
        (self.folder / self.name).write_text(text, encoding="utf-8")
        self._git("add", self.name)
        date = at.isoformat()
        self._git("commit", "-q", "--allow-empty", "-m", "Edit", author=author, date=date)

    def _git(self, *arguments: str, author: str = "Ana Ruiz", date: str = "2026-01-01T00:00:00Z") -> None:
        person = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", author), ("EMAIL", "desk@news.example"), ("DATE", date))
        }
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1", **person}
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, env=environment, capture_output=True)

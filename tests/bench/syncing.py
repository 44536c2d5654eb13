"""The rows on sync: a table of 100,000 rows over 2,000 stories, and the same with ten cells changed."""

import csv
from collections.abc import Callable
from pathlib import Path

from tests.bench import ours
from tests.bench.measure import RunError, Sample, run
from tests.bench.newsrooms import Bench
from tests.bench.rows import Row, Side, Target, alone, exactly

ROWS_OF_A_STORY = 50
CHANGED = 10
STATES = ("held", "released", "on trial")
HEADERS = ("Case", "ID", "What", "Status", "Hurt", "Date", "Source", "Speaker")
MAP = """\
table = "cases"
[columns.Case]
as = "story"
public_id = true
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
[columns.Date]
as = "happened"
[columns.Source]
as = "source"
[columns.Speaker]
as = "speaker"
"""


def sync(bench: Bench) -> list[Row]:
    """Sync a table of as many rows as the larger corpus has updates, and then one with a few changed cells."""
    newsroom = bench.folder / "sync"
    try:
        first, second = _synced(newsroom, bench.large)
    except RunError as error:
        return [alone(f"first sync of {bench.large:,} rows", None, Target(unit="ms"), note=str(error))]
    return [
        _row(f"first sync of {bench.large:,} rows", 120_000, first),
        Row(
            "peak memory of that", "MB", Target(must=300, at_most=True, unit="MB"), _memory(first), score=first.peak_mb
        ),
        _row(f"sync again, {CHANGED} cells changed", 5_000, second),
    ]


def _synced(newsroom: Path, rows: int) -> tuple[Sample, Sample]:
    run([ours.WRITETHRU, "init", newsroom])
    (newsroom / "sync.toml").write_text(MAP, encoding="utf-8")
    samples = []
    for changed in (0, CHANGED):
        table = newsroom / "cases.csv"
        _write(table, rows, changed)
        samples.append(run([ours.WRITETHRU, "-C", newsroom, "sync", table]))
    return samples[0], samples[1]


def _write(path: Path, rows: int, changed: int) -> None:
    stories = max(rows // ROWS_OF_A_STORY, 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        for number in range(rows):
            state = "moved" if number < changed else STATES[number % 3]
            date, what = f"2026-01-{number % 28 + 1:02}", f"Report {number} of somebody who was detained"
            speaker = "Ana Ruiz, chief (Port)"
            writer.writerow(
                [f"Case {number % stories}", f"row-{number}", what, state, number % 10, date, "Harbour Radio", speaker]
            )


def _row(name: str, limit_ms: int, sample: Sample) -> Row:
    ms = exactly(1000 * sample.wall_s)
    side = Side("", ms, exactly(1000 * sample.cpu_s))
    return Row(name, "ms", Target(must=limit_ms, at_most=True, unit="ms"), side, score=ms.median)


def _memory(sample: Sample) -> Side:
    return Side("", exactly(sample.peak_mb))


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"sync": sync}

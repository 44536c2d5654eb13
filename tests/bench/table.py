"""Rows as a plain table and as JSON, and a comparison with an earlier run."""

import json
import os
import platform
import shutil
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.measure import Figure
from tests.bench.rows import MISSING, Row, Side, Target

HEADS = ("", "ours (min-max)", "CPU", "raw peer", "CPU", "fair peer, or before", "CPU", "score", "must", "aim", "")


def print_table(rows: list[Row], *, before: dict[str, Any] | None = None) -> None:
    """Print a line for each row, then the notes, what the peers do not do, and the figures of the run `before`."""
    heads = (*HEADS, "before") if before else HEADS
    lines = [heads, *(_cells(row) + ((_change(row, before),) if before else ()) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    notes: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            notes.setdefault(row.note, []).append(row.name)
    for note, names in notes.items():
        text += ["", _filled(f"{'; '.join(names)}: {note}")]
    sides = {side.name.partition(" at ")[0] for row in rows for side in (row.raw, row.fair) if side}
    peers = [_filled(f"{name}: {words}") for name, words in MISSING.items() if name in sides]
    text += ["", "What the others do not do:", *peers] if peers else []
    sys.stdout.write("\n".join(text) + "\n")


def write_json(rows: list[Row], path: Path, *, updates: int, runs: int) -> None:
    """Save a run, to compare a later one with it."""
    machine = {"python": platform.python_version(), "platform": platform.platform(), "cores": os.cpu_count()}
    run = {"machine": machine, "updates": updates, "runs": runs, "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Return an earlier run's rows by their names."""
    return {row["name"]: row for row in json.loads(path.read_text(encoding="utf-8"))["rows"]}


def verdict(row: Row) -> str:
    """Return in a word or two whether a row meets its target."""
    if row.score is None:
        return "not measured"
    if row.target.must is None:
        return ""
    if not _reaches(row.score, row.target.must, row.target):
        return "MISSED"
    if row.target.aim is not None and _reaches(row.score, row.target.aim, row.target):
        return "aim met"
    return "met"


def _reaches(score: float, limit: float, target: Target) -> bool:
    return score <= limit if target.at_most else score >= limit


def _cells(row: Row) -> tuple[str, ...]:
    target = row.target
    score = "-" if row.score is None else f"{row.score:.2f} {target.unit}"
    return (
        row.name,
        _figure(row.ours.wall, row.unit),
        *_side(row.ours, row.unit)[1:],
        *_side(row.raw, row.unit),
        *_side(row.fair, row.unit),
        score,
        _limit(target.must, target),
        _limit(target.aim, target),
        verdict(row),
    )


def _side(side: Side | None, unit: str) -> tuple[str, str]:
    """Return the name and the time of a side, and its processor time."""
    if side is None:
        return "", ""
    wall, cpu = ("" if figure is None else _number(figure.median) for figure in (side.wall, side.cpu))
    return f"{side.name} {wall or '-'} {unit}", cpu


def _limit(limit: float | None, target: Target) -> str:
    if limit is None:
        return ""
    return f"{'≤' if target.at_most else '≥'} {limit:g} {target.unit}"


def _figure(figure: Figure | None, unit: str) -> str:
    if figure is None:
        return "-"
    return f"{_number(figure.median)} {unit} ({_number(figure.low)}-{_number(figure.high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _change(row: Row, before: dict[str, Any]) -> str:
    earlier = before.get(row.name)
    if row.ours.wall is None or earlier is None or earlier["ours"]["wall"] is None:
        return "-"
    median = earlier["ours"]["wall"]["median"]
    return f"{_number(median)} {row.unit} ({row.ours.wall.median / median - 1:+.0%})"


def _filled(text: str) -> str:
    columns = shutil.get_terminal_size((110, 24)).columns
    return textwrap.fill(text, width=columns, subsequent_indent="  ")

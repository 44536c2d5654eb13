"""The rows on recording and replay: beside eventsourcing, raw and fair, beside UmaDB, and beside an older commit."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from tests.bench import ours
from tests.bench.measure import FEW_SEARCHES, RunError, Series, Step, event_cpu_us, event_us, interleave, run
from tests.bench.newsrooms import Bench
from tests.bench.older import COMMIT, Older
from tests.bench.rows import Row, Side, Table, Target, alone, exactly

PYTHON = sys.executable
APPENDED_SINGLY = 2_000
APPENDED_IN_BATCHES = 10_000
BATCH = 100
IN_TURN = {200: 50, 300: 50}
"""How many stories are recorded in turn, and how many updates each has."""


def append(bench: Bench) -> list[Row]:
    cases = (
        ("append, durable, one event", Target(must=0.8, aim=1.0), APPENDED_SINGLY, 1),
        (f"append in batches of {BATCH}", Target(must=0.45, aim=0.7), APPENDED_IN_BATCHES, BATCH),
    )
    rows: list[Row] = []
    for name, target, events, batch in cases:
        count = min(events, bench.small)
        steps = {side: _append(bench, side, count, batch) for side in ("raw", "fair", "umadb", "ours")}
        table = _table(list(steps.values()), runs=bench.runs)
        rows += [
            table.row(name, target, ours=steps["ours"], raw=steps["raw"], fair=steps["fair"]),
            table.row(f"{name}, beside UmaDB", Target(), ours=steps["ours"], raw=steps["umadb"]),
        ]
    return rows


def replay(bench: Bench) -> list[Row]:
    size, older = bench.large, Older(bench)
    steps = {side: _replay(bench, side) for side in ("raw", "fair")}
    alike = replace(steps["fair"], name="fair, few searches", command=[*steps["fair"].command, FEW_SEARCHES])
    ledger = bench.imported(size)
    step = Step("ours", [*_worker("ours"), "replay", ledger, FEW_SEARCHES], partial(bench.make_imported, size))
    table = _table([*steps.values(), alike, step, older.replay(size)], runs=bench.runs)
    name = f"replay of {size:,}"
    return [
        table.row(name, Target(must=0.45, aim=0.6), ours=step, **steps),
        table.row(f"{name}, gc alike", Target(), ours=step, fair=alike),
        table.row(f"{name}, against {COMMIT}", Target(must=0.55, at_most=True), ours=step, fair=older.replay(size)),
    ]


def imports(bench: Bench) -> list[Row]:
    """Import into many stories in turn, and take the memory of a large import."""
    rows = []
    try:
        bench.make_imported(bench.large)
        memory = exactly(bench.imports[bench.large].peak_mb)
        target = Target(must=160, at_most=True, unit="MB")
        rows.append(alone(f"peak memory of an import of {bench.large:,}", memory, target))
    except RunError as error:
        rows.append(alone("import", None, Target(unit="MB"), note=str(error)))
    steps = [_import_in_turn(bench, stories, updates) for stories, updates in IN_TURN.items()]
    series = interleave(steps, runs=min(bench.runs, 3), warm_ups=0)
    events = {
        step.name: stories * (updates + 1) for step, (stories, updates) in zip(steps, IN_TURN.items(), strict=True)
    }
    sides = [_each(series[step.name], step.name, events[step.name]) for step in steps]
    smaller, larger = sides
    score = larger.wall.median / smaller.wall.median if larger.wall and smaller.wall else None
    name = "import, an event of 300 stories in turn, against 200"
    note = "; ".join(filter(None, (series[step.name].failure for step in steps)))
    return [*rows, Row(name, "µs", Target(must=1.3, at_most=True), larger, fair=smaller, score=score, note=note)]


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"append": append, "replay": replay, "import": imports}


def _worker(side: str) -> list[str]:
    modules = {"raw": "peer_eventsourcing", "fair": "peer_fair", "umadb": "peer_umadb", "ours": "ours"}
    return [PYTHON, "-m", f"tests.bench.{modules[side]}"]


def _append(bench: Bench, side: str, count: int, batch: int) -> Step:
    """Return the step that appends to a new, empty store."""
    path = bench.folder / "append" / ("store" if side == "ours" else "store.db")

    def empty() -> None:
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()

    arguments: list[str | Path] = ["append", path, bench.corpus(bench.small), str(count), str(batch)]
    return Step(side, [*_worker(side), *arguments, *([FEW_SEARCHES] if side == "ours" else [])], empty)


def _replay(bench: Bench, side: str) -> Step:
    database = bench.folder / f"replay-{side}.db"

    def fill() -> None:
        if not database.exists():
            run([*_worker(side), "append", database, bench.corpus(bench.large), str(2 * bench.large), str(BATCH)])

    return Step(side, [*_worker(side), "replay", database], fill)


def _table(steps: list[Step], *, runs: int) -> Table:
    """Run the steps whose packages are installed."""
    packages = {"raw": "eventsourcing", "fair": "eventsourcing", "umadb": "umadb"}
    needed = {step.name: packages.get(step.name.partition(",")[0], "tests") for step in steps}
    absent = {name: package for name, package in needed.items() if find_spec(package) is None}
    series = {name: Series(failure=f"{package} is not installed") for name, package in absent.items()}
    series |= interleave([step for step in steps if step.name not in series], runs=runs)
    return Table(series, wall=event_us, cpu=event_cpu_us, unit="µs")


def _import_in_turn(bench: Bench, stories: int, updates: int) -> Step:
    newsroom, lines = bench.folder / f"in-turn-{stories}", bench.folder / f"in-turn-{stories}.jsonl"

    def empty() -> None:
        if not lines.exists():
            run([PYTHON, "-m", "tests.bench.corpus", str(stories), lines, str(updates), "in-turn"])
        shutil.rmtree(newsroom, ignore_errors=True)
        run([ours.WRITETHRU, "init", newsroom])

    return Step(f"{stories} stories", ours.read(newsroom, "import", str(lines)), empty)


def _each(series: Series, name: str, events: int) -> Side:
    """Return what one of so many events took."""
    wall = series.figure(lambda sample: 1_000_000 * sample.wall_s / events)
    return Side(name, wall, series.figure(lambda sample: 1_000_000 * sample.cpu_s / events))

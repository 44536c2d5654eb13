"""The rows on publishing, memory, first builds, appending and replay: how each is measured, and its target."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from tests.bench import corpus, ours
from tests.bench.measure import Figure, Sample, Series, Step, interleave, rate, run
from tests.bench.newsrooms import Bench

PYTHON = sys.executable
FEEDS_PER_STORY = 2  # the peer's: RSS and Atom
APPENDED_SINGLY = 2_000
APPENDED_IN_BATCHES = 10_000
BATCH = 100
FIRST_BUILDS_MAX = 3  # each takes long, and copies a newsroom
IDLE_RUNS_FACTOR = 4  # each takes 20 ms


@dataclass(frozen=True)
class Target:
    """Limits of a row's score: at most, or at least. `must` is required, `aim` is better still; None is no limit."""

    must: float | None = None
    aim: float | None = None
    at_most: bool = False
    unit: str = "x"


@dataclass(frozen=True)
class Row:
    """Two figures, and the score that is compared with the target: a ratio, or our figure itself."""

    name: str
    unit: str
    target: Target
    ours: Figure | None
    peer_name: str = ""
    peer: Figure | None = None
    score: float | None = None
    note: str = ""


def idle(bench: Bench) -> list[Row]:
    nothing = Step("python -c pass", [PYTHON, "-c", "pass"])
    publish = Step("publish", ours.publish(bench.published(bench.small)), partial(bench.make_published, bench.small))
    series = interleave([nothing, publish], runs=IDLE_RUNS_FACTOR * bench.runs)
    target = Target(must=3, aim=2.2, at_most=True)
    name = "publish, nothing to do"
    return [comparison(name, target, series=series, ours=publish, peer=nothing, of=wall_ms, unit="ms")]


def one_event(bench: Bench) -> list[Row]:
    small, large = bench.small, bench.large
    peer = {size: bench.rebuild(size) for size in (small, large)}
    publish = {
        size: Step(f"publish at {size:,}", ours.publish(bench.published(size)), partial(bench.add_event, size))
        for size in (small, large)
    }
    series = interleave([peer[small], publish[small], peer[large], publish[large]], runs=bench.runs)
    for size, step in publish.items():
        if not series[step.name].failure and not bench.shows_new_event(size):
            series[step.name] = Series(failure="publish did not show the new event")

    row = partial(comparison, series=series, of=wall_ms, unit="ms")
    faster = Target(must=30, aim=150)
    level = Target(must=1.25, aim=1.0, at_most=True)
    rows = [
        row(f"one new event, at {large:,}", faster, ours=publish[large], peer=peer[large]),
        row(f"one new event, at {small:,}", Target(), ours=publish[small], peer=peer[small]),
        row(f"the same, {large:,} against {small:,}", level, ours=publish[large], peer=publish[small]),
    ]
    light = Target(must=60, aim=40, at_most=True, unit="MB")
    for size, step in publish.items():
        memory = series[step.name].figure(lambda sample: sample.peak_mb)
        score = memory.median if memory else None
        note = series[step.name].failure
        rows.append(Row(f"peak memory of that, at {size:,}", "MB", light, memory, score=score, note=note))
    return rows


def first_build(bench: Bench) -> list[Row]:
    peer = bench.rebuild(bench.large)
    newsroom = bench.folder / "first"
    build = Step("first build", ours.publish(newsroom), partial(bench.make_unpublished_copy, bench.large, newsroom))
    series = interleave([peer, build], runs=min(bench.runs, FIRST_BUILDS_MAX), warm_ups=0)
    peer_feeds = FEEDS_PER_STORY * (bench.large // corpus.UPDATES_PER_STORY)
    our_feeds = ours.feeds_written(newsroom)
    if not series[build.name].failure and not our_feeds:
        series[build.name] = Series(failure="publish wrote no feeds")
    of_peer, of_ours = series[peer.name].figure(wall_ms), series[build.name].figure(wall_ms)
    per_feed = of_ours and of_ours.scaled(1 / our_feeds)
    peer_per_feed = of_peer and of_peer.scaled(1 / peer_feeds)
    note = f"{our_feeds:,} feeds, and pages, state, …, in {of_ours.median / 1000:.1f} s; " if of_ours else ""
    note += f"the script: {peer_feeds:,} feeds in {of_peer.median / 1000:.1f} s" if of_peer else ""
    return [
        Row(
            f"first build of {bench.large:,}, per feed",
            unit="ms",
            target=Target(must=1, aim=2),
            ours=per_feed,
            peer_name=peer.name,
            peer=peer_per_feed,
            score=peer_per_feed.median / per_feed.median if per_feed and peer_per_feed else None,
            note=series[build.name].failure or note,
        )
    ]


def append(bench: Bench) -> list[Row]:
    rows: list[Row] = []
    cases = (
        ("append, durable, one event", Target(must=1.1), APPENDED_SINGLY, 1),
        (f"append in batches of {BATCH}", Target(must=1.5, aim=3), APPENDED_IN_BATCHES, BATCH),
    )
    for name, target, events, batch in cases:
        count = str(min(events, bench.small))
        peer, step = (
            _worker(bench, side, "append", store, bench.corpus(bench.small), count, str(batch))
            for side, store in (("peer_eventsourcing", "store.db"), ("ours", "store"))
        )
        series = _beside_eventsourcing(peer, step, runs=bench.runs)
        rows.append(comparison(name, target, series=series, ours=step, peer=peer, of=rate, unit="ev/s"))
    return rows


def replay(bench: Bench) -> list[Row]:
    database = bench.folder / "replay.db"
    fill = ("append", database, bench.corpus(bench.large), str(2 * bench.large), str(BATCH))
    peer_worker, our_worker = ([PYTHON, "-m", f"tests.bench.{module}"] for module in ("peer_eventsourcing", "ours"))

    def filled() -> None:
        if not database.exists():
            run([*peer_worker, *fill])

    peer = Step("eventsourcing", [*peer_worker, "replay", database], filled)
    step = Step(
        "replay",
        [*our_worker, "replay", bench.imported(bench.large)],
        partial(bench.make_imported, bench.large),
    )
    series = _beside_eventsourcing(peer, step, runs=bench.runs)
    target = Target(must=2, aim=4)
    name = f"replay of {bench.large:,}"
    return [comparison(name, target, series=series, ours=step, peer=peer, of=rate, unit="ev/s")]


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {
    "idle": idle,
    "one-event": one_event,
    "first-build": first_build,
    "append": append,
    "replay": replay,
}


def _worker(bench: Bench, module: str, task: str, store: str, *rest: str | Path) -> Step:
    """Return the step that runs a worker on a new, empty store."""
    path = bench.folder / "append" / store

    def empty() -> None:
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()

    name = "eventsourcing" if module == "peer_eventsourcing" else "append"
    return Step(name, [PYTHON, "-m", f"tests.bench.{module}", task, path, *rest], empty)


def _beside_eventsourcing(peer: Step, step: Step, *, runs: int) -> dict[str, Series]:
    if find_spec("eventsourcing") is None:
        return interleave([step], runs=runs) | {peer.name: Series(failure="eventsourcing is not installed")}
    return interleave([peer, step], runs=runs)


def comparison(
    name: str,
    target: Target,
    *,
    series: dict[str, Series],
    ours: Step,
    peer: Step,
    of: Callable[[Sample], float],
    unit: str = "ms",
) -> Row:
    """Compare two steps: how many times as long ours takes, or how many times as fast it is."""
    our, their = series[ours.name].figure(of), series[peer.name].figure(of)
    score = None
    if our and their:
        ours_on_top = target.at_most or unit == "ev/s"
        score = our.median / their.median if ours_on_top else their.median / our.median
    note = "; ".join(filter(None, dict.fromkeys((series[ours.name].failure, series[peer.name].failure))))
    return Row(name, unit, target, our, peer_name=peer.name, peer=their, score=score, note=note)


def wall_ms(sample: Sample) -> float:
    """Return a whole process's time."""
    return 1000 * sample.wall_s

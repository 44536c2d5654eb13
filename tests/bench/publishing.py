"""The rows on cron and `--watch`: nothing to do, one event, and from a commit to the feed that shows it."""

import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tests.bench import ours
from tests.bench.measure import Figure, RunError, Series, Step, interleave
from tests.bench.newsrooms import Bench, middle_story
from tests.bench.rows import Row, Table, Target, alone

PYTHON = sys.executable
IDLE_RUNS_FACTOR = 4  # each takes 20 ms
WATCHED = 30
PERCENTILES = {50: 9, 95: 18}
"""The index of each percentile among the cuts into twenty parts."""
NOTHING = Step("python -c pass", [PYTHON, "-c", "pass"])


def idle(bench: Bench) -> list[Row]:
    steps = {
        size: Step(f"idle at {size:,}", ours.publish(bench.published(size)), partial(bench.make_published, size))
        for size in (bench.small, bench.large)
    }
    series = interleave([NOTHING, *steps.values()], runs=IDLE_RUNS_FACTOR * bench.runs)
    target = Target(must=2.0, aim=1.8, at_most=True)
    return [
        Table(series).row(f"publish, nothing to do, at {size:,}", target, ours=step, raw=NOTHING)
        for size, step in steps.items()
    ]


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
    table, light = Table(series), Target(must=60, at_most=True, unit="MB")
    return [
        table.row(f"one event from cron, at {large:,}", Target(must=40, aim=50), ours=publish[large], raw=peer[large]),
        table.row(f"one event from cron, at {small:,}", Target(), ours=publish[small], raw=peer[small]),
        table.row(
            f"one event, {large:,} against {small:,}",
            Target(must=1.1, at_most=True),
            ours=publish[large],
            fair=publish[small],
        ),
        *(table.memory(f"peak memory of one event, at {size:,}", light, step) for size, step in publish.items()),
    ]


def report(bench: Bench) -> list[Row]:
    step = Step("report", ours.report_command(bench.long_story(600)), partial(bench.make_long_story, 600))
    series = interleave([NOTHING, step], runs=IDLE_RUNS_FACTOR * bench.runs)
    target = Target(must=12, at_most=True)
    return [Table(series).row("report, in a story of 600", target, ours=step, raw=NOTHING)]


def watch(bench: Bench) -> list[Row]:
    """Measure from a commit until the feed shows it."""
    name, script = f"watch, commit to feed, at {bench.large:,}", bench.rebuild(bench.large)
    try:
        bench.make_published(bench.large)
        waits = ours.watched(bench.published(bench.large), middle_story(bench.large), WATCHED)
    except RunError as error:
        return [alone(name, None, Target(unit="ms"), note=str(error))]
    cuts = statistics.quantiles(waits, n=20, method="inclusive")
    median, slow = (Figure(cuts[index], min(waits), max(waits)) for index in PERCENTILES.values())
    peer = Table(interleave([script], runs=1, warm_ups=0)).side(script)
    limit = Target(must=40, aim=25, at_most=True, unit="ms")
    rows = [alone(f"{name}, p50", median, Target(unit="ms")), alone(f"{name}, p95", slow, limit)]
    score = peer.wall.median / slow.median if peer.wall else None
    return [*rows, replace(rows[1], name="that against the script", target=Target(150), raw=peer, score=score)]


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {
    "idle": idle,
    "one-event": one_event,
    "report": report,
    "watch": watch,
}

"""The rows on growth: one long story, cold and resident; its page; and a huge ledger."""

import json
import statistics
import sys
from collections.abc import Callable
from functools import partial

from tests.bench import corpus, ours
from tests.bench.measure import Figure, RunError, Step, interleave, run
from tests.bench.newsrooms import Bench, middle_story
from tests.bench.rows import Row, Side, Table, Target, alone, exactly

LONG_STORIES = {
    50: Target(),
    500: Target(must=250, at_most=True, unit="ms"),
    10_000: Target(2_500, at_most=True, unit="ms"),
}
"""The lengths of the stories that get one event, each with the limit of the whole process."""
UNCACHED = (500, 10_000)
"""The lengths that are also published without what the run before has saved."""
RESIDENT = (1_000, 10_000)
RESIDENT_MS = 500
WATCHED = 10
LONG_TASK_MS = 50


def long(bench: Bench) -> list[Row]:
    steps: dict[str, tuple[Step, Target]] = {}
    for updates, target in LONG_STORIES.items():
        if updates <= bench.large:
            command, name = ours.publish(bench.long_story(updates)), f"one event in a story of {updates:,}, cold"
            steps[name] = Step(name, command, partial(bench.add_to_long_story, updates)), target
            if updates in UNCACHED:
                name += ", no cache"
                steps[name] = Step(name, command, partial(bench.add_to_long_story, updates, cached=False)), Target()
    table = Table(interleave([step for step, _ in steps.values()], runs=bench.runs))
    cold = [table.alone(name, target, step) for name, (step, target) in steps.items()]
    return [*cold, *_resident(bench)]


def _resident(bench: Bench) -> list[Row]:
    """Measure long stories that `--watch` has in memory, from the commit to the feed."""
    lengths = RESIDENT if bench.large >= max(RESIDENT) else tuple(length // 10 for length in RESIDENT)
    figures: list[Figure] = []
    try:
        for length in lengths:
            bench.make_long_story(length)
            waits = ours.watched(bench.long_story(length), corpus.slug(0), WATCHED)
            figures.append(Figure(statistics.median(waits), min(waits), max(waits)))
    except RunError as error:
        return [alone("one event in a long story, resident", None, Target(unit="ms"), note=str(error))]
    smaller, larger = figures
    name, sides = "ten times the story, resident", (Side(f"{lengths[1]:,}", larger), Side(f"{lengths[0]:,}", smaller))
    return [
        alone(
            f"one event in a story of {lengths[1]:,}, resident", larger, Target(RESIDENT_MS, at_most=True, unit="ms")
        ),
        Row(name, "ms", Target(must=1.5, at_most=True), sides[0], fair=sides[1], score=larger.median / smaller.median),
    ]


def page(bench: Bench) -> list[Row]:
    """Measure the longest task that a page of a long story causes in a browser."""
    rows, target = [], Target(must=LONG_TASK_MS, at_most=True, unit="ms")
    for updates in (updates for updates in LONG_STORIES if updates <= bench.large):
        name = f"longest task, page of {updates:,}"
        try:
            bench.make_long_story(updates)
            output = bench.long_story(updates) / "public"
            sample = run([sys.executable, "-m", "tests.bench.pages", output, corpus.slug(0), str(bench.runs)])
        except RunError as error:
            rows.append(alone(name, None, target, note=str(error)))
            continue
        tasks = json.loads(sample.output)
        rows.append(alone(name, Figure(statistics.median(tasks), min(tasks), max(tasks)), target))
    return rows


def reads(bench: Bench) -> list[Row]:
    """Import at two sizes, and commands that read over the larger."""
    try:
        for size in (bench.large, bench.huge):
            bench.make_imported(size)
    except RunError as error:
        return [alone(f"import of {bench.huge:,}", None, Target(unit="ms"), note=str(error))]
    small, large = bench.imports[bench.large], bench.imports[bench.huge]
    each = [
        Side(f"{size:,}", *(exactly(1_000_000 * seconds / size) for seconds in (sample.wall_s, sample.cpu_s)))
        for size, sample in ((bench.large, small), (bench.huge, large))
    ]
    newsroom = bench.imported(bench.huge)
    queries = (("show", middle_story(bench.huge)), ("due",), ("stories",))
    steps = [Step(words[0], ours.read(newsroom, *words)) for words in queries]
    table, soon = Table(interleave(steps, runs=bench.runs)), Target(must=300, at_most=True, unit="ms")
    growth = large.wall_s / small.wall_s * bench.large / bench.huge
    memories = [Side(f"{size:,}", exactly(bench.imports[size].peak_mb)) for size in (bench.large, bench.huge)]
    level = Target(must=1.25, aim=1.0, at_most=True)
    return [
        Row(f"import, an event of {bench.huge:,}", "µs", Target(), each[1], fair=each[0], score=growth),
        Row("peak memory of that", "MB", level, memories[1], fair=memories[0], score=large.peak_mb / small.peak_mb),
        *(table.alone(f"{step.name}, at {bench.huge:,}", soon, step) for step in steps),
    ]


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"long": long, "page": page, "reads": reads}

"""The rows on growth: a long story, a huge ledger, a watch over many stories, and programs that render sites."""

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench import corpus, ours
from tests.bench.measure import Figure, RunError, Series, Step, interleave, progress, run
from tests.bench.newsrooms import Bench, middle_story
from tests.bench.rows import FIRST_BUILDS_MAX, Row, Target, comparison, wall_ms

PEER_HUGO = Path(__file__).with_name("peer_hugo.py")
PEER_ELEVENTY = Path(__file__).with_name("peer_eleventy.py")
LONG_STORIES = (50, 500, 10_000)
WATCHED = 30
LONG_TASK_MS = 50
PERCENTILES = {50: 9, 95: 18}
"""The index of each percentile among the cuts into twenty parts."""


def long(bench: Bench) -> list[Row]:
    steps = {
        updates: Step(
            f"publish in a story of {updates:,}",
            ours.publish(bench.long_story(updates)),
            partial(bench.add_to_long_story, updates),
        )
        for updates in LONG_STORIES
        if updates <= bench.large
    }
    series = interleave(list(steps.values()), runs=bench.runs)
    return [
        _alone(
            f"one new event, in a story of {updates:,}",
            series[step.name].figure(wall_ms),
            note=series[step.name].failure,
        )
        for updates, step in steps.items()
    ]


def page(bench: Bench) -> list[Row]:
    """Measure the longest task that a page of a long story causes in a browser."""
    rows = []
    for updates in (updates for updates in LONG_STORIES if updates <= bench.large):
        name = f"longest task, page of {updates:,}"
        try:
            bench.make_long_story(updates)
            output = bench.long_story(updates) / "public"
            sample = run([sys.executable, "-m", "tests.bench.pages", output, corpus.slug(0), str(bench.runs)])
        except RunError as error:
            rows.append(_alone(name, None, note=str(error)))
            continue
        tasks = json.loads(sample.output)
        figure = Figure(statistics.median(tasks), min(tasks), max(tasks))
        rows.append(_alone(name, figure, Target(must=LONG_TASK_MS, at_most=True, unit="ms")))
    return rows


def reads(bench: Bench) -> list[Row]:
    """Import at two sizes, and commands that read over the larger."""
    try:
        for size in (bench.large, bench.huge):
            bench.make_imported(size)
    except RunError as error:
        return [_alone(f"import of {bench.huge:,}", None, note=str(error))]
    small, large = bench.imports[bench.large], bench.imports[bench.huge]
    rates = [_exactly(size / sample.wall_s) for size, sample in bench.imports.items() if size >= bench.large]
    flat = Target(must=1.25, aim=1.0, at_most=True)
    rows = [
        Row(
            f"import of {bench.huge:,}",
            "ev/s",
            Target(),
            rates[-1],
            f"{bench.large:,}",
            rates[0],
            score=rates[-1].median / rates[0].median,
        ),
        Row(
            "peak memory of that",
            "MB",
            flat,
            _exactly(large.peak_mb),
            f"{bench.large:,}",
            _exactly(small.peak_mb),
            score=large.peak_mb / small.peak_mb,
        ),
    ]
    newsroom = bench.imported(bench.huge)
    queries = (("show", middle_story(bench.huge)), ("due",), ("stories",))
    steps = [Step(words[0], ours.read(newsroom, *words)) for words in queries]
    series = interleave(steps, runs=bench.runs)
    for step in steps:
        figure = series[step.name].figure(wall_ms)
        target = Target(must=300, at_most=True, unit="ms")
        rows.append(_alone(f"{step.name}, at {bench.huge:,}", figure, target, note=series[step.name].failure))
    return rows


def watch(bench: Bench) -> list[Row]:
    """Measure from a commit until the feed shows it."""
    name = f"watch, commit to feed at {bench.large:,}"
    try:
        bench.make_published(bench.large)
        newsroom, story = bench.published(bench.large), middle_story(bench.large)
        sample = run([sys.executable, "-m", "tests.bench.watching", newsroom, story, str(WATCHED)])
    except RunError as error:
        return [_alone(name, None, note=str(error))]
    waits = [1000 * seconds for seconds in json.loads(sample.output)]
    cuts = statistics.quantiles(waits, n=20, method="inclusive")
    return [
        _alone(f"{name}, p{percent}", Figure(cuts[cut], min(waits), max(waits))) for percent, cut in PERCENTILES.items()
    ]


def sites(bench: Bench) -> list[Row]:
    """Compare a first build of the smaller corpus with programs that render sites: the larger takes them minutes."""
    newsroom = bench.folder / "beside-sites"
    build = Step("first build", ours.publish(newsroom), partial(bench.make_unpublished_copy, bench.small, newsroom))
    series: dict[str, Series] = {}
    peers = []
    for name, made in (("hugo", _hugo), ("eleventy", _eleventy)):
        try:
            peers.append(made(bench))
        except RunError as error:
            peers.append(Step(name, []))
            series[name] = Series(failure=str(error))
    able = [peer for peer in peers if peer.name not in series]
    series |= interleave([*able, build], runs=min(bench.runs, FIRST_BUILDS_MAX), warm_ups=0)
    name = f"first build of {bench.small:,}"
    return [comparison(name, Target(), series=series, ours=build, peer=peer, of=wall_ms) for peer in peers]


def _hugo(bench: Bench) -> Step:
    program = shutil.which("hugo", path=Path(sys.executable).parent) or shutil.which("hugo")
    if program is None:
        raise RunError("hugo is not installed")
    site = bench.folder / "hugo"

    def new_site() -> None:
        shutil.rmtree(site, ignore_errors=True)
        run([sys.executable, PEER_HUGO, bench.corpus(bench.small), site])

    return Step("hugo", [program, "--quiet", "--source", site], new_site)


def _eleventy(bench: Bench) -> Step:
    site = bench.folder / "eleventy"
    progress("eleventy, its site")
    # In our environment, from which npm has its registry.
    made = subprocess.run(
        [sys.executable, PEER_ELEVENTY, bench.corpus(bench.small), site],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        raise RunError(made.stderr.strip())
    # It has no option for the folder of the site: it takes the current one.
    command = ["sh", "-c", f'cd "{site}" && exec node_modules/.bin/eleventy --quiet']
    return Step("eleventy", command, lambda: shutil.rmtree(site / "public", ignore_errors=True))


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {
    "long": long,
    "page": page,
    "reads": reads,
    "watch": watch,
    "sites": sites,
}


def _exactly(value: float) -> Figure:
    return Figure(value, value, value)


def _alone(name: str, figure: Figure | None, target: Target | None = None, *, note: str = "") -> Row:
    """Return a row without a peer: the figure itself is compared with the target."""
    score = figure.median if figure else None
    return Row(name, "ms", target or Target(unit="ms"), figure, score=score, note=note)

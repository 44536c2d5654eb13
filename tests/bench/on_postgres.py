"""Appending to PostgreSQL, by ours and by `eventsourcing` with its own recorder: each in a database that is empty.

python -m tests.bench.on_postgres ours SOCKET_FOLDER CORPUS EVENTS BATCH
python -m tests.bench.on_postgres raw SOCKET_FOLDER CORPUS EVENTS BATCH
python -m tests.bench.on_postgres writer URL STORY SECONDS       appends until the time is over, and prints how many
"""

import gc
import json
import sys
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

from events import commands
from events.ledger import Ledger
from events.model.validation import parse_event
from events.store import open_store
from events.store.base import Address
from feed.cron import GC_THRESHOLD
from tests.bench.measure import Stopwatch
from tests.bench.ours import WARM_UP

DATABASE = "bench"
SCHEMA = "news"


def url_at(folder: str) -> str:
    return f"postgresql:///{DATABASE}?host={folder}&user=postgres"


def ours(folder: str, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    raw = _lines(corpus, count)
    gc.set_threshold(*GC_THRESHOLD)
    with Ledger(open_store(Address(url_at(folder), "first"), create=True)) as ledger:
        for fields in raw[:WARM_UP]:  # pydantic makes our models on first use, the peers' on import
            ledger.append(parse_event(fields))
    with Ledger(open_store(Address(url_at(folder), SCHEMA), create=True)) as ledger, Stopwatch() as watch:
        for first in range(0, len(raw), batch):
            ledger.append_stream([(parse_event(fields), "", None) for fields in raw[first : first + batch]])
    return len(raw), watch


def raw(folder: str, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    from tests.bench.peer_eventsourcing import Newsroom, story_event  # noqa: PLC0415 - the peer may be missing

    environment = {"DBNAME": DATABASE, "HOST": folder, "PORT": "5432", "USER": "postgres", "PASSWORD": ""}
    newsroom = Newsroom(
        {"PERSISTENCE_MODULE": "eventsourcing.postgres"}
        | {f"POSTGRES_{name}": value for name, value in environment.items()}
    )
    lines, versions = _lines(corpus, count), defaultdict[str, int](int)
    with Stopwatch() as watch:
        for first in range(0, len(lines), batch):
            newsroom.save(*[story_event(versions, **fields) for fields in lines[first : first + batch]])
    newsroom.close()
    return len(lines), watch


def write_for(url: str, story: str, seconds: float) -> None:
    """Wait for a line on stdin, append to `story` for some seconds, and print how many events that were."""
    with Ledger(open_store(Address(url, SCHEMA)), actor=story) as ledger:
        ledger.append(commands.open_story(story, "Fire"))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        until, count = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            ledger.append(commands.report(story, f"Report {count}"))
            count += 1
    sys.stdout.write(f"{count}\n")


def _lines(corpus: Path, count: int) -> list[dict[str, Any]]:
    with corpus.open("rb") as lines:
        return [json.loads(line) for line in islice(lines, count)]


if __name__ == "__main__":
    side, where, *rest = sys.argv[1:]
    if side == "writer":
        write_for(where, rest[0], float(rest[1]))
    else:
        events, watch = {"ours": ours, "raw": raw}[side](where, Path(rest[0]), int(rest[1]), int(rest[2]))
        sys.stdout.write(json.dumps({"events": events, "wall_s": watch.wall_s, "cpu_s": watch.cpu_s}))

"""A peer for appending: UmaDB, an event store of its own in Rust, with its Python client (`pip install umadb`).

It stores bytes: it validates no event, folds nothing, and its server and this client are two processes. Each append is
synced before it is acknowledged, and is refused if the story has grown since it was read.

    python -m tests.bench.peer_umadb append FILE CORPUS EVENTS BATCH
"""

# The peer is no dependency of ours: types are checked with it and without it.
# mypy: disable-error-code="import-not-found,misc,no-any-return"

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from umadb import AppendCondition, Client, Event, Query, QueryItem

from tests.bench.measure import Stopwatch, worker

SERVER = Path(sys.executable).with_name("umadb")
START_S = 10


def append(database: Path, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    with corpus.open("rb") as lines:
        raw = [orjson.loads(line) for line in islice(lines, count)]
    with serving(database) as client, Stopwatch() as watch:
        head = 0
        for first in range(0, len(raw), batch):
            events = raw[first : first + batch]
            stories = [QueryItem(tags=[f"story:{name}"]) for name in {fields["story"] for fields in events}]
            condition = AppendCondition(Query(stories), head)
            head = client.append([_event(fields) for fields in events], condition)
    return len(raw), watch


def _event(fields: dict[str, Any]) -> Event:
    return Event(fields["type"], orjson.dumps(fields), tags=[f"story:{fields['story']}"])


@contextmanager
def serving(database: Path) -> Iterator[Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command: list[str | Path] = [SERVER, "--listen", address, "--db-path", database]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield _client(f"http://{address}")
        finally:
            server.terminate()


def _client(url: str) -> Client:
    until = time.monotonic() + START_S
    while True:
        try:
            client = Client(url)
            client.head()
        except Exception:  # its errors have no common class
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return client


def replay(database: Path) -> tuple[int, Stopwatch]:
    raise NotImplementedError


if __name__ == "__main__":
    worker(append=append, replay=replay)

"""A worker process (feed/publishing/workers.py): takes a function and a task from a socket, and returns the result.

It ends at once when the socket closes: also if the process that started it is killed. Signals meant for that process,
such as Ctrl-C, do not end it.

    python -m feed.worker DESCRIPTOR
"""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, NoReturn, TypeAlias

import feed.publishing.tasks  # noqa: F401 - so that it is imported before the first task comes
from feed.cron import GC_THRESHOLD
from feed.publishing.attempts import attempt

Task: TypeAlias = tuple[Callable[[Any], Any], Any]


def main(descriptor: int) -> NoReturn:
    """Compute what comes, one task after another."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    gc.set_threshold(*GC_THRESHOLD)
    connection = Connection(descriptor)
    tasks: SimpleQueue[Task] = SimpleQueue()
    results: SimpleQueue[bytes] = SimpleQueue()
    # Threads, so that a result which the other side has not taken yet does not keep this one from computing.
    Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    Thread(target=_send, args=(connection, results), daemon=True).start()
    results.put(pickle.dumps(None))  # it has started
    while True:
        results.put(_computed(*tasks.get()))


def _computed(function: Callable[[Any], Any], task: object) -> bytes:
    pickled = attempt(lambda: pickle.dumps(function(task)))
    return pickled if isinstance(pickled, bytes) else pickle.dumps(pickled)


def _receive(connection: Connection, tasks: SimpleQueue[Task]) -> None:
    try:
        while True:
            tasks.put(connection.recv())
    finally:
        os._exit(1)


def _send(connection: Connection, results: SimpleQueue[bytes]) -> None:
    try:
        while True:
            connection.send_bytes(results.get())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))

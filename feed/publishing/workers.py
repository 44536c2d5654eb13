"""Worker processes: they compute, and touch neither the ledger nor a file of the output.

Each is a Python of its own (feed/worker.py), not a fork: it inherits neither the lock nor the database.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import Pipe
from typing import Any, Final, TypeVar

from feed.publishing.attempts import Failure

TASKS_MAX: Final = 3
"""How many tasks a worker has at a time: it computes one, and goes on while the results of another are written."""
START_S: Final = 60
Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers:
    """`count` processes. OSError if they do not start."""

    def __init__(self, count: int) -> None:
        self._workers: list[_Worker] = []
        try:
            self._workers.extend(_Worker() for _ in range(count))
            for worker in self._workers:
                worker.wait_for_start()
        except BaseException:
            self.close()
            raise

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task | Failure]) -> Iterator[Result | Failure]:
        """Yield the result of each task, in order. A task that has failed already is yielded as it is.

        If a worker ends, the task that it computed fails, and another worker computes the rest.
        """
        for worker in self._workers:
            worker.drop_tasks()
        turns: deque[_Worker | Failure] = deque()
        for number, task in enumerate(tasks):
            worker = self._workers[number % len(self._workers)]
            if not isinstance(task, Failure):
                worker.put(function, task)
            turns.append(task if isinstance(task, Failure) else worker)
            if len(turns) >= TASKS_MAX * len(self._workers):
                yield _result(turns.popleft())
        while turns:
            yield _result(turns.popleft())

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.end()


class _Worker:
    """One process, and the tasks whose results it has not returned."""

    def __init__(self) -> None:
        self._tasks: deque[tuple[object, object]] = deque()
        self._start()

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", "feed.worker", str(descriptor)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                pass_fds=(descriptor,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def wait_for_start(self) -> None:
        """Wait until the process has imported what it needs."""
        with suppress(EOFError):
            if self._connection.poll(START_S):
                self._connection.recv()
                return
        raise ChildProcessError("a worker process did not start")

    def drop_tasks(self) -> None:
        """Forget the tasks of a call whose results were not all taken."""
        if self._tasks:
            self._tasks.clear()
            self._restart()

    def put(self, function: object, task: object) -> None:
        """Have the process compute `function(task)`, after what it has to compute already."""
        self._tasks.append((function, task))
        with suppress(OSError):  # the process has ended, as `result` will find
            self._connection.send((function, task))

    def result(self) -> Any:
        """Return the result of the first task."""
        try:
            result = self._connection.recv()
        except (EOFError, OSError):
            self._tasks.popleft()
            return Failure(f"its worker process ended with status {self._restart()}")
        self._tasks.popleft()
        return result

    def _restart(self) -> int:
        """Replace the process by another one, which gets its tasks. Return its exit status."""
        self.end()
        status = self._process.returncode
        self._start()
        self.wait_for_start()
        for message in self._tasks:
            self._connection.send(message)
        return status

    def end(self) -> None:
        """End the process: it has nothing to lose."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _result(turn: _Worker | Failure) -> Any:
    return turn if isinstance(turn, Failure) else turn.result()

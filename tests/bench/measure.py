"""The time of whole processes as a user sees it, with start and imports.

`interleave` runs its steps in turn, A B A B, so that a machine that slows down slows both sides.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from feed.cron import GC_THRESHOLD

ROOT = Path(__file__).resolve().parents[2]

# As from cron: a bare PATH, no HOME, no locale.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C"}
ERROR_LINES_MAX = 3
FEW_SEARCHES = "few-searches"
"""The word that has a worker search for garbage as rarely as our commands do, and not as Python does by default."""


@dataclass(frozen=True)
class Sample:
    """One run. `peak_mb` is the kernel's ru_maxrss: a child inherits it, so it is never below that of this process.

    Of several processes it is that of the largest.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


@dataclass(frozen=True)
class Figure:
    """The median of some runs, with its extremes."""

    median: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Figure":
        """Return the same figure in another unit."""
        return Figure(self.median * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Step:
    """One of the things compared, in the folder `cwd`. `prepare` runs before each run and is not timed."""

    name: str
    command: Sequence[str | Path]
    prepare: Callable[[], None] = lambda: None
    cwd: Path = ROOT


@dataclass
class Series:
    """The samples of one step, or the sentence that says why there are none."""

    samples: list[Sample] = field(default_factory=list)
    failure: str = ""

    def figure(self, of: Callable[[Sample], float]) -> Figure | None:
        """Return the median of one aspect, or None after a failure."""
        if self.failure or not self.samples:
            return None
        values = [of(sample) for sample in self.samples]
        return Figure(statistics.median(values), min(values), max(values))


class RunError(Exception):
    """A measured command failed, so it has no figure."""


def interleave(steps: Sequence[Step], *, runs: int, warm_ups: int = 1) -> dict[str, Series]:
    """Run every step in turn, `runs` times after uncounted `warm_ups`; a step that fails is dropped."""
    series = {step.name: Series() for step in steps}
    for turn in range(-warm_ups, runs):
        for step in steps:
            if series[step.name].failure:
                continue
            progress(f"{step.name}, {f'run {turn + 1} of {runs}' if turn >= 0 else 'warm-up'}")
            try:
                step.prepare()
                sample = run(step.command, cwd=step.cwd)
            except RunError as error:
                series[step.name] = Series(failure=str(error))
            else:
                if turn >= 0:
                    series[step.name].samples.append(sample)
    return series


def run(command: Sequence[str | Path], *, cwd: Path = ROOT) -> Sample:
    """Run one command to its end, and return its time and memory, with those of the processes that it started."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        except OSError as error:
            raise RunError(f"{command[0]}: {error.strerror}") from error
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            words = " ".join(map(str, command[:6]))
            last = err.read().decode(errors="replace").strip().splitlines()[-ERROR_LINES_MAX:]
            raise RunError(f"{words}: exit {process.returncode}: {' | '.join(map(str.strip, last))}")
        return Sample(
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_mb=usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024),
            output=out.read().decode(),
        )


class Stopwatch:
    """Measures a block: its time, and the processor time of this process."""

    wall_s = cpu_s = 0.0

    def __enter__(self) -> Self:
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s, self.cpu_s = time.perf_counter() - self._start[0], time.process_time() - self._start[1]


def event_us(sample: Sample) -> float:
    """Return the time an event took a worker, without its imports and its preparation."""
    return _event_us(sample, "wall_s")


def event_cpu_us(sample: Sample) -> float:
    """Return the processor time an event took a worker."""
    return _event_us(sample, "cpu_s")


def _event_us(sample: Sample, figure: str) -> float:
    figures = json.loads(sample.output)
    return 1_000_000 * float(figures[figure]) / float(figures["events"])


def worker(
    *,
    append: Callable[[Path, Path, int, int], tuple[int, Stopwatch]],
    replay: Callable[[Path], tuple[int, Stopwatch]],
) -> None:
    """Run a figure inside this process: `append STORE CORPUS EVENTS BATCH` or `replay STORE`; maybe FEW_SEARCHES."""
    task, store, *rest = sys.argv[1:]
    if rest[-1:] == [FEW_SEARCHES]:
        gc.set_threshold(*GC_THRESHOLD)
        rest.pop()
    if task == "append":
        corpus, count, batch = rest
        events, watch = append(Path(store), Path(corpus), int(count), int(batch))
    else:
        events, watch = replay(Path(store))
    sys.stdout.write(json.dumps({"events": events, "wall_s": watch.wall_s, "cpu_s": watch.cpu_s}))


def progress(words: str) -> None:
    """Show on a terminal what is running."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{words}")
        sys.stderr.flush()

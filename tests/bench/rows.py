"""A row of the table: our figure, those of the peers, and the limit that it must keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.bench.measure import Figure, Sample, Series, Step

MISSING: Final = {
    "python -c pass": "the bare start of Python.",
    "script": "no store, no corrections, no facts, no promises, no page, no archive, no state: a title and a body in "
    "RSS and Atom, and each time all of it.",
    "raw": "eventsourcing 9.5 with flat events: nested parts are not validated, the last claim wins, versions are kept "
    "in memory and not read before an append, no rule is checked.",
    "fair": "eventsourcing 9.5 with the same nested events, validated both ways, the last word of each origin, and a "
    "read before each append: no rule is checked (dates without bounds, no refusals), no undo, no redaction, no hash "
    "chain, no lists over all stories.",
    "umadb": "stores bytes, with a conditional append: no validation, no fold. The processor time of its server is not "
    "counted.",
    "hugo": "a page an update, a list and RSS a story, from prepared files: no check, no Atom or JSON Feed, no state, "
    "no archive, no log, no fsync. It writes more pages: ours has a hundred updates on one.",
    "eleventy": "as hugo.",
    "b7eda7b": "writethru before this round of work: its own code and commands, on a ledger that it imported itself.",
}
"""What each peer does not do that ours does."""


@dataclass(frozen=True)
class Target:
    """Limits of a row's score: at most, or at least. `must` is required, `aim` is better still; None is no limit."""

    must: float | None = None
    aim: float | None = None
    at_most: bool = False
    unit: str = "x"


@dataclass(frozen=True)
class Side:
    """What one side took: its time, or memory, and its processor time."""

    name: str
    wall: Figure | None = None
    cpu: Figure | None = None


@dataclass(frozen=True)
class Row:
    """Our figure, those of peers, and the score that is compared with the target: a ratio, or our figure itself.

    raw: a peer that does less than ours
    fair: one whose work is closer to ours, or what is ours at another size or another time
    """

    name: str
    unit: str
    target: Target
    ours: Side
    raw: Side | None = None
    fair: Side | None = None
    score: float | None = None
    note: str = ""


def wall_ms(sample: Sample) -> float:
    """Return a whole process's time."""
    return 1000 * sample.wall_s


def cpu_ms(sample: Sample) -> float:
    """Return a whole process's processor time, with those that it started."""
    return 1000 * sample.cpu_s


def peak_mb(sample: Sample) -> float:
    """Return the peak memory of a process, of the largest if it started others."""
    return sample.peak_mb


@dataclass(frozen=True)
class Table:
    """Makes rows from the series of a run."""

    series: dict[str, Series]
    wall: Callable[[Sample], float] = wall_ms
    cpu: Callable[[Sample], float] = cpu_ms
    unit: str = "ms"

    def side(self, step: Step, name: str = "") -> Side:
        """Return the figures of a step."""
        series = self.series[step.name]
        return Side(name or step.name, series.figure(self.wall), series.figure(self.cpu))

    def row(self, name: str, target: Target, *, ours: Step, raw: Step | None = None, fair: Step | None = None) -> Row:
        """Compare `ours` with `fair`, or with `raw` if that is the only peer: how many times as long, or as fast."""
        peers = [None if step is None else self.side(step) for step in (raw, fair)]
        our, their = self.side(ours), peers[1] or peers[0]
        score = None
        if our.wall and their and their.wall:
            score = our.wall.median / their.wall.median if target.at_most else their.wall.median / our.wall.median
        note = self.failures(ours, raw, fair)
        return Row(name, self.unit, target, our, peers[0], peers[1], score, note)

    def alone(self, name: str, target: Target, step: Step) -> Row:
        """Compare the figure itself with its target."""
        side = self.side(step)
        score = side.wall.median if side.wall else None
        return Row(name, self.unit, target, side, score=score, note=self.failures(step))

    def memory(self, name: str, target: Target, step: Step) -> Row:
        """Compare the peak memory of a step with its target."""
        figure = self.series[step.name].figure(peak_mb)
        score = figure.median if figure else None
        return Row(name, "MB", target, Side(step.name, figure), score=score, note=self.failures(step))

    def failures(self, *steps: Step | None) -> str:
        """Return why some of the steps have no figure."""
        reasons = (self.series[step.name].failure for step in steps if step is not None)
        return "; ".join(filter(None, dict.fromkeys(reasons)))


def alone(name: str, figure: Figure | None, target: Target, *, note: str = "") -> Row:
    """Return the row of a figure that no step has, in the unit of its target."""
    return Row(name, target.unit, target, Side("", figure), score=figure.median if figure else None, note=note)


def exactly(value: float) -> Figure:
    """Return a figure that was measured once."""
    return Figure(value, value, value)

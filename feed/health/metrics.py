"""The metrics of a newsroom, as a text file that Prometheus' node_exporter reads (feed/README.md#metrics)."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from errno import EPERM
from functools import partial
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from events.errors import WritethruError
from events.ledger import ledger_time
from feed.health.idle import IS_SUCCESS, LAST_RUN, LAST_SUCCESS, lock_metrics, path_from, replace_file
from feed.health.waiting import waiting
from feed.newsroom import Newsroom
from feed.paths import read_exactly

INFO, DURATION = "writethru_build_info", "writethru_publication_duration_seconds"
DURATION_SUM, DURATION_COUNT = f"{DURATION}_sum", f"{DURATION}_count"
LAST_DURATION, FAILURES = "writethru_last_publication_duration_seconds", "writethru_failed_runs_total"
LAST_PUBLICATION, NEXT = "writethru_last_publication_timestamp_seconds", "writethru_next_instant_timestamp_seconds"
RECORDED, PUBLISHED = "writethru_recorded_events_total", "writethru_published_events_total"
WAITING, FAILED_STORIES = "writethru_waiting_events", "writethru_failed_stories"
HUB_WAITING, HUB_FAILURES = "writethru_hub_waiting_feeds", "writethru_hub_failures_total"
MIRROR_WAITING, MIRROR_FAILURES = "writethru_mirror_waiting_files", "writethru_mirror_failures_total"
METRICS: Final[Mapping[str, tuple[Literal["gauge", "counter", "summary"], str]]] = {
    INFO: ("gauge", "The version that wrote these metrics."),
    LAST_RUN: ("gauge", "When publish last ran, whether it succeeded or not."),
    LAST_SUCCESS: ("gauge", "When publish last ran and had nothing to complain of."),
    IS_SUCCESS: ("gauge", "1 if the last run had nothing to complain of, otherwise 0."),
    FAILURES: ("counter", "Runs that failed, wholly or for some stories."),
    LAST_PUBLICATION: ("gauge", "The instant up to which everything due was published."),
    NEXT: ("gauge", "When time alone changes something next; absent if it does not."),
    RECORDED: ("counter", "Events in the ledger."),
    PUBLISHED: ("counter", "Events in the ledger up to the last publication."),
    WAITING: ("gauge", "Events that are not published."),
    FAILED_STORIES: ("gauge", "Stories that the last publication could not publish."),
    HUB_WAITING: ("gauge", "Feeds that the hub is still to be told of, after the last run that told it."),
    HUB_FAILURES: ("counter", "Runs that the hub did not acknowledge everything to."),
    MIRROR_WAITING: ("gauge", "Files that the mirror lacks or must drop, after the last run that tried it."),
    MIRROR_FAILURES: ("counter", "Runs in which the mirror did not take everything."),
    LAST_DURATION: ("gauge", "How long the last publication took."),
    DURATION: ("summary", "How long publications took; a run with nothing to publish is none."),
}
"""The kind and the help of each metric, in the order of the file."""
OPEN: Final = frozenset(
    {INFO, IS_SUCCESS, FAILURES, FAILED_STORIES, HUB_WAITING, HUB_FAILURES, MIRROR_WAITING, MIRROR_FAILURES}
)
"""What everybody may read. The others say when an embargo ends, or that something was recorded that is not public."""
_SAMPLE: Final = re.compile(r"(writethru_[a-z_]+)\{.*\} (\S+)")


@dataclass(frozen=True, slots=True)
class Run:
    """How a run went: when it ended, how long it took, and whether nothing is left unpublished."""

    ended_at: datetime
    seconds: float
    is_success: bool


def write_metrics(newsroom: Newsroom, run: Run) -> None:
    """Write the metrics after a run. What the ledger cannot say, because it is gone, stays as it was written last."""
    of_ledger: Mapping[str, float] = {}
    with suppress(WritethruError, OSError):
        of_ledger = ledger_samples(newsroom)
    _change_samples(newsroom, partial(_samples, run=run, of_ledger=of_ledger))


def write_hub_metrics(newsroom: Newsroom, *, feeds: int, is_failure: bool) -> None:
    """Write how many feeds wait for the hub, after a call of it or where none is due."""
    _write_queue(newsroom, partial(_with_queue, HUB_WAITING, feeds, HUB_FAILURES, int(is_failure)))


def write_mirror_metrics(newsroom: Newsroom, *, files: int, is_failure: bool) -> None:
    """Write how many files wait for the mirror, after a run that tried it."""
    _write_queue(newsroom, partial(_with_queue, MIRROR_WAITING, files, MIRROR_FAILURES, int(is_failure)))


def _write_queue(newsroom: Newsroom, change: Callable[[Mapping[str, float]], Mapping[str, float]]) -> None:
    """Change the metrics of a queue, if they can be written: `write_metrics` fails alike, and its caller warns."""
    with suppress(OSError):
        _change_samples(newsroom, change)


def _with_queue(
    name: str, waiting: int, failures: str, failed: int, before: Mapping[str, float]
) -> Mapping[str, float]:
    return {**before, name: waiting, failures: before.get(failures, 0) + failed}


def _change_samples(newsroom: Newsroom, change: Callable[[Mapping[str, float]], Mapping[str, float]]) -> None:
    file = newsroom.config.metrics.file
    if file is None:
        return
    path = path_from(str(newsroom.folder), file)
    if Path(path).resolve().is_relative_to(newsroom.root.resolve()):
        raise OSError(EPERM, "the file is in the output, where everybody could read it", path)
    with lock_metrics(str(newsroom.folder)):
        samples = {**change(read_samples(path)), INFO: 1}
        unused = {HUB_WAITING, HUB_FAILURES} if newsroom.config.site.hub is None else set[str]()
        unused |= {MIRROR_WAITING, MIRROR_FAILURES} if newsroom.config.mirror.url is None else set()
        samples = {name: value for name, value in samples.items() if name not in unused}
        replace_file(path, metrics_text(samples, site=newsroom.config.site.base_url, program=version("writethru")))


def _samples(before: Mapping[str, float], run: Run, of_ledger: Mapping[str, float]) -> Mapping[str, float]:
    """Return the samples after a run, from those `before` it."""
    samples = {name: value for name, value in before.items() if name != NEXT or not of_ledger}
    samples |= {LAST_RUN: int(run.ended_at.timestamp()), IS_SUCCESS: int(run.is_success)}
    if run.is_success:
        samples[LAST_SUCCESS] = samples[LAST_RUN]
    for name, more in ((FAILURES, int(not run.is_success)), (DURATION_SUM, run.seconds), (DURATION_COUNT, 1)):
        samples[name] = samples.get(name, 0) + more
    return {**samples, LAST_DURATION: run.seconds, **of_ledger}


def metrics_text(samples: Mapping[str, float], *, site: str, program: str) -> str:
    """Return metrics in Prometheus' text format. A label tells the sites of one machine apart."""
    label = f'site="{site}"'
    lines: list[str] = []
    for metric, (kind, text) in METRICS.items():
        labels = f'{label},version="{program}"' if metric == INFO else label
        names = (DURATION_SUM, DURATION_COUNT) if metric == DURATION else (metric,)
        values = [f"{name}{{{labels}}} {_number(samples[name])}" for name in names if name in samples]
        lines += [f"# HELP {metric} {text}", f"# TYPE {metric} {kind}", *values] if values else []
    return "\n".join([*lines, ""])


def read_samples(path: str) -> dict[str, float]:
    """Return the samples in a metrics file that we wrote, as far as they are numbers; none if there is no such file."""
    try:
        text = read_exactly(path)
        samples = {match[1]: float(match[2]) for match in map(_SAMPLE.fullmatch, text.split("\n")) if match}
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in samples.items() if isfinite(value)}


def ledger_samples(newsroom: Newsroom) -> dict[str, float]:
    """Return the samples that the ledger alone says."""
    with newsroom.ledger() as ledger, ledger.store.reading() as reading:
        state, time = waiting(reading, newsroom.config.site.base_url, newsroom.clock()), ledger_time(reading)
    instants = {LAST_PUBLICATION: time.published_until, NEXT: time.next_at}
    counts = {
        RECORDED: state.position,
        PUBLISHED: state.published,
        WAITING: state.events,
        FAILED_STORIES: len(state.failed),
    }
    return counts | {name: at.timestamp() for name, at in instants.items() if at is not None}


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"

"""Publishes, and reports how that went. A report that fails is a warning, never a failed publication."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from events.errors import BusyError
from feed.health.heartbeat import DOCTOR, Heartbeat, warning
from feed.health.idle import parse_reports, path_from, write_idle
from feed.health.metrics import Run, write_metrics
from feed.site import Published, Site
from feed.watch import REPORT_S


class Reporter:
    """Reports the runs of one process, and warns of a report that is lost: once, if the next one is lost too.

    A process that tries again and again reports each REPORT_S that it fails.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warnings: list[str] = []
        self._failed_at = float("-inf")
        self._idle_signals: Heartbeat | None = None

    def publish(self, site: Site, *, then: Callable[[Site], object] = bool, **options: Any) -> Published:
        """Return what `site.publish` returns, or raise what it raises, after reporting it. Call `then` before that."""
        source, began = site.config.heartbeat.url, time.monotonic()
        signals = None if source is None else Heartbeat(str(site.folder), source)
        if signals is not None and not self._has_just_failed():
            signals.start()
        report = partial(self._report, site, signals, began)
        try:
            published = site.publish(**options)
        except BusyError:
            raise  # the run that holds the lock reports
        except BaseException as error:
            report(str(error) or type(error).__name__)
            raise
        then(site)
        report(_complaint(published))
        return published

    def idle(self, folder: str, reports: str) -> bool:
        """Report to `reports` that there was nothing to publish; return False if only a publication can.

        Nothing waits for the signal: if it is lost, the next report says so.
        """
        file, source = parse_reports(reports)
        if file and not write_idle(folder, file, time.time()):
            return False
        self._warn_once(_warnings(self._idle_signals))
        self._idle_signals = Heartbeat(folder, source) if source else None
        if self._idle_signals is not None:
            self._idle_signals.end()
        return True

    def _has_just_failed(self) -> bool:
        return time.monotonic() - self._failed_at < REPORT_S

    def _report(self, site: Site, signals: Heartbeat | None, began: float, complaint: str) -> None:
        if complaint and self._has_just_failed():
            return
        self._failed_at = time.monotonic() if complaint else float("-inf")
        warnings = _write_metrics(site, Run(site.clock(), time.monotonic() - began, is_success=not complaint))
        if signals is not None:
            signals.end(complaint and f"{complaint}\n{DOCTOR}")
        self._warn_once([*warnings, *_warnings(signals)])

    def _warn_once(self, warnings: list[str]) -> None:
        for message in warnings:
            if message not in self._warnings:
                self._warn(message)
        self._warnings = warnings


def _write_metrics(site: Site, run: Run) -> list[str]:
    """Write the metrics, and return what to say if that fails: what was published is published."""
    try:
        write_metrics(site, run)
    except Exception as error:  # noqa: BLE001
        path, why = path_from(str(site.folder), site.config.metrics.file or ""), getattr(error, "strerror", None)
        return [f"{path}: metrics: they cannot be written: {why or error}.\n  Check its folder: ls -la, df -h"]
    return []


def _warnings(signals: Heartbeat | None) -> list[str]:
    """Return what to say if the last signal was lost."""
    why = "" if signals is None else signals.failure()
    return [warning(why)] if why else []


def _complaint(published: Published) -> str:
    """Return what a run leaves to do; "" if nothing. No story is named to strangers: it may not be public yet."""
    count = len(published.failed)
    stories = f"{count} {'story was' if count == 1 else 'stories were'} not published." if count else ""
    redactions = "Redacted text may be left." if published.problems else ""
    return " ".join(part for part in (stories, redactions) if part)

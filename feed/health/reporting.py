"""Publishes, and reports how that went. A report that fails is a warning, never a failed publication."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from events.errors import BusyError
from feed.health.heartbeat import DOCTOR, Heartbeat, warning
from feed.health.idle import path_from
from feed.health.metrics import Run, write_metrics
from feed.site import Published, Site


def publish_and_report(site: Site, warn: Callable[[str], None], **options: Any) -> Published:
    """Return what `site.publish` returns, or raise what it raises, after reporting it."""
    source = site.config.heartbeat.url
    heartbeat = None if source is None else Heartbeat(str(site.folder), source)
    report = partial(_report, site, heartbeat, time.monotonic(), warn)
    try:
        published = site.publish(**options)
    except BusyError:
        raise  # the run that holds the lock reports
    except BaseException as error:
        report(str(error) or type(error).__name__)
        raise
    report(_complaint(published))
    return published


def _complaint(published: Published) -> str:
    """Return what a run leaves to do; "" if nothing. No story is named to strangers: it may not be public yet."""
    count = len(published.failed)
    stories = f"{count} {'story was' if count == 1 else 'stories were'} not published." if count else ""
    redactions = "Redacted text may be left." if published.problems else ""
    return " ".join(part for part in (stories, redactions) if part)


def _report(site: Site, heartbeat: Heartbeat | None, began: float, warn: Callable[[str], None], complaint: str) -> None:
    run = Run(site.clock(), time.monotonic() - began, is_success=not complaint)
    try:
        write_metrics(site, run)
    except Exception as error:  # noqa: BLE001 - what was published is published
        path, why = path_from(str(site.folder), site.config.metrics.file or ""), getattr(error, "strerror", None)
        warn(f"{path}: metrics: they cannot be written: {why or error}.\n  Check its folder: ls -la, df -h")
    why = "" if heartbeat is None else heartbeat.finish(complaint and f"{complaint}\n{DOCTOR}")
    if why:
        warn(warning(why))

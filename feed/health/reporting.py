"""Publishes, and reports how that went. A report that fails is a warning, never a failed publication."""

import time
from collections.abc import Callable
from typing import Any

from events.errors import BusyError
from feed.health.idle import metrics_path
from feed.health.metrics import Run, write_metrics
from feed.site import Published, Site


def publish_and_report(site: Site, warn: Callable[[str], None], **options: Any) -> Published:
    """Return what `site.publish` returns, or raise what it raises, after reporting it."""
    began = time.monotonic()
    is_success = False
    try:
        published = site.publish(**options)
        is_success = not published.failed
    except BusyError:
        raise  # the run that holds the lock reports
    except BaseException:
        _report(site, Run(site.clock(), time.monotonic() - began, is_success=False), warn)
        raise
    _report(site, Run(site.clock(), time.monotonic() - began, is_success), warn)
    return published


def _report(site: Site, run: Run, warn: Callable[[str], None]) -> None:
    file = site.config.metrics.file
    try:
        write_metrics(site, run)
    except Exception as error:  # noqa: BLE001 - what was published is published
        path, why = metrics_path(str(site.folder), file or ""), getattr(error, "strerror", None) or error
        warn(f"{path}: metrics: they cannot be written: {why}.\n  Check its folder, or name another in [metrics].")

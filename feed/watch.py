"""`publish --watch`: a process that follows the ledger, and publishes within tens of milliseconds of a commit.

It keeps the sequences of recent stories (`residents`), but no state that matters: each publication takes the lock,
publishes what is due, and stores the checkpoint, as cron's does. So it may be killed and started again at any point,
and cron may run beside it: feed/README.md#watch.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from events.errors import BusyError, InvalidError, StoreError, WritethruError
from feed.following import follow
from feed.newsroom import Newsroom
from feed.paths import CONFIG_NAME, TEMPLATES_NAME, file_version
from feed.publishing.residents import Residents
from feed.site import Published, Site
from feed.standby import LOOK_S, Claim

TICK_S: Final = 0.02
"""The pause between two looks at the files' times. It adds 10 ms to the 60 ms from a commit to the feed, and both
checks together take 1.2 % of a core; at 0.01 s it was 5 ms and 1.8 %, at 0.1 s it would be 50 ms and 0.6 %."""
CHECK_S: Final = 0.2
"""The pause between two full checks: for what time alone makes due, and for changes that keep a file's time."""
REPORT_S: Final = 60.0
"""The pause between two reports that a publication fails, or that there is nothing to publish."""
RETRY_S: Final = 2.0
"""The pause after a failed publication."""


def _report_nothing(_: str) -> bool:
    return True


def _always() -> bool:
    return True


class Watch:
    """Publishes the newsroom in `folder` until `stopped` returns True.

    `publish` publishes a site. `on_published` is called after each publication. Its failed stories are left out if they
    are those of the one before, with the same errors. `on_error` is called if a whole publication fails: once for the
    same message. `on_claim` is called with who publishes if another host does, and with "" once this one does.
    `on_idle` is called each minute in which there is nothing to publish, with where the newsroom wants that reported;
    it returns False if only a publication can report it. `on_tick` is called again and again, and must not wait.
    Nothing is looked for while `should_publish` returns False.
    """

    def __init__(
        self,
        folder: Path,
        *,
        publish: Callable[[Site], Published] = Site.publish,
        stopped: Callable[[], bool],
        on_published: Callable[[Published], None],
        on_error: Callable[[str], None],
        on_claim: Callable[[str], object] = bool,
        on_idle: Callable[[str], bool] = _report_nothing,
        on_tick: Callable[[], object] = bool,
        should_publish: Callable[[], bool] = _always,
    ) -> None:
        self._folder = folder
        self._stopped = stopped
        self._on_published = on_published
        self._on_error = on_error
        self._on_claim = on_claim
        self._on_idle, self._on_tick = on_idle, on_tick
        self._publish_site, self._should_publish = publish, should_publish
        self._reported_at = 0.0
        self._last_error = ""
        self._last = Published()
        self._residents = Residents()
        self._claim = Claim()
        self._other = ""
        self._ledger = follow(folder)
        self._settings: object = None
        self._newsroom: Newsroom | None = None

    def run(self) -> None:
        """Publish now, and whenever something has changed or is due."""
        try:
            self._run()
        finally:
            self._ledger.close()
            self._claim.close()

    def _run(self) -> None:
        published: object = None  # or looked at, when nothing was to be published
        checked_at = 0.0
        while not self._stopped():
            self._on_tick()
            versions = self._file_versions()
            if versions != published or time.monotonic() - checked_at >= CHECK_S:
                checked_at = time.monotonic()
                # Taken before publishing: a change meanwhile gives other versions, and is published next.
                published = versions if self._settle() else None
            self._wait(TICK_S)

    def _settle(self) -> bool:
        """Publish what is due, if this host is to. Return False, after a pause, if it is to be tried again."""
        if not self._should_publish():
            self._claim.close()  # another host may publish all
            return True
        try:
            is_publisher = self._is_publisher()
        except StoreError:
            is_idle = False  # as far as anybody knows: the publication finds the same error, and reports it
        else:
            if not is_publisher:
                self._wait(LOOK_S)
                return False
            is_idle = self._is_idle()
        if is_idle or self._publish():
            return True
        self._wait(RETRY_S)
        return False

    def _is_publisher(self) -> bool:
        """Return True if no other host publishes, and report whenever that changes. StoreError if nobody can say."""
        if self._newsroom is not None:
            self._claim.take(self._newsroom)
        if self._claim.other != self._other:
            self._other = self._claim.other
            self._on_claim(self._other)
        return not self._other

    def _is_idle(self) -> bool:
        """Return True if there is nothing to publish. Each minute that is reported, if the newsroom wants it."""
        reports = self._ledger.idle_reports()
        if not reports or time.monotonic() - self._reported_at < REPORT_S:
            return reports is not None
        self._reported_at = time.monotonic()
        return self._on_idle(reports)

    def _publish(self) -> bool:
        """Publish once; return False if it is to be tried again."""
        self._ledger.forget()
        try:
            site = Site.open(self._folder)
            site.residents, site.claim = self._residents, self._claim
            publication = self._publish_site(site)
        except BusyError:
            return True  # the process with the lock publishes; the next full check looks whether anything is left
        except (WritethruError, OSError) as error:
            self._residents.clear()  # on any doubt
            self._report_once(str(error))
            return isinstance(error, InvalidError)  # a wrong configuration stays wrong until it is changed
        self._last_error = ""
        same = {name: () for name in ("failed", "problems") if getattr(publication, name) == getattr(self._last, name)}
        self._on_published(publication._replace(**same))
        self._last = publication
        return not publication.failed

    def _report_once(self, message: str) -> None:
        if message != self._last_error:
            self._on_error(message)
        self._last_error = message

    def _file_versions(self) -> tuple[object, ...]:
        """Return a value that changes when somebody writes to the ledger, the configuration or the templates."""
        settings = tuple(file_version(f"{self._folder}/{name}") for name in (CONFIG_NAME, TEMPLATES_NAME))
        if settings != self._settings:  # the ledger may be another one
            self._settings, self._newsroom = settings, None
            with suppress(WritethruError, OSError):
                self._newsroom = Newsroom.open(self._folder)
            self._ledger.close()
            self._ledger = follow(self._folder)
        return (*settings, self._ledger.version())

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopped() and time.monotonic() < until:
            time.sleep(min(TICK_S, seconds))

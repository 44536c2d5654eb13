"""SHELL: `publish --watch`: stays, follows the ledger, and publishes within tens of milliseconds of a commit.

It remembers nothing that matters: each publication takes the lock, does what is due, and sets the mark, as cron's does.
So it may be killed and started again at any point, and cron may run beside it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from events.errors import BusyError, InvalidError, WritethruError
from feed.fast_path import nothing_to_do
from feed.paths import CONFIG_NAME, LEDGER_NAME, TEMPLATES_NAME
from feed.site import Published, Site

TICK_S: Final = 0.01
LOOK_S: Final = 0.2
"""How often it looks whether time alone has brought work, or the files' times have hidden a change."""
RETRY_S: Final = 2.0
"""How long it waits after a publication failed."""


class Watch:
    """Publishes the newsroom in `folder` for as long as `stopped` says no.

    `told` is given each publication, with the stories that failed where those are others than in the one before, or
    fail otherwise. `complain` is given each failure of a whole publication, once until another one comes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        stopped: Callable[[], bool],
        told: Callable[[Published], None],
        complain: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._stopped = stopped
        self._told = told
        self._complain = complain
        self._complained = ""
        self._failed: tuple[tuple[str, str], ...] = ()

    def run(self) -> None:
        """Publish now, and whenever something has changed or fallen due."""
        seen: object = None
        looked = 0.0
        while not self._stopped():
            now = self._signature()
            if now != seen or time.monotonic() - looked >= LOOK_S:
                looked = time.monotonic()
                if nothing_to_do(str(self._folder), time.time()) or self._publish():
                    # What was written while it published is seen by the next look: it has another signature.
                    seen = now
                else:
                    self._wait(RETRY_S)
            self._wait(TICK_S)

    def _publish(self) -> bool:
        """Publish once; tell whether that went well."""
        try:
            done = Site.open(self._folder).publish()
        except BusyError:
            return True  # whoever holds the lock does the work; the next look will tell
        except (WritethruError, OSError) as error:
            self._complain_once(str(error))
            return isinstance(error, InvalidError)  # what is wrong in the configuration stays so until it is changed
        self._complained = ""
        self._told(replace(done, failed=()) if done.failed == self._failed else done)
        self._failed = done.failed
        return not done.failed

    def _complain_once(self, message: str) -> None:
        if message != self._complained:
            self._complain(message)
        self._complained = message

    def _signature(self) -> tuple[object, ...]:
        """Return what differs once somebody has written to ledger, configuration or templates."""
        names = (LEDGER_NAME, f"{LEDGER_NAME}-wal", CONFIG_NAME, TEMPLATES_NAME)
        return tuple(_state(self._folder / name) for name in names)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopped() and time.monotonic() < until:
            time.sleep(min(TICK_S, seconds))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

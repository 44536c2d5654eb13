"""The kinds of files of other programs that can be imported."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from events.model.typed_times import TypedTimes
from feed.importers.cstate import read_cstate
from feed.importers.feeds import read_feed
from feed.importers.model import FILE_BYTES_MAX, ForeignFile, unreadable
from feed.importers.statuspage import read_statuspage
from feed.importers.timeline import read_timeline

CSTATE: Final = "cstate"
_READERS: Final[dict[str, Callable[..., ForeignFile]]] = {
    "timelinejs": read_timeline,
    "statuspage": lambda data, *, name, **_: read_statuspage(data, name=name),
    CSTATE: lambda data, *, name, times, **_: read_cstate(data, name=name, times=times),
    "feed": lambda data, *, name, **_: read_feed(data, name=name),
}


def read_foreign(kind: str, data: bytes, *, name: str, times: TypedTimes, now: datetime) -> ForeignFile:
    """Return what a file of `kind` says; InvalidError if it is no such file."""
    if len(data) > FILE_BYTES_MAX:
        raise unreadable(name, f"the file has more than {FILE_BYTES_MAX:,} bytes.", "Split it.")
    return _READERS[kind](data, name=name, times=times, now=now)

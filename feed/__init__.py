"""How a ledger is read: entries, feeds, pages, and the publishing of what changed.

`Site.open(folder).publish()` is the library's one line. Names are loaded when first used, and not even `typing` is
imported here: the nothing-to-do path of `feed.cron` would pay for it every minute.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from events.errors import BusyError
    from feed.entries.model import Entry, Feed
    from feed.site import Published, Site

__all__ = ["BusyError", "Entry", "Feed", "Published", "Site"]


def __getattr__(name: str) -> object:
    """Load the module that holds a public name."""
    if name not in __all__:
        raise AttributeError(f"module 'feed' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - for the same reason

    rooms = {"BusyError": "events.errors", "Entry": "feed.entries.model", "Feed": "feed.entries.model"}
    return getattr(import_module(rooms.get(name, "feed.site")), name)

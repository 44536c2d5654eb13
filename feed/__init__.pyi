from events.errors import BusyError
from feed.entries.model import Entry, Feed
from feed.site import Published, Site

__all__ = ["BusyError", "Entry", "Feed", "Published", "Site"]

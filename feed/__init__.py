"""Reads a ledger and publishes it: entries, feeds, pages, and the public log.

`Site.open(folder).publish()` publishes a newsroom from Python. Names are loaded when first used, and their types are in
`__init__.pyi`: each cron run imports this module, and `typing` alone would add half to what a run costs that has
nothing to do.
"""

_MODULES = {
    "BusyError": "events.errors",
    "Entry": "feed.entries.model",
    "Feed": "feed.entries.model",
    "Published": "feed.site",
    "Site": "feed.site",
}
"""Where each public name is defined."""
__all__ = [*_MODULES]  # noqa: PLE0604 - strings


def __getattr__(name: str) -> object:
    """Return a public name, from the module that defines it."""
    if name not in _MODULES:
        raise AttributeError(f"module 'feed' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - not needed by a cron run

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_MODULES)

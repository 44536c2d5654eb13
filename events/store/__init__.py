"""Where events are stored: the protocols in `base`, and SQLite. Other packages open a store by `open_store` only."""

from pathlib import Path

from events.store.base import Store
from events.store.sqlite import SqliteStore, engine, open_copy

__all__ = ["engine", "open_copy", "open_store"]


def open_store(path: Path, *, create: bool = False) -> Store:
    """Open the ledger's file at `path`, which `create` makes if it does not exist. StoreError if it cannot be used."""
    return SqliteStore(path, create=create)

"""Where events are stored: the protocols in `base`, SQLite, PostgreSQL. Others open a store by `open_store` only."""

from pathlib import Path

from events.errors import StoreError
from events.store.base import Address, Listener, Store
from events.store.sqlite import SqliteStore, engine, open_copy

__all__ = ["engine", "listen", "open_copy", "open_store"]


def listen(address: Address) -> Listener:
    """Return what hears of appends to the ledger at `address`."""
    from events.store.postgres_listen import PostgresListener  # noqa: PLC0415 - an extra

    return PostgresListener(address.url, address.schema)


def open_store(address: Address | Path, *, create: bool = False) -> Store:
    """Open the ledger at `address`, which `create` makes if it does not exist. StoreError if it cannot be used."""
    if isinstance(address, Path):
        return SqliteStore(address, create=create)
    try:
        from events.store.postgres import PostgresStore  # noqa: PLC0415 - an extra; it takes 0.2 s
    except ImportError as error:
        what = f"a ledger in PostgreSQL needs the extra postgres: {error}."
        remedy = "Install it: pip install 'writethru[postgres]'"
        raise StoreError(address.url, what, remedy=remedy, check="extra") from None
    return PostgresStore(address.url, schema=address.schema, create=create)

"""Where tests make ledgers: in files, or in PostgreSQL (`pytest --ledger postgres`), each in a schema of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from events.store.base import Address

_urls: list[str] = []


@contextmanager
def ledgers_in(url: str | None) -> Iterator[None]:
    """Let ledgers be made in the database at `url` in a block, in files without one."""
    if url is None:
        yield
        return
    _urls.append(url)
    try:
        yield
    finally:
        _urls.remove(url)


def address_of(path: Path) -> Address | Path:
    """Return where the ledger is made for which `path` stands in files."""
    if not _urls:
        return path
    return Address(_urls[-1], f"t{sha256(str(path.resolve()).encode()).hexdigest()[:24]}")

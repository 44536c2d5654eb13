"""How the contract tests open stores: the test of a store subclasses `OpensStores` and defines `open` and `sql`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.model.rows import NewRow, Row
from events.store.base import Line, Store, Writing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHORT_S = 0.05
Opener = Callable[..., Store]


def put(writing: Writing, position: int, *, event: str = "", story: str = "fire", version: int | None = None) -> None:
    """Append one row, whose event id, envelope, salt and body contain its position."""
    row = Row(position, f'{{"n":{position}}}', f"{position:032x}", f'{{"body":{position}}}')
    writing.append([NewRow(event or f"e{position}", story, position if version is None else version, row)])


def line(story: str, *, updated: datetime | None = NOON, next_at: datetime | None = None, text: str = "{}") -> Line:
    return Line(story=story, updated_at=updated, next_at=next_at, text=text)


class OpensStores(ABC):
    """Opens stores of one kind."""

    @abstractmethod
    def open(self, path: Path, *, create: bool = False, busy_timeout_s: float = SHORT_S) -> Store:
        """Return the store of this kind that `path` stands for, which `create` makes. Several may be open at once."""

    @abstractmethod
    def sql(self, path: Path, statement: str) -> None:
        """Run a statement in the store that `path` stands for, as somebody at a SQL prompt would."""

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Iterator[Opener]:
        """Open stores at one path; all of them are closed at the end."""
        with ExitStack() as stack:

            def open_one(*, create: bool = False, busy_timeout_s: float = SHORT_S) -> Store:
                store = self.open(tmp_path / "ledger.db", create=create, busy_timeout_s=busy_timeout_s)
                stack.callback(store.close)
                return store

            yield open_one

    @pytest.fixture
    def store(self, opener: Opener) -> Store:
        """Return an empty store."""
        return opener(create=True)

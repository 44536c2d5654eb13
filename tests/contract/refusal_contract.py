"""What every store refuses, even to somebody at a SQL prompt: to change, delete or empty what is written once."""

from pathlib import Path

import pytest

from events.store.base import Leaf, Store
from tests.contract.stores import OpensStores, put

ETERNAL = ("events", "bodies", "links", "leaves", "log_keys")


class RefusalContract(OpensStores):
    """What nobody can do."""

    @pytest.mark.parametrize("table", ETERNAL)
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
    def test_table_of_what_stays_cannot_be_emptied(
        self, store: Store, tmp_path: Path, table: str, statement: str
    ) -> None:
        self._refused(store, tmp_path, statement.format(table))

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE events SET envelope = '{}'",
            "UPDATE events SET position = 9",
            "UPDATE bodies SET body = '{}'",
            "UPDATE bodies SET salt = '00', body = '{}' WHERE position = 2",
            "UPDATE bodies SET body = NULL WHERE position = 1",
            "UPDATE bodies SET position = 9, salt = NULL, body = NULL WHERE position = 1",
            "UPDATE links SET position = 9",
            "UPDATE leaves SET entry = '[]'",
            "UPDATE log_keys SET note = 'other'",
            "INSERT INTO events (position, id, story, version, envelope) VALUES (4, 'e4', 'fire', 3, '{}')",
            "INSERT INTO events (position, id, story, version, envelope) VALUES (3, 'e3', 'fire', 4, '{}')",
            "INSERT INTO events (position, id, story, version, envelope) VALUES (3, 'e1', 'fire', 3, '{}')",
            "INSERT INTO events (position, id, story, version, envelope) VALUES (3, 'e3', 'fire', 2, '{}')",
            "INSERT INTO bodies (position, salt, body) VALUES (2, '00', '{}')",
            "INSERT INTO log_keys (number, note) VALUES (3, 'key')",
        ],
    )
    def test_statement_that_changes_what_stays_is_refused(self, store: Store, tmp_path: Path, statement: str) -> None:
        self._refused(store, tmp_path, statement)

    def _refused(self, store: Store, tmp_path: Path, statement: str) -> None:
        with store.writing() as writing:
            put(writing, 1)
            put(writing, 2)
            writing.add_leaves([Leaf(0, "fire", 1, "{}", bytes(32))])
            writing.add_log_key("key")
        with store.writing() as writing:
            writing.erase(["e2"])

        def everything() -> object:
            with store.reading() as reading:
                return list(reading.raw_rows()), list(reading.leaves(until=9)), reading.log_keys()

        before = everything()
        with pytest.raises(Exception, match=r"never|only|once|dense|follow|TRUNCATE|CHECK|constraint"):
            self.sql(tmp_path / "ledger.db", statement)
        assert everything() == before

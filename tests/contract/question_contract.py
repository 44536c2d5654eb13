"""What every store promises of questions that are asked while it reads or writes, and of the order of its answers.

A generator that is written may ask the store for what it yields, as publishing does for the leaves of the public log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.errors import StoreError
from events.ledger import Ledger
from events.model.rows import NewRow, Row
from events.store.base import Leaf, Overview, PendingLeaf, Reading, Store, Writing
from tests.builders import STORY
from tests.contract.stores import NOON, Opener, OpensStores, line, put

SLUGS = ["a-b", "a-c", "a1", "aa", "ab", "\u00e9clair", "B", "z", "\U0001f600", "\uffee"]
"""Slugs that most languages sort otherwise than by code points."""
MANY = 2_500
"""More rows than a store is likely to fetch at once."""


def row(position: int) -> NewRow:
    return NewRow(f"e{position}", "fire", position, Row(position, f'{{"n":{position}}}', "00" * 16, "{}"))


def leaf(index: int) -> Leaf:
    return Leaf(index, "fire", index + 1, f"{index}", bytes(32))


class QuestionContract(OpensStores):
    """What a question may interrupt."""

    def test_rows_that_ask_the_store_are_appended(self, store: Store) -> None:
        def rows(writing: Writing) -> Iterator[NewRow]:
            for position in (1, 2, 3):
                assert (writing.head(), writing.version("fire")) == (position - 1, position - 1)
                assert [row.position for row in writing.rows()] == list(range(1, position))
                yield row(position)

        with store.writing() as writing:
            writing.append(rows(writing))
            assert writing.row("e3") == row(3).row

    def test_erased_ids_that_ask_the_store_are_erased(self, store: Store) -> None:
        def ids(writing: Writing) -> Iterator[str]:
            for position in (1, 3):
                assert next(writing.rows(after=position - 1)).position == position
                yield f"e{position}"

        with store.writing() as writing:
            writing.append(map(row, (1, 2, 3)))
            writing.erase(ids(writing))
            assert [row.body is None for row in writing.rows()] == [True, False, True]

    def test_leaves_that_ask_the_store_are_added(self, store: Store) -> None:
        def leaves(writing: Writing) -> Iterator[Leaf]:
            for index in range(5):
                assert (writing.log_hashes(7), list(writing.rows())[:0]) == (b"", [])
                assert [leaf.index for leaf in writing.leaves(until=9)] == list(range(writing.log_size()))
                yield leaf(index)

        with store.writing() as writing:
            put(writing, 1)
            writing.add_leaves(leaves(writing))
            assert list(writing.leaves(until=9)) == writing.leaves_of("fire") == [leaf(index) for index in range(5)]

    def test_staged_leaves_that_ask_the_store_are_staged(self, store: Store) -> None:
        def leaves(reading: Reading) -> Iterator[PendingLeaf]:
            for one in reading.rows("fire"):
                assert reading.row(f"e{one.position}") == one
                yield PendingLeaf(NOON, "fire", one.position, one.envelope)

        with store.writing() as writing:
            writing.append(map(row, (1, 2, 3)))
        with store.reading() as reading:
            reading.begin_staging()
            reading.stage_leaves(leaves(reading))
            assert [(staged.number, reading.head()) for staged in reading.staged_leaves()] == [(1, 3), (2, 3), (3, 3)]

    def test_questions_within_questions_are_answered(self, store: Store) -> None:
        with store.writing() as writing:
            writing.append(map(row, range(1, MANY + 1)))
            writing.add_leaves(map(leaf, range(MANY)))
        with store.reading() as reading:
            pairs = zip(reading.rows(), reading.raw_rows(by_story=True), reading.leaves(until=MANY), strict=True)
            for position, (one, raw, stored) in enumerate(pairs, start=1):
                assert (one.position, raw.position, stored.index) == (position, position, position - 1)
                if position % 500 == 0:
                    with store.reading() as within:
                        assert next(within.rows(after=position - 1)) == one == within.row(f"e{position}")
                        assert next(within.leaves(since=position - 1, until=MANY)) == stored

    def test_rows_are_read_while_caches_are_written(self, store: Store) -> None:
        with store.writing() as writing:
            writing.append(map(row, range(1, MANY + 1)))
            for one in writing.rows("fire"):
                if one.position % 500 == 0:
                    writing.put_snapshot("fire", version="1", position=one.position, fold=b"x")
            assert writing.snapshot("fire", version="1") == (MANY, b"x")

    def test_rows_that_nobody_reads_to_the_end_hinder_nothing(self, store: Store, opener: Opener) -> None:
        with store.writing() as writing:
            writing.append(map(row, range(1, MANY + 1)))
        with store.reading() as reading:
            assert next(reading.rows()).position == next(reading.raw_rows()).position == 1
        with opener().writing() as writing:
            put(writing, MANY + 1)
        with store.reading() as reading:
            assert reading.head() == MANY + 1
        with store.writing() as writing:
            assert next(writing.rows()).position == 1
            put(writing, MANY + 2)

    def test_reading_within_writing_sees_what_is_written(self, store: Store, opener: Opener) -> None:
        other = opener()
        with store.writing() as writing:
            put(writing, 1)
            with store.reading() as within:
                assert within.head() == 1
            put(writing, 2)
            with other.reading() as reading:
                assert reading.head() == 0
        with other.reading() as reading:
            assert reading.head() == 2

    def test_text_is_sorted_by_code_point_everywhere(self, store: Store) -> None:
        slugs = sorted(SLUGS)
        with store.writing() as writing:
            for position, slug in enumerate(SLUGS, start=1):
                put(writing, position, story=slug, version=1)
                writing.put_line(line(slug, next_at=NOON))
            writing.begin_staging()
            writing.stage_leaves(PendingLeaf(NOON, slug, 1, "") for slug in SLUGS)
            assert (writing.stories(), writing.changed(after=0), writing.due(now=NOON)) == (slugs, slugs, slugs)
            assert writing.overviews() == [Overview(slug) for slug in slugs]
            assert [line.story for line in writing.lines(newest=99)] == slugs
            assert [staged.story for staged in writing.staged_leaves()] == slugs
            assert [raw.story.decode() for raw in writing.raw_rows(by_story=True)] == slugs

    def test_note_may_hold_any_text(self, store: Store) -> None:
        text = "a\0b\r\n\u2028\U0001f600 " + "x" * 1_000_000
        with store.writing() as writing:
            writing.put_note("mark", text)
        with store.reading() as reading:
            assert reading.note("mark") == text

    def test_newsrooms_side_by_side_know_nothing_of_each_other(self, store: Store, tmp_path: Path) -> None:
        other = self.open(tmp_path / "other.db", create=True)
        try:
            with store.writing() as writing, other.writing() as others:
                put(writing, 1)
                put(others, 1, event="mine", story="mill")
                others.put_note("mark", "theirs")
            with store.reading() as reading:
                assert (reading.stories(), reading.note("mark"), reading.row("mine")) == (["fire"], None, None)
            with other.reading() as reading:
                assert (reading.stories(), reading.notes(), reading.row("e1")) == (["mill"], ["mark"], None)
        finally:
            other.close()

    def test_event_of_unknown_outcome_is_recorded_once(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        lost = StoreError("ledger", "the connection was lost.")

        @contextmanager
        def commits_and_loses(**options: Any) -> Iterator[Writing]:
            with type(store).writing(store, **options) as writing:
                yield writing
            raise lost

        event = commands.report(STORY, "Two hurt", id="the-same")
        ledger = Ledger(store, actor="Desk")
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        with monkeypatch.context() as patch, pytest.raises(StoreError, match="lost"):  # noqa: PT012
            patch.setattr(store, "writing", commits_and_loses)
            ledger.append(event)
        (again,) = ledger.append(event)
        assert (again.new, [(one.position, one.id == "the-same") for one in ledger.events()]) == (
            False,
            [(1, False), (2, True)],
        )

"""What every store promises, as tests: what it answers, and what one transaction means to others."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.errors import StoreBusyError, StoreError
from events.model.rows import NewRow, Row
from events.store.base import Leaf, Overview, PendingLeaf, Store
from tests.contract.question_contract import QuestionContract
from tests.contract.refusal_contract import RefusalContract
from tests.contract.stores import NOON, Opener, line, put


class StoreContract(QuestionContract, RefusalContract):
    """Subclass it as `TestNameOfStore`, so that pytest runs it for that store."""

    def test_empty_store_answers_with_nothing(self, store: Store) -> None:
        with store.reading() as reading:
            assert (reading.head(), list(reading.rows()), reading.stories(), reading.row("e1")) == (0, [], [], None)
            assert (reading.newest_envelope(), reading.version("fire"), reading.note("passed")) == (None, 0, None)
            assert reading.changed(after=0) == []
            assert (reading.lines(newest=9), reading.line("fire")) == ([], None)
            assert (reading.due(now=NOON), reading.next_at(), reading.snapshot("fire", version="1")) == ([], None, None)

    def test_writing_without_commit_is_rolled_back(self, store: Store) -> None:
        with store.writing(commit=False) as writing:
            put(writing, 1)
            writing.erase(["e1"])
            assert writing.head() == 1
        with store.reading() as reading:
            assert reading.head() == 0

    def test_newest_envelope_is_that_at_the_newest_position(self, store: Store) -> None:
        with store.writing() as writing:
            put(writing, 1)
            put(writing, 2, story="flood", version=1)
            newest = next(row for row in writing.rows() if row.position == 2)
            assert writing.newest_envelope() == (2, newest.envelope)

    def test_rows_are_returned_unchanged_and_in_order(self, store: Store) -> None:
        with store.writing() as writing:
            put(writing, 1)
            put(writing, 2, story="budget", version=1)
            put(writing, 3, version=2)
            assert writing.head() == 3
        with store.reading() as reading:
            first = Row(1, '{"n":1}', f"{1:032x}", '{"body":1}')
            assert next(reading.rows()) == first == reading.row("e1")
            assert [row.position for row in reading.rows()] == [1, 2, 3]
            assert [row.position for row in reading.rows(after=1)] == [2, 3]
            assert [row.position for row in reading.rows("fire")] == [1, 3]
            assert [row.position for row in reading.rows("fire", after=1)] == [3]
            assert (reading.stories(), reading.version("fire"), reading.version("x")) == (["budget", "fire"], 2, 0)
            assert (reading.changed(after=1), reading.changed(after=2)) == (["budget", "fire"], ["fire"])

    def test_bodies_are_found_by_what_they_contain(self, store: Store) -> None:
        with store.writing() as writing:
            bodies = ('{"url":"media:a"}', '{"url":"https://a"}', None, '{"x":"media:b"}')
            writing.append(
                NewRow(f"e{n}", "fire", n, Row(n, "{}", body and "00" * 16, body)) for n, body in enumerate(bodies, 1)
            )
        with store.reading() as reading:
            assert list(reading.bodies_with("media:")) == [bodies[0], bodies[3]]
            assert list(reading.bodies_with('"url":"media:')) == [bodies[0]]
            assert [body for body in reading.bodies_with("media:") if reading.head() == 4] == [bodies[0], bodies[3]]

    def test_text_is_stored_byte_by_byte(self, store: Store) -> None:
        row = Row(1, '{"a":"\u202e]]> \U0001f600 e\u0301 \\u0000"}', "00" * 16, '{"b":"' + "x" * 100_000 + '"}')
        with store.writing() as writing:
            writing.append([NewRow("e1", "fire", 1, row)])
        with store.reading() as reading:
            assert reading.row("e1") == row

    def test_commit_is_visible_to_the_next_connection(self, store: Store, opener: Opener) -> None:
        with store.writing() as writing:
            put(writing, 1)
        with opener().reading() as reading:
            assert reading.head() == 1

    @pytest.mark.parametrize(
        ("position", "event", "version"),
        [(3, "e3", 3), (1, "e3", 2), (0, "e3", 2), (2, "e1", 2), (2, "e3", 1), (2, "e3", 3), (2, "e3", 0)],
    )
    def test_gaps_and_duplicates_are_refused(self, store: Store, position: int, event: str, version: int) -> None:
        with store.writing() as writing:
            put(writing, 1)
        with pytest.raises(Exception, match=r"dense|used once|constraint"), store.writing() as writing:  # noqa: PT012
            writing.put_note("passed", "soon")
            put(writing, position, event=event, version=version)
        with store.reading() as reading:
            assert (reading.head(), reading.version("fire"), reading.note("passed")) == (1, 1, None)

    def test_exception_rolls_everything_back(self, store: Store) -> None:
        with pytest.raises(KeyboardInterrupt), store.writing() as writing:  # noqa: PT012
            put(writing, 1)
            writing.put_note("passed", "x")
            writing.put_line(line("fire"))
            writing.put_snapshot("fire", version="1", position=1, fold=b"x")
            raise KeyboardInterrupt
        with store.reading() as reading:
            assert (reading.head(), reading.note("passed"), reading.line("fire")) == (0, None, None)
            assert reading.snapshot("fire", version="1") is None

    def test_erasing_clears_salt_and_body_only(self, store: Store) -> None:
        with store.writing() as writing:
            for position in (1, 2, 3):
                put(writing, position)
        with store.writing() as writing:
            writing.erase(["e1", "e3", "unknown"])
        with store.reading() as reading:
            rows = list(reading.rows())
        assert [(row.position, row.envelope) for row in rows] == [(n, f'{{"n":{n}}}') for n in (1, 2, 3)]
        assert [(row.salt is None, row.body is None) for row in rows] == [(True,) * 2, (False,) * 2, (True,) * 2]
        with store.writing() as writing:
            writing.erase(["e1", "e2"])
            put(writing, 4)
        with store.reading() as reading:
            assert [row.body for row in reading.rows()] == [None, None, None, '{"body":4}']

    def test_note_replaces_the_one_before(self, store: Store) -> None:
        with store.writing() as writing:
            writing.put_note("passed", "one")
            writing.put_note("mark", "x")
            writing.put_note("passed", "two")
            assert (writing.note("passed"), writing.note("mark"), writing.note("none")) == ("two", "x", None)
            writing.forget_note("mark")
            writing.forget_note("none")
            assert (writing.note("passed"), writing.note("mark")) == ("two", None)

    def test_overview_is_emptied_by_append_and_erasure(self, store: Store) -> None:
        filled, empty = Overview("fire", "1", "{}", "[]"), Overview("fire")
        with store.writing() as writing:
            put(writing, 1)
            put(writing, 2, story="budget", version=1)
            assert writing.overviews() == [Overview("budget"), empty]
            writing.put_overview(filled, events=1)
            assert writing.overviews()[1] == filled
            put(writing, 3, version=2)
            assert writing.overviews()[1] == empty
            writing.put_overview(filled, events=2)
            put(writing, 4, story="budget", version=2)
            assert writing.overviews()[1] == filled
        with store.writing() as writing:
            writing.erase(["e1"])
            assert writing.overviews()[1] == empty

    def test_overview_of_fewer_events_is_not_stored(self, store: Store) -> None:
        with store.writing() as writing:
            put(writing, 1)
            put(writing, 2)
            writing.put_overview(Overview("fire", "1", "{}", "[]"), events=1)
            assert writing.overviews() == [Overview("fire")]

    def test_overviews_that_are_put_one_after_another_are_each_judged_by_itself(self, store: Store) -> None:
        stories = [f"fire-{number}" for number in range(60)]
        with store.writing() as writing:
            for position, story in enumerate(stories, start=1):
                put(writing, position, story=story, version=1)
            for number, story in enumerate(stories):
                writing.put_overview(Overview(story, "1", f'"{number}"', "[]"), events=1 + number % 2)
            writing.put_overview(Overview("none", "1", "{}", "[]"), events=1)
            stored = {overview.story: overview.line for overview in writing.overviews()}
        assert stored == {story: "" if number % 2 else f'"{number}"' for number, story in enumerate(stories)}

    def test_writer_that_does_not_wait_fails_at_once(self, opener: Opener) -> None:
        store, other = opener(create=True, busy_timeout_s=30), opener(busy_timeout_s=30)
        with store.writing(), pytest.raises(StoreBusyError), other.writing(wait=False):
            pass
        with other.writing(wait=False) as writing:
            put(writing, 1)

    def test_snapshot_replaces_the_one_before(self, store: Store) -> None:
        with store.writing() as writing:
            writing.put_snapshot("fire", version="1", position=5, fold=b"\x00one")
            writing.put_snapshot("fire", version="2", position=7, fold=b"\xfftwo")
            assert writing.snapshot("fire", version="2") == (7, b"\xfftwo")
            assert writing.snapshot("fire", version="1") is None
            writing.forget_snapshot("fire")
            writing.forget_snapshot("never-kept")
            assert writing.snapshot("fire", version="2") is None

    def test_lines_of_public_stories_come_newest_first(self, store: Store) -> None:
        hour = timedelta(hours=1)
        with store.writing() as writing:
            for item in (line("b"), line("a"), line("c", updated=NOON + hour), line("secret", updated=None)):
                writing.put_line(item)
            assert [item.story for item in writing.lines(newest=9)] == ["c", "a", "b"]
            assert [item.story for item in writing.lines(newest=2)] == ["c", "a"]
            writing.put_line(line("b", updated=NOON + 2 * hour, next_at=NOON, text='{"t":"é"}'))
            assert writing.line("b") == line("b", updated=NOON + 2 * hour, next_at=NOON, text='{"t":"é"}')
            assert writing.line("secret") == line("secret", updated=None)
            assert next(iter(writing.lines(newest=1))).story == "b"
            writing.forget_published()
            assert (writing.lines(newest=9), writing.line("b")) == ([], None)

    def test_due_stories_are_exact_to_the_microsecond(self, store: Store) -> None:
        tick = timedelta(microseconds=1)
        with store.writing() as writing:
            writing.put_line(line("z", next_at=NOON))
            writing.put_line(line("a", next_at=NOON + tick))
            writing.put_line(line("never"))
            writing.put_line(line("secret", updated=None, next_at=NOON + timedelta(days=1)))
            writing.put_line(line("old", next_at=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)))
            assert writing.next_at() == datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
            writing.put_line(line("old"))
            assert writing.next_at() == NOON
            assert writing.due(now=NOON - tick) == []
            assert writing.due(now=NOON) == ["z"]
            assert writing.due(now=NOON + tick) == ["a", "z"]
            assert writing.due(now=NOON + timedelta(days=2)) == ["a", "secret", "z"]

    def test_public_log_grows_at_its_end_only(self, store: Store, opener: Opener) -> None:
        leaves = [
            Leaf(index=0, story="fire", number=1, entry="{}", hashes=bytes(32)),
            Leaf(index=1, story="flood", number=1, entry="[]", hashes=bytes(range(64))),
            Leaf(index=2, story="fire", number=2, entry="3", hashes=bytes(32)),
        ]
        with store.writing() as writing:
            assert (writing.log_size(), writing.log_hashes(0), writing.log_keys()) == (0, b"", [])
            writing.add_leaves(leaves[:2])
            writing.add_log_key("one")
        with opener().writing() as writing:
            writing.add_leaves(leaves[2:])
            writing.add_log_key("two")
        with store.reading() as reading:
            assert (reading.log_size(), reading.log_keys()) == (3, ["one", "two"])
            assert list(reading.leaves(until=9)) == leaves
            assert list(reading.leaves(since=1, until=2)) == leaves[1:2]
            assert (reading.leaves_of("fire"), reading.leaves_of("mill")) == ([leaves[0], leaves[2]], [])
            assert (reading.leaves_of("fire", since=2), reading.leaves_of("fire", since=3)) == ([leaves[2]], [])
            assert reading.log_hashes(1) == bytes(range(64))

    def test_staged_leaves_come_in_the_order_of_the_log(self, store: Store, opener: Opener) -> None:
        leaves = [
            PendingLeaf(NOON + timedelta(microseconds=tick), story, number, f"{story} {number} ○")
            for number in (2, 10, 1)
            for story in ("flood", "fire", "fire-2")
            for tick in (1, -1, 0)
        ]
        with store.reading() as reading:
            reading.begin_staging()
            assert list(reading.staged_leaves()) == []
            reading.stage_leaves(leaves[:7])
            reading.stage_leaves(iter(leaves[7:]))
        with store.writing() as writing:
            assert list(writing.staged_leaves()) == sorted(leaves)
            assert list(writing.staged_leaves()) == sorted(leaves), "they can be read again"
        with opener().reading() as other:
            other.begin_staging()
            assert list(other.staged_leaves()) == []
        with store.reading() as reading:
            reading.begin_staging()
            assert list(reading.staged_leaves()) == []

    def test_read_transaction_does_not_see_later_writes(self, store: Store, opener: Opener) -> None:
        with store.writing() as writing:
            put(writing, 1)
        writer, written, errors = opener(busy_timeout_s=5), threading.Event(), list[BaseException]()

        def write() -> None:
            try:
                with writer.writing() as writing:
                    put(writing, 2)
                    writing.put_note("passed", "later")
            except BaseException as error:  # noqa: BLE001 - the test reports it
                errors.append(error)
            written.set()

        thread = threading.Thread(target=write)
        with store.reading() as reading:
            assert reading.head() == 1
            thread.start()
            written.wait(0.3)  # a store whose writers wait for readers commits after this transaction
            assert (reading.head(), reading.note("passed"), len(list(reading.rows()))) == (1, None, 1)
            with store.reading() as within:
                assert within.head() == 1
        thread.join()
        assert errors == []
        with store.reading() as reading:
            assert (reading.head(), reading.note("passed")) == (2, "later")

    def test_writer_that_waits_too_long_fails(self, store: Store, opener: Opener) -> None:
        waiting = opener()
        with store.writing() as writing:
            put(writing, 1)
            with pytest.raises(StoreBusyError, match="another process has been writing to the ledger for too long"):
                waiting.writing().__enter__()
        with waiting.writing() as writing:
            assert writing.head() == 1

    def test_store_that_does_not_exist_is_refused(self, opener: Opener, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=r"there is no ledger here\.\n  Make a newsroom: writethru init"):
            opener()
        assert list(tmp_path.iterdir()) == []

    def test_store_created_twice_is_opened(self, store: Store, opener: Opener) -> None:
        with store.writing() as writing:
            put(writing, 1)
        with opener(create=True).reading() as reading:
            assert reading.head() == 1

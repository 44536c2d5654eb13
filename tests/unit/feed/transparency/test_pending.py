"""What the log is to take in: in its order, however much that is."""

from contextlib import closing
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feed.transparency.pending import Pending, Unlogged
from tests.builders import Clock

BEGUN = Clock("2026-03-02T08:00:00Z")()
ITEMS = st.builds(
    lambda hours, story, number: Unlogged(BEGUN + timedelta(hours=hours), story, number, f"{story} {number} ○"),
    st.integers(0, 3),
    st.sampled_from(["fire", "flood"]),
    st.integers(1, 5),
)


@given(st.lists(ITEMS, max_size=40), st.sampled_from([1, 2, 7, 100]))
def test_items_come_in_order_however_few_are_held(items: list[Unlogged], held: int) -> None:
    with closing(Pending(iter(items), held=held)) as pending:
        assert list(pending) == sorted(items)
        assert list(pending) == sorted(items), "a second look gives the same"
        assert bool(pending) is bool(items)

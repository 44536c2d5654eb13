"""Undo windows as a note."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.windows import Window, closed_windows, format_windows, open_windows, parse_windows

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TEN_S = timedelta(seconds=10)
instants = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.slow
@given(st.lists(st.builds(Window, instants, instants)))
def test_note_of_windows_is_read_as_it_was_written(windows: list[Window]) -> None:
    assert parse_windows(format_windows(windows)) == tuple(windows)


@pytest.mark.parametrize("note", [None, "", "x", "1", "1 2 3", "1 -2", "1 ²", f"1 {10**30}", "1.5 2"])
def test_note_that_nobody_of_us_wrote_has_no_windows(note: str | None) -> None:
    assert parse_windows(note) == ()


@pytest.mark.parametrize(
    ("window", "is_open"),
    [
        (Window(AT, AT + TEN_S), True),
        (Window(AT - TEN_S, AT), False),
        (Window(AT + TEN_S, AT + 2 * TEN_S), False),
        (Window(AT, AT + timedelta(days=1)), False),
    ],
)
def test_window_is_open_from_its_begin_to_its_end(window: Window, *, is_open: bool) -> None:
    assert bool(open_windows([window], AT)) == is_open
    assert not open_windows(closed_windows([window]), AT)

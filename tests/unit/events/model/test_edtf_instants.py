"""Instants, and the instant at which a window has ended everywhere."""

from datetime import UTC, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.edtf import (
    Bounds,
    When,
    due_ends_at,
    format_instant,
    instant,
    parse_edtf,
)
from tests.edtf import instants, offsets


class TestInstants:
    @given(instants)
    def test_canonical_instants_round_trip(self, at: datetime) -> None:
        text = format_instant(at)
        assert instant(text) == at
        assert instant(text).tzinfo is UTC
        assert format_instant(instant(text)) == text

    @given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), offsets)  # noqa: DTZ001  # the offset is added
    def test_any_offset_gives_the_same_instant_in_utc(self, wall: datetime, offset: timezone) -> None:
        at = wall.replace(tzinfo=offset)
        assert instant(at.isoformat()) == at
        assert instant(format_instant(at)) == at
        assert parse_edtf(at.isoformat()) == parse_edtf(format_instant(at))

    @given(instants, instants)
    def test_bounds_of_an_instant_are_its_utc_day(self, one: datetime, other: datetime) -> None:
        begin, end = sorted([one, other])
        text = f"{format_instant(begin)}/{format_instant(end)}"
        assert parse_edtf(text).bounds == Bounds(begin.date(), end.date())

    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("2015-01-21T15:00:00Z", "2015-01-21T15:00:00Z"),
            ("2015-01-21t15:00:00z", "2015-01-21T15:00:00Z"),
            ("2015-01-21T17:00:00+02:00", "2015-01-21T15:00:00Z"),
            ("2015-01-21T15:00:00-00:00", "2015-01-21T15:00:00Z"),
            ("2015-01-21T15:00:00.000Z", "2015-01-21T15:00:00Z"),
            ("2015-01-21T15:00:00.5Z", "2015-01-21T15:00:00.5Z"),
            ("2015-01-21T15:00:00.120000Z", "2015-01-21T15:00:00.12Z"),
            ("2015-01-21T15:00:00.000001Z", "2015-01-21T15:00:00.000001Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ],
    )
    def test_there_is_one_canonical_text(self, text: str, canonical: str) -> None:
        assert format_instant(instant(text)) == canonical

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("2015-01-21T15:00:00", "needs a zone, such as Z or +02:00"),
            ("2015-01-21", "needs a time and a zone"),
            ("2015-01-21 15:00:00Z", "needs a T between its date and its time"),
            ("2015-01-21T15:00Z", "needs its seconds"),
            ("2015-06-30T23:59:60Z", "is a leap second, which cannot be stored"),
            ("2015-01-21T15:00:00.1234567Z", "has more than 6 digits of a second"),
            ("2015-01-21T24:00:00Z", "is not an instant: expected RFC 3339 with a zone"),
            ("2015-01-21T15:60:00Z", "is not an instant"),
            ("2015-01-21T15:00:00+24:00", "is not an instant"),
            ("2015-01-21T15:00:00+0200", "is not an instant"),
            ("2015-01-21T15:00:00,5Z", "is not an instant"),
            ("2015-01-21T15:00:00Z\n", "is not an instant"),
            ("2015-W04-3T15:00:00Z", "is not an instant"),
            ("2015-02-29T15:00:00Z", "is not in the calendar"),
            ("0000-01-01T00:00:00Z", "is outside the years 0001 to 9999"),
            ("0001-01-01T00:00:00+00:01", "falls outside the years 0001 to 9999"),
            ("now", "is not an instant"),
            ("", "is not an instant"),
        ],
    )
    def test_anything_else_is_refused_in_a_sentence(self, text: str, says: str) -> None:
        with pytest.raises(ValueError) as caught:
            instant(text)
        assert says in str(caught.value)

    def test_a_naive_datetime_has_no_canonical_text(self) -> None:
        with pytest.raises(ValueError, match="needs a zone"):
            format_instant(datetime(2015, 1, 21, 15))  # noqa: DTZ001  # the naive one is the case


class TestDue:
    @pytest.mark.parametrize(
        ("due", "ends_at"),
        [
            ("2015-01-21", "2015-01-22T12:00:00Z"),
            ("2015-01", "2015-02-01T12:00:00Z"),
            ("2015", "2016-01-01T12:00:00Z"),
            ("../2015-01-21", "2015-01-22T12:00:00Z"),
            ("9999-12-30", "9999-12-31T12:00:00Z"),
        ],
    )
    def test_day_ends_when_it_has_ended_everywhere(self, due: str, ends_at: str) -> None:
        assert due_ends_at(When(edtf=due)) == instant(ends_at)

    @pytest.mark.parametrize("due", ["2015-01-21T15:00:00Z", "2015-01-21T17:00:00+02:00?", "2015/2015-01-21T15:00:00Z"])
    def test_an_instant_ends_at_itself(self, due: str) -> None:
        assert due_ends_at(When(edtf=due)) == instant("2015-01-21T15:00:00Z")

    def test_only_a_whole_undoubted_instant_is_exact(self) -> None:
        assert When(edtf="2015-01-21T17:00:00+02:00").exact == instant("2015-01-21T15:00:00Z")
        for edtf in ("2015-01-21", "2015-01-21T15:00:00Z?", "2015/2015-01-21T15:00:00Z"):
            assert When(edtf=edtf).exact is None
        assert When(literal="soon").exact is None

    @pytest.mark.parametrize("due", [When(edtf="2015/.."), When(literal="in the coming days"), When(edtf="9999-12-31")])
    def test_what_has_no_latest_day_never_ends(self, due: When) -> None:
        assert due_ends_at(due) is None

import pickle
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.edtf import (
    EDTF_CHARS_MAX,
    LITERAL_CHARS_MAX,
    UNBOUNDED,
    Bounds,
    When,
    parse_edtf,
    parse_when,
)
from tests.edtf import bounds, bounds_of, dates, edtf_texts, points, qualified

JAN_21 = date(2015, 1, 21)


def days(earliest: str | None, latest: str | None) -> Bounds:
    return Bounds(
        None if earliest is None else date.fromisoformat(earliest),
        None if latest is None else date.fromisoformat(latest),
    )


def refusal(raw: object) -> str:
    with pytest.raises(ValueError) as caught:
        parse_when(raw)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


class TestBoundsOfEdtf:
    @pytest.mark.parametrize(
        ("text", "earliest", "latest"),
        [
            ("2015", "2015-01-01", "2015-12-31"),
            ("2015-01", "2015-01-01", "2015-01-31"),
            ("2015-02", "2015-02-01", "2015-02-28"),
            ("2016-02", "2016-02-01", "2016-02-29"),
            ("2015-12", "2015-12-01", "2015-12-31"),
            ("2015-01-21", "2015-01-21", "2015-01-21"),
            ("2015-01-21T15:00:00Z", "2015-01-21", "2015-01-21"),
            ("2015-01-21t15:00:00z", "2015-01-21", "2015-01-21"),
            ("2015-01-21T01:00:00+02:00", "2015-01-20", "2015-01-20"),
            ("2015-01-21T23:30:00-05:00", "2015-01-22", "2015-01-22"),
            ("2015-01-21/2015-01-22", "2015-01-21", "2015-01-22"),
            ("2015-01-21/2015-01-21", "2015-01-21", "2015-01-21"),
            ("2014-12/2015", "2014-12-01", "2015-12-31"),
            ("2015/2015-03", "2015-01-01", "2015-03-31"),
            ("2015-03/2015", "2015-03-01", "2015-12-31"),
            ("2015-01-21T15:00:00Z/2015-01-21", "2015-01-21", "2015-01-21"),
            ("2015-01-21T15:00:00Z/2015-01-22T15:00:00Z", "2015-01-21", "2015-01-22"),
            ("../2015-01", None, "2015-01-31"),
            ("2015-01/..", "2015-01-01", None),
            ("2015?", "2015-01-01", "2015-12-31"),
            ("2015-01~", "2015-01-01", "2015-01-31"),
            ("2015-01-21T15:00:00Z~", "2015-01-21", "2015-01-21"),
            ("2015-01-07?/2015-01-31%", "2015-01-07", "2015-01-31"),
            ("0001/9999", "0001-01-01", "9999-12-31"),
        ],
    )
    def test_each_form_reaches_as_far_as_it_allows(self, text: str, earliest: str | None, latest: str | None) -> None:
        assert bounds_of(text) == days(earliest, latest)

    @given(edtf_texts())
    def test_bounds_are_ordered(self, text: str) -> None:
        earliest, latest = bounds_of(text)
        assert earliest is None or latest is None or earliest <= latest

    @given(points, st.sampled_from("?~%"))
    def test_qualifier_never_widens_the_bounds(self, text: str, qualifier: str) -> None:
        assert bounds_of(text + qualifier) == bounds_of(text)

    @given(dates)
    def test_day_lies_in_its_month_and_month_in_its_year(self, day: date) -> None:
        text = day.isoformat()
        assert bounds_of(text) == Bounds(day, day)
        assert bounds_of(text).within(bounds_of(text[:7]))
        assert bounds_of(text[:7]).within(bounds_of(text[:4]))

    @given(dates)
    def test_month_ends_the_day_before_the_next_begins(self, day: date) -> None:
        latest = bounds_of(day.isoformat()[:7]).latest
        assert latest is not None
        assert latest == date.max or (latest + timedelta(days=1)).day == 1

    @given(qualified, qualified)
    def test_interval_spans_both_ends_or_is_refused(self, begin: str, end: str) -> None:
        try:
            both = bounds_of(f"{begin}/{end}")
        except ValueError as refused:
            assert "ends before it begins" in str(refused)  # noqa: PT017  # either outcome is right here
        else:
            assert both == Bounds(bounds_of(begin).earliest, bounds_of(end).latest)

    @given(st.text() | st.text(alphabet="0123456789-/.XTZ:+?~% ", max_size=30))
    def test_any_text_gives_bounds_or_one_sentence(self, text: str) -> None:
        try:
            parse_edtf(text)
        except ValueError as refused:
            assert str(refused).isprintable()  # noqa: PT017  # either outcome is right here


class TestRefusalsOfEdtf:
    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            *((f"2015-{code}", "is a season: write the months that it means") for code in (21, 24, 32, 41)),
            ("2015-21/2015-22", '"2015-21" is a season'),
            ("201X", "has X for digits: write the interval, such as 2010/2019"),
            ("201x?", "has X for digits"),
            ("2015-XX", "has X for digits"),
            ("2015-01-XX", "has X for digits"),
            ("../..", "is open at both ends: leave it out"),
            ("2015/", "a date on each side of one /, or .. for an open end"),
            ("/2015", "a date on each side of one /, or .. for an open end"),
            ("2014/2015/2016", "a date on each side of one /, or .. for an open end"),
            ("2015-01-21T15:00", "needs a zone, such as Z or +02:00"),
            ("2015-01-21T15:00/..", "needs a zone, such as Z or +02:00"),
            ("2015-01-21 15:00", "needs a zone, such as Z or +02:00"),
            ("2015-02/2015-01", "ends before it begins"),
            ("2015-01-21T15:00:00Z/2015-01-21T14:00:00Z", "ends before it begins"),
            ("2015-02-30", "is not in the calendar"),
            ("2015-02-29", "is not in the calendar"),
            ("2015-02-30T15:00:00Z", "is not in the calendar"),
            ("2015-00", "is not in the calendar"),
            ("2015-13", "is not in the calendar"),
            ("2015-42", "is not in the calendar"),
            ("2015-21-01", "is not in the calendar"),
            ("2015-01-00", "is not in the calendar"),
            ("0000", "is outside the years 0001 to 9999"),
            ("0000-01-01T00:00:00Z", "is outside the years 0001 to 9999"),
            ("0001-01-01T00:00:00+02:00", "falls outside the years 0001 to 9999"),
            ("9999-12-31T23:00:00-02:00", "falls outside the years 0001 to 9999"),
            ("-0050", "is no date of years 0001 to 9999"),
            ("12015", "is no date of years 0001 to 9999"),
            ("Y170000002", "is no date of years 0001 to 9999"),
            ("20150121", "such as 2015, 2015-01 or 2015-01-21"),
            ("2015-1-5", "needs two digits for month and day"),
            ("2015-1", "needs two digits for month and day"),
            ("?2015", "may have one ? or ~ or % (both), and only at its end"),
            ("2015??", "may have one ? or ~ or % (both), and only at its end"),
            ("2015?-01", "may have one ? or ~ or % (both), and only at its end"),
            ("Tuesday", 'give words as {"literal": "Tuesday"}'),
            ("Montag früh", 'give words as {"literal": "Montag früh"}'),
            ("2015-01-21 or so", 'give words as {"literal": "2015-01-21 or so"}'),
            ("2015/later", 'give words as {"literal": "2015/later"}'),
            ("..", "is not a date such as 2015"),
            ("", 'give words as {"literal": "…"}'),
            ("2015\n", 'give words as {"literal": "…"}'),
            ("2015\ud800", 'give words as {"literal": "…"}'),
            (" 2015", "is not a date such as 2015"),
            ("\uff12\uff10\uff11\uff15", "is not a date such as 2015"),  # full-width digits
            ("\u0662\u0660\u0661\u0665-01", "is not a date such as 2015"),  # Arabic-Indic digits
            ("2015-01-21T1\u0665:00:00Z", "is not an instant"),
        ],
    )
    def test_each_has_the_hint_that_fits(self, text: str, hint: str) -> None:
        assert hint in refusal(text)

    def test_the_longest_form_fits_the_limit(self) -> None:
        text = "2015-01-21T15:00:00.123456+02:00~/2015-01-22T15:00:00.123456+02:00~"
        assert len(text) <= EDTF_CHARS_MAX
        assert bounds_of(text) == days("2015-01-21", "2015-01-22")

    def test_longer_text_is_refused_and_shown_shortened(self) -> None:
        message = refusal("long " * 1000)
        assert f"has more than {EDTF_CHARS_MAX} characters" in message
        assert len(message) < 200


class TestBounds:
    @pytest.mark.slow
    @given(bounds, bounds)
    def test_within_implies_overlaps(self, one: Bounds, other: Bounds) -> None:
        assert not one.within(other) or one.overlaps(other)

    @pytest.mark.slow
    @given(bounds, bounds)
    def test_overlapping_is_mutual(self, one: Bounds, other: Bounds) -> None:
        assert one.overlaps(other) == other.overlaps(one)

    @given(bounds)
    def test_bounds_lie_within_themselves_and_the_unbounded(self, one: Bounds) -> None:
        assert one.within(one)
        assert one.within(UNBOUNDED)
        assert one.overlaps(UNBOUNDED)

    @given(bounds, dates)
    def test_capped_is_never_later_than_the_day(self, one: Bounds, day: date) -> None:
        capped = one.capped(day)
        assert capped.latest is not None
        assert capped.latest <= day
        assert capped.earliest is None or capped.earliest <= capped.latest
        assert capped.capped(day) == capped

    @pytest.mark.parametrize(
        ("one", "other", "overlaps", "within"),
        [
            ("2015-01-21", "2015-01", True, True),
            ("2015-01", "2015-01-21", True, False),
            ("2015-01/2015-02", "2015-02/2015-03", True, False),
            ("2015-01-21", "2015-01-22", False, False),
            ("2015-01-22", "2015-01-21", False, False),
            ("../2015", "2015", True, False),
            ("2015/..", "2015", True, False),
            ("2015", "../2015", True, True),
            ("2015", "2015/..", True, True),
            ("../2014", "2015/..", False, False),
        ],
    )
    def test_ends_are_inclusive(self, one: str, other: str, *, overlaps: bool, within: bool) -> None:
        assert bounds_of(one).overlaps(bounds_of(other)) is overlaps
        assert bounds_of(one).within(bounds_of(other)) is within

    def test_capped_keeps_an_open_start_and_closes_an_open_end(self) -> None:
        assert UNBOUNDED.capped(JAN_21) == Bounds(None, JAN_21)
        assert bounds_of("2015").capped(JAN_21) == days("2015-01-01", "2015-01-21")
        assert bounds_of("2014").capped(JAN_21) == bounds_of("2014")
        assert bounds_of("2016").capped(JAN_21) == Bounds(JAN_21, JAN_21)


class TestWhen:
    @pytest.mark.parametrize(
        ("edtf", "start", "end"),
        [
            ("2015", ("year", ""), ("year", "")),
            ("2015-01~", ("month", "~"), ("month", "~")),
            ("2015-01-21T15:00:00Z?/2015-01-22%", ("instant", "?"), ("day", "%")),
            ("../2015-01-21", None, ("day", "")),
            ("2015/..", ("year", ""), None),
        ],
    )
    def test_ends_know_their_precision_and_their_doubt(
        self, edtf: str, start: tuple[str, str] | None, end: tuple[str, str] | None
    ) -> None:
        when = When(edtf=edtf)
        assert (when.start and (when.start.precision, when.start.qualifier)) == start
        assert (when.end and (when.end.precision, when.end.qualifier)) == end

    @given(edtf_texts(), st.sampled_from([None, "mid December"]))
    def test_pickled_when_is_the_same(self, edtf: str, literal: str | None) -> None:
        when = When(edtf=edtf, literal=literal)
        pickled = pickle.loads(pickle.dumps(when))
        assert pickled == when
        assert (pickled.start, pickled.end, pickled.bounds, pickled.exact) == (
            when.start,
            when.end,
            when.bounds,
            when.exact,
        )

    def test_text_alone_stays_a_string(self) -> None:
        when = parse_when("2015-01~")
        assert when == When(edtf="2015-01~")
        assert when.as_json() == "2015-01~"
        assert when.as_object() == {"edtf": "2015-01~"}
        assert when.bounds == days("2015-01-01", "2015-01-31")

    def test_words_alone_have_no_bounds(self) -> None:
        when = parse_when({"literal": "in the coming days"})
        assert when.as_json() == when.as_object() == {"literal": "in the coming days"}
        assert when.bounds == UNBOUNDED

    def test_words_and_edtf_are_both_kept(self) -> None:
        raw = MappingProxyType({"literal": "mid December", "edtf": "2014-12-11/2014-12-20"})
        when = parse_when(raw)
        assert when.as_json() == when.as_object() == raw
        assert list(when.as_object()) == ["edtf", "literal"]
        assert when.bounds == days("2014-12-11", "2014-12-20")

    def test_edtf_in_an_object_shortens_to_a_string(self) -> None:
        assert parse_when({"edtf": "2015"}).as_json() == "2015"

    def test_a_when_passes_unchanged(self) -> None:
        when = When(literal="soon")
        assert parse_when(when) is when

    @given(edtf_texts(), st.sampled_from([None, "mid December"]))
    def test_both_forms_read_back_as_the_same(self, edtf: str, literal: str | None) -> None:
        when = When(edtf=edtf, literal=literal)
        assert parse_when(when.as_json()) == parse_when(when.as_object()) == when

    def test_when_without_edtf_and_literal_is_refused(self) -> None:
        with pytest.raises(ValueError, match="needs edtf, literal or both"):
            When()
        with pytest.raises(ValueError, match="is not a date"):
            When(edtf="Tuesday")

    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            ({}, "needs edtf, literal or both"),
            (2015, 'is not a number: put it in quotes, "2015"'),
            (2015.5, "is not a number"),
            (True, "is not a boolean"),
            (None, "is not null"),
            (["2015"], "is not a list"),
            (JAN_21, "is not date"),
            (
                {"edft": "2015"},
                '"edft" is not a field of a when: expected edtf, literal or both (did you mean',
            ),
            (
                {"edtf": "2015", "zone": "Z"},
                '"zone" is not a field of a when: expected edtf, literal or both.',
            ),
            ({1: "2015"}, '"1" is not a field of a when'),
            ({"edtf": 2015}, "the edtf of a when is not a number: put it in quotes"),
            (
                {"edtf": None, "literal": "soon"},
                "the edtf of a when is not null: put it in quotes, or leave it out",
            ),
            ({"edtf": "2015", "literal": JAN_21}, "the literal of a when is not date"),
            ({"edtf": "Tuesday", "literal": "Tuesday"}, "is not a date"),
            ({"literal": ""}, "is empty"),
            ({"edtf": "2015", "literal": " \t"}, "is empty"),
            ({"literal": "x" * (LITERAL_CHARS_MAX + 1)}, f"has more than {LITERAL_CHARS_MAX} characters"),
        ],
    )
    def test_other_shapes_are_refused_with_the_reason(self, raw: object, says: str) -> None:
        assert says in refusal(raw)

    @pytest.mark.parametrize(
        "unfit",
        [
            "\n",
            "\r",
            "\0",
            "\x08",
            "\x0b",
            "\x1f",
            "\x85",
            "\u2028",
            "\ud800",
            "\ufdd0",
            "\ufffe",
            "\U0010ffff",
        ],
    )
    def test_literal_that_xml_cannot_carry_is_refused(self, unfit: str) -> None:
        message = refusal({"literal": f"in {unfit}May"})
        assert f"U+{ord(unfit):04X} at character 4" in message
        assert message.isprintable()

    @pytest.mark.parametrize("literal", ["x", "x" * LITERAL_CHARS_MAX, "in\tMay", "五月", "🌒", "\U0001fffd"])
    def test_other_words_are_kept_as_they_are(self, literal: str) -> None:
        assert parse_when({"literal": literal}).literal == literal

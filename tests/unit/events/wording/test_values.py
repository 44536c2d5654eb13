"""Every word table of feed/words.py, by its own docstrings' promises."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from events.wording import values as words


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ({"value": 53, "of": 53}, "53 of 53"),
        ({"value": 53, "of": 53, "unit": "people"}, "53 of 53 people"),
        ({"value": 9999}, "9999"),
        ({"value": 10_000, "unit": "tonnes"}, "10,000 tonnes"),
        ({"value": -1_234_567}, "−1,234,567"),
        ({"value": 12, "unit": "%"}, "12%"),
        ({"value": {"decimal": "7.8"}, "unit": "tonnes"}, "7.8 tonnes"),
        ({"value": {"decimal": "-12345.60"}}, "−12,345.60"),
        ({"value": {"min": 1, "max": 52}}, "1–52"),
        ({"value": {"min": 1, "max": 52}, "literal": "some"}, "1–52 (“some”)"),
        ({"value": {"min": 1, "max": 52}, "of": 53, "unit": "people"}, "1–52 of 53 people"),
        ({"value": {"min": "1.5", "max": {"decimal": "2.5"}}}, "1.5–2.5"),
        ({"value": {"min": 5, "max": 5}}, "5"),
        ({"value": {"min": -5, "max": -1}}, "−5 to −1"),
        ({"value": {"min": 5}}, "at least 5"),
        ({"value": {"max": 9}}, "at most 9"),
        ({"value": {}}, "unknown"),
        ({"value": {"date": {"edtf": "2015-01-21/2015-01-22"}}, "unit": "x", "of": 3}, "21–22 January 2015"),
        (
            {"value": {"date": {"edtf": "2015", "literal": "next year"}}, "literal": "“next year”"},
            "2015 (“next year”)",
        ),
        ({"value": {"date": "2015-01"}}, "January 2015"),
        ({"value": True, "unit": "people"}, "yes"),
        ({"value": False, "literal": "no pre-condition"}, "no (“no pre-condition”)"),
        ({"value": None, "of": 53}, "unknown"),
        ({"value": "the  Coast Guard", "literal": "“The Coast Guard”"}, "the  Coast Guard"),
        ({"value": "x", "literal": '""'}, "x"),
    ],
)
def test_values_read_as_an_editor_would_write_them(claim: dict[str, Any], said: str) -> None:
    assert words.value_words(**claim) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2014", "2014"),
        ("0044", "44"),
        ("0000", "0"),
        ("2015-01", "January 2015"),
        ("2015-01-06", "6 January 2015"),
        ("2015-01-06T18:00:00Z", "6 January 2015, 18:00 UTC"),
        ("2015-01-06T18:00:00+01:00", "6 January 2015, 17:00 UTC"),
        ("2015-01-21/2015-01-22", "21–22 January 2015"),
        ("2015-01-30/2015-02-02", "30 January – 2 February 2015"),
        ("2014-12-30/2015-01-02", "30 December 2014 – 2 January 2015"),
        ("2015-01/2015-03", "January–March 2015"),
        ("2014-12/2015-01", "December 2014 – January 2015"),
        ("2014/2016", "2014–2016"),
        ("2014/2015-01-06", "2014 – 6 January 2015"),
        ("2015-01-21/2015-01-21", "21 January 2015"),
        ("2015-01-06T18:00:00Z/2015-01-06T20:30:00Z", "6 January 2015, 18:00–20:30 UTC"),
        (
            "2015-01-06T18:00:00Z/2015-01-07T09:00:00Z",
            "6 January 2015, 18:00 UTC – 7 January 2015, 09:00 UTC",
        ),
        ("../2015-01-22", "by 22 January 2015"),
        ("2015-03-03/..", "from 3 March 2015"),
        ("2015~", "about 2015"),
        ("2015-01?", "possibly January 2015"),
        ("2015-01-06%", "possibly about 6 January 2015"),
        ("2014-12-11~/2014-12-20~", "about 11–20 December 2014"),
        ("2013-06~/2014-12", "about June 2013 – December 2014"),
        ("../2015-01-22~", "by about 22 January 2015"),
        (
            {"edtf": "2015-01-07/2015-01-31", "literal": "later this month"},
            "7–31 January 2015 (“later this month”)",
        ),
        ({"edtf": "2015", "literal": "2015"}, "2015"),
        ({"literal": "in the coming days"}, "“in the coming days”"),
        ({}, "at an unknown time"),
        (None, "at an unknown time"),
        (date(2015, 1, 6), "6 January 2015"),
        (datetime(2015, 1, 6, 18, tzinfo=UTC), "6 January 2015, 18:00 UTC"),
        ("2015-13", "2015-13"),
        ("some day", "some day"),
    ],
)
def test_times_are_as_precise_as_they_were_told(when: object, said: str) -> None:
    assert words.when_words(when) == said


def test_due_words_say_when_nothing_was_promised() -> None:
    assert words.due_words({"edtf": "../2015-01-22"}) == "due by 22 January 2015"
    assert words.due_words(None) == "no date given"


def test_days_and_instants_are_in_utc() -> None:
    new_york = timezone(timedelta(hours=-5))
    assert words.day_words("2015-01-06") == "6 January 2015"
    assert words.day_words(date(2015, 12, 31)) == "31 December 2015"
    assert words.day_words(datetime(2015, 1, 6, 22, tzinfo=new_york)) == "7 January 2015"
    assert words.instant_words("2015-01-06T22:05:59-05:00") == "7 January 2015, 03:05 UTC"
    assert words.instant_words(datetime(2015, 1, 6, 22, 5)) == "6 January 2015, 22:05 UTC"  # noqa: DTZ001  # on purpose


def test_all_months_are_spelt_out() -> None:
    said = [words.when_words(f"2015-{month:02}").split()[0] for month in range(1, 13)]
    assert tuple(said) == words.MONTHS


@pytest.mark.parametrize(
    ("speaker", "said"),
    [
        (
            {"name": "Jen Psaki", "role": "State Department spokeswoman", "org": "US State Department"},
            "Jen Psaki, State Department spokeswoman (US State Department)",
        ),
        ({"name": "Jen Psaki", "role": "US State Department spokeswoman", "org": "US State Department"},
         "Jen Psaki, US State Department spokeswoman"),
        ({"name": "Harbour master", "org": "Port Authority"}, "Harbour master (Port Authority)"),
        ({"org": "White House"}, "White House"),
        ({"role": "a senior US official", "named": False}, "a senior US official (unnamed)"),
        ({"role": "an unnamed official", "named": False}, "an unnamed official"),
        ({"role": "aide", "org": "White House", "named": False}, "aide, White House (unnamed)"),
        ({"org": "White House", "named": False}, "an unnamed person (White House)"),
        ({"named": False}, "an unnamed person"),
        ({}, "someone"),
        ("Jen Psaki, spokeswoman", "Jen Psaki, spokeswoman"),
    ],
)  # fmt: skip
def test_speakers_are_named_once_and_anonymous_ones_said_to_be(speaker: Any, said: str) -> None:
    assert words.speaker_words(speaker) == said


def test_several_speakers_are_one_phrase() -> None:
    assert words.speakers_words(None) == ""
    assert words.speakers_words([{"name": "A"}, {"name": "B"}, {"name": "A"}]) == "A and B"
    assert words.speakers_words([{"name": "A", "role": "mayor"}]) == "A, mayor"
    several = [{"name": "A", "role": "mayor"}, {"name": "B"}, {"name": "C", "org": "Port"}]
    assert words.speakers_words(several) == "A, mayor; B; and C (Port)"


def test_keys_read_as_names() -> None:
    assert words.key_words("prisoners.released") == "Prisoners released"
    assert words.key_words("names_public-by.us") == "Names public by us"


@pytest.mark.parametrize(
    ("standing", "origins", "said"),
    [
        ("reported", ["US government"], "one origin: US government; not independently confirmed"),
        ("reported", None, "no stated origin; not independently confirmed"),
        ("corroborated", ["A", "B"], "confirmed by two origins: A and B"),
        ("corroborated", [f"O{n}" for n in range(11)],
         "confirmed by 11 origins: O0, O1, O2, O3, O4, O5, O6, O7, O8, O9 and O10"),
        ("corroborated", [], "independently confirmed"),
        ("disputed", ["A"], "disputed"),
    ],
)  # fmt: skip
def test_standing_says_what_it_rests_on(standing: str, origins: list[str] | None, said: str) -> None:
    assert words.standing_words(standing, origins) == said


def test_labels_come_from_tables_and_unknown_terms_pass() -> None:
    assert words.status_words("partly_met") == "partly met"
    assert words.relation_words("refines") == "made more precise"
    assert words.kind_words("cannot_confirm") == "cannot confirm this"
    assert words.field_name_words("said_by") == "speakers"
    assert words.status_words("some_thing") == "some thing"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("headline", "All free", "All free"),
        ("summary", None, "nothing"),
        ("sources", [], "nothing"),
        ("happened", {"edtf": "2015-01"}, "January 2015"),
        ("reported_at", "2015-01-06T18:00:00Z", "6 January 2015, 18:00 UTC"),
        ("facts", [{"key": "all.freed", "value": 53, "of": 53}, {"key": "names", "stance": "denies"}],
         "All freed: 53 of 53; Names: denies this"),
        ("said_by", [{"name": "A", "org": "B"}], "A (B)"),
        ("quotes", [{"text": "It is so.", "speaker": {"name": "A"}}], "“It is so.” (A)"),
        ("resolves", [{"expectation": "talks", "outcome": "partly_met"}], "talks: partly met"),
        ("sources", [{"name": "Wire", "title": "A title"}, {"name": "Wire"}], "A title; Wire"),
        ("other", {"min": 3}, "at least 3"),
        ("urgency", 3, "3"),
    ],
)  # fmt: skip
def test_was_and_now_of_any_field_have_words(field: str, value: object, said: str) -> None:
    assert words.field_words(field, value) == said


def test_quotes_are_put_on_once() -> None:
    assert words.quoted('"some"') == "“some”"
    assert words.quoted("''") == "“''”"


def test_what_is_no_number_passes() -> None:
    assert words.number_words("many") == "many"

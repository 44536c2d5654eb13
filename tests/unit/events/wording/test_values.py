"""Values, times, people and fields in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.model.edtf import When, parse_when
from events.model.parts import (
    Claim,
    Corroboration,
    Dispute,
    Expectation,
    Media,
    Quote,
    Resolution,
    Source,
    Speaker,
)
from events.model.values import parse_value
from events.wording.language import MONTHS
from events.wording.values import due_words, field_words, speaker_words, speakers_words, value_words, when_words


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"value": 53, "of": 53}, "53 of 53"),
        ({"value": 53, "of": 53, "unit": "people"}, "53 of 53 people"),
        ({"value": 1, "unit": "people"}, "1 person"),
        ({"value": 9999}, "9999"),
        ({"value": 10_000, "unit": "tonnes"}, "10,000 tonnes"),
        ({"value": -1_234_567}, "−1,234,567"),
        ({"value": 12, "unit": "%"}, "12%"),
        ({"value": {"decimal": "7.8"}, "unit": "tonnes"}, "7.8 tonnes"),
        ({"value": {"decimal": "-12345.60"}}, "−12,345.60"),
        ({"value": {"min": 1, "max": 52}}, "1–52"),
        ({"value": {"min": 1, "max": 52}, "literal": "some"}, "1–52 (“some”)"),
        ({"value": {"min": 1, "max": 52}, "of": 53, "unit": "people"}, "1–52 of 53 people"),
        ({"value": {"min": "1.5", "max": "2.5"}}, "1.5–2.5"),
        ({"value": {"min": 5, "max": 5}}, "5"),
        ({"value": {"min": -5, "max": -1}}, "−5 to −1"),
        ({"value": {"min": 5}}, "at least 5"),
        ({"value": {"max": 9}}, "at most 9"),
        ({"value": {"date": {"edtf": "2015-01-21/2015-01-22"}}, "unit": "x", "of": 3}, "21–22 January 2015"),
        (
            {"value": {"date": {"edtf": "2015", "literal": "next year"}}, "literal": "“next year”"},
            "2015 (“next year”)",
        ),
        ({"value": {"date": "2015-01"}}, "January 2015"),
        ({"value": True, "unit": "people"}, "yes"),
        ({"value": False, "literal": "no pre-condition"}, "no (“no pre-condition”)"),
        ({"value": "the  Coast Guard", "literal": "“The Coast Guard”"}, "the  Coast Guard"),
        ({"value": "x", "literal": '""'}, "x"),
    ],
)
def test_values_read_as_an_editor_would_write_them(claim: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {
        name: parse_value(part) if name in {"value", "of"} else part for name, part in claim.items()
    }
    assert value_words(**given) == words


def test_true_and_the_number_one_are_worded_apart() -> None:
    assert [value_words(1), value_words(True), value_words(0), value_words(False)] == ["1", "yes", "0", "no"]


def test_no_value_is_unknown() -> None:
    assert value_words(None, unit="people", of=53) == "unknown"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2014", "2014"),
        ("0044", "44"),
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
        ("2014~/2015-01-06~", "about 2014 – 6 January 2015"),
        ("2015-01-21/2015-01-21", "21 January 2015"),
        ("2015-01-06T18:00:00Z/2015-01-06T20:30:00Z", "6 January 2015, 18:00–20:30 UTC"),
        ("2015-01-06T18:00:00Z~/2015-01-06T20:30:00Z~", "about 6 January 2015, 18:00–20:30 UTC"),
        ("2015-01-06T18:00:00Z/2015-01-07T09:00:00Z", "6 January 2015, 18:00 UTC – 7 January 2015, 09:00 UTC"),
        ("../2015-01-22", "by 22 January 2015"),
        ("2015-03-03/..", "from 3 March 2015"),
        ("2015~", "about 2015"),
        ("2015-01?", "possibly January 2015"),
        ("2015-01-06%", "possibly about 6 January 2015"),
        ("2014-12-11~/2014-12-20~", "about 11–20 December 2014"),
        ("2014-12-30~/2014-12-31", "about 30 December 2014 – 31 December 2014"),
        ("2014-11-30?/2014-12-01?", "possibly 30 November – 1 December 2014"),
        ("2013~/2014~", "about 2013–2014"),
        ("2013-06~/2014-12", "about June 2013 – December 2014"),
        ("../2015-01-22~", "by about 22 January 2015"),
        (
            {"edtf": "2015-01-07/2015-01-31", "literal": "later this month"},
            "7–31 January 2015 (“later this month”)",
        ),
        ({"edtf": "2015", "literal": "2015"}, "2015"),
        ({"literal": "in the coming days"}, "“in the coming days”"),
    ],
)
def test_times_are_as_precise_as_their_source(when: object, words: str) -> None:
    assert when_words(parse_when(when)) == words


def test_due_words_say_if_nothing_was_promised() -> None:
    assert due_words(When("../2015-01-22")) == "due by 22 January 2015"
    assert due_words(None) == "no date given"


def test_all_months_are_spelt_out() -> None:
    words = [when_words(When(f"2015-{month:02}")).split()[0] for month in range(1, 13)]
    assert tuple(words) == MONTHS


@pytest.mark.parametrize(
    ("speaker", "words"),
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
    ],
)  # fmt: skip
def test_speakers_are_named_once_and_anonymous_ones_marked(speaker: dict[str, Any], words: str) -> None:
    assert speaker_words(Speaker.model_validate(speaker)) == words


def test_several_speakers_are_one_phrase() -> None:
    ann, ben = Speaker(name="A"), Speaker(name="B")
    assert speakers_words(()) == ""
    assert speakers_words((ann, ben, ann)) == "A and B"
    assert speakers_words((Speaker(name="A", role="mayor"),)) == "A, mayor"
    assert speakers_words((Speaker(name="A", role="mayor"), ben, Speaker(name="C", org="Port"))) == (
        "A, mayor; B; and C (Port)"
    )


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("All free", "All free"),
        (None, "nothing"),
        ((), "nothing"),
        (3, "3"),
        (When("2015-01"), "January 2015"),
        (datetime(2015, 1, 6, 18, tzinfo=UTC), "6 January 2015, 18:00 UTC"),
        ((Claim(key="all.freed", value=53, of=53), Claim(key="names", stance="denies")),
         "All freed: 53 of 53; Names: denies this"),
        ((Claim(key="hurt", value=4, unit="people", stance="denies"),), "Hurt: denies this (4 people)"),
        ((Speaker(name="A", org="B"),), "A (B)"),
        ((Quote(text="It is so.", speaker=Speaker(name="A")),), "“It is so.” (A)"),
        ((Resolution(expectation="talks", outcome="partly_met"),), "talks: partly met"),
        ((Expectation(id="talks", what="Talks"), Expectation(id="tow")), "Talks; tow"),
        ((Source(name="Wire", title="A title"), Source(name="Wire")), "A title; Wire"),
        ((Source(name="Star", title="A title", via=("Wire", "Post")),), "A title (crediting Wire and Post)"),
        ((Media(url="https://a.example/x", type="image/png", alt="A ship"),), "A ship"),
        ((Dispute(development="d1", kind="denies", statement="No."), Dispute(development="d2", kind="denies")),
         "No.; d2"),
        ((Corroboration(development="d1"),), "d1"),
    ],
)  # fmt: skip
def test_corrected_fields_have_words(field: Any, words: str) -> None:
    assert field_words(field) == words

"""Terms, numbers, days and lists in words."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from events.wording import catalogue as words
from events.wording.language import Patterns, Words
from feed.languages.choice import words_for


def test_days_and_instants_are_in_utc() -> None:
    new_york = timezone(timedelta(hours=-5))
    assert words.day_words(date(2015, 12, 31)) == "31 December 2015"
    assert words.day_words(datetime(2015, 1, 6, 22, tzinfo=new_york)) == "7 January 2015"
    assert words.instant_words(datetime(2015, 1, 6, 22, 5, 59, tzinfo=new_york)) == "7 January 2015, 03:05 UTC"
    assert words.instant_words(datetime(2015, 1, 6, 22, 5, tzinfo=UTC)) == "6 January 2015, 22:05 UTC"


@pytest.mark.parametrize(
    ("standing", "origins", "expected"),
    [
        ("reported", ("US government",), "one origin: US government; not independently confirmed"),
        ("reported", None, "not independently confirmed"),
        ("corroborated", ("A", "B"), "confirmed by two origins: A and B"),
        ("corroborated", tuple(f"O{n}" for n in range(11)),
         "confirmed by 11 origins: O0, O1, O2, O3, O4, O5, O6, O7, O8, O9 and O10"),
        ("corroborated", (), "independently confirmed"),
        ("disputed", ("A",), "disputed"),
    ],
)  # fmt: skip
def test_standing_says_what_it_rests_on(standing: str, origins: tuple[str, ...] | None, expected: str) -> None:
    assert words.standing_words(standing, origins) == expected


def test_terms_come_from_tables_and_unknown_ones_pass() -> None:
    assert words.status_words("partly_met") == "partly met"
    assert words.relation_words("refines") == "made more precise"
    assert words.dispute_words("cannot_confirm") == "cannot confirm this"
    assert words.field_name_words("said_by") == "speakers"
    assert words.status_words("some_thing") == "some thing"


def test_quotes_are_put_on_once() -> None:
    assert words.quoted('"some"') == "“some”"
    assert words.quoted("''") == "“''”"


def test_report_of_a_minute_has_a_number_where_a_language_has_no_ordinals() -> None:
    plain = Words(language="ja", patterns=Patterns())
    assert words.report_words(datetime(2015, 1, 6, 22, 5, tzinfo=UTC), 2, plain).startswith("2 report of")


def test_number_is_in_english_where_there_is_no_translation() -> None:
    german = words_for("de", {})
    assert german.ngettext("and {count} more", "and {count} more", 40) == "und 40 weitere"
    assert german.ngettext("{count} zebra", "{count} zebras", 1) == "1 zebra"
    assert german.ngettext("{count} zebra", "{count} zebras", 40) == "40 zebras"

"""How languages write dates, numbers, lists and plurals: as Babel does, which reads CLDR too."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from events.model.edtf import parse_when
from events.wording.catalogue import day_words, listing, number_words, time_words
from events.wording.language import Words
from events.wording.values import value_words, when_words
from feed.languages.choice import our_languages, words_for

LANGUAGES = our_languages()
DAYS = [date(2015, month, day) for month, day in product(range(1, 13), (1, 9, 28))]
NUMBERS = (0, 7, 999, 10_000, 123_456, 1_234_567, 12_345_678_901)


def plain(text: str) -> str:
    """Return a text with common spaces: those of CLDR are of several widths, and change with its versions."""
    return " ".join(text.replace("\u200e", "").replace("\u200f", "").split())


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return words_for(request.param, {})


def test_dates_are_those_of_babel(words: Words) -> None:
    for day in DAYS:
        assert plain(day_words(day, words)) == plain(format_date(day, "long", locale=words.language))


def test_months_and_years_are_those_of_babel(words: Words) -> None:
    for day in DAYS:
        month = when_words(parse_when(f"{day:%Y-%m}"), words)
        assert plain(month) == plain(format_skeleton("yMMMM", day, locale=words.language))
    assert when_words(parse_when("2015"), words) == format_skeleton("y", date(2015, 1, 1), locale=words.language)


def test_times_are_those_of_babel(words: Words) -> None:
    for hour in (0, 9, 18):
        at = datetime(2015, 1, 6, hour, 5, tzinfo=UTC)
        assert time_words(at, words) == format_skeleton("Hm", at, locale=words.language)


def test_numbers_are_those_of_babel(words: Words) -> None:
    for number in NUMBERS:
        assert plain(number_words(number, words)) == plain(format_decimal(number, locale=words.language))
        if number:
            negative = plain(format_decimal(-number, locale=words.language)).replace("-", "−")
            assert plain(number_words(-number, words)) == negative
    assert plain(number_words("12345.25", words)) == plain(format_decimal(12345.25, locale=words.language))


def test_lists_are_those_of_babel(words: Words) -> None:
    for size in (1, 2, 3, 5):
        names = ["مرفأ", "بلدية", "شرطة", "وزارة", "بنك"][:size]
        expected = format_list(names, style="standard", locale=words.language)
        assert plain(listing(names, words)).replace("\u2068", "").replace("\u2069", "") == plain(expected)


def test_plurals_are_those_of_babel(words: Words) -> None:
    rule = Locale.parse(words.language).plural_form
    forms: dict[str, set[int]] = {}
    for number in range(1_000):
        forms.setdefault(rule(number), set()).add(words.plural(number))
    assert all(len(indexes) == 1 for indexes in forms.values())
    assert len({min(indexes) for indexes in forms.values()}) == len(forms)


@pytest.mark.parametrize(
    ("language", "percent"), [("ar", "12%"), ("de", "12 %"), ("es", "12 %"), ("fr", "12 %"), ("ja", "12%")]
)
def test_percent_sign_is_set_as_in_cldr(language: str, percent: str) -> None:
    assert plain(value_words(12, "%", words=words_for(language, {}))) == percent


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("ar", "21–22 يناير 2015"),
        ("de", "21.–22. Januar 2015"),
        ("es", "21–22 de enero de 2015"),
        ("fr", "21–22 janvier 2015"),
        ("ja", "2015年1月21日～22日"),
    ],
)
def test_days_of_one_month_have_it_once(language: str, days: str) -> None:
    assert when_words(parse_when("2015-01-21/2015-01-22"), words_for(language, {})) == days


def test_indian_numbers_are_grouped_by_two() -> None:
    own = {"hi.po": 'msgid ""\nmsgstr "Language: hi\\n"\n\nmsgid "Sources"\nmsgstr "x"\n'}
    assert number_words(1_234_567, words_for("hi", own)) == "12,34,567"


def test_added_language_has_its_own_dates() -> None:
    own = {"fi.po": 'msgid ""\nmsgstr "Language: fi\\n"\n\nmsgid "Sources"\nmsgstr "Lähteet"\n'}
    assert day_words(date(2015, 1, 6), words_for("fi", own)) == "6. tammikuuta 2015"


def test_language_that_cldr_lacks_writes_dates_as_english_does() -> None:
    own = {"tlh.po": 'msgid ""\nmsgstr "Language: tlh\\n"\n\nmsgid "Sources"\nmsgstr "x"\n'}
    assert day_words(date(2015, 1, 6), words_for("tlh", own)) == "6 January 2015"

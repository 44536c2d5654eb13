"""The direction of languages and texts, and isolates among plain words."""

import pytest

from events.wording.direction import Direction, direction, first_strong, isolated, needs_isolate, text_direction


@pytest.mark.parametrize(
    "language",
    ["ar", "ar-EG", "arz", "ary", "azb", "mzn", "ckb", "yi", "dv", "ur", "fa", "he", "ps", "sd", "ug", "az-Arab"],
)
def test_language_is_written_from_right_to_left(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["en", "ja", "az", "ku", "ar-Latn", "yi-Latn", "zh-Hant"])
def test_language_is_written_from_left_to_right(language: str) -> None:
    assert direction(language) == "ltr"


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("A380 يهبط", "rtl", "rtl"),
        ("A380 يهبط", "ltr", "ltr"),
        ("يهبط A380", "ltr", "rtl"),
        ("Boeing", "rtl", "ltr"),
        ("12 (%)", "rtl", "rtl"),
        ("12 (%)", "ltr", "ltr"),
        ("é", "rtl", "ltr"),
        ("\u2068שלום\u2069 denies it", "ltr", "ltr"),
    ],
)
def test_text_has_the_direction_of_its_letters(text: str, base: Direction, expected: Direction) -> None:
    assert text_direction(text, base) == expected


def test_first_letter_outside_of_isolates_counts() -> None:
    assert first_strong("\u2068שלום\u2069 a") == "ltr"
    assert first_strong("\u2067\u2068a\u2069\u2069 ש") == "rtl"
    assert first_strong("1 %") is None


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("plain", "ltr", "plain"),
        ("é 12", "ltr", "é 12"),
        ("حريق 12", "rtl", "حريق 12"),
        ("حريق", "ltr", "\u2068حريق\u2069"),
        ("Boeing", "rtl", "\u2068Boeing\u2069"),
        ("A380 يهبط", "rtl", "\u2067A380 يهبط\u2069"),
        ("\u2068Boeing\u2069", "rtl", "\u2068Boeing\u2069"),
        ("\u202eevil", "ltr", "\u2068\u202eevil\u2069"),
        ("a\u2067b", "ltr", "\u2068ab\u2069"),
        ("a\u2069b", "ltr", "\u2068ab\u2069"),
    ],
)
def test_text_in_the_other_direction_is_isolated(text: str, base: Direction, expected: str) -> None:
    assert isolated(text, base) == expected
    assert not needs_isolate(isolated(text, base), base)

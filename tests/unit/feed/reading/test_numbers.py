"""Numbers of a total stay as they stand, and differ from facts by what they say."""

import pytest

from events.model.values import Range
from feed.reading.numbers import StoryFact, differences, shares

RELEASED = StoryFact("released", "53 of 53 people", 53, 53)


@pytest.mark.parametrize(
    ("sentence", "words", "count"),
    [
        ("It freed some of 53 people it holds.", "some of 53 people", None),
        ("It freed 12 of the 53 prisoners.", "12 of the 53 prisoners", 12),
        ("It freed twenty-two of its 57 Ubele bronzes.", "twenty-two of its 57 Ubele bronzes", 22),
        ("None of the 14 crew members left.", "None of the 14 crew members", 0),
        ("None of all 53 men left.", "None of all 53 men", 0),
        ("All 53 prisoners are free.", "All 53 prisoners", 53),
        ("Any of the 53 had been freed.", "Any of the 53", None),
        ("It freed all but one of the 53 men.", "all but one of the 53 men", None),
        ("At least 12 of the 53 are free.", "At least 12 of the 53", None),
        ("Not all of the 53 are free.", "Not all of the 53", None),
        ("1,204 of 3,000 doses were lost.", "1,204 of 3,000 doses", 1204),
        ("14 of the country's 22 provinces are shut.", "14 of the country's 22 provinces", 14),
        ("Six of Oro’s nine sub-districts are shut.", "Six of Oro’s nine sub-districts", 6),
        ("Twenty-nine out of 38 is not bad.", "Twenty-nine out of 38", 29),
        ("Of the 83 dead, 51 had a name.", "Of the 83 dead, 51", 51),
        ("Two of the 53 million doses were lost.", "Two of the 53 million doses", 2),
    ],
)
def test_number_of_a_total_is_verbatim(sentence: str, words: str, count: int | None) -> None:
    assert [(share.words, share.count) for share in shares(sentence)] == [(words, count)]


@pytest.mark.parametrize(
    "sentence",
    ["It freed 53 prisoners.", "One of them left.", "3.5 of 7 litres", "of the 53", "Of the 53, 20 percent left."],
)
def test_bare_number_is_not_read(sentence: str) -> None:
    assert shares(sentence) == []


def test_millions_are_not_their_digits() -> None:
    assert [share.total for share in shares("Two of the 53 million doses were lost.")] == [53_000_000]


def test_some_of_a_total_differs_from_all_of_it() -> None:
    [(share, fact)] = differences(shares("It freed some of 53 people."), [RELEASED])
    assert (share.words, fact.key) == ("some of 53 people", "released")


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("All 53 are free.", RELEASED),
        ("Any of the 53 may be free.", RELEASED),
        ("It freed some of 57 people.", RELEASED),
        ("It freed some of 53 people.", StoryFact("released", "1–52 of 53", Range(1, 52), 53)),
        ("It freed some of 53 people.", StoryFact("promised", "53", 53, None)),
    ],
)
def test_number_that_agrees_or_is_of_another_total_does_not_differ(sentence: str, fact: StoryFact) -> None:
    assert differences(shares(sentence), [fact]) == []

"""What facts are called: events/README.md#names-of-facts."""

from typing import Any

import pytest

from events import commands
from events.wording.names import KEY_WORDS, fact_names, header_fact_names
from tests.builders import STORY, Scenario


def name(key: str, headline: str = "Fire at the harbour", **header: Any) -> str:
    story = Scenario(headline=headline, **header)
    names = fact_names(story.state())
    assert story.fold.header is not None
    assert names == header_fact_names(story.fold.header)
    return names.name(key)


def test_key_reads_as_words() -> None:
    assert KEY_WORDS.name("prisoners.released") == "Prisoners released"
    assert KEY_WORDS.name("names_public-by.us") == "Names public by us"
    assert name("hurt") == "Hurt"


def test_label_comes_before_the_words_of_the_key() -> None:
    assert (
        name("talks.us", "US talks", facts={"talks.us": {"label": "talks with Washington"}}) == "talks with Washington"
    )


@pytest.mark.parametrize(
    ("key", "headline", "expected"),
    [
        ("talks.us", "US and Cuba talk", "Talks US"),
        ("talks.us", "Talks with the US-led group", "Talks US"),
        ("us.talks", "The US talks", "US talks"),
        ("aid.gaza", "Strike on Gaza halts aid", "Aid Gaza"),
        ("gaza.aid", "Aid", "Gaza aid"),
        ("price.iphone", "The iPhone costs more", "Price iPhone"),
        ("iphone.price", "The iPhone costs more", "iPhone price"),
        ("plan.nato", "Nothing new; NATO waits", "Plan NATO"),
    ],
)
def test_word_has_the_capitals_that_the_story_gives_it(key: str, headline: str, expected: str) -> None:
    assert name(key, headline) == expected


@pytest.mark.parametrize(
    ("key", "headline"),
    [
        ("cause.fire", "Fire at the harbour"),
        ("cause.fire", "Harbour: Fire kills two"),
        ("cause.fire", "Two hurt. Fire goes on"),
        ("cause.fire", "“Fire!” they cried"),
        ("cause.fire", "FIRE AT THE HARBOUR"),
        ("cause.fire", "Port Says Fire Hurt Two People"),
        ("cause.fire", "A fire that is called Fire by some"),
        ("cause.fire", "…"),
    ],
)
def test_capital_of_a_beginning_is_none_of_the_word(key: str, headline: str) -> None:
    assert name(key, headline) == "Cause fire"


def test_summary_and_subjects_spell_words_too() -> None:
    assert name("aid.gaza", summary="Aid came.\nThen Gaza was closed.") == "Aid Gaza"
    assert name("aid.gaza", subjects=["aid", "Gaza"]) == "Aid Gaza"
    assert name("aid.gaza", subjects=["gaza"]) == "Aid gaza"


def test_revision_changes_names() -> None:
    story = Scenario(headline="Talks").record(commands.revise_story(STORY, headline="Talks with the US"))
    assert fact_names(story.state()).name("talks.us") == "Talks US"

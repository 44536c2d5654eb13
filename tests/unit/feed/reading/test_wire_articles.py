"""Twelve articles in wire style, written before the rules: what a careful reader finds in them is found, and no more.

Beside each stands its reading: quotes with their speakers (null: nobody is named), dates (null: not provable), numbers.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from feed.reading.article import Article, article_text
from feed.reading.model import Field
from feed.reading.reading import publication, read

FOLDER: Final = Path(__file__).parents[3] / "articles"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FILLED_MIN: Final = 0.8


@cache
def article(name: str) -> Article:
    [path] = [path for path in FOLDER.glob(f"{name}.*") if path.suffix != ".yaml"]
    return article_text(path.read_bytes(), name=path.name)


@cache
def gold(name: str) -> dict[str, Any]:
    reading: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return reading


@cache
def fields(name: str) -> tuple[Field, ...]:
    """Return what is read of an article; its day of publication is only typed if it does not state one."""
    text = article(name)
    stated = publication(text)
    typed: date | None = None if stated.day is not None else gold(name)["published"]
    return tuple(read(text, publication(text, typed)))


def plain(text: str) -> str:
    return text.replace("’", "'").casefold()


def speaker(field: Field) -> str:
    who = field.value["speaker"]
    return plain(who.get("name") or who.get("org") or who["role"])


def speakers(name: str) -> list[tuple[str, str | None, str | None]]:
    """Return each quote of the reading: how it begins, who speaks, and who was found to speak."""
    filled = [field for field in fields(name) if field.name == "quotes"]
    pairs: list[tuple[str, str | None, str | None]] = []
    for words, who in gold(name)["quotes"]:
        found = next((field for field in filled if plain(field.value["text"]).startswith(plain(words))), None)
        pairs.append((words, who and plain(who), None if found is None else speaker(found)))
    return pairs


def days(name: str) -> list[tuple[str, str | None, str | None]]:
    """Return each dated phrase of the reading: its words, its interval, and the interval that was found."""
    rest = [field.value for field in fields(name) if field.name == "date"]
    found: list[tuple[str, str | None, str | None]] = []
    for words, edtf in gold(name)["dates"]:
        value = next((value for value in rest if words in value["literal"]), None)
        rest = [other for other in rest if other is not value]
        found.append((words, edtf and str(edtf), None if value is None else value["edtf"]))
    return found


def test_articles_are_twelve() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", NAMES)
def test_article_gets_no_wrong_speaker(name: str) -> None:
    assert [pair for pair in speakers(name) if pair[2] is not None and pair[1] != pair[2]] == []
    begins = tuple(plain(words) for words, _ in gold(name)["quotes"])
    others = [field.value for field in fields(name) if field.name == "quotes"]
    assert [value for value in others if not plain(value["text"]).startswith(begins)] == []


@pytest.mark.parametrize("name", NAMES)
def test_article_gets_no_wrong_date(name: str) -> None:
    assert [pair for pair in days(name) if pair[2] is not None and pair[1] != pair[2]] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_proved_by_words_of_the_article(name: str) -> None:
    text = article(name).text
    for field in fields(name):
        if field.name in {"quotes", "statement"}:
            assert field.value["text"] in field.sentence
            assert all(part in text for part in field.sentence.split(" … "))
        if field.name == "date":
            assert field.value["literal"] in field.sentence
        if field.name == "number":
            assert field.value in field.sentence


@pytest.mark.parametrize("name", NAMES)
def test_article_is_credited_to_its_outlets(name: str) -> None:
    via: list[str] = next((field.value for field in fields(name) if field.name == "source.via"), [])
    assert [outlet.removeprefix("The ") for outlet in via] == [each.removeprefix("The ") for each in gold(name)["via"]]


@pytest.mark.parametrize("name", NAMES)
def test_numbers_of_a_total_stay_as_they_stand(name: str) -> None:
    numbers = [plain(field.value) for field in fields(name) if field.name == "number"]
    assert [number for number in gold(name)["numbers"] if plain(number) not in numbers] == []
    assert not any(number.isdigit() for number in numbers)


def test_most_quotes_and_dates_are_filled() -> None:
    quotes = [pair for name in NAMES for pair in speakers(name) if pair[1] is not None]
    dates = [pair for name in NAMES for pair in days(name) if pair[1] is not None]
    for pairs in (quotes, dates):
        assert sum(pair[2] is not None for pair in pairs) >= FILLED_MIN * len(pairs)


def test_page_states_when_it_was_published() -> None:
    stated = {field.name: field.value for field in fields("09-outage")}
    assert stated["source.published_at"] == "2026-05-22T14:05:00+02:00"
    assert (stated["source.name"], stated["author"]) == ("The Sorrel Ledger", "Nils Aarne")


def test_parts_of_the_site_are_left_out_and_named() -> None:
    assert article("05-miners").removed == (
        "Skip to main content",
        "Home | World | Business | Sport",
        "Advertisement",
        "Related: Ten years of mining accidents",
        "Share this article",
    )
    assert "Most read" in article("09-outage").removed

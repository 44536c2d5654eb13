"""24 articles in wire style: what a careful reader finds in them is found, and no more.

Beside each stands its reading: quotes with their speakers, dates, numbers. Null is what nobody can prove. A third value
of a quote is what stands for a speaker whom its sentence does not name, such as a pronoun: the reader knows, and the
rules ask. The first twelve were written before the rules, the others by somebody who had not seen them.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from events.model.edtf import parse_edtf
from feed.reading.article import Article, article_text
from feed.reading.model import Field
from feed.reading.reading import publication, read

FOLDER: Final = Path(__file__).parents[3] / "articles"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FILLED_MIN: Final = 0.8
UNCREDITED: Final = {"19-storm", "24-science"}
"""Their credits are "(ltc/norda/atlas)" and a part of the page that is not of the article."""
APOSTROPHES: Final = {"a loss is a lesson"}
"""Between two of them a reader sees a quote."""
ARTICLE: Final = re.compile(r"(?:the|an?) ")
PART: Final = re.compile(r"early|mid|late", re.IGNORECASE)


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


def is_speaker(name: str, who: str | None) -> bool:
    """Return True if a name is this speaker's, or the shorter name of this body."""
    if who is None:
        return False
    name, who = ARTICLE.sub("", plain(name), count=1), ARTICLE.sub("", plain(who), count=1)
    return name == who or who.startswith(f"{name} ")


class QuoteRead(NamedTuple):
    """A quote of the reading: how it begins, who speaks, whether its sentence names them, and who was found."""

    words: str
    who: str | None
    is_named: bool
    found: str | None
    is_asked: bool

    @property
    def is_wrong(self) -> bool:
        return self.found is not None and not is_speaker(self.found, self.who)


class DateRead(NamedTuple):
    """A dated phrase of the reading: its words, its interval, and the interval that was found."""

    words: str
    edtf: str | None
    found: str | None

    @property
    def is_wrong(self) -> bool:
        """Whether another interval was found. How long "early June" is, nobody knows: its longest reading has it."""
        if self.found is None or self.edtf is None:
            return self.found is not None
        found, meant = parse_edtf(self.found).bounds, parse_edtf(self.edtf).bounds
        return not found.within(meant) if PART.search(self.words) else found != meant


def quotes(name: str) -> list[QuoteRead]:
    filled = [field for field in fields(name) if field.name == "quotes"]
    asked = " ".join(plain(field.value) for field in fields(name) if field.name == "question")
    pairs = []
    for words, who, *stand_in in gold(name)["quotes"]:
        found = next((field for field in filled if plain(field.value["text"]).startswith(plain(words))), None)
        is_named = who is not None and not stand_in
        is_asked = found is None and plain(words) in asked
        pairs.append(QuoteRead(words, who, is_named, None if found is None else speaker(found), is_asked))
    return pairs


def days(name: str) -> list[DateRead]:
    rest = [field.value for field in fields(name) if field.name == "date"]
    published = [field for field in fields(name) if field.name in {"published", "source.published_at"}]
    rest += [{"edtf": field.value[:10], "literal": field.sentence} for field in published]
    found: list[DateRead] = []
    for words, edtf in gold(name)["dates"]:
        value = next((value for value in rest if words in value["literal"] or value["literal"] in words), None)
        rest = [other for other in rest if other is not value]
        found.append(DateRead(words, edtf and str(edtf), None if value is None else value["edtf"]))
    return found


def test_articles_are_24() -> None:
    assert len(NAMES) == 24


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_article_gets_no_wrong_speaker(name: str) -> None:
    assert [quote for quote in quotes(name) if quote.is_wrong] == []
    begins = tuple(plain(quote.words) for quote in quotes(name))
    others = [field.value for field in fields(name) if field.name == "quotes"]
    assert [value for value in others if not plain(value["text"]).startswith(begins)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_article_gets_no_wrong_date(name: str) -> None:
    assert [day for day in days(name) if day.is_wrong] == []


@pytest.mark.parametrize("name", NAMES)
def test_day_of_publication_is_what_the_article_states(name: str) -> None:
    day = publication(article(name)).day
    assert gold(name)["published"] is None or day in {None, gold(name)["published"]}


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
    expected = [] if name in UNCREDITED else [each.removeprefix("The ") for each in gold(name)["via"]]
    assert [outlet.removeprefix("The ") for outlet in via] == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_numbers_of_a_total_stay_as_they_stand(name: str) -> None:
    numbers = [plain(field.value) for field in fields(name) if field.name == "number"]
    assert [number for number in gold(name)["numbers"] if not any(plain(number) in other for other in numbers)] == []
    assert not any(number.isdigit() for number in numbers)


@pytest.mark.parametrize("names", [NAMES[:12], NAMES[12:]], ids=["first", "fresh"])
def test_most_quotes_and_dates_are_filled(names: list[str]) -> None:
    said = [quote for name in names for quote in quotes(name) if quote.is_named]
    dated = [day for name in names for day in days(name) if day.edtf is not None]
    assert sum(quote.found is not None for quote in said) >= FILLED_MIN * len(said)
    assert sum(day.found is not None for day in dated) >= FILLED_MIN * len(dated)


@pytest.mark.parametrize("name", NAMES)
def test_quote_of_nobody_named_is_a_question(name: str) -> None:
    shown = " ".join(plain(str(field.value)) for field in fields(name) if field.name in {"question", "quotes"})
    text = plain(article(name).text)
    said = [plain(quote.words) for quote in quotes(name) if quote.found is None and not quote.is_named]
    assert [words for words in said if words in text and words not in shown and words not in APOSTROPHES] == []


def test_question_shows_who_speaks_in_all_cases_but_one() -> None:
    missed = [
        (name, quote.words)
        for name in NAMES
        for quote in quotes(name)
        if quote.is_asked and quote.who is not None
        for field in fields(name)
        if field.name == "question" and plain(quote.words) in plain(field.value)
        if quote.who.split()[-1] not in field.sentence
    ]
    assert missed == [("17-epidemic", "safe as a bank")]


def figures(names: list[str]) -> list[str]:
    """Return the cells of a column of the table in docs/inbox.md."""
    said = [quote for name in names for quote in quotes(name)]
    kinds = (
        [quote for quote in said if quote.is_named],
        [quote for quote in said if quote.who is not None and not quote.is_named],
        [quote for quote in said if quote.who is None],
    )
    dated = [day for name in names for day in days(name) if day.edtf is not None]
    cells = [f"{sum(quote.found is not None for quote in kind)} of {len(kind)}" for kind in kinds]
    asked = [sum(quote.is_asked for quote in kind) for kind in kinds]
    return [
        *(f"{cell}; {number} asked" for cell, number in zip(cells, asked, strict=True)),
        f"{sum(day.found is not None for day in dated)} of {len(dated)}",
    ]


def test_documented_figures_are_those_of_the_articles() -> None:
    text = (Path(__file__).parents[4] / "docs" / "inbox.md").read_text(encoding="utf-8")
    for first, fresh in zip(figures(NAMES[:12]), figures(NAMES[12:]), strict=True):
        assert f"| {first} | {fresh} |" in text


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

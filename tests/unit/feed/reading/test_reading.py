"""Articles → fields: source, credits, date of publication; and what only English text proves."""

from datetime import date

import pytest

from events.model.parts import Quote, Source
from feed.reading.article import Article, article_text
from feed.reading.credits import credited
from feed.reading.model import Field
from feed.reading.numbers import StoryFact
from feed.reading.reading import Publication, is_english, publication, read, read_paragraphs

DAY = date(2015, 1, 6)
ENGLISH = "The ministry said that it was in the port, and that some of the 53 people were to be freed on Tuesday."


def fields(text: str, day: date | None = DAY, facts: tuple[StoryFact, ...] = ()) -> dict[str, Field]:
    article = article_text(text.encode())
    return {field.name: field for field in read(article, publication(article, day), facts=facts)}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            "Sources: Reuters, New York Times, ABC News / Photo Credit: Channel 4",
            ["Reuters", "New York Times", "ABC News"],
        ),
        ("Source: Reuters", ["Reuters"]),
        ("KIRVANA, Jan. 6 (Northwire) - A ferry ran aground.", ["Northwire"]),
        ("KIRVANA (AP) — A ferry ran aground.", ["AP"]),
        ("BOGOTÁ (Reuters) - A ferry ran aground.", ["Reuters"]),
        ("ÎLE D’YEU, France, Jan. 6 (Northwire) – A ferry ran aground.", ["Northwire"]),
        ("Paris (AFP) - A ferry ran aground.", ["AFP"]),
        ("São Tomé, Jan. 6 (Reuters) — A ferry ran aground.", ["Reuters"]),
        ("Berlin (dpa) – A ferry ran aground.", ["dpa"]),
        ("Limmern, Saargau (Atlas) – A ferry ran aground.", ["Atlas"]),
        ("Ana Pires (Labour) — A ferry.", []),
        ("KIRVANA (Northwire) — A ferry ran aground.", ["Northwire"]),
        ("Kirvana, Friday (Atlas) — A ferry ran aground.", ["Atlas"]),
        ("Kirvana, 6 January (Atlas) — a ferry ran aground.", ["Atlas"]),
        ("COVID-19 (AP) — What is known.", ["AP"]),
        ("COVID-19 (Omicron) - what we know", []),
        ("BBC (Sport) - x", []),
        ("DUP (Unionist) – The party lost a seat.", []),
        ("Ana Pires, 46 (Labour) - a teacher from Kirvana", []),
        ("Roz May, 46 (Labour) – Elected.", []),
        ("Ana Pires, Kirvana East (Labour) – 12,301 votes", []),
        ("Additional material: Norda", ["Norda"]),
        ("Additional reporting: Northern Press Service and Jo Weil", ["Northern Press Service"]),
        ("Harbour Press reporter Jo Lind in Hamra contributed to this report.", ["Harbour Press"]),
        ("The Ledger's Tim Osgood and Atlantic News contributed to this report.", ["Ledger", "Atlantic News"]),
        ("(Reporting by UT staff in Kastell; editing by R. Lomax)", ["UT"]),
        ("The Associated Wire contributed to this report.", ["Associated Wire"]),
        ("Jo Weil and AFP contributed to this report.", ["AFP"]),
        ("This article was originally published by the Harbour Post.", ["Harbour Post"]),
        ("Reporting by the Harbour Post; additional reporting by Atlantic Press.", ["Harbour Post", "Atlantic Press"]),
        ("(Additional reporting by Coast Press staff; Editing by M. Holm)", ["Coast Press"]),
        ("Reporting by Jo Weil; editing by Ana Pires.", []),
        ("A source said it had run aground.", []),
        ("Ana Pires (34) — A ferry.", []),
    ],
)
def test_credit_line_names_outlets(line: str, names: list[str]) -> None:
    outlets = credited(line)[0]
    assert [outlet.removeprefix("The ") for outlet in outlets] == names


def test_acronym_of_another_outlet_is_left_out() -> None:
    text = "PORT LARKIN (MP) — A ferry ran aground.\n\nMeridian Press and AW contributed to this report."
    assert fields(text)["source.via"].value == ["Meridian Press", "AW"]


@pytest.mark.parametrize("line", ["Friday 8 May 2026, 06.12", "Fri 8 May 2026 06.12", "May 8, 2026, 4:12 p.m."])
def test_line_that_is_a_day_states_the_publication(line: str) -> None:
    assert fields(f"A ferry\n{line}\n\n{ENGLISH}", None)["published"].value == "2026-05-08"
    assert fields(f"A ferry\n\n{line}\n\n{ENGLISH}", None)["published"].value == "2026-05-08"
    assert fields(f"A ferry\n\n{line}\n{ENGLISH}", None)["published"].value == "2026-05-08"


def test_source_holds_what_the_page_states() -> None:
    article = Article("Ferry", (ENGLISH, "Source: Radio"), "2015-01-06T10:00:00+01:00", "meta", "Jo Weil", "Port Post")
    found = {field.name: field.value for field in read(article, publication(article), url="https://post.example/1")}
    source = {name.removeprefix("source."): value for name, value in found.items() if name.startswith("source.")}
    assert Source.model_validate(source).model_dump(mode="json", exclude_none=True) == {
        "name": "Port Post",
        "url": "https://post.example/1",
        "title": "Ferry",
        "published_at": "2015-01-06T09:00:00Z",
        "via": ["Radio"],
    }
    assert (found["author"], "question" in found) == ("Jo Weil", False)


@pytest.mark.parametrize(
    ("published", "typed", "day"),
    [
        ("2015-01-06T23:30:00-05:00", None, DAY),
        ("6 January 2015", None, DAY),
        ("January 2015", None, None),
        ("", None, None),
        ("2015-01-12", DAY, DAY),
    ],
)
def test_day_of_publication_is_the_publishers_or_the_editors(published: str, typed: date | None, day: date) -> None:
    assert publication(Article("", ("It ran.",), published), typed).day == day


def test_local_time_of_publication_is_only_a_day() -> None:
    article = Article("", (ENGLISH,), "2015-01-06T10:00:00", "meta")
    found = {field.name: field.value for field in read(article, publication(article))}
    assert (found["published"], "source.published_at" in found) == ("2015-01-06", False)


def test_article_without_a_day_asks_for_it() -> None:
    found = read(Article("", (ENGLISH,)), Publication(None))
    assert [field.value[:8] for field in found if field.name == "question"] == ["When is ", "When was"]
    assert not [field for field in found if field.name == "date"]


def test_number_that_differs_from_the_story_is_shown() -> None:
    fact = StoryFact("released", "53 of 53 people", 53, 53)
    found = fields(ENGLISH, facts=(fact,))
    assert found["differs"].value == {
        "key": "released",
        "recorded": "53 of 53 people",
        "text": "some of the 53 people",
    }
    assert "differs" not in fields(ENGLISH)


@pytest.mark.parametrize(
    ("who", "speaker"),
    [
        ("Robert Ford III", {"name": "Robert Ford III"}),
        ("Ana PIRES", {"name": "Ana PIRES"}),
        ("NMA", {"org": "NMA"}),
        ("the NMA", {"org": "the NMA"}),
        ("the NMA of Lorvao", {"org": "the NMA of Lorvao"}),
    ],
)
def test_capitals_name_a_body_only_by_themselves(who: str, speaker: dict[str, str]) -> None:
    paragraphs = (ENGLISH, f'"It is over," said {who}.')
    assert [field.value["speaker"] for field in read_paragraphs(paragraphs, DAY) if field.name == "quotes"] == [speaker]


def test_quote_is_one_that_a_report_can_have() -> None:
    found = fields(f'{ENGLISH} "It is over," said Jo Weil, the mayor.')
    assert Quote.model_validate(found["quotes"].value).speaker.model_dump(exclude_none=True) == {
        "name": "Jo Weil",
        "role": "the mayor",
        "named": True,
    }
    huge = "the port " * 5_000
    assert "quotes" not in fields(f'{ENGLISH} "{huge}," said Jo Weil.')


@pytest.mark.parametrize(
    "text",
    [
        "Die Fähre lief am Dienstag vor dem Hafen auf Grund, sagte der Minister. „Sie sinkt nicht“, sagte Jo Weil.",
        "Le ferry s'est échoué mardi près du port, a annoncé le ministère. « Il ne coule pas », a dit Jo Weil.",
        "El ferry encalló el martes cerca del puerto, dijo el ministerio. «No se hunde», dijo Jo Weil.",
    ],
)
def test_other_languages_fill_source_and_date_only(text: str) -> None:
    assert not is_english(text)
    assert set(fields(text)) <= {"published", "source.title"}


def test_english_is_known_by_its_words() -> None:
    assert is_english(ENGLISH)
    assert not is_english("1 2 3 …")

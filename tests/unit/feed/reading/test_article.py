"""What a person pastes or saves → title, paragraphs, and what was left out."""

import json
import sys
from pathlib import Path
from time import process_time
from unittest.mock import Mock

import pytest

from events.errors import InvalidError
from feed.reading.article import ARTICLE_BYTES_MAX, article_text

BODY = (
    "<p>A ferry ran aground near the port of Kirvana early on Tuesday, and rescuers took all passengers ashore.</p>"
    "<p>The hull is open in two places, but the ferry is not sinking, the coast guard said in a statement.</p>"
    "<p>A tug is due to arrive on Thursday. The ministry will publish a first report later this month.</p>"
)


def page(head: str = "", *, before: str = "", after: str = "") -> bytes:
    title = "<title>Ferry runs aground</title>"
    article = f"<article><h1>Ferry runs aground</h1>{BODY}</article>"
    return f"<!doctype html><html><head>{title}{head}</head><body>{before}{article}{after}</body></html>".encode()


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_text_is_paragraphs_without_parts_of_the_site() -> None:
    lines = ("Skip to main content", "Ferry runs aground", "By Lena Ostrom", "A ferry ran\naground.", "It is safe.")
    text = "\n\n".join((*lines, "Popular Video"))
    article = article_text(text.encode())
    assert (article.title, article.author) == ("Ferry runs aground", "Lena Ostrom")
    assert article.paragraphs == ("A ferry ran aground.", "It is safe.")
    assert article.removed == ("Skip to main content", "Popular Video")
    assert article.text == "A ferry ran aground.\n\nIt is safe."


def test_last_line_without_a_sentence_is_left_out_but_not_the_credits() -> None:
    article = article_text(b"Ferry\n\nA ferry ran aground.\n\nSources: Radio, Wire / Photo: AW\n\nWatch now\n")
    assert article.paragraphs == ("A ferry ran aground.", "Sources: Radio, Wire / Photo: AW")
    assert article.removed == ("Watch now",)


def test_lines_are_paragraphs_if_none_is_empty() -> None:
    assert article_text(b"Ferry\nIt ran aground.\nIt is safe.\n").paragraphs == ("It ran aground.", "It is safe.")


def test_byline_above_a_paragraph_is_none_of_it() -> None:
    article = article_text(b"Ferry\n\nBy Lena Ostrom\nBy Friday all had left.\n\nIt is safe.")
    assert article.paragraphs == ("By Friday all had left.", "It is safe.")


def test_one_line_is_a_paragraph() -> None:
    assert article_text(b"It ran aground").paragraphs == ("It ran aground",)


def test_markdown_loses_its_marks() -> None:
    front = "---\nlang: en\n---\n# Ferry\n\n"
    text = f'{front}![a](b.png)A **ferry** [ran](https://x.example) *aground*.\n\n> "Safe," she said.'
    article = article_text(text.encode())
    assert article.title == "Ferry"
    assert article.paragraphs == ("A ferry ran aground.", '"Safe," she said.')


@pytest.mark.parametrize("text", [b"It co\xe9ts 2\x96", "It coûts 2—".encode(), b"\xef\xbb\xbfIt ran."])
def test_text_is_read_in_its_encoding(text: bytes) -> None:
    assert article_text(text).paragraphs[0].startswith("It ")


@pytest.mark.parametrize(
    "body", [b"", b"  \n\n ", b"It\0ran.", b"It \x81ran.", b"x " * 51_000, b" " * (ARTICLE_BYTES_MAX + 1)]
)
def test_what_is_no_article_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError):
        article_text(body)


def test_page_is_its_article() -> None:
    article = article_text(page(before="<nav><a href='/'>Home</a></nav>", after="<footer>Copyright 2015</footer>"))
    assert article.title == "Ferry runs aground"
    assert [paragraph[:8] for paragraph in article.paragraphs] == ["A ferry ", "The hull", "A tug is"]
    assert article.removed == ("Home", "Copyright 2015")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (json_ld({"@type": "NewsArticle", "datePublished": "2015-01-12T14:05:00Z"}), "2015-01-12T14:05:00Z"),
        (json_ld({"@graph": [{"@type": "WebSite"}, {"datePublished": "2015-01-12"}]}), "2015-01-12"),
        (json_ld([{"datePublished": "yesterday"}, {"datePublished": "2015-01-13"}]), "2015-01-13"),
        (json_ld({"dateModified": "2015-01-14"}), ""),
        ('<script type="application/ld+json">{oops</script>', ""),
        ('<script type="application/ld+json"></script>', ""),
        ('<meta property="article:published_time" content="2015-01-12T14:05:00+01:00">', "2015-01-12T14:05:00+01:00"),
        ('<meta name="date" content="Monday">', ""),
        ("", ""),
    ],
)
def test_page_was_published_when_it_says_so(head: str, published: str) -> None:
    assert article_text(page(head)).published == published


def test_deep_json_ld_is_left() -> None:
    nested: object = {"datePublished": "2015-01-12"}
    for _ in range(30):
        nested = [nested]
    assert article_text(page(json_ld(nested))).published == ""
    deep = '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
    assert article_text(page(deep)).published == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "body", [b"<html></html>", b"<html>" + b"<div>" * 200, b"<html>" + b"<p>x" * 30_000, b"<!doctype html>\n<p></p>"]
)
def test_page_without_an_article_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError):
        article_text(body)


def test_empty_page_is_refused() -> None:
    with pytest.raises(InvalidError, match="not a web page"):
        article_text(b"<!-- -->", media_type="text/html")


def test_page_that_trafilatura_fails_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(InvalidError, match="not a web page: maximum recursion"):
        article_text(page())


def test_what_is_left_out_of_a_page_is_shown_as_it_is_written() -> None:
    body = page(before="<p>Überblick für heute</p>").replace(b"early on", "über".encode())
    assert article_text(body).removed == ("Überblick für heute",)


@pytest.mark.parametrize("before", ["<!---->" * 500, '\ufeff<?xml version="1.0"?>\n<!-- saved -->'])
def test_page_is_known_behind_what_precedes_its_root(before: str) -> None:
    article = article_text(before.encode() + page())
    assert (article.title, len(article.paragraphs)) == ("Ferry runs aground", 3)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["<!---->" * 500 + "x", "**a " * 24_000, "__a " * 24_000])
def test_text_of_countless_marks_is_read_in_little_time(text: str) -> None:
    began = process_time()
    assert article_text(text.encode()).paragraphs == (text.strip(),)
    assert process_time() - began < 5


def test_page_in_latin_1_is_read() -> None:
    body = page("<meta charset=latin-1>").decode().replace("early on", "früh am").encode("latin-1")
    assert "früh am" in article_text(body).text


def test_page_with_an_external_entity_reads_no_file() -> None:
    entity = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    article = article_text(page().replace(b"<!doctype html>", entity).replace(b"early on", b"&x; on"))
    assert "root:" not in article.text


def test_page_without_the_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(InvalidError, match="needs trafilatura"):
        article_text(page())
    assert article_text(b"It ran aground.").paragraphs


def test_page_is_not_searched_for_a_date_that_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    search = Mock(side_effect=AssertionError)
    monkeypatch.setattr("dateparser.date.DateDataParser.get_date_data", search)
    path = Path(__file__).parents[3] / "articles/24-science.html"
    assert article_text(path.read_bytes(), name=path.name).paragraphs
    search.assert_not_called()


def test_page_without_a_text_is_refused() -> None:
    with pytest.raises(InvalidError, match="it holds no text of an article"):
        article_text(b"<!doctype html><html><body></body></html>")

"""A text without marks is rendered without the parser, and is what the parser would make of it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.wording.direction import Direction
from feed.entries import commonmark, html
from feed.entries.plain_text import paragraphs

CHARACTERS = "\\`*_[]()<>&!#~|+-=.:;\"'“‘«1029 \t\n\r\u00a0\u2028\u200b\u0000"
MARKS = [
    *CHARACTERS,
    *("  \n", "\n\n", "\n    ", "---", "===", "```", "1.", "1)", "- ", "&amp;", "&#65;", "<b>", "<http://x.y>"),
    *("Two hurt", "é", "ß", "שלום", "مرحبا", "火", "a@b.c", "http://x.y/", "[a]: http://x.y", "[a](http://x.y)"),
]
texts = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=10).map("".join)


def parsed(text: str, base: Direction) -> html.Markdown:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "paragraphs", lambda _: None)
        html.markdown.cache_clear()
        result = html.markdown(text, base)
    html.markdown.cache_clear()
    return result


@given(texts, st.sampled_from(["ltr", "rtl"]))
@example("Two hurt.\nMore \"here\", 3 say.\n\n\nNext: 'no'.", "ltr")
@example("Two hurt\n1) list", "ltr")
@example('a < b & c > d -> "e"', "ltr")
@example("1. list", "rtl")
@example("Two hurt \nmore", "ltr")
@example("שלום\n\nTwo", "ltr")
def test_text_without_marks_is_what_the_parser_makes_of_it(text: str, base: Direction) -> None:
    if paragraphs(text) is not None:
        assert html.markdown(text, base) == parsed(text, base)
        words = "\n".join(" ".join(block.split()) for block in commonmark.texts(commonmark.parse(text)))
        assert html.replaced_words(text, "body") == words


@pytest.mark.parametrize(
    "text", ["", "Two hurt, 3 missing.", "Ålesund (north)\nsays: “no”\n\n53 of 53 freed.", "a < b & c > d"]
)
def test_ordinary_text_needs_no_parser(text: str) -> None:
    assert paragraphs(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("*a*", "a_b_", "# a", "- a", "1. a", "> a", "a  \nb", "    a", "<b>", "a &amp; b", "[a]", "a\\"),
        *("a <b", "a &b", "a <\nb", "a\n---", "`a`", "\ta"),
    ],
)
def test_text_that_may_have_marks_is_parsed(text: str) -> None:
    assert paragraphs(text) is None

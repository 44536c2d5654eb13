"""Nothing that a source wrote is lost in rendering: what CommonMark would drop is shown as text."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.entries.html import markdown
from tests.markup import assert_harmless
from tests.properties.strategies import runs

LISTS = "\n".join(f"{'  ' * level}- level{level}" for level in range(10))
MAIL = "\n".join(f"{'>' * level} said{level}\n" for level in range(1, 21))


@pytest.mark.parametrize(("text", "words"), [(LISTS, "level"), (MAIL, "said")])
def test_deep_lists_and_quotes_are_shown(text: str, words: str) -> None:
    rendered = markdown(text)
    for number in range(1, 10):
        assert f"{words}{number}" in rendered.html
        assert f"{words}{number}" in rendered.plain
    assert "<blockquote>" in rendered.html or "<li>" in rendered.html
    assert_harmless(rendered.html)


@pytest.mark.parametrize("mark", [">", "- ", "1. ", "> - "])
def test_nesting_without_end_is_shown_as_text(mark: str) -> None:
    text = f"before\n\n{mark * 1000}deep\nnext"
    html = markdown(text).html
    assert "deep<br />\nnext</p>" in html
    assert html.startswith("<p>before</p>\n<p>")
    assert_harmless(html)


def test_empty_paragraph_of_a_text_shown_as_it_is_is_left_out() -> None:
    html = markdown(f"before\n\n\n\n{'>' * 1000}deep").html
    assert html.count("<p>") == 2


INVISIBLE = {
    "[a]: https://a.example": "<p>[a]: https://a.example</p>\n",
    "[Update]: soon": "<p>[Update]: soon</p>\n",
    "[a]:\n  https://a.example\n  'Title'": "<p>[a]:\nhttps://a.example\n'Title'</p>\n",
    "<!-- comment -->": "<p>&lt;!-- comment --&gt;</p>\n",
    "#": "<p>#</p>\n",
    "-": "<p>-</p>\n",
    ">": "<p>&gt;</p>\n",
    "```": "<p>```</p>\n",
    "&#8203;": "<p>&amp;#8203;</p>\n",
    "[](https://a.example/)": '<p><a href="https://a.example/">https://a.example/</a></p>\n',
    "---": "<hr />\n",
    "[](  )": "<p>[](  )</p>\n",
}


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_that_renders_to_nothing_is_shown(text: str) -> None:
    assert markdown(text).html == INVISIBLE[text]


def test_definition_is_hidden_only_where_a_link_uses_it() -> None:
    text = "See [the list].\n\n[the list]: https://a.example/\n[The List]: https://b.example/\n[note]: three"
    assert markdown(text).html == (
        '<p>See <a href="https://a.example/">the list</a>.</p>\n<p>[The List]: https://b.example/\n[note]: three</p>\n'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[words]()", "<p>words</p>\n"),
        ("[<https://b.example/>](https://a.example/)", '<p><a href="https://a.example/">https://b.example/</a></p>\n'),
        ("[<https://a.example/>]()", '<p><a href="https://a.example/">https://a.example/</a></p>\n'),
    ],
)
def test_link_to_nothing_or_in_a_link_is_its_words(text: str, html: str) -> None:
    assert markdown(text).html == html


def test_words_after_a_code_fence_are_shown() -> None:
    html = markdown("```json title of it\n{}\n```\n\n```json\n{}\n```").html
    code = '<pre><code class="language-json">{}\n</code></pre>\n'
    assert html == f"<p>json title of it</p>\n{code}{code}"


def test_table_is_shown_as_its_text() -> None:
    text = "| a | b |\n| --- | --- |\n" + "\n".join(f"| cell{n} | {n} |" for n in range(500))
    assert all(f"cell{n} | {n}" in markdown(text).plain for n in range(500))


def test_links_carry_encoded_addresses() -> None:
    html = markdown("[x](https://straße.de/ä?b=[1]) <https://пожар.рф/> [r]\n\n[r]: http://EXÄMPLE.com/ü").html
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://xn--strae-oqa.de/%C3%A4?b=%5B1%5D",
        "https://xn--80alxdi.xn--p1ai/",
        "http://xn--exmple-cua.com/%C3%BC",
    ]


MARKS = st.sampled_from((
    *("\n", "\n\n", " ", "  ", "    ", "\t", "> ", "- ", "1. ", "7) ", "# ", "---", "===", "|", "\\", "!", '"', "'"),
    *("```", "~~~ ", "`", "*", "**", "_", "[", "]", "]: ", "](", ")", "](https://a.example/", "[a]: https://a.example/"),
    *("<", ">", "<!--", "-->", "<div>", "<https://a.example/>", "javascript:", "&amp;", "&#0;", "---\n"),
))  # fmt: skip


@pytest.mark.slow
@runs(400, 20_000)
@given(st.lists(st.one_of(MARKS, st.integers(100, 999).map(lambda n: f"word{n}w")), max_size=40).map("".join))
def test_every_word_of_a_text_is_in_its_html(text: str) -> None:
    html = unescape(markdown(text).html)
    assert [word for word in re.findall(r"word\d{3}w", text) if word not in html] == []
    assert_harmless(markdown(text).html)

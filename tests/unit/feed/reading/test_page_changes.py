"""A watched page: what of its text is compared, and which sentences changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidError
from feed.reading.page_changes import Change, page_changes
from feed.reading.page_text import ELEMENTS_MAX, page_text

BEFORE = (
    "It freed some of the 53 people. Both sides will hold their talks in Havana later this month.",
    "The spokesman would not name them.",
    "The embassy has verified it.",
)


def changes(*now: str) -> list[Change]:
    return page_changes(BEFORE, now)


def test_same_page_has_no_changes() -> None:
    assert changes(*BEFORE) == []
    assert page_changes((), ()) == []


def test_changed_sentence_stands_beside_the_old_one() -> None:
    now = ("It freed 35 of the 53 people. Both sides will hold their talks in Havana on Jan. 21 and 22.", *BEFORE[1:])
    assert changes(*now) == [
        Change("It freed some of the 53 people.", "It freed 35 of the 53 people."),
        Change(
            "Both sides will hold their talks in Havana later this month.",
            "Both sides will hold their talks in Havana on Jan. 21 and 22.",
        ),
    ]


def test_new_and_gone_sentences_have_one_side() -> None:
    assert changes(BEFORE[0], BEFORE[2], "All 53 are free, she said in Havana.") == [
        Change("", "All 53 are free, she said in Havana."),
        Change("The spokesman would not name them.", ""),
    ]


def test_moved_sentence_has_not_changed() -> None:
    assert changes(BEFORE[2], *BEFORE[:2]) == []
    assert (
        changes(
            "Both sides will hold their talks in Havana later this month.",
            "It freed some of the 53 people.",
            *BEFORE[1:],
        )
        == []
    )


def test_sentence_that_moved_and_changed_is_one_change() -> None:
    assert changes(BEFORE[0], "The embassy has not verified it.", BEFORE[1]) == [
        Change("The embassy has verified it.", "The embassy has not verified it.")
    ]


def test_sentence_that_stands_twice_is_gone_once() -> None:
    assert page_changes(["One here.", "One here.", "Two there."], ["One here.", "Two there."]) == [
        Change("One here.", "")
    ]


_paragraphs = st.lists(
    st.lists(st.sampled_from(["It ran.", "It sank.", "All left it.", "Some left it."])).map(" ".join)
)


@pytest.mark.slow
@given(_paragraphs, _paragraphs)
def test_changes_turn_the_old_sentences_into_the_new(before: list[str], now: list[str]) -> None:
    def of(paragraphs: list[str]) -> list[str]:
        return [f"{part.strip('.')}." for text in paragraphs for part in text.split(". ") if part]

    sentences = of(before)
    for was, text in page_changes(before, now):
        if was:
            sentences.remove(was)
        if text:
            sentences.append(text)
    assert sorted(sentences) == sorted(of(now))


def test_page_is_its_blocks_without_what_is_around_it() -> None:
    body = """<html><head><title> Cases
    2026 </title><style>p {}</style></head><body><nav>Home</nav><h1>Cases</h1>Hello <b>you</b><!-- note --> there
    <div>Status: open<p>It ran.<br>It sank.</p>After</div><table><tr><th>Name</th><td>Weil</td></tr></table>
    <ul><li>One<li>Two</ul><?pi x?><script>var x</script><footer>Copyright</footer></body></html>"""
    page = page_text(body.encode(), name="page")
    assert page.title == "Cases 2026"
    assert page.paragraphs == (
        *("Cases", "Hello you there", "Status: open", "It ran.", "It sank.", "After", "Name · Weil", "One", "Two"),
    )


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_page_is_read_in_its_encoding(charset: str) -> None:
    body = f"<html><meta charset={charset}><p>Á la carte".encode(charset)
    assert page_text(body, name="page").paragraphs == ("Á la carte",)


@pytest.mark.parametrize("body", [b"", b"<html>" + b"<p>x" * (ELEMENTS_MAX + 1)])
def test_page_that_is_none_or_too_large_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError, match="page: it "):
        page_text(body, name="page")


def test_page_inside_a_form_is_its_text() -> None:
    body = b"<html><form><input value=x><select><option>All</select><table><tr><td>Weil<td>open</table></form>"
    assert page_text(body, name="page").paragraphs == ("Weil · open",)


@pytest.mark.parametrize(
    "content",
    ["", "<nav>Home</nav><div id=app></div><script>render()</script>", "<iframe src=/x></iframe> · <p>&nbsp;"],
)
def test_page_without_a_text_is_refused(content: str) -> None:
    with pytest.raises(InvalidError, match="it has no text"):
        page_text(f"<html><title>Cases</title><body>{content}".encode(), name="page")


def test_deep_page_is_read_without_recursion() -> None:
    assert page_text(b"<html><p>It ran.</p>" + b"<div>" * 50_000, name="page").paragraphs == ("It ran.",)


def test_old_sentence_stands_beside_the_new_one_that_is_most_alike() -> None:
    closer, other = "The spokesman would not name them now.", "The spokesman would not name them, or say more."
    now = (BEFORE[0], other, closer, BEFORE[2])
    assert Change(BEFORE[1], closer) in changes(*now)
    assert Change("", other) in changes(*now)

"""A watched page → its title, and its text in blocks: paragraphs, items of lists, rows of tables. Pure.

It takes the whole page, except what sites have around it, and not the article alone: the list on a monitor's page, and
the table of a register, are none.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lxml import etree, html

from events.errors import InvalidError, Problem
from feed.reading.words import word_set

ELEMENTS_MAX: Final = 100_000
_BLOCKS: Final = word_set(
    "address article aside blockquote body br caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li "
    "main ol p pre section summary table tbody tfoot thead title tr ul"
)
_AROUND: Final = word_set(
    "aside button footer head header iframe nav noscript script select style svg template textarea"
)
_CELLS: Final = frozenset({"td", "th"})
_SPACE: Final = re.compile(r"\s+")
_REMEDY: Final = "Look at it in a browser."


class PageText(NamedTuple):
    """What a page says."""

    title: str
    paragraphs: tuple[str, ...]


def page_text(body: bytes, *, name: str) -> PageText:
    """Return the text of a page; InvalidError if it has none."""
    tree = page_tree(body, name=name, elements_max=ELEMENTS_MAX, remedy=_REMEDY)
    lines = ("".join(_pieces(tree))).split("\n")
    paragraphs = tuple(block for line in lines if (block := " ".join(line.split()).strip("· ")))
    if not paragraphs:
        remedy = "If you see one in a browser, a script fills the page: watch the address that it loads, or a feed."
        raise _fault(name, "it has no text.", remedy)
    return PageText(" ".join((tree.findtext(".//title") or "").split()), paragraphs)


def page_tree(body: bytes, *, name: str, elements_max: int, remedy: str) -> Any:
    """Return the elements of a page; InvalidError if it is none, or has too many."""
    try:
        body.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # the page says it, or it is Latin-1
    try:
        tree = html.document_fromstring(body, parser=html.HTMLParser(encoding=encoding, no_network=True))
    except (ValueError, etree.LxmlError) as error:
        raise _fault(name, f"it is not a web page: {error}.", remedy) from None
    if sum(1 for _ in tree.iter()) > elements_max:
        raise _fault(name, f"it has more than {elements_max} elements.", remedy)
    return tree


def _pieces(tree: Any) -> Iterator[str]:
    """Yield the text of a tree, with a line's end at both sides of each block. Not recursive: pages may be deep."""
    around = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            around += tag in _AROUND
            yield "\n" if tag in _BLOCKS else ""
            text = element.text
        else:
            around -= event == "end" and tag in _AROUND
            yield "\n" if tag in _BLOCKS else " · " if tag in _CELLS else ""
            text = element.tail
        if text and not around:
            yield _SPACE.sub(" ", text)


def _fault(name: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=name, check="page", message=message, remedy=remedy))

"""CommonMark → tokens. Nothing that a source wrote is lost: feed/README.md#text-of-an-entry.

The parser drops what is nested deeper than its limit, link definitions that no link uses, and what follows the first
word after a code fence. All of this is shown as text, and so is a text with nothing to see.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from events.model.addresses import is_web_address, public_url
from events.rules.admission import is_visible

BLOCKS_NESTED_MAX: Final = 100
"""Quotes of quotes, or lists of lists at two each: beyond that, the whole text is shown as it was written."""
INLINE_NESTED_MAX: Final = 20


def parse(text: str) -> list[Token]:
    """Return the tokens of `text`, without raw HTML; only http and https addresses are links."""
    environment: dict[str, Any] = {}
    tokens = _parse(text, environment)
    if unused := _unused_definitions(tokens, environment):
        lines = text.split("\n")
        for number in unused:
            lines[number] = lines[number].replace("[", r"\[", 1)
        tokens = _parse("\n".join(lines), {})
    if any(token.level >= BLOCKS_NESTED_MAX - 1 for token in tokens):
        return _plain(text)
    tokens = [part for token in tokens for part in (*_fence_words(token), token)]
    has_rule = any(token.type == "hr" for token in tokens)
    return tokens if has_rule or is_visible("".join(texts(tokens))) else _plain(text)


def render(tokens: Sequence[Token]) -> str:
    """Return the HTML of `tokens`."""
    parser = _inline_parser()
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html


def texts(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the plain text of each block."""
    for token in tokens:
        if token.children:
            yield "".join(child.content or (" " if child.type.endswith("break") else "") for child in token.children)
        elif token.type in {"fence", "code_block"}:
            yield token.content


def _parse(text: str, environment: dict[str, Any]) -> list[Token]:
    tokens = _block_parser().parse(text, environment)
    parser = _inline_parser()
    state = StateCore(text, parser, environment, tokens)
    parser.core.process(state)
    for token in tokens:
        if token.children:
            token.children = _outermost_links(token.children)
            _show_empty_links(token.children)
    return tokens


@cache
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": BLOCKS_NESTED_MAX})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return _with_addresses(parser)


@cache
def _inline_parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": INLINE_NESTED_MAX, "store_labels": True}
    parser = MarkdownIt("commonmark", options).disable("image")
    parser.core.ruler.enableOnly(["inline", "text_join"])
    return _with_addresses(parser)


def _with_addresses(parser: MarkdownIt) -> MarkdownIt:
    """Make links of http and https alone, to addresses that are encoded as everywhere else."""
    normalize = parser.normalizeLink
    parser.validateLink = is_web_address  # type: ignore[method-assign]  # its documented hooks
    parser.normalizeLink = lambda url: normalize(public_url(url) if is_web_address(url) else url)  # type: ignore[method-assign]
    return parser


def _unused_definitions(tokens: Sequence[Token], environment: dict[str, Any]) -> list[int]:
    """Return the line of each link definition that no link uses."""
    used = {child.meta.get("label") for token in tokens for child in token.children or () if child.type == "link_open"}
    first = environment.get("references", {})
    again = environment.get("duplicate_refs", [])
    unused = [definition for label, definition in first.items() if label not in used]
    return [definition["map"][0] for definition in (*unused, *again)]


def _outermost_links(children: Sequence[Token]) -> list[Token]:
    """Return the tokens without links to nothing, `[words]()`, and without links in links: their words are left."""
    remaining: list[Token] = []
    is_shown: list[bool] = []
    for token in children:
        if token.type == "link_open":
            is_shown.append(bool(token.attrGet("href")) and not any(is_shown))
        if token.type not in {"link_open", "link_close"} or is_shown[-1]:
            remaining.append(token)
        if token.type == "link_close":
            is_shown.pop()
    return remaining


def _show_empty_links(children: list[Token]) -> None:
    """Show the address of a link without a text."""
    for index in range(len(children) - 1, 0, -1):
        if (children[index - 1].type, children[index].type) == ("link_open", "link_close"):
            children.insert(index, _text(str(children[index - 1].attrGet("href"))))


def _fence_words(token: Token) -> list[Token]:
    """Return a paragraph of the words after a code fence, if there is more than the name of a language."""
    return _plain(token.info.strip()) if token.type == "fence" and len(token.info.split()) > 1 else []


def _plain(text: str) -> list[Token]:
    """Return the tokens of a text without marks: paragraphs, and line breaks within them."""
    return [token for paragraph in text.split("\n\n") for token in _paragraph(paragraph.strip("\n"))]


def _paragraph(text: str) -> list[Token]:
    if not text:
        return []
    inline = Token("inline", "", 0, level=1, content=text, children=[])
    for number, line in enumerate(text.split("\n")):
        inline.children = [*(inline.children or []), *([Token("hardbreak", "br", 0)] if number else []), _text(line)]
    return [Token("paragraph_open", "p", 1, block=True), inline, Token("paragraph_close", "p", -1, block=True)]


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)

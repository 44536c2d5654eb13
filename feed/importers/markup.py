"""HTML or plain text of a stranger → CommonMark, and → one line of plain text. What is no text is left out."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_TAG = re.compile(r"</?[a-zA-Z!]")
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_ENDS: Final = (("<!--", "-->", "&lt;!--"), ("<![CDATA[", "]]>", "<!"), ("<?php", "?>", "<?"))
"""Marks, their ends, and what stands for a mark that has no end."""
_PROLOG = re.compile(rb"\s+|<\?[^>]*>|<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_FIRST_MARK = re.compile(r"^([#>+=~-]|[0-9]+(?=[.)]))")
_LINK = re.compile(r"(?<!\\)\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(.+?[.!?…。！？])(?=\s|$)", re.DOTALL)
_SKIPPED: Final = frozenset({"script", "style", "template", "iframe", "object", "head", "title", "svg", "math"})
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_EMPHASIS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def commonmark(text: str) -> str:
    """Return the CommonMark of HTML, or of plain text if `text` has no tag. Marks of plain text are escaped."""
    return "\n\n".join(_blocks(text, marks=True))


def plain_text(text: str) -> str:
    """Return HTML or plain text as paragraphs without markup, divided by empty lines."""
    return "\n\n".join(_blocks(text, marks=False))


def one_line(text: str) -> str:
    """Return HTML or plain text as one line without markup."""
    return " ".join(_blocks(text, marks=False))


def first_sentence(text: str) -> str:
    """Return the first sentence of CommonMark, without its marks."""
    line = _LINK.sub(r"\1", text.split("\n\n", maxsplit=1)[0].replace("\\\n", "\n").replace("**", ""))
    line = _SPACES.sub(" ", re.sub(r"\\(.)", r"\1", line.lstrip("#>* "))).strip()
    sentence = _SENTENCE.match(line)
    return sentence[1] if sentence else line


def root_index(document: bytes) -> int:
    """Return where the root of HTML or XML begins: behind spaces, comments and processing instructions."""
    index = len(document) - len(document.lstrip(b"\xef\xbb\xbf\xff\xfe"))
    while (skipped := _PROLOG.match(document, index)) is not None:
        index = skipped.end()
    return index


def _blocks(text: str, *, marks: bool) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not _TAG.search(text):
        paragraphs = re.split(r"\n\s*\n", unescape(text).strip())
        lines = [[_escaped(line.strip(), marks=marks) for line in block.split("\n")] for block in paragraphs]
        return [("\\\n" if marks else " ").join(filter(None, block)) for block in lines if any(block)]
    reader = _Reader(marks=marks)
    reader.feed(_with_ends(text))
    reader.close()
    reader.end_block()
    return reader.blocks


def _with_ends(html: str) -> str:
    """Return HTML in which each mark has its end; one that has none is text.

    HTMLParser looks for the end of each such mark again and again: minutes for 400 KB.
    """
    for mark, end, instead in _ENDS:
        ended, close, rest = html.rpartition(end)
        html = ended + close + rest.replace(mark, instead)
    ended, close, rest = html.rpartition(">")
    return ended + close + rest.replace("<", "&lt;")


def _escaped(text: str, *, marks: bool) -> str:
    return _FIRST_MARK.sub(_backslashed, _MARKS.sub(r"\\\g<0>", text)) if marks else text


def _backslashed(mark: re.Match[str]) -> str:
    return f"{mark[0]}\\" if mark[0].isdigit() else f"\\{mark[0]}"


class _Reader(HTMLParser):
    """Collects `blocks`: paragraphs, with the mark of a list or a quote before them."""

    def __init__(self, *, marks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._marks = marks
        self._pieces: list[str] = []
        self._begun = False  # whether the block has text
        self._prefix = ""
        self._skipped = 0
        self._links: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an emphasis or a link."""
        if tag in _SKIPPED:
            self._skipped += 1
        elif tag == "br":
            self._pieces.append("\\\n" if self._marks and self._begun else " ")
        elif tag in _BLOCKS:
            self.end_block()
            self._prefix = {"li": "* ", "blockquote": "> "}.get(tag, self._prefix) if self._marks else ""
        elif tag == "a" and self._marks:
            url = dict(attrs).get("href") or ""
            self._links.append(url if re.fullmatch(r"(?i:https?)://[^\s<>]+", url) else "")
            self._pieces.append("[" if self._links[-1] else "")
        elif tag in _EMPHASIS and self._marks and tag not in self._open:
            self._open.append(tag)
            self._pieces.append(_EMPHASIS[tag])

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in _SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        elif tag in _BLOCKS:
            self.end_block()
            self._prefix = "" if tag in {"li", "blockquote"} else self._prefix
        elif tag == "a" and self._links:
            url = self._links.pop()
            self._pieces.append(f"](<{url}>)" if url else "")
        elif tag in self._open:
            self._open.remove(tag)
            self._pieces.append(_EMPHASIS[tag])

    def handle_data(self, data: str) -> None:
        """Take in text."""
        if not self._skipped:
            text = _SPACES.sub(" ", data)
            self._begun = self._begun or bool(text.strip())
            self._pieces.append(_MARKS.sub(r"\\\g<0>", text) if self._marks else text)

    def parse_comment(self, i: int, report: bool = True) -> int:  # noqa: ARG002, FBT001, FBT002 - as HTMLParser has it
        """Return where a comment ends. HTMLParser of Python 3.11 knows no "<!-->"."""
        comment = _COMMENT.match(self.rawdata, i)
        return -1 if comment is None else comment.end()

    def parse_html_declaration(self, i: int) -> int:
        """Return where a declaration ends: HTMLParser raises AssertionError at some of them."""
        return self._behind("]]>" if self.rawdata.startswith("<![CDATA[", i) else ">", i)

    def parse_pi(self, i: int) -> int:
        """Return where an instruction ends. A program in PHP may have ">" in it."""
        return self._behind("?>" if self.rawdata.startswith("<?php", i) else ">", i)

    def _behind(self, end: str, at: int) -> int:
        at = self.rawdata.find(end, at)
        return -1 if at < 0 else at + len(end)

    def end_block(self) -> None:
        """End the block at hand, with what is open in it."""
        for url in reversed(self._links):
            self._pieces.append(f"](<{url}>)" if url else "")
        self._pieces += [_EMPHASIS[tag] for tag in reversed(self._open)]
        text = self._text()
        if re.search(r"\w", text):
            first = _FIRST_MARK.sub(_backslashed, text) if self._marks and not text.startswith("**") else text
            self.blocks.append(self._prefix + first)
        self._pieces, self._links, self._open, self._begun = [], [], [], False

    def _text(self) -> str:
        return re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", "".join(self._pieces))).strip(" \n\\")

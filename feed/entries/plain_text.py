"""CommonMark that has no marks: paragraphs of printable lines, which need no parser.

Most reports are written so. Importing markdown-it and making its parsers takes 20 ms of publishing one event. On any
doubt there are no paragraphs here, and the parser reads the text (`feed.entries.commonmark`).
"""

import re
from typing import Final

_WORDS: Final = r"[^\\`*_\[\]<&]*"
_PLAIN_LINE: Final = re.compile(rf"(?!\d{{1,9}}[.)])[\w\"'(“‘«]{_WORDS}(?:[<&] {_WORDS})*")
"""A line that begins no list, heading, quote, code or rule, and has no mark of emphasis, link, code, HTML or entity.

Before a space, `<` and `&` begin nothing, and `>` ends what `<` begins: "fewer than < 2 metres", "fire & rescue".
"""


def paragraphs(text: str) -> list[str] | None:
    """Return the paragraphs of `text`, each with its line breaks; None if it may contain a mark."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line:
            blocks.append([])
        elif line.isprintable() and not line.endswith(" ") and _PLAIN_LINE.fullmatch(line):
            blocks[-1].append(line)
        else:
            return None
    return ["\n".join(block) for block in blocks if block]

"""What somebody else published, and what of a report it proves."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

TEXT_CHARS_MAX: Final = 100_000
Kind = Literal["item", "article", "change", "draft"]
"""A feed's item, an article that somebody asked to read, what changed of a watched page, or what a reporter wrote."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a report that a text proves.

    name: `source.NAME` of the report's source; otherwise a field of reports, of a list once for each of its parts
    value: as JSON
    sentence: the words that prove it, as they stand
    rule: how they were read
    """

    name: str
    value: Any
    sentence: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that somebody else published, or wrote at the desk.

    address: of the feed or the page that it comes from, or the file's name
    name: what its source calls it; the same in every version
    link: its own address
    text: paragraphs of plain text, divided by empty lines
    published: when it was published, in RFC 3339, if it says so
    note: what else an editor should know, such as what it changes of an earlier draft
    """

    kind: Kind
    address: str
    name: str
    title: str = ""
    link: str = ""
    text: str = ""
    published: str = ""
    note: str = ""
    fields: tuple[Field, ...] = ()

    @property
    def hash(self) -> str:
        """A digest of what it says. Its addresses and dates may change."""
        return sha256(f"{self.title}\0{self.text}".encode(errors="replace")).hexdigest()

    @property
    def event_id(self) -> str:
        """The id of the event that taking it records: another for each version, and for each change."""
        identity = f"{self.kind}\0{self.address}\0{self.name}\0{self.hash}\0{self.note}"
        return f"draft:{sha256(identity.encode(errors='replace')).hexdigest()[:32]}"

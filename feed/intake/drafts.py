"""What waits for a person's decision: something that is gone from a table, or a text that somebody else published."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal, TypeAlias

from events.model.edtf import EPOCH, MICROSECOND

TEXT_CHARS_MAX: Final = 100_000
State = Literal["new", "taken", "dropped"]
Kind = Literal["item", "article", "change"]
"""A feed's item, an article that somebody asked to read, or what changed of a watched page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What every draft has.

    number: by which a person names it
    id: the id of the event that taking it records
    story: of the report that it may become; "": nobody has said so yet
    made_us: since when it waits, in microseconds since 1970
    """

    number: int
    id: str
    state: State
    story: str
    made_us: int

    @property
    def made_at(self) -> datetime:
        """Since when it waits: of an absence, since when the row or the cell is gone."""
        return EPOCH + self.made_us * MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceDraft(_Draft):
    """A row that vanished from a table, or a cell that was emptied. It holds no text of the table.

    table, identity: of the row that it is about
    last: the number of the row's last event when the draft was made
    slot, label: of the cell that was emptied; "" if the row vanished
    ended_us: when the row or the cell was back; None: it is not
    """

    table: str
    identity: str
    last: int
    slot: str
    label: str
    ended_us: int | None


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
    """A text that somebody else published.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDraft(_Draft):
    """A text that somebody else published."""

    content: Text


Draft: TypeAlias = AbsenceDraft | TextDraft

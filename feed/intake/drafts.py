"""What waits for a person's decision: something that is gone from a table, or a text that somebody else published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from events.model.edtf import EPOCH, MICROSECOND
from feed.reading.model import Text

State = Literal["new", "taken", "dropped"]
DESK_ADDRESS: Final = "desk"
"""What drafts of our own reporters have instead of the address that others come from. Their name is the reporter's."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDraft(_Draft):
    """A text that somebody else published."""

    content: Text


Draft: TypeAlias = AbsenceDraft | TextDraft

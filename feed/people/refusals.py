"""What the desk refused, in `desk.db`: no secret is in it, and strangers cannot fill the disk with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from events.model.edtf import EPOCH, MICROSECOND, microseconds
from feed.people.people_file import PeopleFile

REFUSALS_MAX: Final = 10_000
TEXT_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal.

    person: who asked; "" for somebody who is not signed in
    request: method and path, without the secret of a link
    client: the address that sent it, and what a proxy says of where it came from
    """

    at: datetime
    reason: str
    person: str
    request: str
    client: str

    @property
    def line(self) -> str:
        """It as one line, without its time."""
        return f"{self.reason}: {self.request}, {self.person or 'not signed in'}, from {self.client}"


class Refusals:
    """The log of refusals: the newest ones."""

    def __init__(self, file: PeopleFile) -> None:
        self._file = file

    def add(self, refusal: Refusal) -> None:
        """Log a refusal, and forget the oldest of too many."""
        texts = (refusal.reason, refusal.person, refusal.request, refusal.client)
        values = (microseconds(refusal.at), *map(printable, texts))
        with self._file.writing():
            sql = "INSERT INTO refusals (at_us, reason, person, request, client) VALUES (?, ?, ?, ?, ?)"
            number = self._file.connection.execute(sql, values).lastrowid or 0
            self._file.connection.execute("DELETE FROM refusals WHERE number <= ?", (number - REFUSALS_MAX,))

    def all(self) -> list[Refusal]:
        """Return those that are not forgotten, oldest first."""
        sql = "SELECT at_us, reason, person, request, client FROM refusals ORDER BY number"
        with self._file.translated():
            rows = self._file.connection.execute(sql).fetchall()
        return [
            Refusal(at=EPOCH + at_us * MICROSECOND, reason=reason, person=person, request=request, client=client)
            for at_us, reason, person, request, client in rows
        ]


def printable(text: str) -> str:
    """Return what strangers sent as a log may show it: no line breaks, no escapes of terminals, not too long."""
    return "".join(char if char.isprintable() else "?" for char in text[:TEXT_CHARS_MAX])

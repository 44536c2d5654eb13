"""The words of one change: plain text pieces that the terminal, the feeds and the pages lay out in their own way."""

from typing import NamedTuple

from events.wording.language import ENGLISH, Words

ARROW = "→"


class ChangeText(NamedTuple):
    """One change in words: of what, what it was, what it is now, and what else matters. All but `subject` may be ""."""

    subject: str
    was: str = ""
    now: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Return one line: `Prisoners released: 1–52 (“some”) → 53 of 53 people (one origin: …)`."""
        return self.line(ENGLISH)

    def line(self, words: Words) -> str:
        """Return it in one line of the language that it is in."""
        values, line = self.values(words), self.subject
        if values:
            line = words.gettext("{name}: {value}", name=line, value=values)
        return words.gettext("{text} ({note})", text=line, note=self.note) if self.note else line

    def values(self, words: Words) -> str:
        """Return what it was and what it is now, as far as it has them."""
        if self.was and self.now:
            return words.gettext("{was} → {now}", was=self.was, now=self.now)
        return self.was or self.now

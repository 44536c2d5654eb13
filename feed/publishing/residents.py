"""The public sequences that `publish --watch` keeps in memory to go on from (feed/README.md#watch)."""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from events.store.base import Reading
from feed.config import Config
from feed.pages.templating import PARTS
from feed.publishing import lines
from feed.publishing.plan import StorySequence
from feed.publishing.sequences import GrowingSequence
from feed.syndication.atom_rss import ELEMENTS

EVENTS_MAX: Final = 20_000
"""How many events the stories that are kept may have together."""


class Residents:
    """The sequences of the stories published last, as many as have EVENTS_MAX events together."""

    def __init__(self) -> None:
        self._config: Config | None = None
        self._sequences: OrderedDict[str, GrowingSequence] = OrderedDict()
        PARTS.is_on = ELEMENTS.is_on = True

    def clear(self) -> None:
        """Drop all of them."""
        self._sequences.clear()

    def sequence(self, reading: Reading, story: str, *, config: Config, now: datetime) -> StorySequence:
        """Return the sequence of a story: that of the publication before, if it can go on."""
        if config != self._config:
            self.clear()
        self._config = config
        growing = self._sequences.pop(story, None)
        if growing is not None and not growing.go_on(reading, now=now):
            growing = None
            _forget_texts()  # the story may have been redacted
        if growing is None:
            growing = GrowingSequence(story, tuple(reading.rows(story)), config=config, now=now)
        sequence = growing.with_entries(config)
        self._sequences[story] = growing
        while sum(each.events for each in self._sequences.values()) > EVENTS_MAX:
            self._sequences.popitem(last=False)
        return sequence


def _forget_texts() -> None:
    """Drop what is kept of the texts of all stories."""
    lines.forget()
    for cache in (PARTS, ELEMENTS):
        cache.forget()

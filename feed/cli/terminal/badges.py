"""Warnings of the desk's `show`: what a reader must know before believing a line, or reading it out."""

from collections.abc import Iterator

from rich.text import Text

from events.fold.facts import Fact
from events.fold.state import Story
from events.fold.state_parts import Development, substitutes
from events.wording.catalogue import instant_words
from feed.cli.terminal.layout import piece
from feed.cli.terminal.output import ALARM, DOUBT, GOOD


def badges(story: Story, development: Development) -> Iterator[Text]:
    """Yield the badges of a development, such as `[disputed]`."""
    reason = f": {development.reason.rstrip('.')}" if development.reason else ""
    if development.status == "canceled":
        replaced = f"; see {substitute}" if (substitute := _substitute(story, development)) else ""
        yield piece(f"[{'redacted' if development.redacted else 'retracted'}{reason}{replaced}]", ALARM)
    if development.status == "withheld":
        yield piece(f"[withheld{reason}]", ALARM)
    if development.embargoed_until is not None and development.embargoed_until > story.now:
        yield piece(f"[embargoed until {instant_words(development.embargoed_until)}]", ALARM)
    if development.standing == "disputed":
        yield piece("[disputed]", ALARM)
    if any(correction.development == development.id for correction in story.corrections):
        yield piece("[corrected]", DOUBT)
    if development.pinned:
        yield piece("[pinned]", GOOD)


def _substitute(story: Story, development: Development) -> str | None:
    """Return the first of its substitutes, and of theirs, that was not withdrawn."""
    by_id = {item.id: item for item in story.developments}
    chain = substitutes(development.id, lambda name: by_id[name].substitute)
    return next((name for name in chain if by_id[name].status != "canceled"), None)


def embargo_warning(story: Story, fact: Fact) -> Iterator[Text]:
    """Yield a warning if the current value may not be read out yet."""
    source = story.development(fact.current.development) if fact.current else None
    until = source.embargoed_until if source else None
    if until is not None and until > story.now:
        yield piece(f"UNDER EMBARGO until {instant_words(until)}", ALARM)

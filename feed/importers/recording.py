"""What a file of another program says → events: those that the ledger does not have yet.

An item becomes a development. Its event id derives from what its source calls it, so that importing it again records
nothing. An item that its source changed since becomes a new development that says what it was and what it is now:
whether the source was wrong, or the world moved on, nobody has said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Final, NamedTuple

from events import commands
from events.errors import InvalidError, Problem
from events.model.codec import canonical
from events.model.edtf import When, format_instant
from events.model.events import AnyEvent, DevelopmentReported, Recorded
from events.rules.admission import admission_problems
from events.wording.values import when_words
from feed.importers.model import ForeignItem, ForeignStory

PREFIX: Final = "import"
FULL_TEXT: Final = "\n\n---\n\n"
"""Between what changed of an item and its whole text."""
DIGEST_CHARS: Final = 16
NAME_CHARS: Final = 12
_OLDEST: Final = datetime.min.replace(tzinfo=UTC)


class Located(NamedTuple):
    """An event, and where it stands in a file."""

    event: AnyEvent
    where: str


@dataclass(frozen=True, slots=True)
class _Version:
    """An item as it was recorded last: the `number` of that version, the digest of its content, and its report."""

    number: int
    digest: str
    report: DevelopmentReported | None


def new_events(
    story: ForeignStory, recorded: Sequence[Recorded], *, closed: bool, now: datetime
) -> tuple[list[Located], list[Problem]]:
    """Return the events that `recorded`, those of the story so far, lack; and what of the file cannot be recorded.

    `closed` says whether the ledger's story is closed.
    """
    versions = _versions(story.slug, recorded)
    events: list[Located] = []
    problems: list[Problem] = []
    # Of two items of one id, as in a feed and its archive, the one that was changed last counts.
    newest = {item.id: item for item in sorted(story.items, key=lambda item: item.changed_at or item.at or _OLDEST)}
    for item in sorted(newest.values(), key=lambda item: item.at or _OLDEST):
        try:
            events += _of_item(story.slug, item, versions, now)
        except InvalidError as error:
            problems += [problem.at(item.where) for problem in error.problems]
    before = _before(story, events, exists=bool(recorded), closed=closed)
    return [*before, *events, *_after(story, events, closed=closed)], problems


def _before(story: ForeignStory, events: list[Located], *, exists: bool, closed: bool) -> Iterator[Located]:
    """Yield what must come before the reports: the opening, or the reopening of a story that goes on."""
    if not exists:
        opening = commands.open_story(
            story.slug, story.headline, id=f"{PREFIX}:{story.slug}", reported_at=story.opened_at, **story.header
        )
        yield Located(opening, story.slug)
    elif closed and events:
        first = events[0].event
        reopening = commands.reopen_story(story.slug, id=f"{first.id}:reopened", reported_at=first.reported_at)
        yield Located(reopening, story.slug)


def _after(story: ForeignStory, events: list[Located], *, closed: bool) -> Iterator[Located]:
    """Yield the closing, if the source says that it is over: not before its last report."""
    if story.closed_at is not None and (events or not closed):
        last = events[-1].event.id if events else f"{PREFIX}:{story.slug}"
        at = max([story.closed_at, *(item.event.reported_at for item in events if item.event.reported_at)])
        yield Located(commands.close_story(story.slug, id=f"{last}:closed", reported_at=at), story.slug)


def _of_item(story: str, item: ForeignItem, versions: Mapping[str, _Version], now: datetime) -> Iterator[Located]:
    """Yield the report of an item, if it is new or has changed."""
    name = sha256(item.id.encode(errors="replace")).hexdigest()[:DIGEST_CHARS]
    digest = _content_digest(item)
    last = versions.get(name)
    if last is not None and (last.digest == digest or last.report is None):
        return  # it has not changed; or its text was erased, and is not to come back
    number = 1 if last is None else last.number + 1
    report = commands.report(
        story,
        item.headline,
        development=f"r-{name[:NAME_CHARS]}{'' if number == 1 else f'-{number}'}",
        body=(item.text if last is None or last.report is None else _was_and_now(last.report, item)) or None,
        reported_at=_not_future(item.at if number == 1 else _changed_at(item), now),
        id=f"{PREFIX}:{story}:{name}:{number}:{digest}",
        **item.parts,
    )
    problems = tuple(admission_problems(report))
    if problems:
        raise InvalidError(*problems)
    yield Located(report, item.where)


def _changed_at(item: ForeignItem) -> datetime | None:
    """Return when the source changed an item, if it says so: the date of its publication is none of a change."""
    at = item.changed_at
    return None if at is not None and item.at is not None and at <= item.at else at


def _not_future(at: datetime | None, now: datetime) -> datetime | None:
    if at is not None and at > now:
        message = f"{format_instant(at)} is in the future."
        raise InvalidError(Problem(where="date", check="date", message=message, remedy="Correct the date in the file."))
    return at


def _content_digest(item: ForeignItem) -> str:
    """Return a digest of what an item says. Its addresses and dates of publication may change."""
    parts = {name: item.parts[name] for name in ("happened", "facts", "expects", "resolves") if item.parts.get(name)}
    return sha256(canonical([item.headline, item.text, parts])).hexdigest()[:DIGEST_CHARS]


def _versions(story: str, recorded: Sequence[Recorded]) -> dict[str, _Version]:
    """Return the newest version of each item that was recorded, by name. An undone one counts: it was refused."""
    versions: dict[str, _Version] = {}
    for one in recorded:
        prefix, _, rest = one.id.partition(f":{story}:")
        name, number, digest = (*rest.split(":"), "", "", "")[:3]
        if prefix == PREFIX and number.isdecimal() and digest and not rest.endswith(("closed", "reopened")):
            report = one.event if isinstance(one.event, DevelopmentReported) else None
            versions[name] = _Version(int(number), digest, report)
    return versions


def _was_and_now(before: DevelopmentReported, item: ForeignItem) -> str:
    """Return what an item was and what it is now, and then its whole text."""
    text = (before.body or "").rpartition(FULL_TEXT)[2]
    happened = item.parts.get("happened")
    pairs = [(before.headline, item.headline), (_when(before.happened), _when(happened and When(**happened)))]
    pairs += _changed_paragraphs(text, item.text)
    lines = [
        f"* {word}: {part}" for was, now in pairs if was != now for word, part in (("Was", was), ("Now", now)) if part
    ]
    return "\n".join(lines) + (FULL_TEXT + item.text if item.text else "")


def _when(when: When | None) -> str:
    return "" if when is None else when_words(when)


def _changed_paragraphs(was: str, now: str) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs that differ, those that were and those that are now, each on one line."""
    before, after = was.split("\n\n"), now.split("\n\n")
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _flat(before[start:end]), _flat(after[new_start:new_end])


def _flat(paragraphs: list[str]) -> str:
    return " ".join(" ".join(paragraph.removesuffix("\\").split()) for paragraph in paragraphs).replace("\\ ", " ")

"""The public sequence as `updates.jsonl` has it, and as the public log commits to it (publication 2.2).

One line for each public item, by its number. Its *leaf* is what the log holds: story, number, instant, kind, entry
id, development, and a salted digest of its body; nothing of the text. The line adds the body and the salt, as long as
the text may be seen. What was logged once stands for ever, and wins over what is computed now: an item that comes out
otherwise today keeps its leaf, and its line says "superseded".
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hmac import digest
from itertools import accumulate
from typing import Any, Final, Literal, TypeAlias, assert_never

import orjson

from events.model.codec import ENVELOPE_FIELDS, SALT_BYTES, body_digest, canonical
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    Recorded,
    StoryOpened,
    StoryRevised,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem, StoryItem
from feed.entries.builder import Address
from feed.entries.model import Checkpoint, Entry
from feed.transparency.note import Head, b64

Withdrawn: TypeAlias = Literal["withheld", "retracted", "redacted", "superseded", "lost"]
"""Why a line has no body that its leaf could be checked by. "lost": the ledger does not know the item (any more)."""
TEXTS: Final = {"development_reported", "development_corrected"}
HEADER_FIELDS: Final = {"headline", "summary", "language", "subjects"}
"""What is public of a story's own events: how the desk maps origins shows in the facts alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One public item as it is now. `body` is canonical JSON and `salt` hex; both are None where it was erased."""

    id: str
    at: datetime
    kind: str
    development: str | None
    body: str | None
    salt: str | None
    withdrawn: Withdrawn | None

    @property
    def digest(self) -> str | None:
        """SHA-256(salt ‖ body) in hex; None where there is nothing left to commit to."""
        return None if self.body is None or self.salt is None else body_digest(self.salt, self.body)

    def leaf(self, *, story: str, number: int) -> str:
        """Return the leaf by which the log commits to it."""
        told = {
            "at": format_instant(self.at),
            "development": self.development,
            "digest": self.digest,
            "id": self.id,
            "kind": self.kind,
            "number": number,
            "story": story,
        }
        return canonical({name: value for name, value in told.items() if value is not None}).decode()


@dataclass(frozen=True, kw_only=True)
class StoryLog:
    """What the public log has of a story: its `updates` now, and what was `logged`, (place, leaf) each, by number.

    `head` gives the log at some size, for the feeds; None where the log is not signed.
    """

    updates: tuple[Update, ...]
    logged: tuple[tuple[int, str], ...]
    head: Callable[[int], Head] | None = None

    def with_sizes(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return `entries`, each with the size of the log as of its last change."""
        return tuple(entry.model_copy(update={"log_size": self.size_at(entry.touched)}) for entry in entries)

    def size_at(self, at: datetime) -> int:
        """Return the size of the log with all of the story's items that are public by `at`, in whole seconds."""
        instants, sizes = self._sizes
        known = bisect_right(instants, at)
        return sizes[known - 1] if known else 0

    @cached_property
    def _sizes(self) -> tuple[list[datetime], list[int]]:
        known = {leaf_id(leaf): place + 1 for place, leaf in self.logged}
        instants = [update.at.replace(microsecond=0) for update in self.updates]
        return instants, list(accumulate((known.get(update.id, 0) for update in self.updates), max))


def checkpoint(head: Callable[[int], Head] | None, size: int) -> Checkpoint | None:
    """Return what a feed tells of the log when it had `size` leaves; None where it is not signed, or has none."""
    if head is None or size == 0:
        return None
    then = head(size)
    return Checkpoint(origin=then.origin, size=then.size, root=b64(then.root))


def updates_of(
    story: str, items: Iterable[PublicItem], address: Address, salts: Mapping[int, str]
) -> tuple[Update, ...]:
    """Return the updates of a story's public `items`, one each. `salts` are those of its events, by position."""
    told = tuple(items)
    known = _Known()
    withdrawn = _withdrawn(told)
    return tuple(
        _update(story, item, address, salts.get(position), known, withdrawn)
        for item, position in zip(told, _salt_positions(told), strict=True)
    )


def updates_file(log: StoryLog) -> bytes:
    """Return `updates.jsonl`: a line for each item that was logged, in order."""
    by_id = {update.id: update for update in log.updates}
    lines = (_line(orjson.loads(leaf), place, by_id) for place, leaf in log.logged)
    return b"".join(canonical(line) + b"\n" for line in lines)


def leaf_id(leaf: str) -> str:
    """Return the entry id that a leaf bears."""
    return str(orjson.loads(leaf)["id"])


def _line(leaf: dict[str, Any], place: int, by_id: Mapping[str, Update]) -> dict[str, Any]:
    line = {**leaf, "place": place}
    update = by_id.get(leaf["id"])
    if update is None:
        return {**line, "withdrawn": "lost"}
    if update.withdrawn is not None:
        return {**line, "withdrawn": update.withdrawn}
    body = {} if update.body is None else {"body": orjson.Fragment(update.body)}
    if update.digest is None or update.digest != leaf.get("digest"):
        return {**line, **body, "withdrawn": "superseded"}  # no salt: it could help to guess what was mended
    return {**line, **body, "salt": update.salt}


def _update(
    story: str,
    item: PublicItem,
    address: Address,
    salt: str | None,
    known: "_Known",
    withdrawn: Mapping[str, Withdrawn],
) -> Update:
    entry_id = address.entry_id(story, item.key)
    body = _body(item, known, lambda event: address.entry_id(story, event))
    return Update(
        id=entry_id,
        at=item.at,
        kind=item.kind,
        development=item.development,
        body=None if body is None else canonical(body).decode(),
        salt=None if salt is None else digest(bytes.fromhex(salt), entry_id.encode(), "sha256")[:SALT_BYTES].hex(),
        withdrawn=withdrawn.get(item.key),
    )


def _salt_positions(items: tuple[PublicItem, ...]) -> Iterator[int]:
    """Yield the position of the event whose salt each item uses: a notice, which quotes nothing, uses the opening's."""
    opening = 0
    for item in items:
        position = opening if isinstance(item, OverdueNotice) else item.recorded.position
        opening = opening or position
        yield position


@dataclass(slots=True)
class _Known:
    """The names that are public so far: what is not may not be referred to."""

    developments: set[str] = field(default_factory=set)
    expectations: set[str] = field(default_factory=set)

    def only(self, part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield a report's or correction's fields, without what refers to what is not public."""
        for name, said in part.items():
            match name:
                case "corroborates" | "disputes" if said:
                    yield name, [aim for aim in said if aim["development"] in self.developments]
                case "resolves" if said:
                    yield name, [aim for aim in said if aim["expectation"] in self.expectations]
                case "expects" if said:
                    yield name, [item for item in said if item.get("id") in self.expectations]
                case _:
                    yield name, said

    def take(self, development: str, part: dict[str, Any]) -> None:
        self.developments.add(development)
        self.expectations |= {item["id"] for item in part.get("expects") or () if item.get("what") and "id" in item}


def _body(item: PublicItem, known: _Known, entry_id: Callable[[str], str]) -> dict[str, Any] | None:
    """Return the public body of an item as it was when the item became public; None where it was erased."""
    match item:
        case OverdueNotice():
            return {"expectation": item.expectation.id, "window_ended_at": format_instant(item.ends_at)}
        case StoryItem(recorded=Recorded(event=StoryOpened() | StoryRevised() as header)):
            return {name: said for name, said in _payload(header).items() if name in HEADER_FIELDS}
        case StoryItem():
            return {}  # reasons of closings stay with the desk
        case DevelopmentItem():
            return _development_body(item, known, entry_id)
        case _:
            assert_never(item)


def _development_body(item: DevelopmentItem, known: _Known, entry_id: Callable[[str], str]) -> dict[str, Any] | None:
    event = item.event
    match event:
        case Erased():
            known.developments.add(item.development)
            return None
        case DevelopmentReported():
            part = _payload(event)
            known.take(item.development, part)
            return _times(item.recorded, event) | {name: said for name, said in known.only(part) if said != []}
        case DevelopmentCorrected():
            part = _payload(event)
            known.take(item.development, part["set"])
            amended = {name: None if said == [] else said for name, said in known.only(part["set"])}
            return _times(item.recorded, event) | part | {"set": amended}
        case DevelopmentRetracted(reason=reason, substitute=substitute):
            return {"reason": reason} | ({"substitute": substitute} if substitute in known.developments else {})
        case EventRedacted(reason=reason, event=target):
            return {"reason": reason} | ({} if target is None else {"redacts": entry_id(target)})
        case _:
            return {}  # reasons of holds and releases stay with the desk


def _payload(event: AnyEvent) -> dict[str, Any]:
    return event.model_dump(exclude={*ENVELOPE_FIELDS}, exclude_defaults=True)


def _times(recorded: Recorded, event: AnyEvent) -> dict[str, str]:
    published = {} if event.published_at is None else {"published_at": format_instant(event.published_at)}
    return {"reported_at": format_instant(recorded.reported_at), **published}


def _withdrawn(items: tuple[PublicItem, ...]) -> dict[str, Withdrawn]:
    """Return which reports and corrections may not be read now, by event id, and why."""
    texts = {item.key: item for item in items if item.kind in TEXTS}
    gone: dict[str, Withdrawn] = {}
    reasons: dict[str | None, Withdrawn] = {}
    for item in items:
        match item.event:
            case DevelopmentHeld():
                reasons.setdefault(item.development, "withheld")
            case DevelopmentReleased() if reasons.get(item.development) == "withheld":
                del reasons[item.development]
            case DevelopmentRetracted() if reasons.get(item.development) != "redacted":
                reasons[item.development] = "retracted"
            case EventRedacted(event=target) if target in texts and texts[target].kind == "development_corrected":
                gone[target] = "redacted"
            case EventRedacted():
                reasons[item.development] = "redacted"
            case _:
                pass
    told = {name: reasons[item.development] for name, item in texts.items() if item.development in reasons}
    return gone | told

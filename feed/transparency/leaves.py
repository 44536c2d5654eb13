"""The leaves of the public log, and the lines of `updates.jsonl`: one of each for every public item.

The formats are feed/transparency/README.md#a-leaf and #a-line-of-updatesjsonl. A leaf that is stored wins over what is
computed now: an item that comes out differently today keeps its leaf, and its line says "superseded".
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hmac import digest
from itertools import accumulate
from typing import Any, Final, Literal, NamedTuple, TypeAlias, assert_never

import orjson

from events.errors import StoreDamagedError
from events.model.codec import ENVELOPE_FIELDS, SALT_BYTES, body_digest, canonical
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    Recorded,
    StoryOpened,
    StoryRevised,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem, StoryItem
from feed.entries.builder import Address
from feed.entries.model import Checkpoint, Entry
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.keys import Head

Withdrawal: TypeAlias = Literal["withheld", "retracted", "redacted", "superseded", "lost"]
"""Why a line has no body that matches its leaf. "lost": the ledger does not have the item, or no longer."""
LEAVES_KEPT: Final = 20_000
"""How many leaves are not parsed again by a process that publishes a long story again and again."""
KINDS_WITH_TEXT: Final = {"development_reported", "development_corrected"}
HEADER_FIELDS: Final = {"headline", "summary", "language", "subjects"}
"""The public fields of a story's own events. How the desk maps origins shows only in the facts."""


class Update(NamedTuple):
    """One public item as it is now, ordered by `sort_at` among those of all stories.

    `body` is canonical JSON, and `salt` hex; both are None if they were erased.
    """

    id: str
    at: datetime
    sort_at: datetime
    kind: str
    development: str | None
    body: str | None
    salt: str | None
    withdrawal: Withdrawal | None

    @property
    def digest(self) -> str | None:
        """SHA-256(salt ‖ body) in hex; None if they were erased."""
        return None if self.body is None or self.salt is None else body_digest(self.salt, self.body)

    def leaf(self, *, story: str, number: int) -> str:
        """Return the text of its leaf."""
        fields = {
            "at": format_instant(self.at),
            "development": self.development,
            "digest": self.digest,
            "id": self.id,
            "kind": self.kind,
            "number": number,
            "story": story,
        }
        return canonical({name: value for name, value in fields.items() if value is not None}).decode()


@dataclass(frozen=True, kw_only=True)
class StoryLog:
    """A story in the public log: its `updates` now, and its `leaves`, (index, text) each, by number.

    `head` returns the head of the log at some size, for the feeds. It is None if the log is not signed.
    """

    updates: tuple[Update, ...]
    leaves: tuple[tuple[int, str], ...]
    head: Callable[[int], Head] | None = None

    def with_sizes(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return `entries`, each with the size of the log as of its last change."""
        return tuple(
            entry.model_copy(update={"log_size": self.size_at(entry.changed_at or entry.touched)}) for entry in entries
        )

    def size_at(self, at: datetime) -> int:
        """Return the size of the log with all of the story's items that are public by `at`, in whole seconds."""
        count = bisect_right(self.updates, at, key=lambda update: update.sort_at.replace(microsecond=0))
        return self._sizes[count - 1] if count else 0

    @cached_property
    def _sizes(self) -> list[int]:
        """The size of the log with each update and all before it."""
        size_with = {leaf_id(leaf): index + 1 for index, leaf in self.leaves}
        return list(accumulate((size_with.get(update.id, 0) for update in self.updates), max))


def checkpoint(head: Callable[[int], Head] | None, size: int) -> Checkpoint | None:
    """Return the checkpoint of the log at `size`, for a feed; None if the log is not signed, or has no leaves."""
    if head is None or size == 0:
        return None
    at_size = head(size)
    return Checkpoint(origin=at_size.origin, size=at_size.size, root=b64(at_size.root))


def updates_of(
    story: str, items: Iterable[PublicItem], address: Address, salts: Mapping[int, str]
) -> tuple[Update, ...]:
    """Return the updates of a story's public `items`, one each. `salts` are those of its events, by position."""
    return GrowingUpdates(story, address).of(tuple(items), salts)


class GrowingUpdates:
    """The updates of a story whose public items grow at their end."""

    def __init__(self, story: str, address: Address) -> None:
        self._story, self._address = story, address
        self._names = _PublicNames()
        self._opening = 0
        self._updates: list[Update] = []
        self._withdrawals: dict[str, Withdrawal] = {}

    def of(self, items: tuple[PublicItem, ...], salts: Mapping[int, str]) -> tuple[Update, ...]:
        """Return the updates of `items`, which begin with those that it was asked for before."""
        new = items[len(self._updates) :]
        for item in new:
            self._updates.append(self._update(item, salts))
        if any(isinstance(item, DevelopmentItem) and item.kind != "development_reported" for item in new):
            before, self._withdrawals = self._withdrawals, _withdrawals(items)
            for index, item in enumerate(items):
                if before.get(item.key) != self._withdrawals.get(item.key):
                    self._updates[index] = self._updates[index]._replace(withdrawal=self._withdrawals.get(item.key))
        return tuple(self._updates)

    def _update(self, item: PublicItem, salts: Mapping[int, str]) -> Update:
        # A notice, which quotes nothing, uses the salt of the opening.
        position = self._opening if isinstance(item, OverdueNotice) else item.recorded.position
        self._opening = self._opening or position
        entry_id, salt = self._entry_id(item.key), salts.get(position)
        body = _body(item, self._names, self._entry_id)
        return Update(
            id=entry_id,
            at=item.at,
            sort_at=item.sort_at,
            kind=item.kind,
            development=item.development,
            body=None if body is None else canonical(body).decode(),
            salt=None if salt is None else digest(bytes.fromhex(salt), entry_id.encode(), "sha256")[:SALT_BYTES].hex(),
            withdrawal=None,
        )

    def _entry_id(self, key: str) -> str:
        return self._address.entry_id(self._story, key)


def updates_file(log: StoryLog, *, since: int = 0) -> bytes:
    """Return `updates.jsonl`: a line for each leaf of the story, in order. With `since`, without so many lines."""
    by_id = {update.id: update for update in log.updates}
    lines = (_line(parse_leaf(leaf), index, by_id) for index, leaf in log.leaves[since:])
    return b"".join(canonical(line) + b"\n" for line in lines)


@lru_cache(LEAVES_KEPT)
def leaf_id(leaf: str) -> str:
    """Return the entry id of a leaf."""
    return str(parse_leaf(leaf)["id"])


def parse_leaf(leaf: str) -> dict[str, Any]:
    """Return the fields of a stored leaf; StoreDamagedError if it has no id or instant."""
    with suppress(TypeError, ValueError):
        fields = orjson.loads(leaf)
        if isinstance(fields, dict) and {type(fields.get(name)) for name in ("id", "at")} == {str}:
            return fields
    raise damaged_leaf()


def damaged_leaf() -> StoreDamagedError:
    """Return the error of a stored leaf that cannot be read."""
    what = "a leaf of the public log is unreadable."
    return StoreDamagedError("ledger.db", what, remedy="To see all damage: writethru verify")


def _line(leaf: dict[str, Any], index: int, by_id: Mapping[str, Update]) -> dict[str, Any]:
    line = {**leaf, "place": index}
    update = by_id.get(leaf["id"])
    if update is None:
        return {**line, "withdrawn": "lost"}
    if update.withdrawal is not None:
        return {**line, "withdrawn": update.withdrawal}
    body = {} if update.body is None else {"body": orjson.Fragment(update.body)}
    if update.digest is None or update.digest != leaf.get("digest"):
        return {
            **line,
            **body,
            "withdrawn": "superseded",
        }  # without the salt, which could help to guess what was corrected
    return {**line, **body, "salt": update.salt}


@dataclass(slots=True)
class _PublicNames:
    """The developments and expectations that are public so far. A body may refer to these only."""

    developments: set[str] = field(default_factory=set)
    expectations: set[str] = field(default_factory=set)

    def filter(self, part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the fields of a report or correction, without references to what is not public."""
        for name, value in part.items():
            match name:
                case "corroborates" | "disputes" if value:
                    yield name, [aim for aim in value if aim["development"] in self.developments]
                case "resolves" if value:
                    yield name, [aim for aim in value if aim["expectation"] in self.expectations]
                case "expects" if value:
                    yield name, [item for item in value if item.get("id") in self.expectations]
                case _:
                    yield name, value

    def add(self, development: str, part: dict[str, Any]) -> None:
        self.developments.add(development)
        self.expectations |= {item["id"] for item in part.get("expects") or () if item.get("what") and "id" in item}


def _body(item: PublicItem, names: _PublicNames, entry_id: Callable[[str], str]) -> dict[str, Any] | None:
    """Return the public body of an item as it was when the item became public; None if it was erased."""
    match item:
        case OverdueNotice():
            return {"expectation": item.expectation.id, "window_ended_at": format_instant(item.ends_at)}
        case StoryItem(recorded=Recorded(event=StoryOpened() | StoryRevised() as header)):
            return {name: value for name, value in _payload(header).items() if name in HEADER_FIELDS}
        case StoryItem():
            return {}  # reasons of closings stay with the desk
        case DevelopmentItem():
            return _development_body(item, names, entry_id)
        case _:
            assert_never(item)


def _development_body(
    item: DevelopmentItem, names: _PublicNames, entry_id: Callable[[str], str]
) -> dict[str, Any] | None:
    event = item.event
    match event:
        case Erased():
            names.developments.add(item.development)
            return None
        case DevelopmentReported():
            part = _payload(event)
            names.add(item.development, part)
            return _times(item.recorded, event) | {name: value for name, value in names.filter(part) if value != []}
        case DevelopmentCorrected():
            part = _payload(event)
            names.add(item.development, part["set"])
            changes = {name: None if value == [] else value for name, value in names.filter(part["set"])}
            return _times(item.recorded, event) | part | {"set": changes}
        case DevelopmentRetracted(reason=reason, substitute=substitute):
            return {"reason": reason} | ({"substitute": substitute} if substitute in names.developments else {})
        case EventRedacted(reason=reason, event=target):
            return {"reason": reason} | ({} if target is None else {"redacts": entry_id(target)})
        case DevelopmentHeld() | DevelopmentReleased() | DevelopmentPinned() | DevelopmentUnpinned():
            return {}  # reasons of holds and releases stay with the desk
        case _:
            assert_never(event)


def _payload(event: AnyEvent) -> dict[str, Any]:
    return event.model_dump(exclude={*ENVELOPE_FIELDS}, exclude_defaults=True)


def _times(recorded: Recorded, event: AnyEvent) -> dict[str, str]:
    published = {} if event.published_at is None else {"published_at": format_instant(event.published_at)}
    return {"reported_at": format_instant(recorded.reported_at), **published}


def _withdrawals(items: tuple[PublicItem, ...]) -> dict[str, Withdrawal]:
    """Return why reports and corrections may not be read now, by event id."""
    texts = {item.key: item for item in items if item.kind in KINDS_WITH_TEXT}
    redacted_corrections: dict[str, Withdrawal] = {}
    reasons: dict[str | None, Withdrawal] = {}
    for item in items:
        if not isinstance(item, DevelopmentItem):
            continue
        match item.event:
            case DevelopmentHeld():
                reasons.setdefault(item.development, "withheld")
            case DevelopmentReleased() if reasons.get(item.development) == "withheld":
                del reasons[item.development]
            case DevelopmentRetracted() if reasons.get(item.development) != "redacted":
                reasons[item.development] = "retracted"
            case EventRedacted(event=target) if target in texts and texts[target].kind == "development_corrected":
                redacted_corrections[target] = "redacted"
            case EventRedacted():
                reasons[item.development] = "redacted"
            case (
                DevelopmentReleased()
                | DevelopmentRetracted()
                | DevelopmentReported()
                | DevelopmentCorrected()
                | Erased()
                | DevelopmentPinned()
                | DevelopmentUnpinned()
            ):
                pass
            case _:
                assert_never(item.event)
    by_event = {name: reasons[item.development] for name, item in texts.items() if item.development in reasons}
    return redacted_corrections | by_event

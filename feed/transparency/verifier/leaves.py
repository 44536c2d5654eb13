"""The leaves of a log: every field of each is checked."""

import re
from array import array
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from .encoding import LEAF_BYTES_MAX, parse_object
from .merkle import Heads
from .report import PROBLEMS_MAX

CLOCK_SKEW = timedelta(days=1)
LEAF_FIELDS = {"at", "development", "digest", "id", "kind", "number", "story"}
STORY_KINDS = {"story_opened", "story_revised", "story_closed", "story_reopened"}
TEXT_KINDS = {"development_reported", "development_corrected"}
DEVELOPMENT_KINDS = TEXT_KINDS | {
    *("development_held", "development_released", "development_retracted"),
    *("development_pinned", "development_unpinned", "event_redacted", "overdue"),
}
BACKED = {"withheld": "development_held", "retracted": "development_retracted", "redacted": "event_redacted"}
"""Why a body is not shown, and the kind of the leaf that must say so."""
NOT_BACKED = {"superseded", "lost"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_CHARS_MAX = 64
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_ENTRY_ID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Leaves:
    """What must be known of all leaves: their hashes, the `stories` that they are of, and what they withdraw.

    `stories`   by story, the index of each of its leaves
    `withdrew`  by story and development, the kinds of the leaves that take its text back; "development_released" too,
                if it is no longer held
    `problems`  what is wrong with leaves
    """

    def __init__(self, latest: datetime) -> None:
        self.heads = Heads()
        self.stories: dict[str, array[int]] = {}
        self.withdrew: dict[tuple[str, str], set[str]] = {}
        self.problems: list[tuple[str, str]] = []
        self._latest = latest
        self._ids: set[bytes] = set()

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self.heads)

    def append(self, data: bytes) -> None:
        """Add a leaf."""
        index = len(self.heads)
        self.heads.add(sha256(b"\x00" + data).digest())
        leaf = parse_object(data) if len(data) <= LEAF_BYTES_MAX else {}
        message = leaf_problem(leaf, self._latest) or self._order_problem(leaf)
        if message is None:
            self._ids.add(_identity(leaf))
            self.stories.setdefault(leaf["story"], array("Q")).append(index)
            self._note_withdrawal(leaf)
        elif len(self.problems) < PROBLEMS_MAX:
            self.problems.append((f"leaf {index}", message))

    def _order_problem(self, leaf: dict[str, Any]) -> str | None:
        before = self.stories.get(leaf["story"], ())
        in_order = leaf["number"] == len(before) + 1 and _identity(leaf) not in self._ids
        return None if in_order else "is not the next leaf of a story"

    def _note_withdrawal(self, leaf: dict[str, Any]) -> None:
        if leaf["kind"] in {"development_held", "development_released", "development_retracted", "event_redacted"}:
            kinds = self.withdrew.setdefault((leaf["story"], leaf["development"]), set())
            kinds.add(leaf["kind"])
            if leaf["kind"] == "development_held":
                kinds.discard("development_released")


def _identity(leaf: dict[str, Any]) -> bytes:
    """Return the bytes of a leaf's UUID."""
    return bytes.fromhex(str(leaf["id"]).removeprefix("urn:uuid:").replace("-", ""))


def leaf_problem(leaf: dict[str, Any], latest: datetime) -> str | None:
    """Return what is wrong with a leaf: a field that is missing, or not in its form; None if nothing is."""
    if not LEAF_FIELDS - {"development", "digest"} <= leaf.keys() <= LEAF_FIELDS:
        return "is not a leaf: its fields are not those of one"
    texts = {name: value for name, value in leaf.items() if name != "number"}
    if not all(isinstance(value, str) for value in texts.values()) or type(leaf["number"]) is not int:
        return "is not a leaf: a field has another type"
    kind, development = leaf["kind"], leaf.get("development")
    forms = {
        "story": is_slug(leaf["story"]),
        "number": leaf["number"] > 0,
        "id": _ENTRY_ID.fullmatch(leaf["id"]) is not None,
        "kind": kind in STORY_KINDS | DEVELOPMENT_KINDS,
        "development": (development is None) == (kind in STORY_KINDS) and (development is None or is_slug(development)),
        "digest": "digest" not in leaf or _DIGEST.fullmatch(leaf["digest"]) is not None,
    }
    wrong = next((name for name, right in forms.items() if not right), None)
    if wrong is not None:
        return f"is not a leaf: its {wrong} is not in the form of one"
    try:
        instant = datetime.fromisoformat(leaf["at"]) if _INSTANT.fullmatch(leaf["at"]) else None
    except ValueError:
        instant = None
    if instant is None:
        return "is not a leaf: its at is not an instant"
    return f"is dated in the future: {leaf['at']}" if instant > latest else None


def is_slug(text: str) -> bool:
    """Return True if `text` may be the name of a story or a development."""
    return len(text) <= _SLUG_CHARS_MAX and _SLUG.fullmatch(text) is not None

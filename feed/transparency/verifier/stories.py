"""The stories: each updates.jsonl against the leaves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from .encoding import canonical, parse_object
from .errors import LogError
from .files import Files
from .leaves import BACKED, LEAF_FIELDS, NOT_BACKED, TEXT_KINDS, Leaves
from .report import Report

LINE_BYTES_MAX = 16 * 2**20
LINE_FIELDS = LEAF_FIELDS | {"place", "body", "salt", "withdrawn"}
_SALT = re.compile(r"[0-9a-f]{32}")


@dataclass
class StoryCheck:
    """Checks that each line of updates.jsonl is its leaf, that none is missing, and that each body has its digest.

    `lost` gets the stories that have nothing left but leaves.
    """

    files: Files
    report: Report
    leaves: Leaves
    lost: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Check all stories."""
        self.report.stories = len(self.leaves.stories)
        for where, message in self.leaves.problems:
            self.report.add(where, message)
        for story, indexes in sorted(self.leaves.stories.items()):
            lost_before = self.report.withdrawn["lost"]
            try:
                self._check_story(story, indexes)
            except LogError as error:
                self.report.add(error.where, error.message)
            if self.report.withdrawn["lost"] - lost_before == len(indexes):
                self.lost.add(story)

    def _check_story(self, story: str, indexes: Sequence[int]) -> None:
        path = f"stories/{story}/updates.jsonl"
        data = self.files.read(path)
        redactions = Redactions()
        number = offset = 0
        while offset < len(data):
            number += 1
            where = f"{path}:{number}"
            self.files.budget.seconds_left(where)
            end = data.find(b"\n", offset)
            if end < 0:
                raise LogError(where, "does not end with a line feed")
            if number > len(indexes):
                raise LogError(where, "is not in the log")
            update = parse_object(data[offset:end]) if end - offset <= LINE_BYTES_MAX else {}
            offset = end + 1
            if self._is_leaf(where, update, indexes[number - 1]):
                self._check_body(where, update)
                redactions.add(where, update)
        if number < len(indexes):
            raise LogError(f"{path}:{number + 1}", f"is missing: leaf {indexes[number]} of the log")
        for where in redactions.unbacked():
            self.report.add(where, "its body is redacted, but no leaf says so")

    def _is_leaf(self, where: str, update: dict[str, Any], index: int) -> bool:
        """Return True if a line has the leaf `index`; otherwise report a problem."""
        leaf = canonical({name: update[name] for name in update.keys() & LEAF_FIELDS})
        if not update or not update.keys() <= LINE_FIELDS or not _has_line_types(update):
            self.report.add(where, "is not in the format of this file")
        elif update.get("place") != index or sha256(b"\x00" + leaf).digest() != self.leaves.heads.node(0, index):
            self.report.add(where, f"is not leaf {index} of the log")
        else:
            return True
        return False

    def _check_body(self, where: str, update: dict[str, Any]) -> None:
        """Check a body against its digest; or, if it is withdrawn, that a leaf backs that."""
        why = update.get("withdrawn")
        if why is None:
            digest = body_digest(update)
            if digest is None or digest != update.get("digest"):
                self.report.add(where, f"its body is not what was published as leaf {update['place']}")
            else:
                self.report.bodies += 1
            return
        kinds = self.leaves.withdrew.get((update["story"], str(update.get("development"))), set())
        if "salt" in update or (why != "superseded" and "body" in update) or why not in {*BACKED, *NOT_BACKED}:
            self.report.add(where, "says that its body is withdrawn, but shows it")
        elif why in BACKED and (update["kind"] not in TEXT_KINDS or BACKED[why] not in kinds):
            self.report.add(where, f"its body is {why}, but no leaf says so")
        else:
            self.report.withdrawn[why] += 1
            if why in NOT_BACKED or (why == "withheld" and "development_released" in kinds):
                self.report.unchecked += 1


class Redactions:
    """What the lines of a story redact, and what they say is redacted."""

    def __init__(self) -> None:
        self._targets: dict[Any, set[str | None]] = {}
        self._corrections: set[str | None] = set()
        self._redacted: list[tuple[str, Any, str]] = []

    def add(self, where: str, update: dict[str, Any]) -> None:
        """Note what a line has to do with redactions."""
        development = update.get("development")
        if update["kind"] == "event_redacted":
            body = update.get("body")
            entry = body.get("redacts") if isinstance(body, dict) else None
            self._targets.setdefault(development, set()).add(entry if isinstance(entry, str) else None)
        if update["kind"] == "development_corrected":
            self._corrections.add(update["id"])
        if update.get("withdrawn") == "redacted" and update["kind"] in TEXT_KINDS:
            self._redacted.append((where, development, update["id"]))

    def unbacked(self) -> Iterator[str]:
        """Yield where a line is redacted that no redaction names. One that names a report takes its corrections too."""
        for where, development, entry in self._redacted:
            targets = self._targets.get(development, set())
            if targets and entry not in targets and targets <= self._corrections:
                yield where


def _has_line_types(update: dict[str, Any]) -> bool:
    """Return True if the fields that a line adds to its leaf are of their types."""
    return (
        type(update.get("place")) is int
        and isinstance(update.get("body", {}), dict)
        and isinstance(update.get("withdrawn", ""), str)
        and ("salt" not in update or (isinstance(update["salt"], str) and _SALT.fullmatch(update["salt"]) is not None))
    )


def body_digest(update: dict[str, Any]) -> str | None:
    """Return SHA-256(salt ‖ body) in hex; None if one of them is missing or malformed."""
    try:
        return sha256(bytes.fromhex(update["salt"]) + canonical(update["body"])).hexdigest()
    except (KeyError, TypeError, ValueError):
        return None

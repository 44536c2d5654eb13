"""Which feeds a WebSub hub is still to be told of, as the ledger keeps them: feed/README.md#websub. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from events.model.text import SLUG_PATTERN
from feed.checkpoint import HUB_PAUSE_S_MAX, NEVER
from feed.output.headers import kind_of

HUB_FACTS_NOTE: Final = "hub_facts"
"""The note of the feeds of facts that wait. A redaction deletes it, since their names may quote what it erases."""
FEEDS_MAX: Final = 10_000
SECOND_US: Final = 1_000_000
RETRY_S: Final = 60
"""The pause before a run tells of what the publication itself could not: it was killed, or had no time left."""
FAILURES_MAX: Final = 99
_NUMBER = "([0-9]{1,18})"
_QUEUE = re.compile(rf"(?:{NEVER}|{_NUMBER})\n{_NUMBER}\n([0-9]{{1,2}})(?:\n(.*))?", re.DOTALL)
_SLUG = SLUG_PATTERN.strip("^$")
_LINE = re.compile(rf"{_NUMBER} ((?:stories/{_SLUG}/(?:facts/)?)?[a-z0-9][a-z0-9._-]*)")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a hub answered.

    acknowledged: the feeds that are done, each with when it was queued
    why: why others are not; "" if all are
    reached: whether the hub is there: it took a feed, or refused one
    complete: whether it answered for every feed
    """

    acknowledged: Mapping[str, int]
    why: str = ""
    reached: bool = True
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HubQueue:
    """The feeds that wait, and when to tell the hub of them. Instants are microseconds since 1970.

    published_us: the last publication
    feeds: when each feed was queued, by its path
    due_us: when a run tells the hub, if no publication has done it before; None if nothing waits
    failures: how often in a row the hub was not there; until `due_us`, publications do not try it
    """

    published_us: int
    feeds: Mapping[str, int] = field(default_factory=dict)
    due_us: int | None = None
    failures: int = 0

    def is_due(self, now_us: int) -> bool:
        """Return True if a run is to tell the hub. An instant beyond any pause was set by a clock that was wrong."""
        return self.due_us is not None and not now_us < self.due_us <= now_us + HUB_PAUSE_S_MAX * SECOND_US

    def is_ready(self, now_us: int) -> bool:
        """Return True if a publication is to tell the hub."""
        return bool(self.feeds) and (self.failures == 0 or self.is_due(now_us))

    def after_publication(self, now_us: int, paths: Iterable[str]) -> "HubQueue":
        """Return the queue after a publication that changed the feeds at `paths`. If too many wait, the oldest go."""
        changed = dict.fromkeys(paths, now_us)
        feeds = {path: at for path, at in self.feeds.items() if path not in changed} | changed
        due_us = now_us + RETRY_S * SECOND_US
        if self.due_us is not None:
            due_us = self.due_us if self.failures else min(due_us, self.due_us)
        return replace(
            self,
            published_us=now_us,
            feeds=dict(list(feeds.items())[-FEEDS_MAX:]),
            due_us=due_us if feeds else None,
            failures=self.failures if feeds else 0,
        )

    def after_call(self, now_us: int) -> "HubQueue":
        """Return the queue while the hub is being told: no other run begins that too."""
        return replace(self, due_us=now_us + RETRY_S * SECOND_US)

    def after_answers(self, now_us: int, answers: Answers) -> "HubQueue":
        """Return the queue after the hub was told. What was queued again meanwhile stays."""
        feeds = {path: at for path, at in self.feeds.items() if answers.acknowledged.get(path) != at}
        if not feeds:
            return replace(self, feeds={}, due_us=None, failures=0)
        failures = 0 if answers.reached else min(self.failures + 1, FAILURES_MAX)
        pause_s = HUB_PAUSE_S_MAX if answers.reached and answers.complete else RETRY_S << max(failures - 1, 0)
        due_us = now_us + min(pause_s, HUB_PAUSE_S_MAX) * SECOND_US
        return replace(self, feeds=feeds, due_us=due_us, failures=failures)

    def texts(self) -> tuple[str, str]:
        """Return the texts of the two notes."""
        head = [str(self.due_us or NEVER), str(self.published_us), str(self.failures)]
        lines = {path: f"{at} {path}" for path, at in self.feeds.items()}
        others = [line for path, line in lines.items() if not _is_of_fact(path)]
        return "\n".join([*head, *others]), "\n".join(line for path, line in lines.items() if _is_of_fact(path))


def parse_queue(text: str, facts: str) -> HubQueue | None:
    """Return the queue in the texts of the two notes; None if they are not ours."""
    match = _QUEUE.fullmatch(text)
    if match is None:
        return None
    lines = [line for part in (match[4], facts) if part for line in part.split("\n")]
    pairs = [(line[2], int(line[1])) for line in map(_LINE.fullmatch, lines) if line is not None and is_feed(line[2])]
    if len(pairs) < len(lines) or len(pairs) > FEEDS_MAX:
        return None
    due_us = None if match[1] is None else int(match[1])
    return HubQueue(published_us=int(match[2]), feeds=dict(pairs), due_us=due_us, failures=int(match[3]))


def is_feed(path: str) -> bool:
    """Return True if a file of the output is a feed that names the hub."""
    kind = kind_of(path)
    return kind is not None and kind.is_topic


def story_of(path: str) -> str | None:
    """Return the story of a feed; None if it is over all stories."""
    return path.split("/")[1] if "/" in path else None


def _is_of_fact(path: str) -> bool:
    return "/facts/" in path

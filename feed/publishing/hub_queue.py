"""Which feeds a WebSub hub is still to be told of, as the ledger keeps them: feed/README.md#websub. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from events.model.text import SLUG_PATTERN
from feed.checkpoint import NEVER, RETRY_PAUSE_S_MAX
from feed.output.headers import kind_of
from feed.publishing.retries import FAILURES_MAX, RETRY_S, SECOND_US, is_pause, retry_us

HUB_FACTS_NOTE: Final = "hub_facts"
"""The note of the feeds of facts that wait. A redaction deletes it, since their names may quote what it erases."""
FEEDS_MAX: Final = 10_000
_NUMBER = "([0-9]{1,18})"
_QUEUE = rf"(?s:(?:{NEVER}|{_NUMBER})\n{_NUMBER}\n([0-9]{{1,2}})(?:\n(.*))?)"
_SLUG = SLUG_PATTERN.strip("^$")
_LINE = rf"{_NUMBER} ((?:stories/{_SLUG}/(?:facts/)?)?[a-z0-9][a-z0-9._-]*)(?: (?P<until>[0-9]{{1,18}}))?"
_STORY_LINE = rf"stories/({_SLUG})/facts/"


class Answers(NamedTuple):
    """What a hub answered.

    acknowledged: the feeds that are done, each with when it was queued
    refusals: the feeds for which it answered something else
    unanswered: the feed that it was told of last, if no answer came
    why: why not all are acknowledged; "" if they are
    reached: whether the hub is there: it took a feed, or refused one
    """

    acknowledged: Mapping[str, int]
    refusals: Collection[str] = ()
    unanswered: str | None = None
    why: str = ""
    reached: bool = True


class HubQueue(NamedTuple):
    """The feeds that wait, and when to tell the hub of them. Instants are microseconds since 1970.

    published_us: the last publication
    feeds: when each feed was queued, by its path
    pauses: until when the hub is not told again of each feed that it refused
    fact_stories: the stories of which feeds of facts waited, if a redaction has deleted which
    due_us: when a run tells the hub, if no publication has done it before; None if nothing waits
    failures: how often in a row the hub was not there; until `due_us`, publications do not try it
    """

    published_us: int
    feeds: Mapping[str, int] = MappingProxyType({})
    pauses: Mapping[str, int] = MappingProxyType({})
    fact_stories: Collection[str] = ()
    due_us: int | None = None
    failures: int = 0

    def is_due(self, now_us: int) -> bool:
        """Return True if a run is to tell the hub. An instant beyond any pause was set by a clock that was wrong."""
        return self.due_us is not None and not is_pause(now_us, self.due_us)

    def is_ready(self, now_us: int) -> bool:
        """Return True if a publication is to tell the hub."""
        is_due = self.is_due(now_us)
        return bool(self.feeds) and (is_due or (self.failures == 0 and bool(self.feeds_at(now_us))))

    def feeds_at(self, now_us: int) -> dict[str, int]:
        """Return the feeds of which the hub is told at an instant: those that it has refused last of all."""
        last = {path: self.feeds[path] for path, until_us in self.pauses.items() if not is_pause(now_us, until_us)}
        return {path: at for path, at in self.feeds.items() if path not in self.pauses} | last

    def after_publication(self, now_us: int, paths: Iterable[str]) -> "HubQueue":
        """Return the queue after a publication that changed the feeds at `paths`. If too many wait, the oldest go."""
        changed = dict.fromkeys(paths, now_us)
        feeds = {path: at for path, at in self.feeds.items() if path not in changed} | changed
        queue = self._with(now_us, dict(list(feeds.items())[-FEEDS_MAX:]), self.pauses, failures=self.failures)
        if queue.due_us is not None and self.due_us is not None:
            queue = queue._replace(due_us=self.due_us if self.failures else min(queue.due_us, self.due_us))
        return queue._replace(published_us=now_us, fact_stories=())

    def after_call(self, now_us: int) -> "HubQueue":
        """Return the queue while the hub is being told: no other run begins that too."""
        return self._replace(due_us=now_us + RETRY_S * SECOND_US)

    def after_answers(self, now_us: int, answers: Answers) -> "HubQueue":
        """Return the queue after the hub was told. What was queued again meanwhile stays.

        What the hub did not take goes to the end, so that it keeps nothing else waiting.
        """
        left = {path: at for path, at in self.feeds.items() if answers.acknowledged.get(path) != at}
        feeds = {path: at for path, at in left.items() if path not in {answers.unanswered, *answers.refusals}}
        pauses = {path: until_us for path, until_us in self.pauses.items() if path not in answers.acknowledged}
        if answers.reached:
            pauses |= dict.fromkeys(answers.refusals, now_us + RETRY_PAUSE_S_MAX * SECOND_US)
        failures = 0 if answers.reached else min(self.failures + 1, FAILURES_MAX)
        return self._with(now_us, feeds | left, pauses, failures=failures)

    def _with(self, now_us: int, feeds: Mapping[str, int], pauses: Mapping[str, int], *, failures: int) -> "HubQueue":
        """Return the queue with these feeds, the pauses of those that are left, and when to tell the hub of them."""
        if not feeds:
            return self._replace(feeds={}, pauses={}, due_us=None, failures=0)
        pauses = {path: until_us for path, until_us in pauses.items() if path in feeds}
        due_us = retry_us(now_us, failures)
        if not failures and len(pauses) == len(feeds):
            due_us = max(due_us, min(pauses.values()))
        return self._replace(feeds=feeds, pauses=pauses, due_us=due_us, failures=failures)

    def texts(self) -> tuple[str, str]:
        """Return the texts of the two notes. The first names the stories of the second, which a redaction deletes."""
        head = [str(self.due_us or NEVER), str(self.published_us), str(self.failures)]
        lines = {path: " ".join([str(at), path, *self._pause_text(path)]) for path, at in self.feeds.items()}
        facts = [path for path in lines if _is_of_fact(path)]
        others = [line for path, line in lines.items() if not _is_of_fact(path)]
        stories = sorted({f"{path.rpartition('/')[0]}/" for path in facts})
        return "\n".join([*head, *others, *stories]), "\n".join(lines[path] for path in facts)

    def _pause_text(self, path: str) -> list[str]:
        return [str(self.pauses[path])] if path in self.pauses else []


def parse_queue(text: str, facts: str | None) -> HubQueue | None:
    """Return the queue in the texts of the two notes; None if they are not ours. A redaction leaves no `facts`."""
    match = re.fullmatch(_QUEUE, text)
    if match is None:
        return None
    lines = [line for part in (match[4], facts) if part for line in part.split("\n")]
    stories = [story[1] for story in (re.fullmatch(_STORY_LINE, line) for line in lines) if story is not None]
    feeds = [line for line in (re.fullmatch(_LINE, line) for line in lines) if line is not None and is_feed(line[2])]
    if len(feeds) + len(stories) < len(lines) or len(lines) > 2 * FEEDS_MAX:
        return None
    return HubQueue(
        published_us=int(match[2]),
        feeds={line[2]: int(line[1]) for line in feeds},
        pauses={line[2]: int(line["until"]) for line in feeds if line["until"] is not None},
        fact_stories=tuple(stories) if facts is None else (),
        due_us=None if match[1] is None else int(match[1]),
        failures=int(match[3]),
    )


def is_feed(path: str) -> bool:
    """Return True if a file of the output is a feed that names the hub."""
    kind = kind_of(path)
    return kind is not None and kind.is_topic


def story_of(path: str) -> str | None:
    """Return the story of a feed; None if it is over all stories."""
    return path.split("/")[1] if "/" in path else None


def _is_of_fact(path: str) -> bool:
    return "/facts/" in path

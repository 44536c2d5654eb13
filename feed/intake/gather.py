"""Reads a source: politely, with limits, and what is new of it becomes drafts. Nothing is recorded by itself.

A source is asked only for what has changed, and not before its server says so. One that fails is asked less and less
often, and one that is gone (410) never again.
"""

import shlex
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from events.errors import InvalidError, Problem
from events.model.edtf import format_instant, microseconds
from feed.fetch import Access, Answer, UnreachableError, fetch
from feed.intake.items import feeds_of, kind_of, read_items
from feed.intake.sources import EVERY_MIN, Settled, Source, Sources
from feed.reading.page_text import page_text

BYTES_MAX: Final = 5 * 1024 * 1024 // 2
SECONDS_MAX: Final = 6
"""To fetch it: to read it takes up to 4 s more."""
PAUSE_MAX: Final = timedelta(days=1)
"""Between two fetches of a source that fails."""
RETRY_AFTER_MAX: Final = timedelta(days=30)
_NO_PAUSE: Final = timedelta(0)
_HOW_TO_ALLOW: Final = "If this machine should read it: writethru source add URL --allow NETWORK"
_TOO_LARGE: Final = "Look for a feed of its newest items alone."
_WORDS: Final = {"feed": "feed", "page": "web page"}


class Visit(NamedTuple):
    """What came of reading a source.

    items: how many it has; None if it has not changed
    settled: what was made of them
    problem: why it could not be read
    may_recover: whether that may be otherwise another time
    feeds: the addresses of the feeds that a web page links
    """

    source: Source
    items: int | None = None
    settled: Settled = Settled(0, 0)
    problem: Problem | None = None
    may_recover: bool = False
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathering:
    """Reads sources.

    due_by: those that are due then are read
    now: when the next one is asked, which may be much later
    contact: where its owner learns who asks
    """

    sources: Sources
    due_by: datetime
    now: datetime
    contact: str

    def visit(self, source: Source) -> Visit:
        """Read a source that was claimed, settle what is new, and remember how it went."""
        access = Access(
            contact=self.contact,
            bytes_max=BYTES_MAX,
            seconds_max=SECONDS_MAX,
            allow=source.allow,
            how_to_allow=_HOW_TO_ALLOW,
            too_large=_TOO_LARGE,
        )
        try:
            answer = fetch(source.url, access, source.validators)
            match answer.status:
                case 200:
                    return self._read(source, answer)
                case 304:
                    self.sources.update(source, **self._success(source))
                    return Visit(source)
                case _:
                    return self._refused(source, answer)
        except InvalidError as error:
            return self._failed(source, error.problems[0], may_recover=isinstance(error, UnreachableError))

    def _read(self, source: Source, answer: Answer) -> Visit:
        """Settle what a server sends: the version that its validators name is now the one that was read."""
        digest = sha256(answer.body).hexdigest()
        values = self._success(source) | {"validators": answer.validators, "digest": digest}
        if digest == source.digest:
            self.sources.update(source, **values)
            return Visit(source)
        kind = kind_of(answer.body, answer.media_type)
        if not kind:
            raise InvalidError(_problem(source, "it is neither a feed nor a web page.", "Look at it in a browser."))
        if source.kind not in {"", kind}:
            message = f"it was a {_WORDS[source.kind]}, and now it is a {_WORDS[kind]}."
            raise InvalidError(_problem(source, message, "Look at it in a browser."))
        if kind == "page":
            page = page_text(answer.body, name=source.url)
            settled = self.sources.settle_page(source, page, self.now, **values, kind=kind, title=page.title)
            feeds = tuple(feeds_of(answer.body, url=answer.address))
            return Visit(replace(source, kind=kind, title=page.title), 0, settled, feeds=feeds)
        feed = read_items(answer.body, url=source.url)
        settled = self.sources.settle(source, feed.items, self.now, **values, kind=kind, title=feed.title)
        return Visit(replace(source, kind=kind, title=feed.title), len(feed.items), settled)

    def _refused(self, source: Source, answer: Answer) -> Visit:
        """Remember that a server refuses, and for how long it asks to be left alone."""
        if answer.status == 410:
            message = "the server says that it is gone for good (410), so it is not asked again."
            problem = _problem(source, message, f"To forget it: writethru source remove {shlex.quote(source.url)}")
            return self._failed(source, problem, is_gone=True)
        pause, remedy = _retry_after(answer.headers.get("Retry-After", ""), self.now), "Check the address in a browser."
        if pause:
            remedy = f"It asks to be left alone until {format_instant(self.now + pause)}, and is."
        problem = _problem(source, f"the server answers {answer.status}.", remedy)
        return self._failed(source, problem, pause=pause, may_recover=answer.status == 429 or answer.status >= 500)

    def _success(self, source: Source) -> dict[str, Any]:
        due_us = microseconds(max(self.due_by + timedelta(seconds=source.every_s), self.now + EVERY_MIN))
        return {"due_us": due_us, "fetched_us": microseconds(self.now), "failures": 0, "fault": ""}

    def _failed(
        self,
        source: Source,
        problem: Problem,
        *,
        pause: timedelta = _NO_PAUSE,
        is_gone: bool = False,
        may_recover: bool = False,
    ) -> Visit:
        """Remember what is wrong. The time to the next fetch doubles with each failure in a row."""
        every = timedelta(seconds=source.every_s)
        longer = max(every, min(every * 2 ** min(source.failures, 10), PAUSE_MAX))
        next_at = self.now + max(longer, pause)
        if may_recover and not pause:
            problem = problem._replace(
                remedy=f"It is asked again after {format_instant(next_at.replace(microsecond=0))}."
            )
        self.sources.update(
            source,
            due_us=microseconds(next_at),
            fetched_us=microseconds(self.now),
            failures=source.failures + 1,
            fault=problem.message,
            is_gone=is_gone,
        )
        return Visit(source, problem=problem, may_recover=may_recover)


def _problem(source: Source, message: str, remedy: str) -> Problem:
    return Problem(where=source.url, check="source", message=message, remedy=remedy)


def _retry_after(text: str, now: datetime) -> timedelta:
    """Return how long a server asks to be left alone: it says seconds, or a date (RFC 9110, section 10.2.3)."""
    try:
        pause = timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text) - now
    except OverflowError:
        return RETRY_AFTER_MAX
    except (TypeError, ValueError):
        return _NO_PAUSE
    return max(_NO_PAUSE, min(pause, RETRY_AFTER_MAX))

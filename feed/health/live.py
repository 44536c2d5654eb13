"""Compares what is served at an address with this ledger: feed/README.md#live."""

import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Thread
from typing import Final

from events.errors import Problem, UnknownStoryError
from events.projections.overviews import story_names
from events.store.base import Reading
from feed.calendars import CALENDAR
from feed.checkpoint import CHECKPOINT_NOTE
from feed.config import location_of
from feed.health.answers import Answer, answer_problems, is_poll, poll_problem
from feed.health.waiting import waiting
from feed.health.web import Web
from feed.output.tree import Tree
from feed.paths import CONFIG_NAME, LOG_CHECKPOINT_NAME
from feed.publishing.remembered import Remembered
from feed.publishing.render import SITE_FILES
from feed.site import Site
from feed.transparency.log import PublicLog
from feed.transparency.note import note_head
from feed.transparency.verifier.errors import leaf_count

STORIES_MAX: Final = 20
"""How many stories are compared, those that changed last."""
SECONDS_MAX, IDLE_SECONDS_MAX = 60.0, 10.0
MORE_BYTES: Final = 64 * 1024
"""How much more than expected is read of a file."""
TRIES: Final = 3
LIFETIME_SHARE: Final = 0.1
"""Of the time for which a certificate is valid: it should have been renewed before so little is left."""
COPYING: Final = "Look what brings the output there: the web server, its cache, the copying."
STALE: Final = f"{COPYING} To make it again: writethru rebuild"
PUBLISH: Final = "See what stops it: writethru publish; writethru doctor"


def live_problems(site: Site, url: str, story: str | None = None) -> tuple[Problem, ...]:
    """Return how what is served at `url` differs from the ledger: of the newest stories, or of one.

    If something is published meanwhile, it looks again, as long as there is time.
    """
    until = time.monotonic() + SECONDS_MAX
    problems: tuple[Problem, ...] = ()
    for _ in range(TRIES):
        with site.ledger() as ledger, ledger.store.reading() as reading:
            checkpoint = reading.note(CHECKPOINT_NOTE)
            waits = tuple(_waiting_problems(reading, site, ledger.clock()))
            paths = tuple(_paths(reading, site, story))
        served = _collect_until(until, url, _served_problems(site, url, paths))
        problems = tuple(_grouped([*waits, *served]))
        if not problems or time.monotonic() >= until or _checkpoint(site) == checkpoint:
            break
    return problems


def _checkpoint(site: Site) -> str | None:
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return reading.note(CHECKPOINT_NOTE)


def _collect_until(until: float, url: str, problems: Iterator[Problem]) -> list[Problem]:
    """Return the problems that are found in time, by a thread: nothing else leaves a slow server, or name server."""
    collected: list[Problem] = []
    future: Future[None] = Future()

    def collect() -> None:
        try:
            collected.extend(problems)
            future.set_result(None)
        except Exception as error:  # noqa: BLE001 - the caller raises it
            future.set_exception(error)

    Thread(target=collect, daemon=True).start()
    try:
        future.result(max(until - time.monotonic(), 0))
    except TimeoutError:
        return [*collected, _unreachable(url, f"the server took more than {SECONDS_MAX:g} s")]
    return collected


def _served_problems(site: Site, url: str, paths: Iterable[str]) -> Iterator[Problem]:
    """Yield what is wrong with what is served. No request is made while the ledger is open: a server may be slow."""
    try:
        with Web(url, idle_seconds=IDLE_SECONDS_MAX) as web:
            live = _Live(site, web, url)
            yield from live.checkpoint_problems()
            yield from live.file_problems(paths)
        yield from _address_problems(site, url)
    except ssl.SSLCertVerificationError as error:
        message, remedy = f"{error.verify_message}.", "Renew it, with its whole chain."
        yield Problem(where=url, check="certificate", message=message, remedy=remedy)
    except (OSError, ValueError) as error:
        yield _unreachable(url, str(error))


def _unreachable(url: str, reason: str) -> Problem:
    remedy = "Is the web server running, and is this its address?"
    return Problem(where=url, check="unreachable", message=f"it cannot be read: {reason}.", remedy=remedy)


def _paths(reading: Reading, site: Site, story: str | None) -> Iterator[str]:
    """Yield the paths of the files that are compared."""
    if story is not None and story not in (stories := story_names(reading)):
        raise UnknownStoryError(story, stories=stories)
    remembered, tree = Remembered(reading, site.config.site.base_url, sound_only=True), Tree(site.root)
    stories = [story] if story else [line.story for line in remembered.lines(newest=STORIES_MAX)]
    if story is None:
        yield LOG_CHECKPOINT_NAME
        yield from (path for path in SITE_FILES if path != CALENDAR or tree.read(path, most=1) is not None)
        yield from remembered.assets()
    for name in stories:
        folder = f"stories/{name}/"
        yield from (f"{folder}{path}" for path in tree.files(folder) if "/" not in path)


@dataclass(frozen=True, slots=True)
class _Live:
    """What is served of a site."""

    site: Site
    web: Web
    url: str

    def checkpoint_problems(self) -> Iterator[Problem]:
        """Yield what the served checkpoint says against the ledger, and what is wrong with the certificate."""
        answer = self.web.request(LOG_CHECKPOINT_NAME, most=MORE_BYTES)
        yield from _certificate_problems(self.web, self.url)
        try:
            head = note_head(answer.body.decode()) if answer.status == 200 else None
        except ValueError:
            head = None
        if head is None:
            return  # the comparison of bytes reports it
        message = remedy = ""
        with self.site.ledger() as ledger, ledger.store.reading() as reading:
            log = PublicLog(reading, "")
            size, root = log.size, log.head(min(head.size, log.size)).root
        if head.size > size:
            message = f"the served log has {leaf_count(head.size)}, this ledger's only {size}: it is an older copy."
            remedy = "Continue after what was published: writethru publish --after-restore"
        elif root != head.root:
            message = "another log is served than that of this ledger."
            remedy = "Is this the address of another newsroom? Otherwise restore the ledger that published it."
        elif head.size < size and not self._is_cached(answer, LOG_CHECKPOINT_NAME):
            message = f"the served log has only {head.size} of {leaf_count(size)}: an older copy is served."
            remedy = COPYING
        if message:
            yield Problem(where=LOG_CHECKPOINT_NAME, check="checkpoint", message=message, remedy=remedy)

    def file_problems(self, paths: Iterable[str]) -> Iterator[Problem]:
        """Yield the problems of each file."""
        tree = Tree(self.site.root)
        for path in paths:
            expected = tree.read(path)
            if expected is None:
                remedy = "Publish it again: writethru rebuild"
                yield Problem(where=path, check="output", message="the output here lacks this file.", remedy=remedy)
                continue
            address = path.removesuffix("index.html")
            ask = partial(self.web.request, address, most=len(expected) + MORE_BYTES)
            answer = ask()
            yield from answer_problems(path, answer)
            if answer.status != 200:
                continue
            if answer.body != expected and not self._is_cached(answer, path):
                message, remedy = "other bytes are served than this ledger published.", STALE
                yield Problem(where=path, check="bytes", message=message, remedy=remedy)
            if is_poll(path):
                yield from poll_problem(path, answer, ask)

    def _is_cached(self, answer: Answer, path: str) -> bool:
        """Return True if a cache answered that may not know yet what was published a moment ago (RFC 9111)."""
        age, lifetime = answer.age, answer.lifetime
        if age is None or lifetime is None or age > lifetime:
            return False
        return (self.site.root / path).stat().st_ctime > time.time() - age - 1


def _waiting_problems(reading: Reading, site: Site, now: datetime) -> Iterator[Problem]:
    state = waiting(reading, site.config.site.base_url, now)
    for story in state.failed:
        yield Problem(where=story, check="waiting", message="it could not be published.", remedy=PUBLISH)
    if state.is_late(now) and not state.failed:
        message = "what has been due for more than five minutes is not published."
        yield Problem(where="", check="waiting", message=message, remedy=PUBLISH)


def _certificate_problems(web: Web, url: str) -> Iterator[Problem]:
    fields = web.certificate()
    if fields:
        begins, ends = (ssl.cert_time_to_seconds(fields[name]) for name in ("notBefore", "notAfter"))
        left = ends - time.time()
        if left < LIFETIME_SHARE * (ends - begins):
            message = f"the certificate ends in {left / 3600:,.0f} hours."
            yield Problem(where=url, check="certificate", message=message, remedy="Renew it: does its timer run?")


def _address_problems(site: Site, url: str) -> Iterator[Problem]:
    """Yield whether the address that every link names is another one, where this ledger's output is not."""
    base_url = site.config.site.base_url
    if base_url == url:
        return
    expected = Tree(site.root).read(LOG_CHECKPOINT_NAME)
    try:
        with Web(base_url, idle_seconds=IDLE_SECONDS_MAX) as web:
            answer = web.request(LOG_CHECKPOINT_NAME, most=MORE_BYTES)
        is_here = answer.status == 200 and answer.body == expected
    except (OSError, ValueError):
        is_here = False
    if not is_here:
        where = location_of(site.config_text, "site.base_url", CONFIG_NAME)
        message = f"every link leads to {base_url}, where this is not served."
        remedy = "Set it to the address that readers use. Entries keep their ids when it changes."
        yield Problem(where=where, check="address", message=message, remedy=remedy)


def _grouped(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield one problem for all files that have the same."""
    first: dict[tuple[str, str], tuple[Problem, int]] = {}
    for problem in problems:
        key = problem.check, problem.message
        one, count = first.get(key, (problem, 0))
        first[key] = one, count + 1
    for problem, count in first.values():
        yield problem if count == 1 else problem._replace(where=f"{problem.where} and {count - 1} more")

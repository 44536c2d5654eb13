"""Lets a WebSub hub know which feeds have changed, once a publication has ended: feed/README.md#websub.

Imports little: the publication is over when it is called, but a process that publishes imports this before.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from events.errors import WritethruError
from events.model.edtf import microseconds
from feed.newsroom import Newsroom
from feed.publishing.hub_queue import HUB_FACTS_NOTE, Answers, HubQueue
from feed.publishing.remembered import Remembered, put_queue

if TYPE_CHECKING:
    from feed.health.hub_call import HubCall


def hub_queue(newsroom: Newsroom) -> HubQueue | None:
    """Return what waits for the hub; None if nothing was published since one is configured."""
    with newsroom.ledger() as ledger, ledger.store.reading() as reading:
        return Remembered(reading, newsroom.config.site.base_url, sound_only=True).hub_queue()


def begin_call(newsroom: Newsroom) -> "HubCall | None":
    """Begin to tell the hub of what waits; None if nothing does, or if it was not there a moment ago."""
    queue, now_us = hub_queue(newsroom), microseconds(newsroom.clock())
    if queue is None or not queue.is_ready(now_us):
        return None
    if queue.is_due(now_us):
        _change_queue(newsroom, lambda current: current.after_call(now_us))
    from feed.health.hub_call import HubCall  # noqa: PLC0415 - 30 ms, only if there is something to tell

    return HubCall(newsroom, newsroom.config.site.hub or "", queue)


def store_answers(newsroom: Newsroom, answers: Answers) -> None:
    """Store what is still to be told after a call. If a redaction has just cleared the queue, all of it is."""
    now_us = microseconds(newsroom.clock())
    _change_queue(newsroom, lambda current: current.after_answers(now_us, answers))


def _change_queue(newsroom: Newsroom, change: Callable[[HubQueue], HubQueue]) -> None:
    with newsroom.ledger() as ledger, ledger.store.writing() as writing:
        queue = Remembered(writing, newsroom.config.site.base_url, sound_only=True).hub_queue()
        if queue is not None and writing.note(HUB_FACTS_NOTE) is not None:
            put_queue(writing, change(queue))


class HubCalls:
    """The calls of one process to the hub of its newsroom, one at a time. What fails is a warning and a metric."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._why = ""
        self._call: HubCall | None = None
        self._newsroom: Newsroom | None = None
        self._is_wanted = False

    def begin(self, newsroom: Newsroom) -> None:
        """Begin to tell the hub of what waits, after the call that is under way."""
        if newsroom.config.site.hub is not None:
            self._newsroom, self._is_wanted = newsroom, True
            self.settle()

    def settle(self, *, wait_s: float = 0) -> None:
        """Store the answers of a call that is over, or ends within `wait_s`, and begin the next."""
        while self._newsroom is not None and (self._is_wanted or self._call is not None):
            if self._call is not None and not self._call.wait(wait_s):
                return
            try:
                self._go_on(self._newsroom)
            except WritethruError as error:
                self._fail(str(error))
            except OSError as error:
                from feed.health.finding import os_error_words  # noqa: PLC0415 - each publication imports this module

                self._fail(os_error_words(error))

    def _fail(self, why: str) -> None:
        self._call = None
        self._warn_once(why.removesuffix("."))

    def _go_on(self, newsroom: Newsroom) -> None:
        """End one call, or begin one."""
        is_failure = False
        if self._call is not None:
            answers, self._call = self._call.answers(), None
            is_failure = answers.why != ""
            store_answers(newsroom, answers)
            self._warn_once(answers.why)
        elif self._is_wanted:
            self._is_wanted = False
            self._call = begin_call(newsroom)
            if self._call is not None:
                return
        queue = hub_queue(newsroom)
        if queue is None or not queue.feeds:
            self._why = ""
        if newsroom.config.metrics.file is not None:
            from feed.health.metrics import write_hub_metrics  # noqa: PLC0415 - most newsrooms have none

            write_hub_metrics(newsroom, feeds=0 if queue is None else len(queue.feeds), is_failure=is_failure)

    def _warn_once(self, why: str) -> None:
        if why not in {"", self._why}:
            self._warn(f"hub: {why}.\n  Publishing succeeded, and a later run tells the hub. See: writethru doctor")
            self._why = why

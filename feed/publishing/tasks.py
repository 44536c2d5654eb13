"""What a publication computes of one story: its public sequence, and its files.

Pure, except `Runner`: it has this done by worker processes if there are many stories.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeVar

from events.model.rows import Row
from events.store.base import Reading
from feed.config import Config
from feed.publishing.attempts import Failure, attempt
from feed.publishing.plan import StorySequence, StoryUpdates
from feed.publishing.render import RenderedStory, render_story
from feed.publishing.sequences import GrowingSequence
from feed.publishing.unchanged import PublishedPages
from feed.transparency.leaves import StoryLog
from feed.transparency.verifier.keys import Head

if TYPE_CHECKING:
    from feed.publishing.workers import Workers

STORIES_MIN: Final = 32
"""For fewer stories, starting workers takes longer than they save."""
PROCESSES_MAX: Final = 8
"""More would wait for the process that writes."""
Task = TypeVar("Task")
Result = TypeVar("Result")


class StoryRows(NamedTuple):
    """The events of a story, as they are stored."""

    story: str
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, reading: Reading, story: str) -> Self:
        """Return those of `story`."""
        return cls(story, tuple(reading.rows(story)))


class StoryTask(NamedTuple):
    """What the files of a story are made of.

    source: its public sequence, or the rows that it is computed from
    leaves: its leaves in the public log, (index, text) each
    head: returns the head of the log at the size with one of those leaves; None if the log is not signed
    published: what the previous publication wrote of it
    """

    source: StorySequence | StoryRows
    leaves: tuple[tuple[int, str], ...]
    head: Callable[[int], Head] | None
    published: PublishedPages


class StoryOutput(NamedTuple):
    """What is to be written of a story: `rendered`, None if nothing of it is public.

    updated_at: when it last had news, or otherwise changed in public
    next_at: when time alone changes it next
    """

    rendered: RenderedStory | None
    updated_at: datetime | None
    next_at: datetime | None


class Computation(NamedTuple):
    """What all stories of a publication have in common: the configuration, and the instant up to which it goes."""

    config: Config
    now: datetime

    def sequence(self, story: StoryRows) -> StorySequence:
        """Return the public sequence of a story."""
        return GrowingSequence(story.story, story.rows, config=self.config, now=self.now).sequence

    def updates(self, story: StoryRows) -> StoryUpdates:
        """Return the updates of a story without its sequence, which is large. They need no effects."""
        sequence = GrowingSequence(story.story, story.rows, config=self.config, now=self.now, effects=False).sequence
        return StoryUpdates(sequence.updates, sequence.withdrawn_at)

    def output(self, task: StoryTask) -> StoryOutput:
        """Return what is to be written of a story."""
        sequence = task.source if isinstance(task.source, StorySequence) else self.sequence(task.source)
        public = sequence.public
        if public.state is None:
            return StoryOutput(rendered=None, updated_at=None, next_at=public.next_at)
        log = StoryLog(updates=sequence.updates, leaves=task.leaves, head=task.head)
        rendered = render_story(self.config, public, log, published=task.published, entries=sequence.entries)
        return StoryOutput(rendered=rendered, updated_at=rendered.news_at, next_at=public.next_at)


class Runner:
    """Has what many stories need computed by worker processes, as many as there are processors."""

    def __init__(self) -> None:
        self._count = min(_processors(), PROCESSES_MAX)
        self._workers: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers is not None:
            self._workers.close()

    def takes(self, stories: int) -> bool:
        """Return True if workers are faster for so many `stories`."""
        return stories >= STORIES_MIN and self._count > 1

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task | Failure], *, remote: bool
    ) -> Iterator[Result | Failure]:
        """Return the result of each task, in order: of a `remote` worker, or of this process.

        A task that has failed already stays as it is.
        """
        workers = self._started() if remote else None
        if workers is not None:
            return workers.map(function, tasks)
        return (task if isinstance(task, Failure) else attempt(function, task) for task in tasks)

    def _started(self) -> "Workers | None":
        """Return the workers; None if they cannot be started, such as if there are too many processes."""
        from feed.publishing.workers import Workers  # noqa: PLC0415 - only for many stories

        with suppress(OSError):
            self._workers = self._workers or Workers(self._count)
        return self._workers


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

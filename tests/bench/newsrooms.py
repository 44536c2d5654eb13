"""The corpora and newsrooms of a run. Each is made when it is first needed, and never timed."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from feed.paths import CACHE_NAME
from tests.bench import corpus, ours
from tests.bench.measure import RunError, Sample, Step, progress, run

PEER = Path(__file__).with_name("peer_feedgen.py")


NEW_HEADLINE = "The bridge is open again"


@dataclass
class Bench:
    """The folder of one run. What cannot be made is tried once; later calls raise the same error."""

    folder: Path
    small: int
    runs: int
    failures: dict[Path, RunError] = field(default_factory=dict)
    imports: dict[int, Sample] = field(default_factory=dict)
    """The time and memory of importing a corpus, by its size."""

    @property
    def large(self) -> int:
        return 10 * self.small

    @property
    def huge(self) -> int:
        return 10 * self.large

    def corpus(self, updates: int) -> Path:
        path = self.folder / f"{updates}.jsonl"
        if not path.exists():
            progress(f"corpus of {updates:,}")
            stories = updates // corpus.UPDATES_PER_STORY
            # In a process of its own: the memory of this one shows in each process that it measures (ru_maxrss).
            run([sys.executable, "-m", "tests.bench.corpus", str(stories), path])
        return path

    def imported(self, updates: int) -> Path:
        """Return the path of a newsroom with everything recorded and nothing published. Copy it before you publish."""
        return self.folder / f"imported-{updates}"

    def published(self, updates: int) -> Path:
        """Return the path of a newsroom with everything published."""
        return self.folder / f"published-{updates}"

    def make_imported(self, updates: int) -> None:
        def make(newsroom: Path) -> None:
            progress(f"import of {updates:,}")
            self.imports[updates] = ours.import_corpus(newsroom, self.corpus(updates))

        self._once(self.imported(updates), make)

    def make_published(self, updates: int) -> None:
        def make(newsroom: Path) -> None:
            self.make_imported(updates)
            shutil.copytree(self.imported(updates), newsroom)
            progress(f"first publish of {updates:,}")
            run(ours.publish(newsroom))

        self._once(self.published(updates), make)

    def make_unpublished_copy(self, updates: int, copy: Path) -> None:
        self.make_imported(updates)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.imported(updates), copy)

    def add_event(self, updates: int) -> None:
        """Record one more event in the published newsroom, in a story from the middle of the corpus."""
        self.make_published(updates)
        ours.report(self.published(updates), middle_story(updates), NEW_HEADLINE)

    def shows_new_event(self, updates: int) -> bool:
        """Return True if the event was published: otherwise a publish that does nothing would be fast."""
        return ours.feed_shows(self.published(updates), middle_story(updates), NEW_HEADLINE)

    def rebuild(self, updates: int) -> Step:
        """Return the peer's run over a whole corpus."""
        output = self.folder / f"peer-{updates}"
        return Step(f"script at {updates:,}", [sys.executable, PEER, self.corpus(updates), output])

    def long_story(self, updates: int) -> Path:
        """Return the path of a newsroom with one published story of that many updates."""
        return self.folder / f"story-{updates}"

    def make_long_story(self, updates: int) -> None:
        def make(newsroom: Path) -> None:
            lines = self.folder / f"story-{updates}.jsonl"
            run([sys.executable, "-m", "tests.bench.corpus", "1", lines, str(updates)])
            ours.import_corpus(newsroom, lines)
            progress(f"first publish of a story of {updates:,}")
            run(ours.publish(newsroom))

        self._once(self.long_story(updates), make)

    def add_to_long_story(self, updates: int, *, cached: bool = True) -> None:
        """Record one more event in a long story. Unless it is `cached`, the next run reads all of its events."""
        self.make_long_story(updates)
        if not cached:
            shutil.rmtree(self.long_story(updates) / CACHE_NAME, ignore_errors=True)
        ours.report(self.long_story(updates), corpus.slug(0), NEW_HEADLINE)

    def _once(self, newsroom: Path, make: Callable[[Path], None]) -> None:
        if newsroom in self.failures:
            raise self.failures[newsroom]
        if newsroom.exists():
            return
        try:
            make(newsroom)
        except RunError as error:
            shutil.rmtree(newsroom, ignore_errors=True)
            self.failures[newsroom] = error
            raise


def middle_story(updates: int) -> str:
    """Return the slug of a story from the middle of a corpus of this size."""
    return corpus.slug(updates // corpus.UPDATES_PER_STORY // 2)

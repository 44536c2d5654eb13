"""What a run needs on disk: corpora, and newsrooms made from them. Made when first asked for, never timed."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import corpus, ours
from tests.bench.measure import RunError, Step, progress, run

PEER = Path(__file__).with_name("peer_feedgen.py")


NEW_HEADLINE = "The bridge is open again"


@dataclass
class Bench:
    """One run's folder. What cannot be made is tried once; asking again gives the same error."""

    folder: Path
    small: int
    runs: int
    failures: dict[Path, RunError] = field(default_factory=dict)

    @property
    def large(self) -> int:
        return 10 * self.small

    def corpus(self, updates: int) -> Path:
        path = self.folder / f"{updates}.jsonl"
        if not path.exists():
            progress(f"corpus of {updates:,}")
            stories = updates // corpus.UPDATES_PER_STORY
            # A process of its own: the memory of this one would show in every process that it measures.
            run([sys.executable, "-m", "tests.bench.corpus", str(stories), path])
        return path

    def imported(self, updates: int) -> Path:
        """Name the newsroom with everything recorded and nothing published. It stays so: copy it."""
        return self.folder / f"imported-{updates}"

    def published(self, updates: int) -> Path:
        """Name the newsroom with everything published."""
        return self.folder / f"published-{updates}"

    def make_imported(self, updates: int) -> None:
        def make(newsroom: Path) -> None:
            progress(f"import of {updates:,}")
            ours.import_corpus(newsroom, self.corpus(updates))

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
        ours.report(self.published(updates), _middle_story(updates), NEW_HEADLINE)

    def shows_new_event(self, updates: int) -> bool:
        """Tell whether the event is out: a publish that does nothing is fast, too."""
        return ours.feed_shows(self.published(updates), _middle_story(updates), NEW_HEADLINE)

    def rebuild(self, updates: int) -> Step:
        """Give the peer's run over a whole corpus."""
        output = self.folder / f"peer-{updates}"
        return Step(f"script at {updates:,}", [sys.executable, PEER, self.corpus(updates), output])

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


def _middle_story(updates: int) -> str:
    return corpus.slug(updates // corpus.UPDATES_PER_STORY // 2)

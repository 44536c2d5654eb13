"""Writethru as it was at an older commit, from the repository's history: its commands, on a ledger that it made."""

import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.measure import ROOT, RunError, Step, progress, run
from tests.bench.newsrooms import Bench

COMMIT: Final = "b7eda7b"
"""The commit before the second round of work on speed."""
PYTHON = sys.executable
# As its commands did it, with as many searches for garbage as Python makes.
_REPLAY = """
import json, sys, time
from events.ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger:
    slugs = list(ledger.stories())
    list(ledger.events(slugs[0]))  # pydantic makes the models on first use
    start = time.perf_counter(), time.process_time()
    events = sum([ledger.story(slug).version for slug in slugs])
    seconds = time.perf_counter() - start[0], time.process_time() - start[1]
print(json.dumps({"events": events, "wall_s": seconds[0], "cpu_s": seconds[1]}))
"""


@dataclass(frozen=True)
class Older:
    """The commit, checked out into the folder of a run."""

    bench: Bench

    @property
    def root(self) -> Path:
        return self.bench.folder / COMMIT

    def replay(self, updates: int) -> Step:
        """Return the step that reads every event of a ledger back, and folds every story."""
        command: list[str | Path] = [PYTHON, "-c", _REPLAY, self._imported(updates)]
        return Step(COMMIT, command, partial(self._make_imported, updates), cwd=self.root)

    def first_build(self, updates: int) -> Step:
        """Return the step that publishes a ledger for the first time."""
        newsroom = self.bench.folder / f"first-{COMMIT}"

        def copy() -> None:
            self._make_imported(updates)
            shutil.rmtree(newsroom, ignore_errors=True)
            shutil.copytree(self._imported(updates), newsroom)

        return Step(COMMIT, self._command(newsroom, "publish"), copy, cwd=self.root)

    def _command(self, newsroom: Path, *words: str | Path) -> list[str | Path]:
        return [PYTHON, "-m", "feed", "-C", newsroom, *words]

    def _imported(self, updates: int) -> Path:
        return self.bench.folder / f"imported-{updates}-{COMMIT}"

    def _make_imported(self, updates: int) -> None:
        self._check_out()
        newsroom = self._imported(updates)
        if newsroom.exists():
            return
        progress(f"import of {updates:,} by {COMMIT}")
        run([PYTHON, "-m", "feed", "init", newsroom], cwd=self.root)
        run(self._command(newsroom, "import", self.bench.corpus(updates)), cwd=self.root)

    def _check_out(self) -> None:
        if self.root.exists():
            return
        archive = self.bench.folder / f"{COMMIT}.tar"
        made = subprocess.run(["git", "archive", "-o", archive, COMMIT], cwd=ROOT, check=False, capture_output=True)
        if made.returncode != 0:
            raise RunError(f"{COMMIT} is not in this repository")
        with tarfile.open(archive) as files:
            files.extractall(self.root, filter="data")

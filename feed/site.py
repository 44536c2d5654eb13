"""SHELL: a newsroom that publishes: its folder, lock, ledger and output tree, by the cron contract of 2.5."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from events.errors import BusyError, Problem, WritethruError
from events.ledger import Ledger, publishing_now
from events.system import Progress, ignore_progress
from feed.config import location_of
from feed.newsroom import Newsroom
from feed.output.tree import Tree, TreeFiles, differences, files_of
from feed.pages.share_image import check_drawing
from feed.pages.templating import check_templates
from feed.paths import CONFIG_NAME, TOKEN_NAME
from feed.publication import Publication
from feed.transparency.keys import Signer, load_key
from feed.transparency.log import Book
from feed.transparency.recover import published_keys_beyond, take_in_published

BESIDE: Final = ".verify-"
"""How the names of folders begin in which the output is built a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did: the paths that it wrote or removed, and the stories that failed, each with why."""

    changed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


class Site(Newsroom):
    """A newsroom that publishes. `Site.open(folder).publish()` is all that cron needs."""

    def __post_init__(self) -> None:
        """Read the configuration and the templates; InvalidError where one is wrong."""
        super().__post_init__()
        check_templates(self.templates)

    def publish(
        self,
        *,
        wait: bool = False,
        dry_run: bool = False,
        everything: bool = False,
        after_restore: bool = False,
        progress: Progress = ignore_progress,
    ) -> Published:
        """Publish what is due, or `everything` anew.

        BusyError where another run holds the lock, unless told to `wait`. With `dry_run` nothing is written, and what
        would be is told. `after_restore` takes in from the public log what the ledger has lost, and goes on after it.
        """
        if self.config.output.share_images:
            check_drawing()
        signer = self.signer()
        with self._lock(wait=wait), self.ledger() as ledger:
            if after_restore:
                everything = self._take_in(ledger, signer) or everything
            with ledger.store.reading() as reading:
                position = reading.head()  # before `now`: no event up to it bears a later instant
            now = self._now(ledger) if dry_run else ledger.advance_publication_time()
            tree = Tree(self.root, dry=dry_run)
            publication = Publication(self.config, self.settings, tree, now, position, signer, progress)
            with ledger.store.reading() as reading:
                pending = publication.plan(reading, everything=everything)
            with closing(pending):
                if (pending or publication.afresh) and not dry_run:
                    with ledger.store.writing() as writing:
                        publication.begin(writing, pending)
                with ledger.store.reading() as reading:
                    publication.run(reading, pending=pending if dry_run else ())
            if not dry_run:
                with ledger.store.writing() as writing:
                    publication.remember(writing)
        return Published(changed=tuple(tree.changed), failed=tuple(publication.failed))

    def signer(self) -> Signer | None:
        """Return the key that signs the public log, where one is configured; WritethruError where it cannot be had."""
        if self.config.log.key is None:
            return None
        place = self.folder / Path(self.config.log.key).expanduser()
        signer = load_key(place, newsroom=self.folder)
        if self.config.log.origin not in {None, signer.key.name}:
            raise WritethruError(
                Problem(
                    where=location_of(self.config_text, "log.origin", CONFIG_NAME),
                    check="key",
                    message=f"the key signs for {signer.key.name}, not for {self.config.log.origin}.",
                    remedy="A log has one origin for ever; another one needs a key of its own: writethru keygen",
                )
            )
        return signer

    def verify_rebuild(self, *, progress: Progress = ignore_progress) -> tuple[str, ...]:
        """Publish what is due, then build everything from nothing beside it, and give the paths that differ."""
        self.publish(wait=True)
        signer = self.signer()
        with self._lock(wait=True), self.ledger() as ledger:
            now = self._now(ledger)
            for left in self.folder.glob(f"{BESIDE}*"):
                shutil.rmtree(left)  # by one that was killed
            beside = Path(tempfile.mkdtemp(prefix=BESIDE, dir=self.folder))
            try:
                with ledger.store.reading() as reading:
                    publication = Publication(
                        self.config, self.settings, Tree(beside), now, reading.head(), signer, progress
                    )
                    with closing(publication.plan(reading, everything=True)) as pending:
                        publication.run(reading, pending=pending)
                return tuple(differences(self.root, beside, sorted(set(files_of(beside)) - {TOKEN_NAME})))
            finally:
                shutil.rmtree(beside)

    def output_problems(self, story: str | None = None) -> tuple[Problem, ...]:
        """Return what is wrong in the output as it lies there, of one `story` only where told. Waits for its turn."""
        from feed.output.check import OutputCheck  # noqa: PLC0415 - its parsers take long to import, and no other use them

        with self._lock(wait=True), self.ledger() as ledger:
            check = OutputCheck(TreeFiles(self.root), base_url=self.config.site.base_url, now=self._now(ledger))
            return tuple(check.problems(story))

    def _take_in(self, ledger: Ledger, signer: Signer | None) -> bool:
        """Take in what was published and the ledger lacks; tell whether there was anything."""
        with ledger.store.reading() as reading:
            book = Book(reading, self.config.log_origin if signer is None else signer.key.name)
            take_in_published(book, self.root)
            keys = published_keys_beyond(self.root, reading.log_keys())
            latest = book.changed_at(book.size)
        with ledger.store.writing() as writing:
            writing.add_leaves(book.added)
            for note in keys:
                writing.add_log_key(note)
        if book.added and latest is not None:
            ledger.restore_publication_time(latest)
        return bool(book.added)

    def _now(self, ledger: Ledger) -> datetime:
        with ledger.store.reading() as reading:
            return publishing_now(reading, self.clock())

    @contextmanager
    def _lock(self, *, wait: bool) -> Iterator[None]:
        # On the folder itself: no file to leave behind, and none that an editor could replace under the lock.
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            _take(descriptor, self.folder, wait=wait)
            yield
        finally:
            os.close(descriptor)


def _take(descriptor: int, folder: Path, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        problem = Problem(where=str(folder), check="lock", message="another publication is under way.")
        raise BusyError(problem) from None

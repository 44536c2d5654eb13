"""A newsroom that publishes: runs one publication at a time, under a lock (feed/README.md#the-cron-contract)."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from events.errors import BusyError, Problem, StoreError, WritethruError
from events.ledger import Ledger, ledger_time
from events.store.base import ERASING, ERASING_PICTURES, RESTORED
from events.system import Progress, ignore_progress
from feed.checkpoint import CHECKPOINT_NOTE
from feed.config import location_of
from feed.newsroom import Newsroom
from feed.output.tree import Tree, TreeFiles, differences, files_of
from feed.pages.share_image import check_drawing
from feed.pages.templating import check_templates
from feed.paths import CONFIG_NAME, TOKEN_NAME
from feed.publishing.leftovers import (
    VERIFY_PREFIX,
    is_disk_full,
    missing_picture,
    redacted_text_left,
    remove_verify_folders,
)
from feed.publishing.mirror_queue import tag_of
from feed.publishing.plan import Written
from feed.publishing.publication import Publication
from feed.publishing.residents import Residents
from feed.publishing.saved_sequences import SavedSequences
from feed.publishing.tasks import Runner
from feed.standby import Claim, this_host
from feed.transparency.keys import Signer, load_key
from feed.transparency.recover import LedgerLog

REBUILDS_MAX: Final = 3


class Published(NamedTuple):
    """What a publication did: the paths that it wrote or removed, and (story, why) of the stories that failed.

    `problems` say where redacted text may be left, and which pictures are missing.
    """

    changed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


class Site(Newsroom):
    """A newsroom that publishes. `Site.open(folder).publish()` is all that cron needs.

    In a process that publishes again and again, `residents` are the stories to go on from, and `claim` keeps other
    hosts from publishing.
    """

    residents: Residents | None = None
    claim: Claim | None = None

    def __post_init__(self) -> None:
        """Parse the configuration and check the templates; InvalidError if one is wrong."""
        super().__post_init__()
        check_templates(self.templates)

    def publish(
        self,
        *,
        wait: bool = False,
        dry_run: bool = False,
        everything: bool = False,
        after_restore: bool | str = False,
        ledger_is_newest: bool = False,
        progress: Progress = ignore_progress,
    ) -> Published:
        """Publish what is due, or `everything` from scratch, and return what changed.

        BusyError if another run holds the lock, unless `wait`, or if another host publishes this ledger. With
        `dry_run`, nothing is written; the result says what would be. ClockError if the clock is not explained,
        RefusedError if the ledger is ahead of it.

        StoreError if the ledger may be older than what was published and signed. With `after_restore` the leaves that
        it has lost are first added to its log: from the output, or from an address, folder or checkpoint that
        `after_restore` names. `ledger_is_newest` says that nothing newer was published.
        """
        if self.config.output.share_images:
            check_drawing()
        signer = self.signer()
        with self.publishing(wait=wait, dry=dry_run) as (ledger, check):
            ledger.publication_time()  # raises if the clock cannot be right, before anything is changed
            time.sleep(ledger.time().wait_s(self.clock()))
            everything |= self._check_log(ledger, signer, after_restore=after_restore, newest=ledger_is_newest)
            tag = None if self.config.mirror.url is None else tag_of
            tree = Tree(self.root, dry=dry_run, check=check, tag=tag)
            return self._publish_or_withdraw(ledger, tree, signer, everything=everything, progress=progress)

    def _publish_or_withdraw(
        self, ledger: Ledger, tree: Tree, signer: Signer | None, *, everything: bool, progress: Progress
    ) -> Published:
        """Publish under the lock. If the disk is full, remove what was taken back, and publish once more."""
        publish = partial(self._publish, ledger, tree, signer, everything=everything, progress=progress)
        try:
            written = publish()
        except (OSError, StoreError) as error:
            if tree.dry or not is_disk_full(error) or not self._withdraw(ledger, tree, signer):
                raise
            self.cache.clear()
            written = publish()  # there may be room now
        changed = tuple(dict.fromkeys(tree.changed))  # it starts over if a cache is damaged
        problems = (*map(missing_picture, written.missing), *self._left(ledger, dry=tree.dry))
        return Published(changed=changed, failed=written.failed, problems=problems)

    def _publish(
        self, ledger: Ledger, tree: Tree, signer: Signer | None, *, everything: bool, progress: Progress
    ) -> Written:
        """Publish under the lock, and return what was written."""
        position = ledger.head()  # before `now`: an event up to it with a later instant waits for that
        now = ledger.publication_time() if tree.dry else ledger.advance_publication_time()
        saved = SavedSequences(self.cache, self.config)
        sequences = self.residents or (None if everything or tree.dry else saved)
        with Runner() as runner:
            publication = self._publication(
                tree, now, position, signer, progress, runner, sequences, has_other_trees=self.has_other_hosts
            )
            with ledger.store.reading() as reading:
                if not tree.dry:
                    saved.begin(reading)
                plan = publication.plan(reading, everything=everything)
            if plan.behind is not None and not plan.stories and self.claim is None:
                # The tree shows everything. The checkpoint of another host's stays, or they would take turns.
                return Written(from_scratch=False, log_size=0)
            is_mirrored = self.config.mirror.url is not None and bool(plan.stories)
            if (plan.leaves or plan.from_scratch or is_mirrored) and not tree.dry:
                with ledger.store.writing() as writing:
                    publication.append_leaves(writing, plan)
            with ledger.store.reading() as reading:
                written = publication.write(reading, plan, appended=not tree.dry)
        if not tree.dry:
            with ledger.store.writing() as writing:
                publication.remember(writing, written)
            if saved.save(failed=dict(written.failed)):
                with ledger.store.reading() as reading:
                    self.cache.forget_redacted(reading)  # meanwhile
        return written

    @property
    def _publication(self) -> partial[Publication]:
        """What makes a publication of this newsroom: takes the tree, the instant, the position and more."""
        return partial(Publication, self.config, self.settings, media=self.media)

    def _withdraw(self, ledger: Ledger, tree: Tree, signer: Signer | None) -> bool:
        """Remove from the output what may show what was taken back, since the disk has no room for anything else."""
        now = ledger.publication_time()
        with ledger.store.reading() as reading, Runner() as runner:
            publication = self._publication(tree, now, reading.head(), signer, runner=runner)
            return publication.withdraw(publication.plan(reading))

    def _left(self, ledger: Ledger, *, dry: bool) -> tuple[Problem, ...]:
        """Remove what killed runs have left, and return where redacted text may be left."""
        if not dry:
            remove_verify_folders(self.folder)
        with ledger.store.reading() as reading:
            erasing, pictures = (reading.note(name) is not None for name in (ERASING, ERASING_PICTURES))
        if erasing and not dry:
            ledger.store.finish_erasing()
        if pictures and not dry:
            with suppress(OSError):
                ledger.erase_pictures()
        with ledger.store.reading() as reading:
            return tuple(redacted_text_left(ledger.store, reading, self.folder, self.config.output.folder, self.cache))

    def signer(self) -> Signer | None:
        """Return the key that signs the public log; None if none is configured. WritethruError if it cannot be read."""
        if self.config.log.key is None:
            return None
        signer = load_key(self.folder / Path(self.config.log.key).expanduser(), newsroom=self.folder)
        if self.config.log.origin not in {None, signer.key.name}:
            raise WritethruError(
                Problem(
                    where=location_of(self.config_text, "log.origin", CONFIG_NAME),
                    check="key",
                    message=f"the key signs for {signer.key.name}, not for {self.config.log.origin}.",
                    remedy="Set `origin` to the name of the key, or make another key: writethru keygen",
                )
            )
        return signer

    def verify_rebuild(self, *, progress: Progress = ignore_progress) -> tuple[str, ...]:
        """Publish what is due, build everything from scratch beside it, and return the paths that differ.

        Both are of one instant, so that others may record meanwhile. Only a redaction changes what was before it: then
        it starts again.
        """
        signer = self.signer()
        differing: tuple[str, ...] = ()
        with self.publishing(wait=True) as (ledger, check):
            self._check_log(ledger, signer, after_restore=False, newest=False)
            for _ in range(REBUILDS_MAX):
                tree = Tree(self.root, check=check)
                self._publish_or_withdraw(ledger, tree, signer, everything=False, progress=ignore_progress)
                differing, is_redacted = self._compare_rebuild(ledger, signer, progress)
                if not is_redacted:
                    break
        return differing

    def _compare_rebuild(
        self, ledger: Ledger, signer: Signer | None, progress: Progress
    ) -> tuple[tuple[str, ...], bool]:
        """Return the paths that differ from a rebuild as of the last publication, and whether it was redacted since."""
        beside = Path(tempfile.mkdtemp(prefix=VERIFY_PREFIX, dir=self.folder))
        try:
            with ledger.store.reading() as reading, Runner() as runner:
                now = ledger_time(reading).published_until or self.clock()
                publication = self._publication(Tree(beside), now, reading.head(), signer, progress, runner)
                publication.write(reading, publication.plan(reading, everything=True), appended=False)
                is_redacted = reading.note(CHECKPOINT_NOTE) is None
            return tuple(differences(self.root, beside, sorted(set(files_of(beside)) - {TOKEN_NAME}))), is_redacted
        finally:
            shutil.rmtree(beside)

    def output_problems(self, story: str | None = None) -> tuple[Problem, ...]:
        """Return the problems in the output files: of all of them, or of one `story`. Waits for the lock."""
        from feed.output.check import OutputCheck  # noqa: PLC0415 - its parsers take long to import, and are used here only

        with self.lock(wait=True), self.ledger() as ledger:
            now = self.clock()
            latest = max(now, ledger.reached() or now)  # another check reports a ledger that is ahead
            check = OutputCheck(TreeFiles(self.root), base_url=self.config.site.base_url, now=latest)
            return tuple(check.problems(story))

    def _check_log(self, ledger: Ledger, signer: Signer | None, *, after_restore: bool | str, newest: bool) -> bool:
        """Check that the ledger continues what was published, or let it. Return True if its log has got leaves."""
        if after_restore is not False or newest:
            source = after_restore if isinstance(after_restore, str) else None
            return self._continue_log(ledger, signer, source, newest=newest)
        with ledger.store.reading() as reading:
            log = LedgerLog.read(reading, self._origin(signer), signer)
            log.check(self.root, may_be_behind=self.has_other_hosts)
        return False

    def _continue_log(self, ledger: Ledger, signer: Signer | None, source: str | None, *, newest: bool) -> bool:
        """Let the ledger continue what was published. Return True if its log has got leaves for that."""
        with ledger.store.reading() as reading:
            state = LedgerLog.read(reading, self._origin(signer), signer)
            notes: list[str] = []
            if newest:
                state.check_newest(self.root)
            else:
                notes = state.recover(self.root, source, now=self.clock())
            latest = state.log.changed_at(state.log.size)
        with ledger.store.writing() as writing:
            writing.add_leaves(state.log.new_leaves)
            for note in notes or state.first_announcement():
                writing.add_log_key(note)
            writing.forget_note(RESTORED)
        if state.log.new_leaves and latest is not None:
            ledger.restore_publication_time(latest)
        return bool(state.log.new_leaves)

    def _origin(self, signer: Signer | None) -> str:
        return self.config.log_origin if signer is None else signer.key.name

    @contextmanager
    def publishing(self, *, wait: bool, dry: bool = False) -> Iterator[tuple[Ledger, Callable[[], object]]]:
        """Hold all locks of a publication. Yield the ledger, and what raises StoreError once they may be lost."""
        with ExitStack() as stack:
            stack.enter_context(self.lock(wait=wait))
            if self.has_other_hosts and not dry:  # they may have the same output
                self.root.mkdir(parents=True, exist_ok=True)
                stack.enter_context(_locked(self.root, wait=wait))
            store = None if self.claim is None else self.claim.store
            ledger = self.ledger_in(store) if store is not None else stack.enter_context(self.ledger())
            yield ledger, stack.enter_context(ledger.store.publishing(this_host(self.folder), wait=wait))

    @contextmanager
    def lock(self, *, wait: bool) -> Iterator[None]:
        """Hold the newsroom's lock; BusyError if another run holds it, unless `wait`."""
        with _locked(self.folder, wait=wait):
            yield


@contextmanager
def _locked(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock of a folder: a lock file would be left behind, or could be replaced while it is locked."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _acquire(descriptor, folder, wait=wait)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, folder: Path, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        problem = Problem(where=str(folder), check="lock", message="another publication is running.")
        raise BusyError(problem) from None

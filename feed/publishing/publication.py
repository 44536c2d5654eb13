"""One publication in four steps, each in a transaction of its own.

    plan = publication.plan(reading)              # which stories are due, and which leaves the public log lacks
    publication.append_leaves(writing, plan)      # committed before any file shows them: what is signed never changes
    written = publication.write(reading, plan)    # the log's files, then the stories', then the files over all stories
    publication.remember(writing, written)        # the caches, and last the publish checkpoint

So a run that is killed leaves no checkpoint for what it has not written (feed/README.md#order-of-writing).

Only stories with new events or passed instants are read. What the files over all stories need of the others is cached
in the store: a line for each story, and the newest entries over all of them.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.errors import CacheDamagedError
from events.media import MediaFolder
from events.store.base import FOLDERS, RESTORED, Line, Reading, Writing
from events.system import Progress, ignore_progress
from feed.calendars import CALENDAR, render_calendar, same_calendar
from feed.checkpoint import CHECKPOINT_NOTE, REPORTS_NOTE, format_checkpoint
from feed.config import Config
from feed.output.file import File
from feed.output.pictures import write_pictures
from feed.output.tree import Tree
from feed.paths import TOKEN_NAME
from feed.publishing import remembered
from feed.publishing.attempts import Failure, attempt
from feed.publishing.changed_feeds import ChangedFeeds
from feed.publishing.changed_files import expect_files, remember_changes
from feed.publishing.leftovers import folders_text
from feed.publishing.lines import item_count, same_listing, updates_mark
from feed.publishing.plan import Plan, SequenceSource, StorySequence, StoryUpdates, Written, stage_leaves
from feed.publishing.remembered import ALL_LINES, ASSETS, CORRECTIONS, NEWEST, Remembered
from feed.publishing.render import SITE_FILES, asset_files, is_story_file, render_opml, render_site
from feed.publishing.tasks import Computation, Runner, StoryOutput, StoryRows, StoryTask
from feed.publishing.tree_state import TreeRecord, TreeState
from feed.publishing.unchanged import NOTHING_PUBLISHED, PublishedPages
from feed.syndication.feeds import merge_entries
from feed.transparency.files import KEYS, log_files, partial_tiles, published_keys
from feed.transparency.keys import Signer
from feed.transparency.leaves import StoryLog, updates_file
from feed.transparency.log import PublicLog
from feed.transparency.recover import LOG_SIZE, UNSIGNED
from feed.transparency.updates import unaltered

INDEX_STORIES_MAX = 200
CACHED_ITEMS_MAX = 10_000
"""How many public items a plan caches for writing; the stories beyond are read twice. A single longer story is
cached whole, since writing it takes as much memory anyway."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication into `tree` at `now`, of the ledger up to `position` at least.

    `settings` is the text of the newsroom's settings, for the checkpoint. `progress` counts two steps for each story.
    `sequences` has those to go on from. `has_other_trees` if other hosts publish this ledger too, each into a tree of
    its own. `media` are the pictures.
    """

    config: Config
    settings: str
    tree: Tree
    now: datetime
    position: int
    signer: Signer | None = None
    progress: Progress = ignore_progress
    runner: Runner = field(default_factory=Runner)
    sequences: SequenceSource | None = None
    has_other_trees: bool = False
    media: MediaFolder = field(kw_only=True)

    @property
    def origin(self) -> str:
        """The name of the public log: its key's, otherwise as configured."""
        return self.config.log_origin if self.signer is None else self.signer.key.name

    # Plan.

    def plan(self, reading: Reading, *, everything: bool = False) -> Plan:
        """Return what is due, and stage the leaves that the public log lacks."""
        due = None if everything else self.trees.due(reading, self.config.site.base_url, self.now)
        position, stories, behind = (0, reading.stories(), None) if due is None else due
        log = PublicLog(reading, self.origin)
        published_keys(reading.log_keys(), self.signer)  # raises for a key that the log does not know
        sequences: dict[str, StorySequence] = {}
        failures: dict[str, Failure] = {}
        withdrawals: set[str] = set()
        leaves = items = 0
        reading.begin_staging()
        for number, (story, updates) in enumerate(self._updates(reading, stories), start=1):
            missing = updates if isinstance(updates, Failure) else stage_leaves(reading, log, story, updates)
            if isinstance(missing, Failure):
                failures[story] = missing
            elif not isinstance(updates, Failure):
                leaves += missing
                items += len(updates.updates)
                if updates.withdrawn_at > position:
                    withdrawals.add(story)
                if isinstance(updates, StorySequence) and (items <= CACHED_ITEMS_MAX or not sequences):
                    sequences[story] = updates
            self.progress(number, 2 * len(stories))
        return Plan(
            head=reading.head(),
            stories=tuple(stories),
            from_scratch=due is None,
            behind=behind,
            withdrawals=frozenset(withdrawals),
            leaves=leaves,
            sequences=sequences,
            failures=failures,
        )

    @property
    def _digest(self) -> str:
        return self.config.digest(signing_key=None if self.signer is None else str(self.signer.key))

    @property
    def trees(self) -> TreeRecord:
        """What the ledger knows of the tree."""
        made_at = self.config.newsroom.created_at
        return TreeRecord(self.tree, self._digest, made_at=made_at, has_others=self.has_other_trees)

    @property
    def computation(self) -> Computation:
        """What computes a story of this publication."""
        return Computation(config=self.config, now=self.now)

    def _updates(
        self, reading: Reading, stories: Sequence[str]
    ) -> Iterator[tuple[str, StoryUpdates | StorySequence | Failure]]:
        """Yield each story with its updates, and unless workers compute them, with its whole sequence."""
        if not self.runner.takes(len(stories)):
            return ((story, attempt(self.sequence, reading, story)) for story in stories)
        rows = (attempt(StoryRows.read, reading, each) for each in stories)
        return zip(stories, self.runner.map(self.computation.updates, rows, remote=True), strict=True)

    def sequence(self, reading: Reading, story: str) -> StorySequence:
        """Return the public sequence of one story."""
        if self.sequences is not None:
            return self.sequences.sequence(reading, story, config=self.config, now=self.now)
        return self.computation.sequence(StoryRows.read(reading, story))

    # Append leaves.

    def append_leaves(self, writing: Writing, plan: Plan) -> None:
        """Append the staged leaves to the public log.

        Delete the checkpoint if `plan` starts from scratch. If this run is stopped, the next one then starts from
        scratch too, even if the settings are again those of the former checkpoint.
        """
        log = PublicLog(writing, self.origin)
        if self.signer is not None and log.size == 0:
            writing.put_note(UNSIGNED, self.origin)
        writing.add_leaves(log.with_hashes(writing.staged_leaves()))
        if plan.from_scratch:
            writing.forget_note(CHECKPOINT_NOTE)
        expect_files(writing, self.config, now=self.now)

    # Write and remember.

    def withdraw(self, plan: Plan) -> bool:
        """Remove what may show what is taken back: the files of these stories, and those over all stories.

        For a full disk, where nothing new can be written. Return False if there is nothing to remove.
        """
        for story in sorted(plan.withdrawals):
            self.tree.keep_only(f"stories/{story}/", (), ours=is_story_file)
        for path in (*SITE_FILES, TOKEN_NAME) if plan.withdrawals else ():
            self.tree.remove(path)
        return bool(plan.withdrawals)

    def write(self, reading: Reading, plan: Plan, *, appended: bool = True) -> Written:
        """Write the files of `plan`. If its leaves were not `appended`, write as if they had been: for a trial.

        It starts from scratch if anything that was cached cannot be used.
        """
        # A redaction since the plan? It clears the caches, and what the plan has read may quote what it erased.
        redacted = (reading.head() != plan.head) if plan.from_scratch else (reading.note(CHECKPOINT_NOTE) is None)
        if redacted:
            plan = self._from_scratch(reading)
        log = PublicLog(reading, self.origin)
        for leaf in () if appended else reading.staged_leaves():
            log.add(story=leaf.story, number=leaf.number, entry=leaf.entry)
        try:
            return _Writer(self, reading, plan, log).write()
        except CacheDamagedError:
            return _Writer(self, reading, self._from_scratch(reading), log).write()

    @staticmethod
    def _from_scratch(reading: Reading) -> Plan:
        return Plan(head=reading.head(), stories=tuple(reading.stories()), from_scratch=True)

    def remember(self, writing: Writing, written: Written) -> None:
        """Store the caches and the publish checkpoint: what was due is published."""
        writing.forget_note(RESTORED if self.signer is None else UNSIGNED)
        remember_changes(writing, self.config, self.tree, written, now=self.now)
        if not written.from_scratch and writing.note(CHECKPOINT_NOTE) is None:
            return  # a redaction has cleared the caches: without a checkpoint the next run starts from scratch
        if written.from_scratch:
            writing.forget_published()
        for line in written.lines:
            writing.put_line(line)
        writing.put_note(NEWEST, remembered.entries_note(written.newest))
        writing.put_note(CORRECTIONS, remembered.entries_note(written.corrections))
        writing.put_note(LOG_SIZE, str(written.log_size))
        writing.put_note(FOLDERS, folders_text(writing, self.config.output.folder, self.position))
        writing.put_note(REPORTS_NOTE, self.config.reports_to)
        writing.put_note(ASSETS, "\n".join(file.path for file in asset_files(self.config)))
        state = None if written.failed else TreeState(self.position, written.log_size)
        next_at = remembered.next_publication(writing, self.now)
        checkpoint = format_checkpoint(
            position=self.position,
            next_us=None if next_at is None else round(next_at.timestamp() * 1_000_000),
            token=self.trees.token(writing, state, renews=written.from_scratch),
            folder=self.config.output.folder,
            digest=self._digest,
            settings=self.settings,
        )
        writing.put_note(CHECKPOINT_NOTE, checkpoint)


class _Writer:
    """Writes what one `plan` of a `publication` says, from what `reading` holds."""

    def __init__(self, publication: Publication, reading: Reading, plan: Plan, log: PublicLog) -> None:
        self._publication, self._config, self._tree = publication, publication.config, publication.tree
        self._reading, self._plan, self._log = reading, plan, log
        self._head = None if publication.signer is None else log.head
        self._lines: dict[str, Line] = {}
        self._failed: list[tuple[str, str]] = []
        self._missing: list[str] = []
        self._remembered = Remembered(reading, self._config.site.base_url, sound_only=plan.from_scratch)
        hub, queue = self._config.site.hub, self._remembered.hub_queue()
        self._feeds = ChangedFeeds(self._tree, hub, queue, now=publication.now, from_scratch=plan.from_scratch)
        self._is_behind = plan.from_scratch or plan.behind is not None
        self._relisted = self._rescheduled = self._is_behind
        self._newest = () if plan.from_scratch else self._remembered.entries(NEWEST)
        self._corrections = () if plan.from_scratch else self._remembered.entries(CORRECTIONS)

    def write(self) -> Written:
        """Write what is due, and return what was written."""
        if self._plan.stories or self._is_behind:
            self._write_files()
        return Written(
            from_scratch=self._plan.from_scratch,
            lines=tuple(self._lines.values()),
            newest=self._newest,
            corrections=self._corrections,
            log_size=self._log.size,
            failed=tuple(self._failed),
            missing=tuple(self._missing),
            feeds=self._feeds.paths(),
            withdrawals=self._plan.withdrawals,
            is_behind=self._is_behind,
        )

    def _write_files(self) -> None:
        """Write the log first, then the stories, then what points to them."""
        if self._plan.from_scratch:
            self._publication.trees.begin_rebuild()
        self._tree.write_files(asset_files(self._config))
        self._write_log()
        stories = sorted(self._plan.stories, key=lambda story: story not in self._plan.withdrawals)
        for number, (story, output) in enumerate(self._outputs(stories), start=1):
            self._write_story(story, output)
            self._publication.progress(len(stories) + number, 2 * len(stories))
        self._write_site()
        self._remove_leftovers()
        self._tree.settle()

    def _write_log(self) -> None:
        since = 0 if self._plan.from_scratch else self._remembered.log_size()
        since = since if self._plan.behind is None else min(since, self._plan.behind.log_size)
        signer = self._publication.signer
        keys = published_keys(self._reading.log_keys(), signer)
        created_at = self._config.newsroom.created_at
        self._tree.write_files(log_files(self._log, since=since, signer=signer, keys=keys, created_at=created_at))
        if signer is None:
            self._tree.remove(KEYS)
        for folder, current in partial_tiles(self._log, since=since):
            for name in self._tree.files(folder):
                if name != current:
                    self._tree.remove(folder + name)

    def _outputs(self, stories: Sequence[str]) -> Iterator[tuple[str, StoryOutput | Failure]]:
        """Yield each story with what is to be written of it."""
        computation, runner = self._publication.computation, self._publication.runner
        remote = runner.takes(len(stories))
        tasks = (attempt(self._task, story, remote=remote) for story in stories)
        return zip(stories, runner.map(computation.output, tasks, remote=remote), strict=True)

    def _task(self, story: str, *, remote: bool) -> StoryTask | Failure:
        """Return what the files of a story are made of: for a `remote` worker, what can be sent."""
        if story in self._plan.failures:
            return self._plan.failures[story]
        published = self._published(story)
        if not remote:
            sequence = self._plan.sequences.get(story) or self._publication.sequence(self._reading, story)
            return StoryTask(sequence, self._log.leaves_of(story, sequence.leaves), self._head, published)
        leaves = self._log.leaves_of(story)
        head = self._head and {index + 1: self._head(index + 1) for index, _ in leaves}.__getitem__
        return StoryTask(StoryRows.read(self._reading, story), leaves, head, published)

    def _published(self, story: str) -> PublishedPages:
        """Return what the previous publication wrote of a story."""
        before = self._remembered.line(story)
        if self._is_behind or before is None or before.updated_at is None:
            return NOTHING_PUBLISHED
        files, path = frozenset(self._tree.files(f"stories/{story}/")), f"stories/{story}/updates.jsonl"
        updates = unaltered(updates_mark(before.text), lambda size: self._tree.read(path, most=size))
        return PublishedPages(items=item_count(before.text), files=files, updates=updates)

    def _write_story(self, story: str, output: StoryOutput | Failure) -> None:
        before = self._remembered.line(story)
        text, updated_at = ("", None) if before is None else (before.text, before.updated_at)
        if isinstance(output, Failure):
            self._failed.append((story, output.reason))
            # Due again at once, so that each run tries it, and reports it, until it is fixed.
            self._lines[story] = Line(story=story, updated_at=updated_at, next_at=self._publication.now, text=text)
            return
        rendered = output.rendered
        if rendered is None:
            line = Line(story=story, updated_at=None, next_at=output.next_at, text="")
            self._keep_only(story, ())
        else:
            line = Line(story=story, updated_at=output.updated_at, next_at=output.next_at, text=rendered.line)
            files = (file.path for file in rendered.files)
            self._keep_only(story, {*rendered.unchanged, *rendered.pictures, *files})
            media, made_at = self._publication.media, self._config.newsroom.created_at
            self._missing += write_pictures(
                self._tree, media, rendered.pictures, again=self._plan.from_scratch, updated=made_at
            )
            self._feeds.write(rendered.files, is_new=updated_at is None)
            most = self._config.output.entries
            self._newest = merge_entries(self._newest, rendered.newest, stories=[story], most=most)
            self._corrections = merge_entries(self._corrections, rendered.corrections, stories=[story], most=most)
        self._lines[story] = line
        self._relisted = self._relisted or not same_listing(text, line.text)
        self._rescheduled = self._rescheduled or not same_calendar(text, line.text)

    def _write_site(self) -> None:
        """Write the files over all stories. The lists of all feeds and of all promises are read only if they change."""
        lines = self._public_lines(ALL_LINES) if self._relisted or self._rescheduled else []
        if self._relisted:
            self._tree.write_files([render_opml(self._config, ((line.story, line.text) for line in lines))])
        if self._rescheduled:
            self._tree.write_files(files := tuple(render_calendar(self._config, (line.text for line in lines))))
            if not files:
                self._tree.remove(CALENDAR)
        newest = [
            (line.story, line.updated_at, line.text)
            for line in self._public_lines(INDEX_STORIES_MAX)
            if line.updated_at is not None
        ]
        self._feeds.write(render_site(self._config, newest, self._newest, self._corrections, self._head))

    def _public_lines(self, newest: int) -> list[Line]:
        """Return the lines of the `newest` public stories, those of this publication instead of the cached ones."""
        cached = () if self._plan.from_scratch else self._remembered.lines(newest=newest)
        lines = {line.story: line for line in cached} | self._lines
        public = [(line.updated_at, line) for line in lines.values() if line.updated_at is not None]
        public.sort(key=lambda item: item[1].story)
        public.sort(key=lambda item: item[0], reverse=True)
        return [line for _, line in public[:newest]]

    def _remove_leftovers(self) -> None:
        """Remove files of ours that no longer belong: of stories that are gone, and assets under former names."""
        if self._is_behind:
            self._tree.remove_parts()
        if self._plan.from_scratch:
            self._write_lost_stories()
            for line in self._remembered.lines():
                if line.story not in self._lines:
                    self._keep_only(line.story, ())
        current = {file.path for file in asset_files(self._config)}
        for path in self._remembered.assets():
            if path not in current:
                self._tree.remove(path)

    def _write_lost_stories(self) -> None:
        """Write the lines of stories that are in the log, but that an older copy of the ledger does not know."""
        stories = set(self._plan.stories)
        lost: dict[str, list[tuple[int, str]]] = {}
        for leaf in self._log.leaves(since=0, until=self._log.size):
            if leaf.story not in stories:
                lost.setdefault(leaf.story, []).append((leaf.index, leaf.entry))
        for story, leaves in sorted(lost.items()):
            data = updates_file(StoryLog(updates=(), leaves=tuple(leaves)))
            updated = self._log.changed_at(leaves[-1][0] + 1) or self._publication.now
            self._tree.write_files([File(f"stories/{story}/updates.jsonl", data, updated)])

    def _keep_only(self, story: str, paths: Container[str]) -> None:
        self._tree.keep_only(f"stories/{story}/", paths, ours=is_story_file)

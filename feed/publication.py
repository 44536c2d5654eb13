"""SHELL: one publication: which stories are due, their files, the files over all stories, and the mark.

Only stories with new events or passed instants are read. What the pages over all stories need of the others is
remembered beside the ledger: a line for each story, and the newest entries over all of them.
"""

import secrets
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from events.model.codec import decode
from events.model.events import Recorded
from events.public.sequence import PublicStory, public_story
from events.store.base import Line, Reading, Writing
from events.system import Progress, ignore_progress
from feed.checkpoint import CHECKPOINT_NOTE, format_checkpoint, parse_checkpoint
from feed.config import Config
from feed.entries.model import Entry
from feed.output.file import File
from feed.output.tree import Tree
from feed.paths import TOKEN_NAME
from feed.render import (
    NOTHING_BEFORE,
    Former,
    address,
    asset_files,
    is_story_file,
    items_told,
    render_opml,
    render_site,
    render_story,
    same_listing,
)
from feed.syndication.feeds import merged
from feed.transparency.files import KEYS, log_files, outgrown, published_keys
from feed.transparency.keys import Signer
from feed.transparency.leaves import StoryLog, Update, updates_of
from feed.transparency.log import Book
from feed.transparency.note import Head
from feed.transparency.pending import Pending, Unlogged
from feed.transparency.recover import refuse_older

INDEX_STORIES_MAX = 200
NEWEST, CORRECTIONS, ASSETS, LOGGED = "newest", "corrections", "assets", "logged"
TOKEN_BYTES = 16
_ENTRIES = TypeAdapter(tuple[Entry, ...])
KEPT_ITEMS_MAX = 10_000
"""How many public items are kept from planning a publication to writing it; of further stories they are made again.

A single longer story is kept whole: to write it takes as much anyway.
"""
_EVERY_LINE = 2**53


@dataclass(frozen=True, slots=True)
class _Told:
    public: PublicStory
    updates: tuple[Update, ...]


@dataclass(slots=True)
class Publication:
    """A publication at `now`, of the ledger up to `position` at least, into `tree`.

    `plan` decides what is due, and whether all is made `afresh`, and gives what it adds to the public log; `begin`
    keeps that. `run` writes; `remember` sets the mark. `failed` holds (story, why) of stories that could not be
    rendered; the others are out. `progress` is told how many steps are done of how many: two for each story
    that is due.
    """

    config: Config
    settings: str
    tree: Tree
    now: datetime
    position: int
    signer: Signer | None = None
    progress: Progress = ignore_progress
    failed: list[tuple[str, str]] = field(default_factory=list)
    afresh: bool = False
    _due: list[str] = field(default_factory=list)
    _kept: dict[str, _Told] = field(default_factory=dict)
    _known: dict[str, Line] = field(default_factory=dict)
    _lines: dict[str, Line] = field(default_factory=dict)
    _newest: tuple[Entry, ...] = ()
    _corrections: tuple[Entry, ...] = ()
    _log_size: int = 0

    @property
    def origin(self) -> str:
        """The name of the public log: its key's, else as configured."""
        return self.config.log_origin if self.signer is None else self.signer.key.name

    def plan(self, reading: Reading, *, everything: bool = False) -> Pending:
        """Decide what is due in `reading`, and give what the public log lacks of it."""
        position = None if everything else self._published_position(reading)
        self.afresh = position is None
        if position is None:
            self._due = reading.stories()
        else:
            self._due = sorted({*reading.changed(after=position), *reading.due(now=self.now)})
        book = Book(reading, self.origin)
        refuse_older(book, self.tree.root)
        published_keys(reading.log_keys(), self.signer)  # or refuses
        return Pending(self._unlogged(reading, book))

    def begin(self, writing: Writing, pending: Iterable[Unlogged]) -> None:
        """Take `pending` into the public log, before any file tells of it: what is signed is never made up again.

        Where everything is made anew the mark is void from here on: whatever stops it, the next run begins anew too.
        """
        writing.add_leaves(Book(writing, self.origin).grown(pending))
        if self.afresh:
            writing.forget_note(CHECKPOINT_NOTE)

    def run(self, reading: Reading, *, pending: Iterable[Unlogged] = ()) -> None:
        """Write whatever is due: the log first, then stories, then what points to them.

        `pending` is what was planned, where the log that `reading` holds has not taken it in.
        """
        if not self.afresh and reading.note(CHECKPOINT_NOTE) is None:
            # Something was redacted since: nothing that was remembered, or planned, may be shown.
            self.afresh, self._due, self._kept = True, reading.stories(), {}
        if not self.afresh:
            self._newest = _ENTRIES.validate_json(reading.note(NEWEST) or "[]")
            self._corrections = _ENTRIES.validate_json(reading.note(CORRECTIONS) or "[]")
        book = Book(reading, self.origin)
        for item in pending:
            book.add(story=item.story, number=item.number, entry=item.entry)
        self._log_size = book.size
        if self.afresh or self._due:
            self._write(asset_files(self.config))
            self._write_log(reading, book)
            for number, story in enumerate(self._due, start=1):
                self._publish_story(reading, book, story)
                self.progress(len(self._due) + number, 2 * len(self._due))
            self._publish_site(reading, None if self.signer is None else book.head)
            self._remove_leftovers(reading)
            self.tree.settle()

    def remember(self, writing: Writing) -> None:
        """Set the mark: what was published is from now on all that there was to publish."""
        if not self.afresh and writing.note(CHECKPOINT_NOTE) is None:
            return  # something was redacted meanwhile, and all lines with it: the next run makes everything anew
        if self.afresh:
            writing.forget_published()
        for line in self._lines.values():
            writing.put_line(line)
        writing.put_note(NEWEST, _ENTRIES.dump_json(self._newest).decode())
        writing.put_note(CORRECTIONS, _ENTRIES.dump_json(self._corrections).decode())
        writing.put_note(LOGGED, str(self._log_size))
        writing.put_note(ASSETS, "\n".join(file.path for file in asset_files(self.config)))
        next_at = writing.next_at()
        checkpoint = format_checkpoint(
            position=self.position,
            next_us=None if next_at is None else round(next_at.timestamp() * 1_000_000),
            token=self._token(),
            folder=self.config.output.folder,
            digest=self._digest,
            settings=self.settings,
        )
        writing.put_note(CHECKPOINT_NOTE, checkpoint)

    def _published_position(self, reading: Reading) -> int | None:
        """Return the position up to which the tree is published by these renderers and settings; None if it is not."""
        checkpoint = parse_checkpoint(reading.note(CHECKPOINT_NOTE) or "")
        if checkpoint is None or (checkpoint["digest"], checkpoint["token"]) != (self._digest, self._read_token()):
            return None
        return int(checkpoint["position"])

    @property
    def _digest(self) -> str:
        return self.config.digest(signing_key=None if self.signer is None else str(self.signer.key))

    def _unlogged(self, reading: Reading, book: Book) -> Iterator[Unlogged]:
        items = 0
        for number, story in enumerate(self._due, start=1):
            with suppress(Exception):  # told when it is to be rendered
                told = self._told(reading, story)
                yield from book.unlogged(story, told.updates)
                items += len(told.updates)
                if items <= KEPT_ITEMS_MAX or not self._kept:
                    self._kept[story] = told
            self.progress(number, 2 * len(self._due))

    def _told(self, reading: Reading, story: str) -> _Told:
        """Yield what is public of a story: what was kept of it, else made anew."""
        kept = self._kept.pop(story, None)
        if kept is not None:
            return kept
        salts: dict[int, str] = {}

        def events() -> Iterator[Recorded]:
            for row in reading.rows(story):
                if row.salt is not None:
                    salts[row.position] = row.salt
                yield decode(row)

        public = public_story(story, events(), now=self.now)
        return _Told(public, updates_of(story, public.items, address(self.config), salts))

    def _write_log(self, reading: Reading, book: Book) -> None:
        since = 0 if self.afresh else int(reading.note(LOGGED) or 0)
        keys = published_keys(reading.log_keys(), self.signer)
        created_at = self.config.newsroom.created_at
        self._write(log_files(book, since=since, signer=self.signer, keys=keys, created_at=created_at))
        if self.signer is None:
            self.tree.remove(KEYS)
        for folder, stays in outgrown(book, since=since):
            for name in self.tree.files(folder):
                if name != stays:
                    self.tree.remove(folder + name)

    def _publish_story(self, reading: Reading, book: Book, story: str) -> None:
        known = reading.line(story)
        if known is not None:
            self._known[story] = known
        try:
            told = self._told(reading, story)
            public = told.public
            logged = tuple((leaf.place, leaf.entry) for leaf in book.leaves_of(story))
            log = StoryLog(updates=told.updates, logged=logged, head=None if self.signer is None else book.head)
            former = self._former(story, known)
            rendered = None if public.state is None else render_story(self.config, public, log, former=former)
        except Exception as error:  # noqa: BLE001 - one bad story never stops the rest
            self.failed.append((story, f"{type(error).__name__}: {error}"))
            # Due again at once, so that it is tried, and complained of, until it is mended.
            text, updated_at = ("", None) if known is None else (known.text, known.updated_at)
            self._lines[story] = Line(story=story, updated_at=updated_at, next_at=self.now, text=text)
            return
        if public.state is None or rendered is None:
            self._lines[story] = Line(story=story, updated_at=None, next_at=public.next_at, text="")
            self._keep_only(story, ())
            return
        self._write(rendered.files)
        self._keep_only(story, {*rendered.standing, *(file.path for file in rendered.files)})
        self._lines[story] = Line(
            story=story, updated_at=public.state.updated_at, next_at=public.next_at, text=rendered.line
        )
        most = self.config.output.entries
        self._newest = merged(self._newest, rendered.newest, stories=[story], most=most)
        self._corrections = merged(self._corrections, rendered.corrections, stories=[story], most=most)

    def _publish_site(self, reading: Reading, head: Callable[[int], Head] | None) -> None:
        if self.afresh or any(
            not same_listing(self._text(self._known.get(story)), self._text(line))
            for story, line in self._lines.items()
        ):
            every = self._public_lines(reading, _EVERY_LINE)
            self._write([render_opml(self.config, ((line.story, line.text) for line in every))])
        newest = [
            (line.story, line.updated_at, line.text)
            for line in self._public_lines(reading, INDEX_STORIES_MAX)
            if line.updated_at is not None
        ]
        self._write(render_site(self.config, newest, self._newest, self._corrections, head))

    def _public_lines(self, reading: Reading, newest: int) -> list[Line]:
        """Return the newest public lines, those of this publication in place of what was remembered."""
        standing = [] if self.afresh else reading.lines(newest=newest)
        lines = {line.story: line for line in standing} | self._lines
        public = [(line.updated_at, line) for line in lines.values() if line.updated_at is not None]
        public.sort(key=lambda item: item[1].story)
        public.sort(key=lambda item: item[0], reverse=True)
        return [line for _, line in public[:newest]]

    @staticmethod
    def _text(line: Line | None) -> str | None:
        return None if line is None or line.updated_at is None else line.text

    def _remove_leftovers(self, reading: Reading) -> None:
        """Remove files of ours that no longer belong: stories that are gone, assets under former names."""
        if self.afresh:
            for line in reading.lines(newest=_EVERY_LINE):
                now = self._lines.get(line.story)
                if now is None:
                    self._keep_only(line.story, ())
        current = {file.path for file in asset_files(self.config)}
        for path in (reading.note(ASSETS) or "").split():
            if path not in current:
                self.tree.remove(path)

    def _former(self, story: str, known: Line | None) -> Former:
        """Return what stands of a story from the publication before, as far as that may be left alone."""
        if self.afresh or known is None or known.updated_at is None:
            return NOTHING_BEFORE
        return Former(items=items_told(known.text), files=frozenset(self.tree.files(f"stories/{story}/")))

    def _keep_only(self, story: str, kept: Container[str]) -> None:
        """Remove what stands under names of ours in a story's folder, and is none of the paths that are `kept`.

        By what is there, and not by what is remembered: a run that was killed has remembered nothing.
        """
        folder = f"stories/{story}/"
        for name in self.tree.files(folder):
            if is_story_file(name) and folder + name not in kept:
                self.tree.remove(folder + name)

    def _write(self, files: Iterable[File]) -> None:
        for file in files:
            self.tree.write(file.path, file.data, updated=file.updated)

    def _token_place(self) -> Path:
        return self.tree.root / TOKEN_NAME

    def _read_token(self) -> str | None:
        try:
            return self._token_place().read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def _token(self) -> str:
        """Return the token that ties the tree to the mark, made anew with a tree that was made anew."""
        token = None if self.afresh else self._read_token()
        if token is None:
            token = secrets.token_hex(TOKEN_BYTES)
            self.tree.write(TOKEN_NAME, f"{token}\n".encode(), updated=self.config.newsroom.created_at)
            self.tree.settle()
        return token

"""SHELL: one publication: which stories are due, their files, the files over all stories, and the mark.

Only stories with new events or passed instants are read. What the pages over all stories need of the others is
remembered beside the ledger: a line for each story, and the newest entries over all of them.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from events.codec import decode
from events.public import public_story
from events.store.base import Line, Reading, Writing
from feed.config import Config
from feed.document import Entry
from feed.feeds import merged
from feed.mark import RENDERERS, TOKEN_NAME, format_mark, parse_mark
from feed.rendering import (
    File,
    asset_files,
    is_story_file,
    render_opml,
    render_site,
    render_story,
    same_listing,
)
from feed.tree import Tree

INDEX_STORIES_MAX = 200
MARK, NEWEST, CORRECTIONS, ASSETS = "mark", "newest", "corrections", "assets"
TOKEN_BYTES = 16
_ENTRIES = TypeAdapter(tuple[Entry, ...])
_EVERY_LINE = 2**53


@dataclass(slots=True)
class Publication:
    """A publication at `now`, of what `reading` holds, into `tree`. `run` writes; `remember` sets the mark.

    `failed` holds (story, why) of stories that could not be rendered; the others are out.
    """

    config: Config
    config_text: str
    reading: Reading
    tree: Tree
    now: datetime
    failed: list[tuple[str, str]] = field(default_factory=list)
    _afresh: bool = False
    _position: int = 0
    _known: dict[str, Line] = field(default_factory=dict)
    _lines: dict[str, Line] = field(default_factory=dict)
    _newest: tuple[Entry, ...] = ()
    _corrections: tuple[Entry, ...] = ()

    def run(self, *, everything: bool = False) -> None:
        """Write whatever is due: stories first, then what points to them."""
        self._position = self.reading.head()
        self._afresh = everything or not self._continues()
        if self._afresh:
            stories = self.reading.stories()
        else:
            mark = parse_mark(self.reading.note(MARK) or "")
            changed = self.reading.changed(after=int(mark["position"]))
            stories = sorted({*changed, *self.reading.due(now=self.now)})
            self._newest = _ENTRIES.validate_json(self.reading.note(NEWEST) or "[]")
            self._corrections = _ENTRIES.validate_json(self.reading.note(CORRECTIONS) or "[]")
        if self._afresh or stories:
            self._write(asset_files(self.config.newsroom.created_at))
            for story in stories:
                self._publish_story(story)
            self._publish_site()
            self._remove_leftovers()
            self.tree.settle()

    def remember(self, writing: Writing) -> None:
        """Set the mark: what was published is from now on all that there was to publish."""
        if self._afresh:
            writing.forget_published()
        for line in self._lines.values():
            writing.put_line(line)
        writing.put_note(NEWEST, _ENTRIES.dump_json(self._newest).decode())
        writing.put_note(CORRECTIONS, _ENTRIES.dump_json(self._corrections).decode())
        writing.put_note(ASSETS, "\n".join(file.path for file in asset_files(self.now)))
        next_at = writing.next_at()
        mark = format_mark(
            position=self._position,
            next_us=None if next_at is None else round(next_at.timestamp() * 1_000_000),
            token=self._token(),
            folder=self.config.output.folder,
            config=self.config_text,
        )
        writing.put_note(MARK, mark)

    def _continues(self) -> bool:
        """Tell whether the tree is the one that the mark speaks of, made by these renderers and this configuration."""
        text = self.reading.note(MARK)
        if text is None:
            return False
        mark = parse_mark(text)
        return (
            mark["renderers"] == RENDERERS
            and mark["config"] == self.config_text
            and mark["token"] == self._read_token()
        )

    def _publish_story(self, story: str) -> None:
        known = self.reading.line(story)
        if known is not None:
            self._known[story] = known
        try:
            public = public_story(story, (decode(row) for row in self.reading.rows(story)), now=self.now)
            rendered = None if public.state is None else render_story(self.config, public)
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
        self._keep_only(story, rendered.files)
        self._lines[story] = Line(
            story=story, updated_at=public.state.updated_at, next_at=public.next_at, text=rendered.line
        )
        most = self.config.output.entries
        self._newest = merged(self._newest, rendered.newest, stories=[story], most=most)
        self._corrections = merged(self._corrections, rendered.corrections, stories=[story], most=most)

    def _publish_site(self) -> None:
        if self._afresh or any(
            not same_listing(self._text(self._known.get(story)), self._text(line))
            for story, line in self._lines.items()
        ):
            every = self._public_lines(_EVERY_LINE)
            self._write([render_opml(self.config, ((line.story, line.text) for line in every))])
        newest = [
            (line.story, line.updated_at, line.text)
            for line in self._public_lines(INDEX_STORIES_MAX)
            if line.updated_at is not None
        ]
        self._write(render_site(self.config, newest, self._newest, self._corrections))

    def _public_lines(self, newest: int) -> list[Line]:
        """Give the newest public lines, those of this publication in place of what was remembered."""
        standing = [] if self._afresh else self.reading.lines(newest=newest)
        lines = {line.story: line for line in standing} | self._lines
        public = [(line.updated_at, line) for line in lines.values() if line.updated_at is not None]
        public.sort(key=lambda item: item[1].story)
        public.sort(key=lambda item: item[0], reverse=True)
        return [line for _, line in public[:newest]]

    @staticmethod
    def _text(line: Line | None) -> str | None:
        return None if line is None or line.updated_at is None else line.text

    def _remove_leftovers(self) -> None:
        """Remove files of ours that no longer belong: stories that are gone, assets under former names."""
        if self._afresh:
            for line in self.reading.lines(newest=_EVERY_LINE):
                now = self._lines.get(line.story)
                if now is None:
                    self._keep_only(line.story, ())
        current = {file.path for file in asset_files(self.now)}
        for path in (self.reading.note(ASSETS) or "").split():
            if path not in current:
                self.tree.remove(path)

    def _keep_only(self, story: str, files: Iterable[File]) -> None:
        """Remove what stands under names of ours in a story's folder, and is none of `files`.

        By what is there, and not by what is remembered: a run that was killed has remembered nothing.
        """
        folder = f"stories/{story}/"
        kept = {file.path for file in files}
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
        """Give the token that ties the tree to the mark, made anew with a tree that was made anew."""
        token = None if self._afresh else self._read_token()
        if token is None:
            token = secrets.token_hex(TOKEN_BYTES)
            self.tree.write(TOKEN_NAME, f"{token}\n".encode(), updated=self.config.newsroom.created_at)
            self.tree.settle()
        return token

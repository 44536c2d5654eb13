"""The targets of fuzzing: by name, a function that takes any bytes and raises only if a parser breaks its promise.

A parser may return a value or raise the error that it documents. What it returns can be written and read again.
"""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path

from events import commands
from events.errors import InvalidError, StoreDamagedError
from events.files.exporter import read_export
from events.files.importer import Format, read_events
from events.model.codec import canonical, decode
from events.model.edtf import format_instant, instant, parse_edtf, parse_when
from events.model.rows import Row
from events.projections.snapshots import thaw
from feed import short_forms
from feed.checkpoint import parse_checkpoint
from feed.config import parse_config
from feed.entries.html import markdown
from feed.output.readers import READERS, UnreadableError, read_page
from feed.output.tree import TreeFiles
from feed.transparency import note
from feed.transparency.verifier.check import check
from feed.transparency.verifier.errors import LogError, MissingError
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import parse_key
from feed.transparency.verifier.memory import parse_since
from feed.transparency.verifier.notes import checkpoint_head, parse_note
from feed.transparency.verifier.report import Report
from tests.builders import STORY, newsroom
from tests.sites import record

Target = Callable[[bytes], None]


def _interchange(kind: Format) -> Target:
    def read(data: bytes) -> None:
        with suppress(InvalidError):
            for incoming in read_events(data, name=f"file.{kind}"):
                again = incoming.event.model_validate_json(incoming.event.model_dump_json(exclude_defaults=True))
                assert again == incoming.event

    return read


def _edtf(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(ValueError):
        parse_edtf(text)
    with suppress(ValueError):
        when = parse_when(text)
        assert parse_when(when.as_json()) == when
    with suppress(ValueError):
        at: datetime = instant(text)
        assert instant(format_instant(at)) == at


def _short(data: bytes) -> None:
    text = data.decode(errors="replace")
    for form in (
        short_forms.parse_fact,
        short_forms.parse_speaker,
        short_forms.parse_source,
        short_forms.parse_quote,
        short_forms.parse_expectation,
        short_forms.parse_resolution,
        short_forms.parse_corroboration,
        short_forms.parse_dispute,
        short_forms.parse_setting,
    ):
        with suppress(InvalidError):
            form(text)


def _config(data: bytes) -> None:
    with suppress(InvalidError):
        parse_config(data.decode(errors="replace"))
    parse_checkpoint(data.decode(errors="replace"))


def _note(data: bytes) -> None:
    text = data.decode(errors="replace")
    for parse in (note.note_head, note.parse_secret):
        with suppress(ValueError):
            parse(text)
    with suppress(ValueError, LogError):
        parse_key(text)
    with suppress(ValueError, LogError):
        parse_since(text)
    with suppress(LogError):
        checkpoint_head(parse_note("log/checkpoint", text).text)


class _Files(Files):
    """The files of an output tree, in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__("memory")
        self._files = files

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise MissingError(path, "is not there")
        return self._files[path]


@cache
def _published() -> dict[str, bytes]:
    """Return the files of a small log, as an outsider's check reads them."""
    with tempfile.TemporaryDirectory() as folder:
        site = newsroom(Path(folder) / "desk")
        record(site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", development="d1"))
        site.publish()
        return {path: data for path, data in TreeFiles(site.root).items() if "log/" in path or ".jsonl" in path}


def _log(data: bytes) -> None:
    """Replace one published file: the first byte chooses checkpoint, keys, tiles or updates."""
    files = dict(_published())
    names = sorted({*files, "log/keys"})
    chosen = names[data[0] % len(names)] if data else names[0]
    if files.get(chosen) != data[1:]:
        files[chosen] = data[1:]
        report = Report("memory")
        check(_Files(files), report, None)
        list(report.lines())


def _export(data: bytes) -> None:
    with suppress(InvalidError):
        read_export(data, name="export.jsonl")


def _stored(data: bytes) -> None:
    """Read a row of the ledger as a damaged file may hold it, and a cached fold."""
    envelope, _, body = data.decode(errors="replace").partition("\n")
    with suppress(StoreDamagedError):
        canonical(decode(Row(1, envelope, "00" * 32, body or None)).event.model_dump(exclude_defaults=True))
    thaw(data)


def _feeds(data: bytes) -> None:
    for read in READERS.values():
        with suppress(UnreadableError):
            read(data)
    read_page(data.decode(errors="replace"))


def _markdown(data: bytes) -> None:
    html, _ = markdown(data.decode(errors="replace"))
    assert "<script" not in html


TARGETS: Mapping[str, Target] = {
    "jsonl": _interchange("jsonl"),
    "yaml": _interchange("yaml"),
    "md": _interchange("md"),
    "edtf": _edtf,
    "short": _short,
    "config": _config,
    "note": _note,
    "log": _log,
    "export": _export,
    "stored": _stored,
    "feeds": _feeds,
    "markdown": _markdown,
}

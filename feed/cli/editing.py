"""Editing a text in $EDITOR, and what an edited report changed."""

import os
import sys
import tempfile
from pathlib import Path
from shlex import quote
from typing import Any, cast

import click

from events.errors import InvalidError, Problem
from events.files.importer import read_events
from events.model.codec import plain
from events.model.events import Amendment, DevelopmentReported
from events.model.typed_times import TypedTimes

MTIME_STEP_NS = 2_000_000_000
"""The coarsest step in which file systems count times: FAT's."""
OWN_FIELDS = {"id", "story", "type", *Amendment.model_fields}


def edit_text(text: str, *, where: str, remedy: str = "Give the report in a file: -f FILE") -> bytes:
    """Return what was saved of `text` in the editor; InvalidError if nothing was.

    Without a terminal, only an editor that was chosen is opened: it may be a program. `remedy` is what to do otherwise.
    If the editor fails after saving, as when it is killed, its file stays, and the error names it.
    """
    if not (sys.stdin.isatty() or os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise _refusal(where, "there is no terminal in which an editor could open.", remedy)
    path = Path(save_text(text.encode()))
    earlier_ns = path.stat().st_mtime_ns - MTIME_STEP_NS
    os.utime(path, ns=(earlier_ns, earlier_ns))
    opened_ns = path.stat().st_mtime_ns  # as the file system rounds it
    failure = ""
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        failure = f"{error.message}."
    is_saved = path.exists() and path.stat().st_mtime_ns != opened_ns
    if failure and is_saved:
        raise _refusal(where, failure, f"What you saved is in {path}. To go on with it: -f {quote(str(path))}")
    data = path.read_bytes() if is_saved else b""
    path.unlink(missing_ok=True)
    if not is_saved:
        message = failure or "nothing was saved in the editor, so nothing is recorded."
        raise _refusal(where, message, "Save the text before you close the editor.")
    return data


def save_text(data: bytes) -> str:
    """Return the path of a new file that holds `data`."""
    with tempfile.NamedTemporaryFile(prefix="writethru-", suffix=".md", delete=False) as file:
        file.write(data)
        return str(Path(file.name))


def edited_fields(before: bytes, after: bytes, *, name: str, story: str, times: TypedTimes) -> dict[str, Any]:
    """Return the fields of a report that differ between two Markdown files, each as the second has it, or None.

    InvalidError if the second is not one report, or if nothing differs.
    """
    was, now = (read_report(data, name=name, story=story, times=times) for data in (before, after))
    foreign = sorted(now.model_fields_set - OWN_FIELDS)
    if foreign:
        raise _refusal(name, f"{foreign[0]} cannot be corrected.", "Delete its line.")
    values = plain(now)
    changed = [field for field in Amendment.model_fields if getattr(was, field) != getattr(now, field)]
    if not changed:
        raise _refusal(name, "nothing was changed, so there is nothing to correct.", "Change a field, and save.")
    return {field: values.get(field) for field in changed}


def read_report(data: bytes, *, name: str, story: str | None, times: TypedTimes) -> DevelopmentReported:
    """Return the report in a Markdown file, which names its story unless `story` does; InvalidError."""
    [incoming] = read_events(data, name=name, format="md", story=story, times=times)
    return cast("DevelopmentReported", incoming.event)  # Markdown holds nothing else


def _refusal(where: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=where, check="edit", message=message, remedy=remedy))

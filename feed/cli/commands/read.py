"""The commands that read events: show, log, since, export. They record nothing and publish nothing."""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import click

from events.errors import Problem, RefusedError, UnknownStoryError
from events.files.exporter import write_event, write_row
from events.fold.embargoes import Embargo, embargo_ends
from events.fold.state import Story
from events.integrity.backup import mode_of
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.projections.overviews import story_names
from events.system import write_atomically
from events.wording.names import fact_names
from events.wording.redactions import Redactions
from feed.cli.desk import Desk, command, json_option, parse_instant_or_day, pass_desk
from feed.cli.terminal.event_line import change_json, embargo_mark, log_line
from feed.cli.terminal.layout import moment_words
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.cli.terminal.story_view import View, show_story

STDOUT: Final = "-"
_VERSION = re.compile(r"[0-9]{1,9}")
_time_option = partial(click.option, type=parse_instant_or_day, metavar="TIME")


@command()
@click.argument("story")
@_time_option("--as-of", help="Show what had been reported by then.")
@_time_option("--recorded-by", help="Show what this ledger held by then.")
@_time_option("--now", help="Judge due dates and embargoes as of then.")
@json_option
@pass_desk
def show(
    desk: Desk,
    /,
    *,
    story: str,
    as_of: datetime | None,
    recorded_by: datetime | None,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Show what is known of a story, and who says so.

    The sections are facts, expectations, disputes, the timeline and corrections.

    \b
      writethru show cuba-53
      writethru show cuba-53 --as-of 2015-01-06
      writethru show cuba-53 --json | jq '.facts["prisoners.released"].value'

    TIME is RFC 3339 with a zone, such as 2015-01-06T18:00:00Z; or a day, which means its end in UTC; or now.
    """
    view = View(as_of=as_of, recorded_by=recorded_by, now=now)
    with desk.ledger() as ledger:
        state = _read_story(ledger, story, view)
        before = [] if as_json else list(_before_embargoes(ledger, state, view))
    if as_json:
        echo_json(state.as_json() | ({"version": state.version} if view.has_version else {}))
    else:
        show_story(state, view=view, before=before)


@command()
@click.argument("story", required=False)
@click.option("--undone", is_flag=True, help="List what was undone, and the undos, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, as export does, without the salts.")
@pass_desk
def log(desk: Desk, /, *, story: str | None, undone: bool, as_json: bool) -> None:
    """List the recorded events in order.

    Without STORY, the events of all stories are listed.

    \b
      writethru log cuba-53
      writethru log cuba-53 --json | jq -r .development

    Each line has the position, the story, when the event was recorded, when it was reported if that differs, its type,
    its development, and what it says. You can pass the times to show --recorded-by and to since. --json lists every
    event, also those that were undone.
    """
    with desk.ledger() as ledger:
        if as_json:
            _write_events(ledger, story)
            return
        left_out = frozenset() if undone else ledger.undone(story)
        slug_chars = len(story) if story else max(map(len, ledger.stories()), default=0)
        ends: dict[str, dict[str, datetime]] = {}
        for recorded in ledger.events(story):
            slug, own = recorded.event.story, recorded.event.embargoed_until
            if slug not in ends and own is not None and own > desk.now:  # nothing before it is under embargo
                ends[slug] = embargo_ends(ledger.events(slug), now=desk.now)
            if recorded.id not in left_out:
                until = ends.get(slug, {}).get(recorded.id)
                echo(log_line(recorded, slug_chars=slug_chars, embargoed_until=until))
    if left_out:
        number = quantity(len(left_out), "event")
        words = " ".join(filter(None, ("writethru log", story, "--undone")))
        warn(f"Not listed: {number}, undone or an undo. To see all: {words}")


def parse_since(text: str) -> datetime | int:
    """Parse a version of the story, such as 12; or an instant or a day."""
    return int(text) if _VERSION.fullmatch(text) else parse_instant_or_day(text)


@command()
@click.argument("story")
@click.argument("since", metavar="WHEN|VERSION", type=parse_since)
@json_option
@pass_desk
def since(desk: Desk, /, *, story: str, since: datetime | int, as_json: bool) -> None:
    """Print what changed in a story since a time or a version.

    \b
      writethru since cuba-53 2015-01-06
      writethru since cuba-53 2015-01-06T18:00:00Z
      writethru since cuba-53 12

    Changes since a time are those reported later; a day means its end. The version of a story is the number of its
    events.
    """
    with desk.ledger() as ledger:
        if isinstance(since, int):
            _check_version(ledger.story(story).version, since, story)
        changes, names = ledger.changes(story, since=since), ledger.fact_names(story)
        embargoes = [
            (embargo.until, _changes_before(ledger, story, since, embargo))
            for embargo in ledger.embargoes(story, now=desk.now)
        ]
    words = [str(change.text(Redactions(names=names))) for change in changes]
    ends = [max((until for until, before in embargoes if line not in before), default=None) for line in words]
    if as_json:
        marks = [{} if until is None else {"embargoed_until": format_instant(until)} for until in ends]
        echo_json([change_json(change, names) | mark for change, mark in zip(changes, marks, strict=True)])
        return
    for line, until in zip(words, ends, strict=True):
        echo(" ".join(line.split()) + embargo_mark(until))
    if not changes:
        moment = f"version {since}" if isinstance(since, int) else moment_words(since)
        warn(f"{story}: nothing changed since {moment}.")


def _changes_before(ledger: Ledger, story: str, since: datetime | int, embargo: Embargo) -> set[str]:
    """Return the changes, in words, of what is public before an embargo ends."""
    try:
        names = fact_names(ledger.story(story, without=embargo.covered))
        changes = ledger.changes(story, since=since, without=embargo.covered)
    except UnknownStoryError:
        return set()
    return {str(change.text(Redactions(names=names))) for change in changes}


@command()
@click.argument("story", required=False)
@click.option(
    "-o", "--output", metavar="FILE", default=STDOUT, help="Write to this file; replace it once all is written."
)
@pass_desk
def export(desk: Desk, /, *, story: str | None, output: str) -> None:
    """Write the recorded events as JSON Lines.

    Without STORY, the events of all stories are written, as restore reads them.

    \b
      writethru export -o newsroom.jsonl
      writethru export cuba-53 | gzip > cuba-53.jsonl.gz
    """
    if output != STDOUT:
        desk.check_copy(Path(output).absolute())
    with desk.ledger() as ledger:
        if output == STDOUT:
            sys.stdout.buffer.writelines(_export_lines(ledger, story))
            sys.stdout.flush()
        else:
            _write_whole(Path(output), _export_lines(ledger, story), mode=mode_of(ledger.store))


COMMANDS: tuple[click.Command, ...] = (show, log, since, export)


def _read_story(ledger: Ledger, story: str, view: View) -> Story:
    """Return the story as `view` asks; RefusedError if it was opened later, so that nobody takes it for unknown."""
    try:
        return ledger.story(story, as_of=view.as_of, recorded_by=view.recorded_by, now=view.now)
    except UnknownStoryError:
        if view.recorded_by is None or story not in ledger.stories():
            raise
        opened_at = next(ledger.events(story)).recorded_at
        raise RefusedError(
            Problem(
                where="",
                check="recorded_by",
                message=f"this ledger held no event of {story} by {moment_words(view.recorded_by)}.",
                remedy=f"The story was opened here at {format_instant(opened_at)}. See: writethru log {story}",
            )
        ) from None


def _before_embargoes(ledger: Ledger, state: Story, view: View) -> Iterator[tuple[datetime, Story | None]]:
    """Yield the end of each embargo in a story, and what is known of the story without what is not public before it."""
    for embargo in ledger.embargoes(state.story, now=state.now):
        try:
            yield (
                embargo.until,
                ledger.story(
                    state.story,
                    as_of=view.as_of,
                    recorded_by=view.recorded_by,
                    now=state.now,
                    without=embargo.covered,
                ),
            )
        except UnknownStoryError:
            yield embargo.until, None


def _export_lines(ledger: Ledger, story: str | None) -> Iterator[bytes]:
    with ledger.store.reading() as reading:
        if story is not None and reading.version(story) == 0:
            raise UnknownStoryError(story, stories=story_names(reading))
        yield from map(write_row, reading.rows(story))


def _write_events(ledger: Ledger, story: str | None) -> None:
    sys.stdout.buffer.writelines(map(write_event, ledger.events(story)))
    sys.stdout.flush()


def _check_version(version: int, since: int, story: str) -> None:
    if since > version:
        raise RefusedError(
            Problem(
                where="",
                check="version",
                message=f"{story} is at version {version}: there is no version {since} yet.",
                remedy=f"Give a version up to {version}, or a day such as 2015-01-06.",
            )
        )


def _write_whole(path: Path, lines: Iterable[bytes], *, mode: int) -> None:
    """Write `lines` to the file `path` atomically; to a device or a pipe, as they come."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            device.writelines(lines)
        return
    with write_atomically(path, shared=True, mode=mode) as part, part.open("wb") as file:
        file.writelines(lines)

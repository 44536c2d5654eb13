"""The commands that change what was recorded: correct, hold, retract, redact; pin, close and their opposites."""

from shlex import quote
from typing import Any, get_args

import click

from events import commands
from events.errors import InvalidError, Problem, RefusedError, WritethruError, did_you_mean
from events.files.markdown import write_markdown
from events.fold.story import fold_of
from events.model.events import DevelopmentReleased, DevelopmentReported, Erased, EventRedacted
from events.model.parts import Level
from events.store.base import ERASING
from feed import short_forms
from feed.cli.commands.append import record
from feed.cli.desk import Desk, command, confirm, parse_instant, pass_desk, read_input, yes_option
from feed.cli.editing import edit_text, edited_fields, save_text
from feed.cli.exit_codes import SOME_FAILED
from feed.cli.options import Mode, embargo_option, recording_options
from feed.cli.pictures import added_pictures, picture_options
from feed.cli.terminal.event_line import log_line
from feed.cli.terminal.output import echo, warn
from feed.publishing.leftovers import CACHED_PROBLEM, erasing_problem

_desk_reason_option = click.option("--reason", help="Why, for the desk. It is not published.")
_public_reason_option = click.option("--reason", help="Why, for readers.")
_required_reason_option = click.option("--reason", required=True, help="Why, for readers.")


@command()
@click.argument("story")
@click.argument("development")
@click.option(
    "--set",
    "settings",
    metavar="FIELD=VALUE",
    multiple=True,
    help="Replace a field; FIELD= removes it. Can be repeated.",
)
@click.option(
    "--fact",
    "facts",
    metavar="KEY=VALUE",
    multiple=True,
    help="Correct one fact of the report. What you leave out, such as the unit, stays. Can be repeated.",
)
@click.option("--edit", is_flag=True, help="Change the report in $EDITOR. Only what differs is recorded.")
@click.option("-f", "--file", "file", metavar="FILE", help="Read the changed report from a .md file.")
@click.option("--note", help="What was wrong, for readers. Required unless the level is typo.")
@click.option(
    "--level",
    type=click.Choice(get_args(Level)),
    default="correction",
    show_default=True,
    help="typo: edit silently. clarification: edit, and show the note. correction: publish a new entry as well.",
)
@click.option(
    "--reported", "reported_at", type=parse_instant, metavar="TIME", help="When the mistake was reported. Default: now."
)
@picture_options
@embargo_option
@recording_options
@pass_desk
def correct(
    desk: Desk,
    /,
    *,
    settings: tuple[str, ...],
    facts: tuple[str, ...],
    edit: bool,
    file: str | None,
    mode: Mode,
    **fields: Any,
) -> None:
    """Correct a report. Its entry is edited in place, and a correction is published as a new entry.

    \b
      writethru correct harbour-fire d2 --fact hurt=3 --note "The port first said two."
      writethru correct harbour-fire d2 --set headline="Three hurt, port says" --level typo
      writethru correct harbour-fire d2 --edit --note "The port first said two."

    TIME is RFC 3339 with a zone, such as 2026-11-23T18:00:00Z, or now.
    """
    changes: dict[str, Any] = dict(map(short_forms.parse_setting, settings))
    if [bool(changes or facts or fields["pictures"]), edit, file is not None].count(True) != 1:
        raise click.UsageError("Give what to correct: --fact KEY=VALUE or --set FIELD=VALUE; or --edit; or -f FILE.")
    if (facts and "facts" in changes) or (fields["pictures"] and "media" in changes):
        raise click.UsageError("Give the facts with --fact or with --set, and the media with --picture or with --set.")
    with added_pictures(desk, fields, dry_run=mode.dry_run) as pictures:
        if edit or file is not None:
            _correct_text(desk, file, mode=mode, **fields)
            return
        if facts:
            changes["facts"] = _corrected_facts(desk, fields["story"], fields["development"], facts)
        if pictures:
            changes["media"] = pictures
        record(desk, commands.correct(changes=changes, times=desk.times, **fields), mode=mode)


def _correct_text(desk: Desk, file: str | None, *, story: str, development: str, mode: Mode, **fields: Any) -> None:
    """Record what differs between a report and the text of it in a file, or as it is saved in the editor."""
    before = _readable(desk, story, development)
    if file is None and fields["note"] is None and fields["level"] != "typo":
        raise click.UsageError("Give what was wrong, for readers: --note NOTE; or --level typo.")
    template = write_markdown(before)
    data = edit_text(template, where=development) if file is None else read_input(file)
    name = file or f"{development}.md"
    try:
        changes = edited_fields(template.encode(), data, name=name, story=story, times=desk.times)
        if _readable(desk, story, development) != before:
            message = f"{development} was changed while you edited it."
            remedy = f"Look at it again: writethru show {story}"
            raise RefusedError(Problem(where=story, check="edit", message=message, remedy=remedy))
        record(desk, commands.correct(story, development, changes, times=desk.times, **fields), mode=mode)
    except WritethruError:
        if file is None:
            warn(
                f"Your text is saved. To try again: writethru correct {story} {development} -f {quote(save_text(data))}"
            )
        raise


def _readable(desk: Desk, slug: str, name: str) -> DevelopmentReported:
    """Return a report as it is now; RefusedError if it has no text any more, or does not exist."""
    with desk.ledger() as ledger:
        story = ledger.story(slug)
    development = story.development(name)
    if development is None or development.report is None:
        state = "there is no development" if development is None else "nothing can be corrected in"
        close = None if development else did_you_mean(name, [item.id for item in story.developments])
        remedy = f"{f'Did you mean {close}? ' if close else ''}To see all: writethru show {slug}"
        raise RefusedError(Problem(where=slug, check="development", message=f"{state} {name}.", remedy=remedy))
    return development.report.model_copy(update={"reported_at": development.reported_at})


def _corrected_facts(desk: Desk, slug: str, name: str, texts: tuple[str, ...]) -> list[Any]:
    """Return all claims of a report. Those that `texts` correct get the new fields and keep the others."""
    claims = list(_readable(desk, slug, name).facts)
    for text in texts:
        correction = short_forms.parse_fact(text, desk.times)
        indexes = [index for index, claim in enumerate(claims) if claim.key == correction.key]
        if len(indexes) != 1:
            count = "no claim" if not indexes else f"{len(indexes)} claims"
            keys = sorted({claim.key for claim in claims})
            close = None if indexes else did_you_mean(correction.key, keys)
            raise InvalidError(
                Problem(
                    where="--fact",
                    check="key",
                    message=f"{name} makes {count} about {correction.key}; its keys are: {', '.join(keys) or 'none'}.",
                    remedy=f"Did you mean {close}?" if close else "To replace all its facts: --set 'facts=[…]'",
                )
            )
        stance = claims[indexes[0]].stance
        if stance != "asserts" and "stance" not in correction.model_fields_set and correction.value is not None:
            value = text.removeprefix(correction.key)
            raise InvalidError(
                Problem(
                    where="--fact",
                    check="stance",
                    message=f"the claim of {name} about {correction.key} has the stance {stance}.",
                    remedy=f"Write {correction.key}!{stance}{value}, or {correction.key}!asserts{value}.",
                )
            )
        update = {field: getattr(correction, field) for field in correction.model_fields_set}
        claims[indexes[0]] = claims[indexes[0]].model_copy(update=update)
    return [claim.model_dump(mode="json", exclude_defaults=True) for claim in claims]


@command()
@click.argument("story")
@click.argument("development")
@_desk_reason_option
@recording_options
@pass_desk
def hold(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Withhold a development pending checks. Its text is removed from the output until it is released.

    \b
      writethru hold harbour-fire d2 --reason "The hospital does not answer."
    """
    record(desk, commands.hold(**fields), mode=mode)


@command()
@click.argument("story")
@click.argument("development")
@_desk_reason_option
@yes_option
@recording_options
@pass_desk
def release(desk: Desk, /, *, yes: bool, mode: Mode, **fields: Any) -> None:
    """Release a held development. If it is not held, end its embargo now.

    \b
      writethru release harbour-fire d2
    """
    event = commands.release(**fields)
    if not mode.dry_run and _breaks_embargo(desk, event):
        confirm(f"End the embargo of {event.development} now? It cannot be undone.", yes=yes)
    record(desk, event, mode=mode)


@command()
@click.argument("story")
@click.argument("development")
@_required_reason_option
@click.option("--substitute", metavar="DEV", help="The development that replaces it. You can add it later.")
@recording_options
@pass_desk
def retract(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Withdraw a development for good. Its text is removed from the output; the fact of the retraction stays.

    \b
      writethru retract harbour-fire d2 --reason "The number was of another fire." --substitute d5
    """
    record(desk, commands.retract(**fields), mode=mode)


@command()
@click.argument("story")
@click.argument("development")
@recording_options
@pass_desk
def pin(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Keep a development at the top of the story's page.

    \b
      writethru pin harbour-fire d2
    """
    record(desk, commands.pin(**fields), mode=mode)


@command()
@click.argument("story")
@click.argument("development")
@recording_options
@pass_desk
def unpin(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Unpin a development.

    \b
      writethru unpin harbour-fire d2
    """
    record(desk, commands.unpin(**fields), mode=mode)


@command()
@click.argument("story")
@_public_reason_option
@recording_options
@pass_desk
def close(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Close a story to new reports. Corrections stay possible.

    \b
      writethru close harbour-fire --reason "The fire is out."
    """
    record(desk, commands.close_story(**fields), mode=mode)


@command()
@click.argument("story")
@_public_reason_option
@recording_options
@pass_desk
def reopen(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Reopen a closed story to new reports.

    \b
      writethru reopen harbour-fire
    """
    record(desk, commands.reopen_story(**fields), mode=mode)


@command()
@click.argument("story")
@click.argument("development", required=False)
@click.option("--event", metavar="ID", help="Erase one event instead of a development. For ids: writethru log --json")
@_required_reason_option
@click.option("--authority", help="Who ordered it.")
@yes_option
@recording_options
@pass_desk
def redact(desk: Desk, /, *, yes: bool, mode: Mode, **fields: Any) -> None:
    """Erase the text of a development or an event for good.

    It is erased from the ledger at once, and from the output by the next publication.

    \b
      writethru redact harbour-fire d2 --reason "Names a child." --authority "City court"
    """
    redaction = commands.redact(**fields)
    if not mode.dry_run:
        question = f"Erase the text of {_target(redaction)} for good? It cannot be undone."
        confirm(question, yes=yes, show=lambda: _show_erased(desk, redaction))
    record(desk, redaction, mode=mode)
    if not mode.dry_run:
        with desk.ledger() as ledger, ledger.store.reading() as reading:
            _print_reach(redaction, published=mode.publish, of_server=ledger.store.file is None)
            left = [erasing_problem(ledger.store)] if reading.note(ERASING) is not None else []
            left += [CACHED_PROBLEM] if desk.newsroom.cache.may_hold_redacted(reading) else []
            for problem in left:
                warn(str(problem))
            if left:
                click.get_current_context().exit(SOME_FAILED)


def _show_erased(desk: Desk, redaction: EventRedacted) -> None:
    """Print the events that a redaction would erase; RefusedError if it is refused."""
    with desk.ledger() as ledger:
        ledger.preview(redaction)
        events = tuple(ledger.events(redaction.story))
        erased = fold_of(redaction.story, events).erased_by(redaction)
        for recorded in events:
            if recorded.id in erased and not isinstance(recorded.event, Erased):
                warn(log_line(recorded, slug_chars=len(redaction.story)))


def _breaks_embargo(desk: Desk, event: DevelopmentReleased) -> bool:
    """Return True if the release would end an embargo, since the development is not held."""
    with desk.ledger() as ledger:
        story = ledger.story(event.story) if event.story in ledger.stories() else None
    development = story.development(event.development) if story else None
    return (
        development is not None
        and development.status == "usable"
        and development.embargoed_until is not None
        and development.embargoed_until > desk.now
    )


def _target(redaction: EventRedacted) -> str:
    return f"development {redaction.development}" if redaction.development else f"event {redaction.event}"


def _print_reach(redaction: EventRedacted, *, published: bool, of_server: bool) -> None:
    echo(f"The text of {_target(redaction)} is erased from the ledger. Its position and its digest stay.")
    if not published:
        echo("To remove it from the output as well: writethru publish")
    echo("Reasons of holds, releases and retractions stay in the ledger; they are not published.")
    echo("Not erased: backups, exports, mirrors of the output, and what readers have already fetched.")
    if of_server:
        echo(
            "Nor are the database's write-ahead log (WAL), replicas, archives and base backups: ask its administrator."
        )


COMMANDS = (correct, hold, release, retract, pin, unpin, close, reopen, redact)

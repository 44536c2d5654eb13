"""The commands that repair: correct, hold, release, retract, redact; pin, close and their opposites."""

from collections.abc import Callable
from typing import Any, Literal, get_args

import click

from events import commands
from events.model.events import AnyEvent, EventRedacted
from events.model.parts import Level
from feed.cli import short_forms
from feed.cli.commands.append import record
from feed.cli.desk import Desk, command, exact, pass_desk
from feed.cli.options import publish_option
from feed.cli.terminal.output import echo


@command()
@click.argument("story")
@click.argument("development")
@click.option(
    "--set", "settings", metavar="FIELD=VALUE", multiple=True, required=True, help="Replace a field; may be repeated."
)
@click.option("--note", help="What was wrong, for readers. Needed, save for a typo.")
@click.option("--level", type=click.Choice(get_args(Level)), default="correction", show_default=True)
@click.option("--reported", type=exact, help="When the mistake was reported; else now.")
@click.option("--embargo", type=exact, help="Nothing of it is published before.")
@publish_option
@pass_desk
def correct(
    desk: Desk,
    /,
    story: str,
    development: str,
    *,
    settings: tuple[str, ...],
    note: str | None,
    level: Literal["typo", "clarification", "correction"],
    reported: Any,
    embargo: Any,
    publish: bool,
) -> None:
    """Correct a report. A correction makes a new entry, and edits the old one in place.

    \b
      writethru correct harbour-fire d2 --set 'facts=[{"key": "hurt", "value": 3}]' --note "The port first said two."
      writethru correct harbour-fire d2 --set headline="Three hurt, port says" --level typo
    """
    changes: dict[str, Any] = dict(short_forms.setting(text) for text in settings)
    event = commands.correct(
        story, development, changes, note, level=level, reported_at=reported, embargoed_until=embargo
    )
    record(desk, event, publish=publish)


def _about(name: str, make: Callable[..., AnyEvent], help_text: str, *, reason: bool) -> click.Command:
    """Return a command about one development that takes at most a reason."""

    def command(desk: Desk, /, story: str, development: str, *, publish: bool, reason: str | None = None) -> None:
        record(desk, make(story, development, **({"reason": reason} if reason else {})), publish=publish)

    command.__doc__ = help_text
    made = publish_option(pass_desk(command))
    if reason:
        made = click.option("--reason", help="Why, for the desk: it is not published.")(made)
    made = click.argument("story")(click.argument("development")(made))
    return click.command(name)(made)


hold = _about(
    "hold", commands.hold, "Withhold a development pending checks; its text goes from the output.", reason=True
)
release = _about(
    "release", commands.release, "Release what is held; or, where it is not held, end its embargo now.", reason=True
)
pin = _about("pin", commands.pin, "Keep a development on top of the story's page.", reason=False)
unpin = _about("unpin", commands.unpin, "Let go of a pinned development.", reason=False)


@command()
@click.argument("story")
@click.argument("development")
@click.option("--reason", required=True, help="Why, for readers.")
@click.option("--substitute", metavar="DEV", help="The development that replaces it; can be named later.")
@publish_option
@pass_desk
def retract(desk: Desk, /, story: str, development: str, *, reason: str, substitute: str | None, publish: bool) -> None:
    """Withdraw a development for good. Its text goes from the output; that it was retracted stays.

    \b
      writethru retract harbour-fire d2 --reason "The number was of another fire." --substitute d5
    """
    record(desk, commands.retract(story, development, reason, substitute=substitute), publish=publish)


@command()
@click.argument("story")
@click.argument("development", required=False)
@click.option("--event", metavar="ID", help="One event instead of a development: its id (writethru log --json).")
@click.option("--reason", required=True, help="Why, for readers.")
@click.option("--authority", help="Who ordered it.")
@publish_option
@pass_desk
def redact(
    desk: Desk,
    /,
    story: str,
    development: str | None,
    *,
    event: str | None,
    reason: str,
    authority: str | None,
    publish: bool,
) -> None:
    """Erase the text of a development, or of one event, from the ledger. This cannot be undone.

    \b
      writethru redact harbour-fire d2 --reason "Names a child." --authority "City court"
    """
    redaction = commands.redact(story, reason, development=development, event=event, authority=authority)
    record(desk, redaction, publish=publish)
    _say_reach(redaction, published=publish)


def _close_or_reopen(name: str, make: Callable[..., AnyEvent], help_text: str) -> click.Command:
    def command(desk: Desk, /, story: str, *, reason: str | None, publish: bool) -> None:
        record(desk, make(story, reason=reason), publish=publish)

    command.__doc__ = help_text
    made = click.option("--reason", help="Why, for readers.")(publish_option(pass_desk(command)))
    return click.command(name)(click.argument("story")(made))


close = _close_or_reopen(
    "close", commands.close_story, "Close a story: it takes no more reports; repairs it still takes."
)
reopen = _close_or_reopen("reopen", commands.reopen_story, "Let a closed story run again.")


def _say_reach(redaction: EventRedacted, *, published: bool) -> None:
    what = f"development {redaction.development}" if redaction.development else f"event {redaction.event}"
    echo(f"Erased from the ledger: the text of {what}. Its place and its digest stay.")
    if not published:
        echo("It leaves the output with the next: writethru publish")
    echo("What was given as the reason of a hold, release or retraction stays in the ledger; it is not published.")
    echo("Out of reach: backups, exports, mirrors of the output, and what readers have already fetched.")


COMMANDS = (
    correct,
    hold,
    release,
    retract,
    pin,
    unpin,
    close,
    reopen,
    redact,
)

"""Options that several commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from feed.cli.desk import clock_option, parse_imprecise_time, parse_instant
from feed.cli.pictures import picture_options

_Command = TypeVar("_Command", bound=Callable[..., Any])

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Record nothing; print what would be recorded and changed."
)
expected_version_option = click.option(
    "--expected-version",
    type=click.IntRange(min=0),
    metavar="N",
    help="Refuse if the story has changed since version N, which show prints.",
)
publish_option = click.option("--publish", is_flag=True, help="Publish at once. Waits for a running publication.")
embargo_option = click.option(
    "--embargo", "embargoed_until", type=parse_instant, metavar="TIME", help="Do not publish before this time."
)


_REPORT_OPTIONS = (
    click.option(
        "--id",
        "development",
        metavar="SLUG",
        help="Its permanent name, part of its address. Keep it neutral: it stays after a retraction. Default: d1, …",
    ),
    click.option("--event-id", "id", metavar="ID", help="Recording the same id again changes nothing."),
    click.option("--body", help="The text, in CommonMark."),
    click.option(
        "--happened",
        type=parse_imprecise_time,
        metavar="WHEN",
        help="When it happened, such as 2015-01-06 or 2014-12-17/2015-01-06.",
    ),
    click.option("--said-on", type=parse_imprecise_time, metavar="WHEN", help="When it was said."),
    click.option(
        "--reported",
        "reported_at",
        type=parse_instant,
        metavar="TIME",
        help="When the source reported it. Default: now.",
    ),
    click.option(
        "--published",
        "published_at",
        type=parse_instant,
        metavar="TIME",
        help="The date of its entry, for archives. Default: when it becomes public.",
    ),
    click.option(
        "--archive",
        is_flag=True,
        default=None,
        help="Announce it to nobody: it goes to the page and to the archive, under its own date.",
    ),
    embargo_option,
    click.option(
        "--said-by",
        multiple=True,
        metavar='"NAME, ROLE (ORG)"',
        help='Who says so. For an unnamed speaker: "-, ROLE (ORG)".',
    ),
    click.option("--source", "sources", multiple=True, metavar='"NAME [URL] [via A, B]"', help="Who published it."),
    click.option(
        "--fact",
        "facts",
        multiple=True,
        metavar="KEY=VALUE[/OF][:UNIT][@WHEN]",
        help="What they claim. Also KEY!denies, or JSON.",
    ),
    click.option("--quote", "quotes", multiple=True, metavar='"SPEAKER: text"', help="Their words, verbatim."),
    click.option(
        "--expect",
        "expects",
        multiple=True,
        metavar='"[ID:] what [by WHO] [@ WHEN]"',
        help="What is promised or due. Keep its ID neutral: it stays after a retraction.",
    ),
    click.option(
        "--resolve",
        "resolves",
        multiple=True,
        metavar="ID=met|partly_met|missed|cancelled",
        help="How an expectation came out.",
    ),
    click.option("--corroborates", multiple=True, metavar="DEV[:KEY,…]", help="A development that this confirms."),
    click.option("--disputes", multiple=True, metavar="DEV[:KEY,…][=denies]", help="A development that this disputes."),
    click.option(
        "--media",
        multiple=True,
        metavar='"URL TYPE alt text"',
        help="A picture, sound or film elsewhere. JSON adds credit and size.",
    ),
    click.option("--urgency", type=click.IntRange(1, 9), help="1 is a flash, 9 is not urgent (ninjs)."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How a command records its event.

    publish: whether to publish at once
    dry_run: whether to record nothing
    expected_version: the version that the story must have; None if any will do
    """

    publish: bool
    dry_run: bool
    expected_version: int | None


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return `command` with the options of every command that records one event, which it gets as its `mode`."""

    @wraps(command)
    def with_mode(*arguments: Any, publish: bool, dry_run: bool, expected_version: int | None, **options: Any) -> Any:
        mode = Mode(publish=publish, dry_run=dry_run, expected_version=expected_version)
        return command(*arguments, mode=mode, **options)

    return expected_version_option(dry_run_option(publish_option(clock_option(with_mode))))


def report_options(command: _Command) -> _Command:
    """Add the options of a report to `command`."""
    command = picture_options(command)
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return command


def subject_options(command: _Command) -> _Command:
    """Add the options of a story's header to `command`."""
    for option in (
        click.option("--origins", multiple=True, metavar='"ORIGIN=NAME[, …]"', help="Names that speak for one origin."),
        click.option("--language", help="BCP 47, such as en or pt-BR."),
        click.option("--subject", "subjects", multiple=True, help="A topic of the story. Can be repeated."),
        click.option("--summary", help="One paragraph."),
    ):
        command = option(command)
    return command

"""Options that several commands share, and how those of a report become its fields."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import orjson

from events.errors import InvalidError, Problem
from events.model.edtf import When, parse_when
from feed.cli import short_forms
from feed.cli.desk import exact

_Command = TypeVar("_Command", bound=Callable[..., Any])

publish_option = click.option("--publish", is_flag=True, help="Publish at once, waiting for a run under way.")


def when(text: str) -> When:
    """Read an imprecise time: EDTF, such as 2015-01, 2015-01-21/2015-01-22 or 2015~."""
    try:
        return parse_when(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_REPORT_OPTIONS = (
    click.option(
        "--id",
        "development",
        metavar="SLUG",
        help="Its permanent name, part of its address; it stays after a retraction: keep it neutral. Default: d1, …",
    ),
    click.option("--event-id", "id", metavar="ID", help="Recording the same id again changes nothing."),
    click.option("--body", help="The text (CommonMark)."),
    click.option("--happened", type=when, help="When it happened: 2015-01-06, 2014-12-17/2015-01-06, …"),
    click.option("--said-on", type=when, help="When it was said."),
    click.option("--reported", "reported_at", type=exact, help="When the source reported it; default now."),
    click.option("--published", "published_at", type=exact, help="For archives: the date that the entry shall bear."),
    click.option("--embargo", "embargoed_until", type=exact, help="Nothing of it is published before."),
    click.option(
        "--said-by", multiple=True, metavar='"NAME, ROLE (ORG)"', help='"-, ROLE (ORG)" for somebody not named.'
    ),
    click.option("--source", "sources", multiple=True, metavar='"NAME [URL] [via A, B]"'),
    click.option(
        "--fact", "facts", multiple=True, metavar="KEY=VALUE[/OF][:UNIT][@WHEN]", help="Or KEY!denies, or JSON."
    ),
    click.option("--quote", "quotes", multiple=True, metavar='"SPEAKER: text"', help="Verbatim words only."),
    click.option("--expect", "expects", multiple=True, metavar='"[ID:] what [by WHO] [@ WHEN]"'),
    click.option("--resolve", "resolves", multiple=True, metavar="ID=met|partly_met|missed|cancelled"),
    click.option("--corroborates", multiple=True, metavar="DEV[:KEY,…]"),
    click.option("--disputes", multiple=True, metavar="DEV[:KEY,…][=denies]"),
    click.option("--media", multiple=True, metavar='"URL TYPE alt text"', help="Or JSON, with credit and size."),
    click.option("--urgency", type=click.IntRange(1, 9), help="1 is a flash, 9 can wait (ninjs)."),
)
_SHORT_FORMS: dict[str, Callable[[str], Any]] = {
    "said_by": short_forms.speaker,
    "sources": short_forms.source,
    "facts": short_forms.fact,
    "quotes": short_forms.quote,
    "expects": short_forms.expectation,
    "resolves": short_forms.resolution,
    "corroborates": short_forms.corroboration,
    "disputes": short_forms.dispute,
}


def report_options(command: _Command) -> _Command:
    """Return `command` the options of a report."""
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return command


def subject_options(command: _Command) -> _Command:
    """Return `command` the options of a story's header."""
    for option in (
        click.option("--origins", multiple=True, metavar='"ORIGIN=NAME, …"', help="Names that are one voice."),
        click.option("--language", help="BCP 47, such as en or pt-BR."),
        click.option("--subject", "subjects", multiple=True, help="May be repeated."),
        click.option("--summary", help="One paragraph."),
    ):
        command = option(command)
    return command


def report_fields(options: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a report from its options; InvalidError with every bad short form."""
    fields = {name: given for name, given in options.items() if given not in (None, ())}
    problems: list[Problem] = []
    for name, read in {**_SHORT_FORMS, "media": _media}.items():
        parts = []
        for text in options.get(name) or ():
            try:
                parts.append(read(text))
            except InvalidError as error:
                problems += error.problems
        if parts:
            fields[name] = parts
    if problems:
        raise InvalidError(*problems)
    return fields


def _media(text: str) -> dict[str, Any]:
    """Read `URL TYPE alt text`, or JSON."""
    if text.startswith("{"):
        try:
            return dict(orjson.loads(text))
        except ValueError as error:
            problem = Problem(where="--media", check="media", message=f"{text!r} is no JSON object: {error}.")
            raise InvalidError(problem) from None
    parts = text.split(maxsplit=2)
    if len(parts) != len(("url", "type", "alt")):
        raise InvalidError(
            Problem(
                where="--media",
                check="media",
                message=f'{text!r} is no "URL TYPE alt text".',
                remedy='Such as: --media "https://news.example/quay.jpg image/jpeg Smoke over the quay"',
            )
        )
    url, media_type, alt = parts
    return {"url": url, "type": media_type, "alt": alt}

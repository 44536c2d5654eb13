"""The commands that record what is new: open, report and its short forms, revise."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from events import commands
from events.errors import InvalidError, Problem, WritethruError
from events.files.importer import Incoming, read_events
from events.model.parts import DisputeKind
from feed.cli.commands.append import record, say_where
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk, command, pass_desk, read_input
from feed.cli.options import publish_option, report_fields, report_options, subject_options
from feed.cli.terminal.output import warn

TEMPLATE = """\
---
# One report: fill in what you know, delete the rest. Below the second line of dashes stands the text (Markdown).
headline: ""
# said_by: ["Jane Doe, harbour master (Port Authority)"]
# sources: [{name: "", url: ""}]
# happened: "2015-01-06"
# facts: [{key: ferries.running, value: 0, of: 4}]
# expects: [{what: "Ferries run again", due: "2015-01-08"}]
---

"""


@command("open")
@click.argument("story")
@click.argument("headline")
@subject_options
@publish_option
@pass_desk
def open_(desk: Desk, /, story: str, headline: str, *, publish: bool, **fields: Any) -> None:
    """Open a running story under a permanent short name.

    STORY is part of every address: lower-case words joined by hyphens.

    \b
      writethru open harbour-fire "Fire at the harbour" --subject disaster --language en
    """
    record(desk, commands.open_story(story, headline, **_story_fields(fields)), publish=publish)


@command()
@click.argument("story")
@click.argument("headline", required=False)
@report_options
@click.option(
    "-f", "--file", "file", metavar="FILE", help="Read the report from a .md, .yaml or .jsonl file, or stdin (-)."
)
@click.option("--edit", is_flag=True, help="Write the report in $EDITOR.")
@publish_option
@pass_desk
def report(
    desk: Desk, /, story: str, headline: str | None, *, file: str | None, edit: bool, publish: bool, **fields: Any
) -> None:
    """Report a development.

    \b
      writethru report harbour-fire "Two hurt, port says" --said-by "Ana Ruiz, fire chief (Port Authority)" \\
          --fact hurt=2:people --source "Harbour Radio https://radio.example/1" --expect "Ferries run @ 2026-11-24"

    TIME is RFC 3339 with a zone, such as 2026-11-23T18:00:00Z, or now. WHEN is less exact: a day, a month, a range, or
    any other EDTF.
    """
    if sum(way is not None and way is not False for way in (headline, file, edit)) != 1:
        raise click.UsageError("Give exactly one of HEADLINE, -f FILE and --edit.")
    if headline is not None:
        record(desk, commands.report(story, headline, **report_fields(fields)), publish=publish)
        return
    data = read_input(file) if file is not None else _edited(story)
    name = file if file is not None else "report.md"
    try:
        incoming = read_events(data, name=name, story=story)
        with desk.ledger() as ledger:
            appended = ledger.append_all([item.event for item in incoming], locations=_locations(incoming))
    except WritethruError:
        if edit:
            warn(f"Your text is kept. Mend it, then: writethru report {story} -f {_kept(data)}")
        raise
    for item in appended:
        say_where(item)
    if publish:
        publish_now(desk)


@command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--key", "keys", multiple=True, help="Only this claim. Can be repeated.")
@click.option("--method", help='How it was checked, such as "on-site check".')
@click.option("--verification", is_flag=True, help="They have verified it themselves.")
@publish_option
@pass_desk
def corroborate(
    desk: Desk,
    /,
    story: str,
    target: str,
    headline: str,
    *,
    keys: tuple[str, ...],
    method: str | None,
    verification: bool,
    publish: bool,
    **fields: Any,
) -> None:
    """Report that somebody else confirms a development.

    \b
      writethru corroborate harbour-fire d2 "Hospital confirms it" --said-by "-, doctor (City Hospital)"
    """
    support = {"development": target, "keys": keys, "verification": verification}
    support |= {"method": method} if method else {}
    given = report_fields(fields)
    given["corroborates"] = [*given.get("corroborates", ()), support]
    record(desk, commands.report(story, headline, **given), publish=publish)


@command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--kind", type=click.Choice(get_args(DisputeKind)), required=True, help="What they say about it.")
@click.option("--key", "keys", multiple=True, help="Only this claim. Can be repeated.")
@click.option("--statement", help="Their objection, in your words.")
@publish_option
@pass_desk
def dispute(
    desk: Desk,
    /,
    story: str,
    target: str,
    headline: str,
    *,
    kind: str,
    keys: tuple[str, ...],
    statement: str | None,
    publish: bool,
    **fields: Any,
) -> None:
    """Report that somebody disputes a development.

    They deny it, cannot confirm it, or disagree.

    \b
      writethru dispute harbour-fire d2 "Line denies injuries" --kind denies --said-by "Spokesman (Blue Line)"
    """
    doubt = {"development": target, "keys": keys, "kind": kind}
    doubt |= {"statement": statement} if statement else {}
    given = report_fields(fields)
    given["disputes"] = [*given.get("disputes", ()), doubt]
    record(desk, commands.report(story, headline, **given), publish=publish)


@command()
@click.argument("story")
@click.option("--headline")
@subject_options
@publish_option
@pass_desk
def revise(desk: Desk, /, story: str, *, publish: bool, **fields: Any) -> None:
    """Change the headline or other fields of a story itself.

    An option replaces the former value of its field: repeat all subjects, or all origins.

    \b
      writethru revise harbour-fire --headline "Harbour fire: two hurt, ferries suspended"
    """
    record(desk, commands.revise_story(story, **_story_fields(fields)), publish=publish)


def _locations(items: Sequence[Incoming]) -> dict[str, str]:
    return {item.event.id or "": item.where for item in items}


def _story_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a story's header from options."""
    given = {name: fields[name] for name in ("headline", "summary", "language") if fields.get(name)}
    if fields["subjects"]:
        given["subjects"] = list(fields["subjects"])
    if fields["origins"]:
        given["origins"] = _origins(fields["origins"])
    return given


def _origins(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """Read `US government=State Department, White House` each."""
    origins: dict[str, list[str]] = {}
    for text in texts:
        origin, mark, members = text.partition("=")
        if not mark or not origin.strip():
            raise InvalidError(
                Problem(
                    where="--origins",
                    check="origins",
                    message=f"{text!r} is no ORIGIN=NAME, NAME, …",
                    remedy='Such as: --origins "US government=State Department, White House"',
                )
            )
        origins[origin.strip()] = [member.strip() for member in members.split(",") if member.strip()]
    return origins


def _edited(story: str) -> bytes:
    text = click.edit(TEMPLATE, extension=".md", require_save=True)
    if text is None:
        problem = Problem(where=story, check="edit", message="nothing was saved in the editor; nothing is recorded.")
        raise InvalidError(problem)
    return text.encode()


def _kept(data: bytes) -> str:
    with tempfile.NamedTemporaryFile(prefix="writethru-", suffix=".md", delete=False) as file:
        file.write(data)
        return str(Path(file.name))


COMMANDS = (open_, report, corroborate, dispute, revise)

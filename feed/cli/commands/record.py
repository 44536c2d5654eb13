"""The commands that record what is new: open, report and its short forms, revise."""

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any, get_args

import click

from events import commands
from events.errors import WritethruError
from events.model.events import AnyEvent
from events.model.parts import DisputeKind
from feed.cli.commands.append import print_appended, record, warn_of_embargoes, warn_of_unspoken_keys
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk, command, parse_imprecise_time, pass_desk, read_input
from feed.cli.options import Mode, embargo_option, recording_options, report_options, subject_options
from feed.cli.pictures import added_pictures
from feed.cli.setting_options import fact_settings, setting_options
from feed.cli.terminal.output import warn
from feed.short_forms import parse_origin, report_fields

TEMPLATE = """\
---
# One report: fill in what you know, delete the rest. The text (Markdown) goes below the second line of dashes.
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
@setting_options
@recording_options
@pass_desk
def open_(desk: Desk, /, story: str, headline: str, *, mode: Mode, **fields: Any) -> None:
    """Open a running story under a permanent short name.

    STORY is part of every address: lower-case words joined by hyphens.

    \b
      writethru open harbour-fire "Fire at the harbour" --subject disaster --language en
    """
    record(desk, commands.open_story(story, headline, **_story_fields(fields)), mode=mode)


@command()
@click.argument("story")
@click.argument("headline", required=False)
@report_options
@click.option(
    "-f", "--file", "file", metavar="FILE", help="Read the report from a .md, .yaml or .jsonl file, or stdin (-)."
)
@click.option("--edit", is_flag=True, help="Write the report in $EDITOR.")
@recording_options
@pass_desk
def report(
    desk: Desk,
    /,
    story: str,
    headline: str | None,
    *,
    file: str | None,
    edit: bool,
    mode: Mode,
    **fields: Any,
) -> None:
    """Report a development.

    \b
      writethru report harbour-fire "Two hurt, port says" --said-by "Ana Ruiz, fire chief (Port Authority)" \\
          --fact hurt=2:people --source "Harbour Radio https://radio.example/1" --expect "Ferries run @ 2026-11-24"

    The options from --said-by to --media, and those of pictures, can be repeated. TIME is RFC 3339 with a zone, such
    as 2026-11-23T18:00:00Z, or now. WHEN can be less exact: it is EDTF, such as a day, a month or a range.
    """
    if [headline is not None, file is not None, edit].count(True) != 1:
        raise click.UsageError("Give exactly one of HEADLINE, -f FILE and --edit.")
    if headline is not None:
        _report(desk, story, headline, fields, mode=mode)
        return
    from feed.cli.editing import edit_text, save_text  # noqa: PLC0415 - not for one event: parsers of files take 15 ms

    _refuse_options(fields)
    data = read_input(file) if file is not None else edit_text(TEMPLATE, where=story)
    try:
        _append_file(desk, data, name=file or "report.md", story=story, mode=mode)
    except WritethruError:
        if edit:
            warn(f"Your text is saved. Fix it, then run: writethru report {story} -f {quote(save_text(data))}")
        raise
    if mode.dry_run and edit:
        warn(f"Your text is saved. To record it: writethru report {story} -f {quote(save_text(data))}")
    if mode.publish and not mode.dry_run:
        publish_now(desk)


@command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--key", "keys", multiple=True, help="Only this claim. Can be repeated.")
@click.option("--method", help='How it was checked, such as "on-site check".')
@click.option("--verification", is_flag=True, help="They have verified it themselves.")
@recording_options
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
    mode: Mode,
    **fields: Any,
) -> None:
    """Report that somebody else confirms a development.

    \b
      writethru corroborate harbour-fire d2 "Hospital confirms it" --said-by "-, doctor (City Hospital)"
    """
    support = {"development": target, "keys": keys, "verification": verification}
    support |= {"method": method} if method else {}
    _report(desk, story, headline, fields, mode=mode, corroborates=[support])


@command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--kind", type=click.Choice(get_args(DisputeKind)), required=True, help="What they say about it.")
@click.option("--key", "keys", multiple=True, help="Only this claim. Can be repeated.")
@click.option("--statement", help="Their objection, in your words.")
@recording_options
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
    mode: Mode,
    **fields: Any,
) -> None:
    """Report that somebody disputes a development.

    They deny it, cannot confirm it, or disagree.

    \b
      writethru dispute harbour-fire d2 "Line denies injuries" --kind denies --said-by "Spokesman (Blue Line)"
    """
    doubt = {"development": target, "keys": keys, "kind": kind}
    doubt |= {"statement": statement} if statement else {}
    _report(desk, story, headline, fields, mode=mode, disputes=[doubt])


@command()
@click.argument("story")
@click.argument("key")
@click.option("--on", "checked_on", type=parse_imprecise_time, metavar="DAY|TIME", help="When. Default: today, in UTC.")
@click.option("--said-by", "--by", "said_by", multiple=True, metavar='"NAME, ROLE (ORG)"', help="Who looked again.")
@click.option("--event-id", "id", metavar="ID", help="Recording the same id again changes nothing.")
@embargo_option
@recording_options
@pass_desk
def checked(desk: Desk, /, story: str, key: str, *, mode: Mode, **fields: Any) -> None:
    """Record that somebody checked a fact again.

    Use it if nothing had changed: the page and the state then say when it was last checked. No feed has an entry for
    it, and it confirms nothing. If a source says the value again, report that. A check that is due by a day is an
    expectation.

    \b
      writethru checked harbour-fire hurt --on 2026-11-24 --said-by "Ana Ruiz, fire chief (Port Authority)"
    """
    check = commands.check_fact(story, key, **{name: value for name, value in fields.items() if value})
    record(desk, check, mode=mode)


@command()
@click.argument("story")
@click.option("--headline", help="At most 300 characters.")
@subject_options
@setting_options
@embargo_option
@recording_options
@pass_desk
def revise(desk: Desk, /, story: str, *, mode: Mode, **fields: Any) -> None:
    """Change the headline or other fields of a story itself.

    An option replaces the former value of its field: repeat all subjects, or all origins. Those from --label to
    --threshold say how facts are shown and folded. Each changes one setting of one fact and no other, and can be
    repeated; --label KEY=, --order KEY= and --threshold KEY= take it back.

    \b
      writethru revise harbour-fire --headline "Harbour fire: two hurt, ferries suspended"
      writethru revise harbour-fire --label hurt="People hurt" --lead hurt --order ferries.running=1
    """
    revision = commands.revise_story(story, embargoed_until=fields.pop("embargoed_until"), **_story_fields(fields))
    record(desk, revision, mode=mode)


def _report(
    desk: Desk, story: str, headline: str, options: dict[str, Any], *, mode: Mode, **further: Sequence[object]
) -> None:
    """Record a report with its `options`, its pictures, and `further` parts."""
    with added_pictures(desk, options, dry_run=mode.dry_run) as pictures:
        parts = report_fields(options, desk.times)
        for name, items in {**further, "media": pictures}.items():
            if items:
                parts[name] = [*parts.get(name, ()), *items]
        record(desk, commands.report(story, headline, **parts), mode=mode)


def _refuse_options(fields: dict[str, Any]) -> None:
    """Refuse options beside a file: an embargo that is overlooked would publish the report at once."""
    parameters = click.get_current_context().command.params
    options = [item.opts[0] for item in parameters if item.name and fields.get(item.name) not in (None, ())]
    if options:
        raise click.UsageError(f"With -f and --edit, write in the file what you gave as {', '.join(options)}.")


def _append_file(desk: Desk, data: bytes, *, name: str, story: str, mode: Mode) -> None:
    """Record the events of a file, and print what `record` prints of one."""
    from events.files.importer import stream_events  # noqa: PLC0415 - as in `report`

    locations: dict[str, str | None] = {}

    def events() -> Iterator[AnyEvent]:
        for item in stream_events(data, name=name, story=story, times=desk.file_times):
            locations[item.event.id or ""] = item.where if item.whole else None
            yield item.event

    with desk.ledger() as ledger:
        appended = ledger.append_all(
            events(), locations=locations, expected_version=mode.expected_version, dry_run=mode.dry_run
        )
        for item in appended:
            print_appended(item, dry_run=mode.dry_run)
        if not mode.dry_run:
            for item in appended:
                warn_of_embargoes(item, ledger, publishes=mode.publish)
            warn_of_unspoken_keys((item.recorded.event for item in appended if item.new), ledger)


def _story_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a story's header from options."""
    header = {name: fields[name] for name in ("headline", "summary", "language") if fields.get(name)}
    if fields["subjects"]:
        header["subjects"] = list(fields["subjects"])
    if fields["origins"]:
        header["origins"] = dict(map(parse_origin, fields["origins"]))
    if facts := fact_settings(fields):
        header["facts"] = facts
    return header


COMMANDS = (open_, report, corroborate, dispute, checked, revise)

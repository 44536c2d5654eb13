"""The commands that record: open, report and its short forms, repairs, import."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import click

from events import recording as wanted
from events import short
from events.errors import InvalidError, Problem, WritethruError
from events.interchange import Incoming, read_events
from events.ledger import Appended, Ledger
from events.model import AnyEvent, DevelopmentReported, EventRedacted
from events.parts import DisputeKind, Level, Speaker
from events.when import format_instant
from feed.cli.options import publish_option, report_fields, report_options, subject_options
from feed.cli.publishing import publish_now
from feed.cli.shell import Desk, exact, pass_desk, problem_lines, read_input, say, tell

REFUSED = 1
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


@click.command("open")
@click.argument("story")
@click.argument("headline")
@subject_options
@publish_option
@pass_desk
def open_(desk: Desk, /, story: str, headline: str, *, publish: bool, **fields: Any) -> None:
    """Open a running story under a permanent short name.

    \b
      writethru open harbour-fire "Fire at the harbour" --subject disaster --language en
    """  # noqa: D301
    _record(desk, wanted.open_story(story, headline, **_story_fields(fields)), publish=publish)


@click.command()
@click.argument("story")
@click.argument("headline", required=False)
@report_options
@click.option("-f", "--file", "file", metavar="FILE", help="Read it from a .md, .yaml or .jsonl file; - is stdin.")
@click.option("--edit", is_flag=True, help="Write the report in $EDITOR.")
@publish_option
@pass_desk
def report(
    desk: Desk, /, story: str, headline: str | None, *, file: str | None, edit: bool, publish: bool, **fields: Any
) -> None:
    """Report a development: a headline, and whatever else is known.

    \b
      writethru report harbour-fire "Two hurt, port says" --said-by "Ana Ruiz, fire chief (Port Authority)" \\
          --fact hurt=2:people --source "Harbour Radio https://radio.example/1" --expect "Ferries run @ 2026-11-24"
    """  # noqa: D301
    if sum(way is not None and way is not False for way in (headline, file, edit)) != 1:
        raise click.UsageError("give a HEADLINE, or -f FILE, or --edit.")
    if headline is not None:
        _record(desk, wanted.report(story, headline, **report_fields(fields)), publish=publish)
        return
    data = read_input(file) if file is not None else _edited(story)
    name = file if file is not None else "report.md"
    try:
        incoming = read_events(data, name=name, story=story)
        with desk.ledger() as ledger:
            appended = ledger.append_all([item.event for item in incoming], places=_places(incoming))
    except WritethruError:
        if edit:
            tell(f"Your text is kept. Mend it, then: writethru report {story} -f {_kept(data)}")
        raise
    for item in appended:
        _say_where(item)
    if publish:
        publish_now(desk)


@click.command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--key", "keys", multiple=True, help="Only this claim; may be repeated.")
@click.option("--method", help='How it was checked: "on-site check".')
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
    """  # noqa: D301
    support = {"development": target, "keys": keys, "verification": verification}
    support |= {"method": method} if method else {}
    given = report_fields(fields)
    given["corroborates"] = [*given.get("corroborates", ()), support]
    _record(desk, wanted.report(story, headline, **given), publish=publish)


@click.command()
@click.argument("story")
@click.argument("target", metavar="DEVELOPMENT")
@click.argument("headline")
@report_options
@click.option("--kind", type=click.Choice(get_args(DisputeKind)), required=True, help="What they say of it.")
@click.option("--key", "keys", multiple=True, help="Only this claim; may be repeated.")
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
    """Report that somebody denies a development, cannot confirm it, or disagrees.

    \b
      writethru dispute harbour-fire d2 "Line denies injuries" --kind denies --said-by "Spokesman (Blue Line)"
    """  # noqa: D301
    doubt = {"development": target, "keys": keys, "kind": kind}
    doubt |= {"statement": statement} if statement else {}
    given = report_fields(fields)
    given["disputes"] = [*given.get("disputes", ()), doubt]
    _record(desk, wanted.report(story, headline, **given), publish=publish)


@click.command()
@click.argument("story")
@click.option("--headline")
@subject_options
@publish_option
@pass_desk
def revise(desk: Desk, /, story: str, *, publish: bool, **fields: Any) -> None:
    """Change the story's own headline, summary, language, subjects or origins.

    \b
      writethru revise harbour-fire --headline "Harbour fire: two hurt, ferries suspended"
    """  # noqa: D301
    _record(desk, wanted.revise_story(story, **_story_fields(fields)), publish=publish)


@click.command()
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
    """  # noqa: D301
    changes: dict[str, Any] = dict(short.setting(text) for text in settings)
    event = wanted.correct(
        story, development, changes, note, level=level, reported_at=reported, embargoed_until=embargo
    )
    _record(desk, event, publish=publish)


def _about(name: str, make: Callable[..., AnyEvent], help_text: str, *, reason: bool) -> click.Command:
    """Give a command about one development that takes at most a reason."""

    def command(desk: Desk, /, story: str, development: str, *, publish: bool, reason: str | None = None) -> None:
        _record(desk, make(story, development, **({"reason": reason} if reason else {})), publish=publish)

    command.__doc__ = help_text
    made = publish_option(pass_desk(command))
    if reason:
        made = click.option("--reason", help="Why, for readers.")(made)
    made = click.argument("story")(click.argument("development")(made))
    return click.command(name)(made)


hold = _about("hold", wanted.hold, "Withhold a development pending checks; its text goes from the output.", reason=True)
release = _about(
    "release", wanted.release, "Release what is held; or, where it is not held, end its embargo now.", reason=True
)
pin = _about("pin", wanted.pin, "Keep a development on top of the story's page.", reason=False)
unpin = _about("unpin", wanted.unpin, "Let go of a pinned development.", reason=False)


@click.command()
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
    """  # noqa: D301
    _record(desk, wanted.retract(story, development, reason, substitute=substitute), publish=publish)


@click.command()
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
    """  # noqa: D301
    redaction = wanted.redact(story, reason, development=development, event=event, authority=authority)
    _record(desk, redaction, publish=publish)
    _say_reach(redaction, published=publish)


def _close_or_reopen(name: str, make: Callable[..., AnyEvent], help_text: str) -> click.Command:
    def command(desk: Desk, /, story: str, *, reason: str | None, publish: bool) -> None:
        _record(desk, make(story, reason=reason), publish=publish)

    command.__doc__ = help_text
    made = click.option("--reason", help="Why, for readers.")(publish_option(pass_desk(command)))
    return click.command(name)(click.argument("story")(made))


close = _close_or_reopen(
    "close", wanted.close_story, "Close a story: it takes no more reports; repairs it still takes."
)
reopen = _close_or_reopen("reopen", wanted.reopen_story, "Let a closed story run again.")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Check everything, record nothing.")
@publish_option
@click.pass_context
@pass_desk
def import_(desk: Desk, /, context: click.Context, files: tuple[str, ...], *, dry_run: bool, publish: bool) -> None:
    """Record events from files: .jsonl, .yaml or .md. All or nothing per file; twice changes nothing.

    \b
      writethru import monday.yaml tuesday.jsonl
    """  # noqa: D301
    read: list[tuple[str, list[Incoming]]] = []
    failed = False
    for name in files:
        try:
            read.append((name, read_events(read_input(name), name=name)))
        except InvalidError as error:
            tell(problem_lines(error.problems))
            failed = True
    # A trial run takes all files together, since a later one may build on an earlier.
    batches = [(", ".join(files), [item for _, items in read for item in items])] if dry_run and read else read
    with desk.ledger() as ledger:
        for name, items in batches:
            failed |= not _import(ledger, name, items, dry_run=dry_run)
    if publish and not dry_run:
        publish_now(desk)
    if failed:
        context.exit(REFUSED)


def _import(ledger: Ledger, name: str, items: list[Incoming], *, dry_run: bool) -> bool:
    """Record the events of one file; tell how it went, and give whether it was taken."""
    try:
        appended = ledger.append_all([item.event for item in items], places=_places(items), dry_run=dry_run)
    except WritethruError as error:
        tell(problem_lines(error.problems))
        tell(f"{name}: nothing was recorded.")
        return False
    new = sum(item.new for item in appended)
    verb = "would be recorded" if dry_run else "recorded"
    say(f"{name}: {new} events {verb}, {len(appended) - new} known already.")
    return True


def _places(items: Sequence[Incoming]) -> dict[str, str]:
    return {item.event.id or "": item.where for item in items}


def _record(desk: Desk, event: AnyEvent, *, publish: bool) -> None:
    """Record one event; say where it stands and what it changed."""
    with desk.ledger() as ledger:
        known = event.story in ledger.stories()
        version = ledger.story(event.story).version if known else 0
        [appended] = ledger.append(event)
        _say_where(appended)
        if appended.new and known:
            for change in ledger.changes(event.story, since=version):
                if getattr(change, "development", None) is None:
                    say(f"  {change}")
    _advise(event, appended)
    if publish:
        publish_now(desk)


def _say_where(appended: Appended) -> None:
    recorded = appended.recorded
    name = recorded.development or recorded.event.story
    kind = recorded.event.type.replace("_", " ")
    if not appended.new:
        say(f"{recorded.event.story}: {name}: recorded already at position {recorded.position}; nothing changed.")
        return
    say(f"{recorded.event.story}: {name}: {kind}, position {recorded.position}.")
    if isinstance(recorded.event, DevelopmentReported):
        for expectation in recorded.event.expects:
            say(f"  {expectation.id}: {expectation.what or 'restated'}")


def _advise(event: AnyEvent, appended: Appended) -> None:
    """Say what a careful colleague would say."""
    until = appended.recorded.event.embargoed_until
    if until is not None and until > appended.recorded.recorded_at:
        tell(f"Under embargo: nothing of it is published before {format_instant(until)}.")
    if isinstance(event, DevelopmentReported) and any(not _states_origin(speaker) for speaker in event.said_by):
        tell("A speaker without (ORG) states no origin, so it confirms nothing: NAME, ROLE (ORG).")


def _states_origin(speaker: Speaker) -> bool:
    return speaker.org is not None or speaker.origin is not None


def _say_reach(redaction: EventRedacted, *, published: bool) -> None:
    what = f"development {redaction.development}" if redaction.development else f"event {redaction.event}"
    say(f"Erased from the ledger: the text of {what}. Its place and its digest stay.")
    if not published:
        say("It leaves the output with the next: writethru publish")
    say("Out of reach: backups, exports, mirrors of the output, and what readers have already fetched.")


def _story_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of a story's header from options."""
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


COMMANDS = (
    open_,
    report,
    corroborate,
    dispute,
    revise,
    correct,
    hold,
    release,
    retract,
    pin,
    unpin,
    close,
    reopen,
    redact,
    import_,
)

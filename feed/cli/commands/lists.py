"""The commands that list all stories: stories and due. They read the overview of each story, not its events.

So they take time for each story, not for each event, and import no model: importing it takes longer than listing 100
stories. Only stories that have changed since are folded, and their overviews stored again.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import orjson

from events.model.edtf import format_instant, microseconds
from events.projections.listing import is_current
from events.store.base import Overview
from events.system import gc_disabled
from events.wording.catalogue import status_words
from feed.awaited import Awaited, awaited_at, embargo_json
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.exit_codes import OVERDUE
from feed.cli.terminal.output import ALARM, FAINT, STRONG, echo_json, quantity, warn
from feed.cli.terminal.tables import Cell, print_table

if TYPE_CHECKING:
    from events.ledger import Ledger

_DAYS = re.compile(r"([0-9]{1,4})d?")


@command()
@json_option
@pass_desk
@gc_disabled()
def stories(desk: Desk, /, *, as_json: bool) -> None:
    """List the stories, newest update first.

    \b
      writethru stories
    """
    overviews = _overviews(desk)
    before = _before_embargoes(desk, overviews)
    lines = [_marked(story_line(overview, desk.now), before.get(overview.story, ())) for overview in overviews]
    lines.sort(key=itemgetter("updated_us"), reverse=True)
    if as_json:
        echo_json([{name: line[name] for name in line if name != "updated_us"} for line in lines])
        return
    if not lines:
        warn('There are no stories yet. To open one: writethru open STORY "HEADLINE"')
    print_table([_story_row(line) for line in lines])


def days(text: str) -> int:
    """Read a number of days: 7d."""
    match = _DAYS.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not a number of days, such as 7d.")
    return int(match[1])


@command()
@click.option("--within", type=days, metavar="DAYS", help="Only what is due within so many days, such as 7d.")
@click.option("--fail-overdue", is_flag=True, help=f"Exit with {OVERDUE} if anything is overdue.")
@json_option
@click.pass_context
@pass_desk
@gc_disabled()
def due(desk: Desk, /, context: click.Context, *, within: int | None, fail_overdue: bool, as_json: bool) -> None:
    """List open expectations of all stories, overdue ones first.

    \b
      writethru due
      writethru due --within 7d
      writethru due --fail-overdue || echo "somebody owes us an answer"

    The others follow by the end of their window. Closed stories are listed only for what is overdue.
    """
    overviews = _overviews(desk)
    before = _before_embargoes(desk, overviews)
    promises = (_marked_promise(item, before.get(item.story, ())) for item in awaited_at(overviews, desk.now, within))
    awaited = sorted(promises, key=Awaited.urgency)
    if as_json:
        echo_json([{"story": item.story, **item.json, "status": item.status} for item in awaited])
    else:
        print_table(list(map(_due_row, awaited)), whole=True)
        if not awaited:
            span = "" if within is None else quantity(within, "day")
            warn(f"Nothing is due within {span}." if span else "There are no open expectations.")
    if fail_overdue and any(item.status == "overdue" for item in awaited):
        context.exit(OVERDUE)


COMMANDS: tuple[click.Command, ...] = (stories, due)


def _overviews(desk: Desk) -> list[Overview]:
    with closing(desk.store()) as store, store.reading() as reading:
        overviews = reading.overviews()
    if all(map(is_current, overviews)):
        return [overview for overview in overviews if overview.line]
    with desk.ledger() as ledger:
        return ledger.overviews()


def story_line(overview: Overview, now: datetime) -> dict[str, Any]:
    """Return a story's line at `now`, with `updated_us` to sort it by."""
    line = orjson.loads(overview.line)
    now_us = microseconds(now)
    embargoed = sum(until_us > now_us for until_us in line["embargoed_us"])
    return {
        "story": overview.story,
        "headline": line["headline"],
        "status": "closed" if line["closed"] else "open",
        "developments": line["developments"],
        "updated_at": line["updated_at"],
        "updated_us": line["updated_us"],
        "overdue": sum(overdue_us <= now_us for overdue_us in line["overdue_us"]),
        **embargo_json(line["embargo_us"], now_us),
    } | ({"embargoed": embargoed} if embargoed else {})


def _embargo_words(json: dict[str, Any], name: str = "embargoed_until") -> str:
    until = json.get(name)
    return f"[embargoed until {until[:10]} {until[11:16]} UTC]" if until else ""


def _story_row(line: dict[str, Any]) -> list[Cell]:
    updated_at = line["updated_at"]  # RFC 3339 in UTC
    return [
        Cell(line["story"], STRONG),
        Cell(line["status"], aside=_embargo_words(line, "status_embargoed_until")),
        Cell(
            f"{line['developments']} reported", aside=f"({line['embargoed']} embargoed)" if "embargoed" in line else ""
        ),
        Cell(f"{updated_at[:10]} {updated_at[11:16]} UTC"),
        Cell(f"{line['overdue']} OVERDUE", ALARM) if line["overdue"] else Cell("-", FAINT),
        Cell(line["headline"], aside=_embargo_words(line)),
    ]


class Before(NamedTuple):
    """The lines of a story before an embargo ends, as they are without what is not public then.

    `line` is empty if the story is not public itself, and `promises` are those of every status.
    """

    until: str
    line: dict[str, Any]
    promises: set[tuple[Any, ...]]


def _before_embargoes(desk: Desk, overviews: list[Overview]) -> dict[str, list[Before]]:
    """Return what is public of each story before each of its embargoes ends. Stories without any are not folded."""
    now_us = microseconds(desk.now)
    embargoed = [item for item in overviews if '"embargoes_end_us":null' not in item.line]
    stories = [item.story for item in embargoed if orjson.loads(item.line)["embargoes_end_us"] > now_us]
    if not stories:
        return {}
    with desk.ledger() as ledger:
        return {story: list(_before_embargoes_of(ledger, story, desk.now)) for story in stories}


def _before_embargoes_of(ledger: "Ledger", story: str, now: datetime) -> Iterator[Before]:
    from events.fold.story import fold_of  # noqa: PLC0415 - for stories with an embargo alone
    from events.projections.overviews import overview_of  # noqa: PLC0415 - the same

    events = tuple(ledger.events(story))
    for until, covered in ledger.embargoes(story, now=now):
        overview = overview_of(fold_of(story, (event for event in events if event.id not in covered)))
        public = [overview] if overview.line else []
        promises = {_promise_words(item) for item in awaited_at(public, now, None)}
        yield Before(format_instant(until), {} if not public else story_line(overview, now), promises)


def _marked(line: dict[str, Any], before: Iterable[Before]) -> dict[str, Any]:
    """Return a story's line with the end of the embargo on its headline, and on its being open or closed."""
    names = {"headline": "embargoed_until", "status": "status_embargoed_until"}
    ends = {
        mark: max((item.until for item in before if item.line.get(field) != line[field]), default="")
        for field, mark in names.items()
    }
    if ends["status_embargoed_until"] == ends["embargoed_until"]:
        del ends["status_embargoed_until"]  # the whole story is under embargo
    return line | {mark: until for mark, until in ends.items() if until}


def _marked_promise(item: Awaited, before: Iterable[Before]) -> Awaited:
    """Return a promise with the end of the embargo on what it says."""
    until = max((other.until for other in before if _promise_words(item) not in other.promises), default="")
    return item._replace(json=item.json | {"embargoed_until": until}) if until else item


def _promise_words(item: Awaited) -> tuple[Any, ...]:
    return item.json["id"], item.status, item.due, item.name, item.json["what"], item.json.get("by")


def _due_row(item: Awaited) -> list[Cell]:
    by = f" (by {item.json['by']})" if item.json.get("by") else ""
    return [
        Cell("OVERDUE", ALARM) if item.status == "overdue" else Cell(status_words(item.status)),
        Cell(item.due),
        Cell(
            f"{item.name}{by}",
            aside=f"[{item.story} {item.json['id']}] {_embargo_words(item.json)}".rstrip(),
        ),
    ]

"""The commands that list all stories: stories and due. They read the overview of each story, not its events.

So they take time for each story, not for each event, and import no model: importing it takes longer than listing 100
stories. Only stories that have changed since are folded, and their overviews stored again.
"""

import re
from contextlib import closing
from operator import itemgetter
from typing import Any

import click

from events.projections.listing import is_current
from events.store.base import Overview
from events.system import gc_disabled
from events.wording.catalogue import status_words
from feed.awaited import Awaited, awaited_at
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.exit_codes import OVERDUE
from feed.cli.terminal.output import ALARM, FAINT, STRONG, echo_json, quantity, warn
from feed.cli.terminal.tables import Cell, print_table
from feed.embargo_marks import (
    Before,
    before_embargoes,
    embargoed_stories,
    marked_line,
    marked_promise,
    story_line,
)

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
    lines = [marked_line(story_line(overview, desk.now), before.get(overview.story, ())) for overview in overviews]
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
    promises = (marked_promise(item, before.get(item.story, ())) for item in awaited_at(overviews, desk.now, within))
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


def _before_embargoes(desk: Desk, overviews: list[Overview]) -> dict[str, list[Before]]:
    stories = embargoed_stories(overviews, desk.now)
    if not stories:
        return {}
    with desk.ledger() as ledger:
        return before_embargoes(ledger, stories, desk.now)


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

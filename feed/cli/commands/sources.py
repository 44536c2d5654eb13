"""The commands that let feeds and pages come in by themselves: source, intake."""

import re
import shlex
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from events.errors import InvalidError, Problem
from events.model.edtf import EPOCH, MICROSECOND, format_instant
from feed.cli.addresses import allow_option, typed_address
from feed.cli.desk import HELP_OPTIONS, Desk, Group, command, json_option, pass_desk
from feed.cli.exit_codes import REFUSED
from feed.cli.extras import check_extra
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.cli.text_drafts import purge
from feed.config import LOCAL_BASE_URL
from feed.intake.inbox import Inbox
from feed.intake.sources import EVERY_MIN, Source, Sources

if TYPE_CHECKING:
    from feed.intake.gather import Visit

EVERY_MAX: Final = timedelta(days=30)
_KINDS: Final = {"feed": "feed", "page": "web page", "": "not read yet"}
_DURATION = re.compile(r"([0-9]{1,6}) ?(?:(m|min|minutes?)|(h|hours?)|(d|days?))")


def _every(text: str) -> timedelta:
    """Return a duration such as 30m, 2h or 1d."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise click.BadParameter(f"{text!r} is no duration. Write it so: 30m, 2h or 1d.")
    number = int(match[1])
    every = timedelta(days=number) if match[4] else timedelta(hours=number) if match[3] else timedelta(minutes=number)
    if not EVERY_MIN <= every <= EVERY_MAX:
        raise click.BadParameter("A source is read at most every 15 minutes (15m), and at least every 30 days (30d).")
    return every


@click.group(cls=Group, context_settings={"help_option_names": HELP_OPTIONS})
def source() -> None:
    """Manage the feeds and pages that are read.

    writethru intake, from cron, reads those that are due. What is new waits in the inbox for a person to decide.

    \b
      writethru source add https://radio.example/feed.xml --every 30m --story harbour-fire
      writethru source list
      writethru source remove https://radio.example/feed.xml
    """


@source.command("add", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("url")
@click.option("--every", type=_every, default="1h", metavar="TIME", help="How often, such as 30m. Default: 1h.")
@click.option("--story", default="", metavar="STORY", help="The story of its drafts. Default: you name it for each.")
@click.option("--page", is_flag=True, help="Watch the page itself, although it has a feed.")
@allow_option
@pass_desk
def add(desk: Desk, /, url: str, *, every: timedelta, story: str, page: bool, allow: tuple[str, ...]) -> None:
    """Read a feed or a page regularly from now on.

    Reads it at once: a feed's ten newest items become drafts, and later each new or changed one does. Its content
    decides whether it is a feed or a page.

    \b
      writethru source add https://radio.example/feed.xml --every 30m --story harbour-fire
    """
    address = typed_address(url)
    _check_story(desk, story)
    check_extra(address)
    with Inbox(desk.folder) as box:
        sources = Sources(box)
        added = sources.add(address, story=story, every_s=int(every.total_seconds()), allow=allow, now=desk.now)
        visit = _visitor(desk, sources)(added)
        if visit.feeds and not page:
            sources.remove(address)
            message = f"this is a web page; its feed is {', '.join(visit.feeds)}."
            feed = shlex.quote(visit.feeds[0])
            remedy = f"Add its feed: writethru source add {feed}. To watch the page itself, add --page."
            raise InvalidError(Problem(where=address, check="source", message=message, remedy=remedy))
        if visit.problem is not None and not visit.may_recover:
            sources.remove(address)
            raise InvalidError(visit.problem)
    _echo_added(desk, visit, every)


@source.command("list", context_settings={"help_option_names": HELP_OPTIONS})
@json_option
@pass_desk
def list_(desk: Desk, /, *, as_json: bool) -> None:
    """List the sources, and the state of each."""
    with Inbox(desk.folder) as box:
        sources = Sources(box).all()
    if as_json:
        echo_json([_json(one) for one in sources])
        return
    for one in sources:
        every = f"every {_duration(timedelta(seconds=one.every_s))}"
        echo(f"{one.url}  {', '.join(filter(None, (_KINDS[one.kind], every, one.story)))}")
        echo(f"  {_state(one)}")
    if not sources:
        warn("There is no source. To add one: writethru source add URL")


@source.command("remove", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("url")
@pass_desk
def remove(desk: Desk, /, url: str) -> None:
    """Stop reading a source. Its drafts stay."""
    with Inbox(desk.folder) as box:
        sources = Sources(box)
        removed = sources.source(typed_address(url))
        sources.remove(removed.url)
    echo(f"{removed.url}: removed. Its drafts stay in the inbox.")


@command()
@click.pass_context
@pass_desk
def intake(desk: Desk, /, context: click.Context) -> None:
    """Read the sources that are due; new items become drafts.

    Run it from cron as often as you like: a source is asked when it is due, and only for what has changed. Nothing is
    recorded or published. If a source cannot be read, the exit code is 1.

    \b
      writethru intake
    """
    check_extra("intake")
    read = drafts = 0
    failed = False
    with Inbox(desk.folder) as box:
        sources = Sources(box)
        purge(box, desk.now)
        while (due := sources.claim(desk.now)) is not None:
            visit = _visitor(desk, sources)(due)
            read, drafts = read + 1, drafts + visit.settled.drafts
            if visit.problem is not None:
                warn(str(visit.problem))
                failed = True
            if visit.feeds and not due.kind:
                warn(f"{due.url}: this is a web page, which is watched now; its feed is {', '.join(visit.feeds)}.")
            if visit.settled.left:
                warn(f"{due.url}: {quantity(visit.settled.left, 'more new item')} wait for the next time.")
    echo(f"{quantity(read, 'source')} read, {quantity(drafts, 'draft')} made.{_hint(drafts)}")
    if failed:
        context.exit(REFUSED)


COMMANDS = (source, intake)


def _echo_added(desk: Desk, visit: "Visit", every: timedelta) -> None:
    """Print what a new source is, and what came of reading it."""
    if visit.problem is not None:
        warn(f"{visit.problem.where}: {visit.problem.message}")
        echo(f"{visit.source.url}: added. It is tried again by writethru intake.")
        return
    title = visit.source.title or visit.source.url
    if visit.source.kind == "feed":
        drafts = f"{quantity(visit.settled.drafts, 'draft')} made."
        echo(f"{title}, a feed: {quantity(visit.items or 0, 'item')}, {drafts}{_hint(visit.settled.drafts)}")
    else:
        echo(f"{title}, a web page. From now on, each sentence that changes makes a draft.")
    echo(f"To be read every {_duration(every)}, let cron run: writethru intake")
    if desk.newsroom.config.site.base_url == LOCAL_BASE_URL:
        warn(f"Your requests name {LOCAL_BASE_URL}, where nobody can reach you. Set site.base_url in writethru.toml.")


def _hint(drafts: int) -> str:
    return " To decide: writethru inbox" if drafts else ""


def _visitor(desk: Desk, sources: Sources) -> Callable[[Source], "Visit"]:
    """Return what reads a source."""
    from feed.intake.gather import Gathering  # noqa: PLC0415 - urllib3 takes 0.1 s, and is an extra

    newsroom = desk.newsroom
    return Gathering(sources, desk.now, newsroom.clock(), newsroom.config.site.base_url).visit


def _check_story(desk: Desk, story: str) -> None:
    """Raise UnknownStoryError if there is no such story."""
    if story:
        with desk.ledger() as ledger:
            ledger.story(story)


def _duration(every: timedelta) -> str:
    minutes = int(every.total_seconds()) // 60
    for size, unit in ((24 * 60, "d"), (60, "h")):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _state(one: Source) -> str:
    """Return how a source is."""
    if one.is_gone:
        return one.fault
    last = "" if one.fetched_us is None else f"asked at {_second(one.fetched_us)}, "
    fault = f"; failed {quantity(one.failures, 'time')}: {one.fault}" if one.failures else ""
    return f"{last}next after {_second(one.due_us)}{fault}"


def _second(instant_us: int) -> str:
    return format_instant((EPOCH + instant_us * MICROSECOND).replace(microsecond=0))


def _json(one: Source) -> dict[str, Any]:
    return {
        "url": one.url,
        "kind": one.kind or None,
        "title": one.title or None,
        "story": one.story or None,
        "every": _duration(timedelta(seconds=one.every_s)),
        "allow": list(one.allow),
        "asked": None if one.fetched_us is None else _second(one.fetched_us),
        "next": None if one.is_gone else _second(one.due_us),
        "failures": one.failures,
        "problem": one.fault or None,
    }

"""The command that looks for likely mistakes: check."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from events.errors import ClockError, InvalidError, Problem, UnknownStoryError
from events.lint import DAYS_SILENT_MAX, LintContext, check_story
from events.projections.overviews import story_names
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.exit_codes import DIFFERENT, REFUSED
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.config import LOCAL_BASE_URL, location_of
from feed.paths import CONFIG_NAME
from feed.site_address import site_address

if TYPE_CHECKING:
    from feed.site import Site


@command()
@click.argument("story", required=False)
@click.option("--strict", is_flag=True, help="Also report what a thorough desk would fill in.")
@click.option(
    "--silent-days",
    type=click.IntRange(min=1),
    default=DAYS_SILENT_MAX,
    show_default=True,
    help="How many days without a report count as silent.",
)
@click.option(
    "--live",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Compare instead what is served there with this ledger. Default: the site's address.",
)
@json_option
@click.pass_context
@pass_desk
def check(
    desk: Desk,
    /,
    context: click.Context,
    story: str | None,
    *,
    strict: bool,
    silent_days: int,
    live: str | None,
    as_json: bool,
) -> None:
    """Find likely mistakes in stories, configuration and output.

    Every feed and page of the output is checked: format, ids, dates, addresses, links and archives.

    \b
      writethru check
      writethru check harbour-fire --strict
      writethru check --live https://news.example/

    With --live nothing else is checked, and the exit code is 9 if anything differs or cannot be reached.
    """
    if live is not None:
        _report(context, _live(desk, live, story), as_json=as_json, code=DIFFERENT)
        return
    problems = _problems(desk, story, strict=strict, silent_days=silent_days)
    _report(context, problems, as_json=as_json, code=REFUSED)


def _problems(desk: Desk, story: str | None, *, strict: bool, silent_days: int) -> Sequence[Problem]:
    try:
        site = desk.site
    except InvalidError as error:
        return error.problems
    return (
        *_in_configuration(site),
        *_in_time(site),
        *_in_stories(desk, story, strict=strict, silent_days=silent_days),
        *site.output_problems(story),
    )


def _live(desk: Desk, live: str, story: str | None) -> Sequence[Problem]:
    from feed.health.client import parse_address  # noqa: PLC0415 - it needs ssl, and nothing else here does
    from feed.health.live import live_problems  # noqa: PLC0415 - likewise

    url = live or desk.site.config.site.base_url
    try:
        url = site_address(url)
        parse_address(url)
    except ValueError:
        raise click.UsageError(f"--live takes an http or https address, such as site.base_url, not {url}") from None
    return live_problems(desk.site, url, story)


def _report(context: click.Context, problems: Sequence[Problem], *, as_json: bool, code: int) -> None:
    if as_json:
        echo_json(
            [
                {"where": item.where, "check": item.check, "message": item.message, "remedy": item.remedy}
                for item in problems
            ]
        )
    else:
        for problem in problems:
            echo(str(problem))
    if problems:
        warn(f"{quantity(len(problems), 'problem')} found.")
        context.exit(code)


def _in_configuration(site: "Site") -> Iterator[Problem]:
    if site.config.site.base_url == LOCAL_BASE_URL:
        yield Problem(
            where=location_of(site.config_text, "site.base_url", CONFIG_NAME),
            check="local",
            message=f"the site's address is still local ({LOCAL_BASE_URL}).",
            remedy="Set it before anybody subscribes. Entries keep their ids when it changes.",
        )


def _in_time(site: "Site") -> Iterator[Problem]:
    """Yield what is wrong with the clocks of the ledger and of this machine."""
    with site.ledger() as ledger:
        time, now = ledger.time(), ledger.clock()
    yield from time.ahead_problems(now)
    try:
        time.check_explained(now, site.max_jump)
    except ClockError as error:
        yield from error.problems


def _in_stories(desk: Desk, story: str | None, *, strict: bool, silent_days: int) -> Iterator[Problem]:
    with desk.ledger() as ledger, ledger.store.reading() as reading:
        stories = story_names(reading)
        if story is not None and story not in stories:
            raise UnknownStoryError(story, stories=stories)
        for slug in stories if story is None else [story]:
            context = LintContext(fold=ledger.folds.of(reading, slug), now=desk.now, days_silent=silent_days)
            yield from check_story(context, strict=strict)


COMMANDS = (check,)

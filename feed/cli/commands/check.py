"""The command that looks for likely mistakes: check."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from events.errors import ClockError, InvalidError, Problem, UnknownStoryError
from events.lint import DAYS_SILENT_MAX, LintContext, check_story
from events.projections.overviews import story_names
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.exit_codes import REFUSED
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.config import LOCAL_BASE_URL, location_of
from feed.paths import CONFIG_NAME

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
@json_option
@click.pass_context
@pass_desk
def check(
    desk: Desk, /, context: click.Context, story: str | None, *, strict: bool, silent_days: int, as_json: bool
) -> None:
    """Find likely mistakes in stories, configuration and output.

    Every feed and page of the output is checked: format, ids, dates, addresses, links and archives.

    \b
      writethru check
      writethru check harbour-fire --strict
    """
    try:
        site = desk.site
    except InvalidError as error:
        problems = list(error.problems)
    else:
        problems = [
            *_in_configuration(site),
            *_in_time(site),
            *_in_stories(desk, story, strict=strict, silent_days=silent_days),
            *site.output_problems(story),
        ]
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
        context.exit(REFUSED)


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

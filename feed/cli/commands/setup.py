"""The commands that create a newsroom: init and demo."""

import shlex
import sys
import uuid
from datetime import datetime
from importlib import resources
from pathlib import Path
from shutil import which

import click

from events.errors import InvalidError, Problem, WritethruError
from events.files.importer import read_events
from events.model.edtf import format_instant
from events.system import write_atomically
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.extras import can_serve
from feed.cli.pages import check_workflow, package_source, write_workflow
from feed.cli.terminal.output import echo, quantity, warn
from feed.cli.terminal.story_view import show_story
from feed.config import LOCAL_BASE_URL, new_config
from feed.ledger_table import DEFAULT_SCHEMA, ledger_table
from feed.newsroom import Newsroom
from feed.paths import CONFIG_NAME, LEDGER_NAME
from feed.site import Site

DEMO_FOLDER = "writethru-demo"
DEMO_STORY = "cuba-53"
DEMO_TITLE = "The worked story"


@command()
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--base-url", default=LOCAL_BASE_URL, show_default=True, help="The address at which the output will be published."
)
@click.option("--title", default="News updates", show_default=True, help="The site's title.")
@click.option("--ledger", "url", metavar="URL", help="A PostgreSQL database for the ledger: postgresql://HOST/NAME")
@click.option("--schema", default=DEFAULT_SCHEMA, show_default=True, help="The schema in that database.")
@click.option(
    "--pages", is_flag=True, help="Write the workflow that publishes it on GitHub Pages, also if the newsroom exists."
)
@pass_desk
def init(desk: Desk, folder: str, *, base_url: str, title: str, url: str | None, schema: str, pages: bool) -> None:
    """Create a newsroom: a configuration and an empty ledger.

    \b
      writethru init newsroom --base-url https://news.example/ --title "The night desk"
      writethru init --pages --base-url https://ana.github.io/news/
    """
    if pages and url is not None:
        raise click.UsageError("--pages cannot be used with --ledger: the workflow commits the ledger.")
    if url is None and schema != DEFAULT_SCHEMA:
        raise click.UsageError("--schema is of a database: name it with --ledger.")
    path = Path(folder)
    is_new = not (path / CONFIG_NAME).exists()
    if pages:
        check_workflow(path)
    elif not is_new:
        raise WritethruError(
            Problem(
                where=str(path / CONFIG_NAME),
                check="init",
                message="there is already a newsroom here; nothing was changed.",
                remedy="Edit its configuration, or name another folder.",
            )
        )
    if is_new:
        ledger = "" if url is None else ledger_table(url, schema)
        make_newsroom(path, now=desk.now, base_url=base_url, title=title, ledger=ledger)
        _introduce(path, folder, base_url, ledger=url or LEDGER_NAME)
    if pages:
        echo(f"Wrote {write_workflow(path)}. Read its first lines, then commit: see docs/pages.md")
        if not package_source():
            warn("PACKAGE in the workflow is empty. Name a source of writethru that you trust: see docs/pages.md")


def _introduce(path: Path, folder: str, base_url: str, *, ledger: str) -> None:
    """Say what was created, and what to do next."""
    inside = "" if folder == "." else f"-C {shlex.quote(folder)} "
    echo(f"Created a newsroom in {path.resolve()}: {CONFIG_NAME} and {ledger}. Next:")
    echo(f'  writethru {inside}open harbour-fire "Fire at the harbour"')
    echo(f'  writethru {inside}report harbour-fire "Ferries suspended" --said-by "Ana Ruiz, harbour master (Port)"')
    echo(f"  writethru {inside}publish")
    echo(f"Or, if you keep a table: writethru {inside}sync --init table.csv")
    if base_url == LOCAL_BASE_URL:
        warn(f"The site's address is local ({base_url}). Set base_url in {CONFIG_NAME} before others subscribe.")


@command()
@click.argument("folder", metavar="[DIR]", default=DEMO_FOLDER)
@pass_desk
def demo(desk: Desk, folder: str) -> None:
    """Create a newsroom with an example story, and publish it.

    \b
      writethru demo
      writethru demo ~/demo
    """
    path = Path(folder)
    if not (path / CONFIG_NAME).exists():
        make_newsroom(path, now=desk.now, base_url=LOCAL_BASE_URL, title=DEMO_TITLE)
    site = Site.open(path, clock=lambda: desk.now, clock_is_right=True)  # however old
    with site.ledger() as ledger:
        for name, data in worked_story():
            ledger.append_all([incoming.event for incoming in read_events(data, name=name)])
        story = ledger.story(DEMO_STORY, now=desk.now)
    published = site.publish(wait=True)
    show_story(story)
    summary = f"{quantity(len(published.changed), 'file')} written" if published.changed else "Nothing has changed"
    echo(f"\n{summary} in {site.root.resolve()}:")
    echo(f"  pages   {site.root / 'index.html'}, {site.root / 'stories' / DEMO_STORY / 'index.html'}")
    echo(f"  feeds   {site.root / 'stories' / DEMO_STORY / 'feed.atom'} (.rss, .json)")
    echo(f"  state   {site.root / 'stories' / DEMO_STORY / 'state.json'}")
    echo(f"\nServe it:  {_serving(path, site.root)}")
    echo(f"Then open  {site.config.site.base_url}  or show what was known on 6 January 2015:")
    echo(f"  {_program()} -C {shlex.quote(str(path))} show {DEMO_STORY} --as-of 2015-01-06")


def _serving(folder: Path, root: Path) -> str:
    """Return the line that serves the demo: with what is installed."""
    if can_serve():
        return f"{_program()} -C {shlex.quote(str(folder))} serve"
    return f"{Path(sys.executable).name} -m http.server --bind 127.0.0.1 -d {shlex.quote(str(root))} 8000"


def _program() -> str:
    """Return "writethru", or the path by which it was called if it is not on PATH."""
    path = Path(sys.argv[0])
    is_hidden = path.parent != Path() and path.name == "writethru" and not which("writethru")
    return shlex.quote(str(path)) if is_hidden else "writethru"


def make_newsroom(folder: Path, *, now: datetime, base_url: str, title: str, ledger: str = "") -> None:
    """Create a newsroom. The configuration is written last: a folder that has one is complete."""
    created_at = format_instant(now.replace(microsecond=0))
    try:
        text = new_config(uuid.uuid4(), created_at=created_at, base_url=base_url, title=title, ledger=ledger)
    except InvalidError as error:
        raise InvalidError(*(problem.at(_option(problem.where)) for problem in error.problems)) from None
    folder.mkdir(parents=True, exist_ok=True)
    Newsroom(folder, text).store(create=True).close()
    with write_atomically(folder / CONFIG_NAME) as part:
        part.write_text(text, encoding="utf-8")


def _option(where: str) -> str:
    """Return the option that gives a setting: there is no file yet."""
    return "--ledger" if where.endswith("ledger.url") else f"--{where.rpartition('.')[2].replace('_', '-')}"


def worked_story() -> list[tuple[str, bytes]]:
    """Return the name and bytes of each file of the example story, in order."""
    folder = resources.files("feed").joinpath("demo", DEMO_STORY)
    return [(item.name, item.read_bytes()) for item in sorted(folder.iterdir(), key=lambda item: item.name)]


COMMANDS = (init, demo)

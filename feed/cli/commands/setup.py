"""The commands that make a newsroom: init and demo."""

import shlex
import sys
import uuid
from datetime import datetime
from importlib import resources
from pathlib import Path
from shutil import which

import click

from events.errors import Problem, WritethruError
from events.files.importer import read_events
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.system import write_atomically
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.terminal.output import echo, warn
from feed.cli.terminal.story_view import show_story
from feed.config import LOCAL_BASE_URL, new_config
from feed.paths import CONFIG_NAME, LEDGER_NAME
from feed.site import Site

DEMO_FOLDER = "writethru-demo"
DEMO_STORY = "cuba-53"
DEMO_TITLE = "The worked story"


@command()
@click.argument("folder", metavar="[DIR]", default=".")
@click.option("--base-url", default=LOCAL_BASE_URL, show_default=True, help="Where the output will stand.")
@click.option("--title", default="News updates", show_default=True, help="What the site is called.")
@pass_desk
def init(desk: Desk, folder: str, base_url: str, title: str) -> None:
    """Make a newsroom: a configuration and an empty ledger.

    \b
      writethru init newsroom --base-url https://news.example/ --title "The night desk"
    """
    place = Path(folder)
    if (place / CONFIG_NAME).exists():
        raise WritethruError(
            Problem(
                where=str(place / CONFIG_NAME),
                check="init",
                message="there is a newsroom here already; nothing was changed.",
                remedy="Edit its configuration, or give another folder.",
            )
        )
    make_newsroom(place, now=desk.now, base_url=base_url, title=title)
    inside = "" if folder == "." else f"-C {shlex.quote(folder)} "
    echo(f"A newsroom in {place.resolve()}: {CONFIG_NAME} and {LEDGER_NAME}. Next:")
    echo(f'  writethru {inside}open harbour-fire "Fire at the harbour"')
    echo(f'  writethru {inside}report harbour-fire "Ferries suspended" --said-by "Ana Ruiz, harbour master (Port)"')
    echo(f"  writethru {inside}publish")
    if base_url == LOCAL_BASE_URL:
        warn(f"The site's address is still local ({base_url}): set base_url in {CONFIG_NAME} before others subscribe.")


@command()
@click.argument("folder", metavar="[DIR]", default=DEMO_FOLDER)
@pass_desk
def demo(desk: Desk, folder: str) -> None:
    """Make a newsroom with the worked story cuba-53, publish it, and show what is known.

    \b
      writethru demo
      writethru demo ~/demo
    """
    place = Path(folder)
    if not (place / CONFIG_NAME).exists():
        make_newsroom(place, now=desk.now, base_url=LOCAL_BASE_URL, title=DEMO_TITLE)
    site = Site.open(place, clock=lambda: desk.now)
    with site.ledger() as ledger:
        for name, data in worked_story():
            ledger.append_all([incoming.event for incoming in read_events(data, name=name)])
        story = ledger.story(DEMO_STORY, now=desk.now)
    published = site.publish(wait=True)
    show_story(story)
    what = f"{len(published.changed)} files written" if published.changed else "Nothing has changed"
    echo(f"\n{what} in {site.root.resolve()}:")
    echo(f"  pages   {site.root / 'index.html'}, {site.root / 'stories' / DEMO_STORY / 'index.html'}")
    echo(f"  feeds   {site.root / 'stories' / DEMO_STORY / 'feed.atom'} (.rss, .json)")
    echo(f"  state   {site.root / 'stories' / DEMO_STORY / 'state.json'}")
    echo(f"\nServe it:  {Path(sys.executable).name} -m http.server --bind 127.0.0.1 -d {site.root} 8000")
    echo(f"Then open  {site.config.site.base_url}  or see what was known then:")
    echo(f"  {_program()} -C {shlex.quote(str(place))} show {DEMO_STORY} --as-of 2015-01-06")


def _program() -> str:
    """Return the command as it was called, where it is not on the path."""
    called = Path(sys.argv[0])
    return (
        str(called)
        if called.parent != Path() and called.name == "writethru" and not which("writethru")
        else "writethru"
    )


def make_newsroom(place: Path, *, now: datetime, base_url: str, title: str) -> None:
    """Make the newsroom: the configuration comes last, so that a folder that has one is complete."""
    text = new_config(
        uuid.uuid4(), created_at=format_instant(now.replace(microsecond=0)), base_url=base_url, title=title
    )
    place.mkdir(parents=True, exist_ok=True)
    Ledger.create(place / LEDGER_NAME).close()
    with write_atomically(place / CONFIG_NAME) as part:
        part.write_text(text, encoding="utf-8")


def worked_story() -> list[tuple[str, bytes]]:
    """Return the worked story's files, in order."""
    folder = resources.files("feed").joinpath("demo", DEMO_STORY)
    return [(item.name, item.read_bytes()) for item in sorted(folder.iterdir(), key=lambda item: item.name)]


COMMANDS = (init, demo)

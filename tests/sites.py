"""A newsroom with stories to publish, and every file of its folder or of its output."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from events import commands
from events.model.events import AnyEvent
from feed.checkpoint import CHECKPOINT_NOTE
from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from feed.site import Site
from tests.builders import BASE_URL, Clock, newsroom, reconfigured, signing
from tests.golden import stories as worked_stories
from tests.pictures import picture_bytes

NOW = "2026-03-02T08:00:00Z"
LATER = "2026-03-02T09:00:00Z"
EMBARGO = "2026-03-02T20:00:00Z"


def record(site: Site, *events: AnyEvent) -> None:
    with site.ledger() as ledger:
        ledger.append(*events)


def a_site(folder: Path, *stories: str) -> tuple[Site, Clock]:
    """Make a newsroom with a report in each story, not published yet."""
    clock = Clock(NOW)
    site = newsroom(folder, clock)
    for story in stories:
        opening = commands.open_story(story, f"Story {story}")
        record(site, opening, commands.report(story, "First report", development="d1", body="As **told**."))
    return site, clock


def everything(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return the bytes, the time and the inode of each file in a folder, by its path."""
    files = ((path, path.stat()) for path in sorted(folder.rglob("*")))
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else b"", status.st_mtime_ns, status.st_ino)
        for path, status in files
    }


def output(newsroom: Site | Path) -> dict[str, bytes]:
    """Return the bytes of each published file, by its path."""
    public = newsroom.root if isinstance(newsroom, Site) else newsroom / "public"
    return {path: (public / path).read_bytes() for path in files_of(public) if path != TOKEN_NAME}


@contextmanager
def lock_held(folder: Path) -> Iterator[None]:
    """Hold the lock of a newsroom in a block, as a publication does."""
    holder = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(holder)


@contextmanager
def sql(site: Site) -> Iterator[apsw.Connection]:
    """Open the ledger's file with the triggers that protect it dropped."""
    connection = apsw.Connection(str(site.folder / "ledger.db"))
    connection.set_busy_timeout(5_000)
    triggers = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()


HUB = "https://hub.example/"


def every_kind_of_file(folder: Path, *, base_url: str = BASE_URL, hub: str | None = HUB) -> Site:
    """Publish a newsroom whose output has each kind of file: archives, facts, pictures and a signed log too."""
    site = worked_stories.story("valley-flood").record(folder).site
    settings = f'base_url = "{base_url}"' + (f'\nhub = "{hub}"' if hub else "")
    site = reconfigured(site, f'base_url = "{BASE_URL}"', settings)
    site = reconfigured(site, "entries = 50", "entries = 10")
    site = reconfigured(site, "share_images = false", "share_images = true")
    site = signing(site, folder.parent / f"{folder.name}.key")
    picture = site.add_picture(picture_bytes(), alt="Smoke over the quay")
    record(site, commands.report("valley-flood", "A picture of the quay", media=[picture]))
    site.publish()
    return site


def break_story(site: Site) -> None:
    """Open a story that no publication can read."""
    record(site, commands.open_story("bad", "Bad"))
    with sql(site) as ledger:
        ledger.execute("UPDATE bodies SET body = '{' WHERE position = (SELECT max(position) FROM bodies)")


def restore_older_ledger(site: Site) -> None:
    """Publish a report, and put the ledger back as it was before."""
    ledger = site.folder / "ledger.db"
    before = ledger.read_bytes()
    record(site, commands.report("harbour-fire", "Three hurt"))
    site.publish()
    ledger.write_bytes(before)


def forget_renderers(site: Site) -> None:
    """Let another version have published last, as an upgrade finds it."""
    with sql(site) as ledger:
        ledger.execute("UPDATE notes SET text = 'other' || substr(text, 2) WHERE name = ?", (CHECKPOINT_NOTE,))

"""A script: `writethru take` is killed at many of its steps, and repeated. It prints how often, and in how many steps.

Arguments: a folder that newsrooms with one draft are made in, and how often. In one of them the draft was taken before,
and that was undone. Each step is a call or a return in our
code, or of SQLite's: so it dies between all statements, and before and after each commit.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from events import commands
from events.fold.undone import without_undone
from feed.cli.program import command, run
from feed.intake.inbox import Inbox
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.desk import FIRE
from tests.texts import ITEM, opening

MODULES = tuple(
    f"/{name}" for name in ("feed/intake/", "feed/cli/", "events/ledger", "events/recorder", "events/store/")
)


def take(folder: Path, before_each_step: Callable[[], None] | None = None) -> int:
    """Take the draft in a process of its own, and return its exit code; a signal is negative."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

        def watch(frame: FrameType, *_: object) -> None:
            if before_each_step is not None and any(part in frame.f_code.co_filename for part in MODULES):
                before_each_step()

        sys.setprofile(watch)
        os._exit(run(["-C", str(folder), "take", "1", "--headline", "Ferry hits the quay"]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def steps_of(folder: Path) -> int:
    """Return how many steps a run takes that nobody kills."""
    reader, writer = os.pipe()

    def count() -> None:
        os.write(writer, b".")

    assert take(folder, count) == 0
    os.close(writer)
    with os.fdopen(reader, "rb") as steps:
        return len(steps.read())


def killer(number: int) -> Callable[[], None]:
    """Return what kills the process at that step."""
    left = iter(range(number - 1))

    def kill() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def main(folder: Path, kills: int) -> None:
    """Kill it, repeat it, and check that it recorded one event, and that the draft is taken."""
    site = newsroom(folder / "start", Clock())
    with site.ledger() as ledger, Inbox(site.folder) as inbox:
        ledger.append(opening())
        inbox.add(ITEM, story=FIRE, at=ledger.clock())
    command("take")  # imported now, so that a step is none of the imports
    undone = Path(shutil.copytree(site.folder, folder / "undone"))
    assert take(undone) == 0
    with Site.open(undone, clock=Clock()).ledger() as ledger:
        ledger.append(commands.undo(FIRE))
    counts = [
        kill_take(site.folder, ITEM.event_id, kills=kills // 2),
        kill_take(undone, f"{ITEM.event_id}.2", kills=kills // 2),
    ]
    steps, recorded = map(sum, zip(*counts, strict=True))
    json.dump({"steps": steps, "kills": kills, "recorded before the kill": recorded}, sys.stdout)


def kill_take(start: Path, event_id: str, *, kills: int) -> tuple[int, int]:
    """Return how many steps it takes in a newsroom, and how many of the kills came after the event was recorded."""
    copy, recorded = start.with_name("copy"), 0
    shutil.copytree(start, copy)
    steps = steps_of(copy)
    for number in (1 + steps * (2 * kill + 1) // (2 * kills) for kill in range(kills)):
        shutil.rmtree(copy)
        shutil.copytree(start, copy)
        assert take(copy, killer(number)) == -signal.SIGKILL, number
        recorded += len(ids(copy))
        assert take(copy) == 0, number
        with Inbox(copy) as inbox:
            assert (ids(copy), inbox.draft(1).state, inbox.drafts()) == ([event_id], "taken", []), number
    shutil.rmtree(copy)
    return steps, recorded


def ids(folder: Path) -> list[str]:
    """Return the ids of the events after the opening, without what was undone."""
    with Site.open(folder, clock=Clock()).ledger() as ledger:
        return [event.id for event in without_undone(ledger.events())][1:]


main(Path(sys.argv[1]), int(sys.argv[2]))

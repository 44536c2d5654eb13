"""The time from a commit to a feed that shows it, with `publish --watch` as a process of its own.

python -m tests.bench.watching NEWSROOM STORY EVENTS      prints seconds, one for each event
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from events import commands
from events.ledger import Ledger
from feed.paths import LEDGER_NAME
from tests.bench import ours
from tests.bench.measure import ENVIRONMENT

POLL_S = 0.001
PATIENCE_S = 60
PAUSE_S = 0.3
"""Between two events, so that the watch is idle at each."""


def main(newsroom: Path, story: str, events: int) -> None:
    """Record events one by one, and measure the time until the feed shows each; the first is the warm-up."""
    command = [*ours.publish(newsroom), "--watch"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL) as watch:
        try:
            waits = [_seconds(newsroom, story, f"Seen at once, {number}") for number in range(events + 1)]
        finally:
            watch.terminate()
    sys.stdout.write(json.dumps(waits[1:]))


def _seconds(newsroom: Path, story: str, headline: str) -> float:
    with Ledger.open(newsroom / LEDGER_NAME) as ledger:
        ledger.append(commands.report(story, headline))
    committed = time.perf_counter()
    while not ours.feed_shows(newsroom, story, headline):
        if time.perf_counter() - committed > PATIENCE_S:
            sys.exit("publish --watch did not show the new event")
        time.sleep(POLL_S)
    seconds = time.perf_counter() - committed
    time.sleep(PAUSE_S)
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

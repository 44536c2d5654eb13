"""Runs of Python in processes of their own, which may die at any moment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

KILLED_PUBLISH = """
import os, signal, sys
from pathlib import Path
from feed.cli.publishing import publish_site
from feed.site import Site
from tests.builders import Clock
site = Site.open(Path(sys.argv[1]), clock=Clock(sys.argv[2]))
left = int(sys.argv[3])
EVENTS = {"open", "os.rename", "os.utime", "os.remove", "os.listdir", "socket.getaddrinfo", "socket.connect"}
def watch(event, arguments):
    global left
    if event in EVENTS:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
publish_site(site)
print(-left, end="")
"""
"""Publishes newsroom argv[1] at the instant argv[2], and dies without a word at look argv[3] at a file or the network.

With 0 it does not die, and prints how many looks there were.
"""


def run_python(
    *arguments: str, timeout_s: float = 120, stdin: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` in the repository, and return how it ended, with what it printed.

    A process that is killed would leave half a file of coverage behind, so none is measured.
    """
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )

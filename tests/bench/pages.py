"""Load a story's page in Chromium, and print the processor time of its longest task in ms, for each load, as JSON.

    python -m tests.bench.pages OUTPUT STORY LOADS

A task keeps the page's main thread from the reader's scrolling and typing: parsing, script, style and layout. One of
over 50 ms is long (W3C Long Tasks). Wall time would include the other processes of a shared machine.
"""

import json
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.chromium import FLAGS, program
from tests.server import serving

SETTLED_MS = 1_500


def longest_ms(events: Iterable[dict[str, Any]]) -> float:
    """Return the longest task of any page's main thread in a trace."""
    told = list(events)
    main = {
        (event["pid"], event["tid"])
        for event in told
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = (
        event.get("tdur", 0)
        for event in told
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in main
    )
    return max(tasks, default=0) / 1_000


def loads(folder: str, story: str, count: int) -> list[float]:
    """Return the longest task of each of `count` loads, each in a new context."""
    found = []
    with serving(Path(folder)) as server, import_module("playwright.sync_api").sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program(), args=FLAGS)
        for _ in range(count):
            context = browser.new_context()
            page = context.new_page()
            browser.start_tracing(page=page, categories=["toplevel"])
            page.goto(f"{server.url}stories/{story}/")
            page.wait_for_timeout(SETTLED_MS)
            found.append(longest_ms(json.loads(browser.stop_tracing())["traceEvents"]))
            context.close()
        browser.close()
    return found


def main(folder: str, story: str, count: str) -> None:
    if find_spec("playwright") is None or program() is None:
        sys.exit("needs Playwright (extra `browser`) and chromium")
    sys.stdout.write(json.dumps(loads(folder, story, int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])

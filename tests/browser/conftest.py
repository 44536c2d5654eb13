"""Debian's Chromium, driven by Playwright. Without one of them these tests are skipped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feed.site import Site
from tests.browser.fire import published_fire
from tests.builders import Clock
from tests.chromium import FLAGS, program
from tests.server import Server, serving

NODE = Path(__file__).parents[1] / "node"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Yield a running browser. While Playwright runs, other tests of this process cannot start a loop of asyncio."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip, extra `browser`)")
    executable = program()
    if executable is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def expect() -> Any:
    """Return Playwright's assertion that waits until it holds. What a click or a key sets off is not done at once."""
    waiting = pytest.importorskip("playwright.sync_api").expect
    waiting.set_options(timeout=20_000)
    return waiting


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Any]:
    """Yield a function that opens a page in a new context: options are Playwright's, such as `color_scheme`.

    `refused` are the statuses with which the desk may refuse what the page sends.
    """
    contexts: list[Any] = []
    errors: list[str] = []

    def open_(url: str, *, refused: tuple[int, ...] = (403,), **options: Any) -> Any:
        context = chromium.new_context(**{"timezone_id": "Asia/Tokyo", "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_fault(message, refused) else None)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def _is_fault(message: Any, refused: tuple[int, ...]) -> bool:
    """Return True for an error, but for what is asked once of a server without streams, and what the desk refuses."""
    url = message.location["url"]
    is_refusal = "/desk/" in url and any(f"status of {code}" in message.text for code in refused)
    return bool(message.type == "error" and not url.endswith("/~events") and not is_refusal)


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    script = NODE / "node_modules/axe-core/axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not installed (npm install --prefix tests/node)")
    return script.read_text(encoding="utf-8")


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-03-02T08:00:00Z")


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Site:
    return published_fire(tmp_path / "desk", clock)


@pytest.fixture
def served(site: Site) -> Iterator[Server]:
    with serving(site.root) as server:
        yield server

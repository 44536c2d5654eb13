"""An open page listens to the event stream of `writethru serve`: one stream a browser, one try where there is none."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.system import utc_now
from feed.site import Site
from tests.browser.fire import STORY
from tests.builders import BASE_URL, reconfigured
from tests.served import Serving, serving
from tests.server import Server
from tests.sites import record
from tests.web_servers import free_port, nginx_command, printed, running

TABS = 20
SOON_S = 20.0
"""Far less than the minute after which a page without a stream asks again."""
BACK_S = 20.0
BUTTON = "#\\~live:not([hidden]) button"
PAGE = f"stories/{STORY}/"
HIDDEN = "window.isAway = true; Object.defineProperty(document, 'hidden', { get: () => window.isAway })"
COME = "window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def server(site: Site) -> Iterator[Serving]:
    with serving(site) as server:
        yield server


@pytest.fixture
def streams(chromium: Any) -> Iterator[tuple[Any, list[str]]]:
    """Yield a browser's session, and the address of each stream that its pages have asked for."""
    context = chromium.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url) if request.url.endswith("/~events") else None)
    yield context, asked
    context.close()


def opened(context: Any, url: str) -> Any:
    page = context.new_page()
    page.goto(url)
    return page


def publish(site: Site, headline: str) -> float:
    """Publish a report, and return when that was done."""
    site = Site.open(site.folder, clock=utc_now)
    record(site, commands.report(STORY, headline))
    site.publish()
    return time.monotonic()


def wait_for_update(page: Any, since: float, words: str, *, within_s: float = SOON_S) -> None:
    left = since + within_s - time.monotonic()
    page.wait_for_selector(f'{BUTTON}:text-is("{words}")', timeout=max(left, 0.001) * 1000)


def wait_for_streams(page: Any, asked: list[str], count: int) -> None:
    """Wait until pages have opened so many streams."""
    until = time.monotonic() + BACK_S
    while len(asked) < count:
        assert time.monotonic() < until
        page.wait_for_timeout(50)


def test_every_tab_hears_over_one_stream(site: Site, server: Serving, streams: tuple[Any, list[str]]) -> None:
    context, asked = streams
    tabs = [opened(context, server.url + PAGE) for _ in range(TABS)]
    wait_for_streams(tabs[-1], asked, 1)
    tabs[-1].wait_for_timeout(500)
    done = publish(site, "Fire is out")
    for tab in tabs:
        wait_for_update(tab, done, "1 new update: show")
    assert len(asked) == 1


def test_another_tab_leads_when_the_first_closes(site: Site, server: Serving, streams: tuple[Any, list[str]]) -> None:
    context, asked = streams
    first, *others = [opened(context, server.url + PAGE) for _ in range(3)]
    wait_for_streams(first, asked, 1)
    first.wait_for_timeout(300)
    first.close()
    wait_for_streams(others[0], asked, 2)
    others[0].wait_for_timeout(300)
    done = publish(site, "Fire is out")
    for tab in others:
        wait_for_update(tab, done, "1 new update: show")
    assert len(asked) == 2


def test_page_that_nobody_sees_opens_no_stream(site: Site, server: Serving, streams: tuple[Any, list[str]]) -> None:
    context, asked = streams
    context.add_init_script(HIDDEN)
    page = opened(context, server.url + PAGE)
    page.wait_for_timeout(1000)
    assert asked == []
    page.evaluate(COME)
    wait_for_streams(page, asked, 1)
    page.wait_for_timeout(1000)
    wait_for_update(page, publish(site, "Fire is out"), "1 new update: show")
    assert len(asked) == 1


def test_server_without_event_stream_is_asked_once(served: Server, streams: tuple[Any, list[str]]) -> None:
    context, asked = streams
    page = opened(context, served.url + PAGE)
    page.wait_for_timeout(1500)
    page.reload()
    page.goto(served.url)
    page.goto(served.url + PAGE)
    page.wait_for_timeout(1500)
    assert len(asked) == 1


def test_page_catches_up_once_a_proxy_is_back(site: Site, streams: tuple[Any, list[str]], tmp_path: Path) -> None:
    port = free_port()
    site = reconfigured(site, BASE_URL, f"http://127.0.0.1:{port}/")
    site.publish()
    context, asked = streams
    folder = tmp_path / "nginx"
    folder.mkdir()
    with serving(site) as server:
        text = printed(site.folder, "nginx").replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        with running(nginx_command(folder, text), port, folder / "log"):
            page = opened(context, f"http://127.0.0.1:{port}/{PAGE}")
            wait_for_streams(page, asked, 1)
            page.wait_for_timeout(1000)
            wait_for_update(page, publish(site, "Fire is out"), "1 new update: show")
        publish(site, "Pier is open")
        with running(nginx_command(folder, text), port, folder / "log"):
            wait_for_update(page, time.monotonic(), "2 new updates: show", within_s=BACK_S)
            page.locator(BUTTON).click()
            titles = page.locator("#\\~entries > .entry").all_inner_texts()
            assert [sum(title in text for text in titles) for title in ("Fire is out", "Pier is open")] == [1, 1]

"""An open page takes an update only from its own address, and only of its own story."""

from typing import Any

import pytest

from events import commands
from feed.site import Site
from tests.browser.fire import STORY, look_often, record, url
from tests.builders import Clock, reconfigured
from tests.server import Server, serving

LATER = "2026-03-06T08:00:00Z"
LOOKS = 3
OLD: dict[str, Any] = {"development": "old", "archive": True, "reported_at": "2021-03-01T10:00:00Z"}


def looked(server: Server, page: Any, path: str, times: int = LOOKS) -> None:
    """Wait until the page has asked for `path` so many times more."""
    before = sum(request.path == path for request in server.requests)
    look_often(page)
    for _ in range(60):
        page.wait_for_timeout(100)
        if sum(request.path == path for request in server.requests) >= before + times:
            break


def test_page_of_another_story_is_not_offered(site: Site, clock: Clock, served: Server, open_page: Any) -> None:
    clock.go(LATER)
    record(site, commands.open_story("budget", "Budget"), commands.report("budget", "More", development="b1"))
    page = open_page(url(served))
    other = (site.root / "stories/budget/index.html").read_bytes()
    (site.root / f"stories/{STORY}/index.html").write_bytes(other)
    looked(served, page, f"/stories/{STORY}/")
    assert page.locator("#\\~live").is_hidden()
    assert page.title().startswith("Fire at the harbour")


@pytest.mark.parametrize("body", ["<!doctype html><title>Sign in</title><p>Sign in", "", "{}"])
def test_answer_that_is_no_page_of_ours_is_not_offered(site: Site, served: Server, open_page: Any, body: str) -> None:
    page = open_page(url(served))
    (site.root / f"stories/{STORY}/index.html").write_text(body)
    looked(served, page, f"/stories/{STORY}/")
    assert page.locator("#\\~live").is_hidden()


def test_redirected_update_is_not_followed(site: Site, clock: Clock, served: Server, chromium: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()  # the browser itself reports a refused redirect as an error
    page.goto(url(served))
    clock.go(LATER)
    record(site, commands.report(STORY, "Fire is out", development="d5"))
    with serving(site.root) as elsewhere:
        served.moved = elsewhere.url
        looked(served, page, f"/stories/{STORY}/")
        # The browser may fetch the icon at any time, and follows its redirect: that is no update.
        assert not [request for request in elsewhere.requests if not request.path.startswith("/assets/")]
    assert page.locator("#\\~live").is_hidden()
    context.close()


def test_history_of_another_story_is_not_shown(
    site: Site, clock: Clock, served: Server, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.go(LATER)
    monkeypatch.setattr("feed.pages.history.EMBEDDED_BYTES_MAX", 0)
    night = reconfigured(site, "Test desk", "Night desk")
    record(night, commands.open_story("budget", "Budget"), commands.report("budget", "More", development="b1"))
    (site.root / f"stories/{STORY}/history.json").write_bytes((site.root / "stories/budget/history.json").read_bytes())
    page = open_page(url(served))
    page.get_by_role("link", name="View an earlier version").click()
    page.wait_for_timeout(500)
    assert page.locator("#\\~moment").count() == 0


def test_archive_is_no_new_update_and_stands_by_its_date(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    page = open_page(url(served))
    clock.go(LATER)
    record(site, commands.report(STORY, "Long ago", **OLD))
    looked(served, page, f"/stories/{STORY}/")
    assert page.locator("#\\~live").is_hidden()
    record(site, commands.report(STORY, "Fire is out", development="d5"))
    page.get_by_role("button", name="1 new update: show").click()
    expect(page.locator("#d5")).to_be_visible()
    assert page.locator("#\\~entries > .entry").last.get_attribute("id") == "old"
    assert page.locator(".entry-new#old").count() == 0
    assert page.locator("#\\~since").is_hidden()


def test_time_control_shows_what_an_archive_says_by_its_dates(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    clock.go(LATER)
    record(site, commands.report(STORY, "Long ago", facts=[{"key": "hurt", "value": 77}], **OLD))
    page = open_page(f"{url(served)}?asof=2021-03-02")
    then = page.locator(".then")
    expect(then).to_contain_text("77")
    expect(page.locator("#old")).to_be_visible()
    expect(page.locator("#d1")).to_be_hidden()

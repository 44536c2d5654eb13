"""The page in a real browser: with and without script, at any width, with light and dark colours."""

from pathlib import Path
from typing import Any

import pytest

from events import commands
from feed.short_forms import parse_fact
from feed.site import Site
from tests.browser.fire import STORY, look_often, record, url
from tests.builders import Clock, newsroom, reconfigured
from tests.golden.stories import stories, story
from tests.server import Request, Server, serving


def shown(page: Any) -> list[str]:
    """Return the names of the visible entries of the timeline, in order."""
    visible = page.locator("#\\~entries > .entry:visible").all()
    return [entry.get_attribute("data-entry") or entry.get_attribute("id") for entry in visible]


def test_page_says_what_is_known_expected_and_changed(served: Server, open_page: Any) -> None:
    page = open_page(url(served))
    assert page.locator("h1").inner_text() == "Fire at the harbour"
    assert page.locator('[data-part="key:hurt"] .value').inner_text() == "2 people → 5 people"
    assert page.locator("[data-part=status] a:visible").all_inner_texts() == [
        "1 overdue", "Corrected 4 March 2026", "View an earlier version", "Follow by feed",
    ]  # fmt: skip
    assert "Overdue" in page.locator('[data-part="open"]').inner_text()
    assert "Overdue" in page.locator('[data-part="expectation:run"]').inner_text()
    assert page.locator(".recent time").first.inner_text() == "4 Mar 2026, 21:00"  # in Tokyo
    assert page.locator(".recent time").first.get_attribute("title") == "4 March 2026, 12:00 UTC"


def test_last_update_is_shown_as_an_age_while_it_is_young(served: Server, open_page: Any) -> None:
    page = open_page(url(served))
    updated = page.locator("time.relative")
    assert updated.get_attribute("title") == "4 March 2026, 12:00 UTC"
    assert updated.inner_text() == "4 Mar 2026, 21:00"  # long ago
    page.clock.install(time="2026-03-04T15:10:00Z")
    page.reload()
    assert updated.inner_text() == "3 hours ago"
    page.clock.run_for(50 * 60_000)
    assert updated.inner_text() == "4 hours ago"


def test_number_that_moved_is_drawn(tmp_path: Path, open_page: Any, expect: Any) -> None:
    recording = story("valley-flood").record(tmp_path / "flood")
    recording.site.publish()
    page = open_page(
        (recording.site.root / f"stories/{recording.story}/index.html").as_uri(), java_script_enabled=False
    )
    assert page.locator("svg.chart").first.bounding_box()["height"] > 80
    page.emulate_media(media="print")
    expect(page.locator("svg.chart").first).to_be_visible()


def test_address_of_an_entry_leads_to_it(served: Server, open_page: Any) -> None:
    page = open_page(url(served, "#d2"))
    assert page.locator("#d2").bounding_box()["y"] < 400
    assert page.evaluate("document.querySelector(':target').id") == "d2"


def test_timeline_is_filtered_by_kind_and_turned_round(served: Server, open_page: Any) -> None:
    page = open_page(url(served))
    newest = shown(page)
    assert {"d1", "d2", "d3", "d4"} < set(newest)
    page.locator("#\\~kind").select_option("report")
    assert set(shown(page)) == {"d1", "d2", "d3", "d4"}
    page.locator("#\\~kind").select_option("")
    page.locator("#\\~order").click()
    assert shown(page)[-1] == newest[0]
    page.locator("#\\~order").click()
    assert shown(page) == newest
    page.locator("#\\~kind").select_option("key")
    assert shown(page) == ["d3"]  # it moved a value


def test_new_entries_since_the_last_visit_are_listed_and_marked(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    page = open_page(url(served))
    assert page.locator("#\\~since").is_hidden()
    clock.go("2026-03-06T08:00:00Z")
    record(site, commands.report(STORY, "Fire is out", development="d5"))
    page.reload()
    expect(page.locator("#\\~since h2")).to_have_text("1 change since you last looked")
    assert page.locator("#\\~since li").all_inner_texts() == ["Fire is out"]
    assert page.locator(".recent .entry-new").get_attribute("id") == "d5"
    assert page.locator("#\\~entries .entry-new").get_attribute("data-entry") == "d5"
    page.reload()
    assert page.locator("#\\~since").is_hidden()


def test_changes_since_a_day_can_be_shared(served: Server, open_page: Any) -> None:
    page = open_page(url(served, "?since=2026-03-03"))
    assert page.locator("#\\~since h2").inner_text() == "5 changes since 3 March 2026"
    assert "since=2026-03-03" in page.locator("#\\~since p a").get_attribute("href")


def test_page_shows_what_was_known_at_a_moment(served: Server, open_page: Any, expect: Any) -> None:
    page = open_page(url(served, "?asof=2026-03-02"))
    then = page.locator("#\\~asof .then")
    for words in ("2 people", "ferries run", "Fire at the harbour"):
        expect(then).to_contain_text(words)
    assert set(shown(page)) == {"d1", "d2"}
    page.locator("#\\~moment").press("ArrowRight")
    expect(then).to_contain_text("5 people")
    assert "d3" in shown(page)
    page.get_by_role("button", name="Back to now").click()
    expect(then).to_be_hidden()
    assert {"d1", "d2", "d3", "d4"} < set(shown(page))


def test_long_history_is_fetched_when_it_is_asked_for(
    site: Site, served: Server, open_page: Any, monkeypatch: pytest.MonkeyPatch, expect: Any
) -> None:
    monkeypatch.setattr("feed.pages.paging.PAGE_ENTRIES", 2)
    reconfigured(site, "Test desk", "Night desk").publish()
    page = open_page(url(served))
    assert not [request for request in served.requests if "/history" in request.path]
    page.get_by_role("link", name="View an earlier version").click()
    page.locator("#\\~moment").press("Home")
    expect(page.locator("#\\~asof .then")).to_contain_text("2 people")
    assert {request.path for request in served.requests if "/history/" in request.path} == {
        f"/stories/{STORY}/history/000{number}.json" for number in (1, 2, 3)
    }
    page = open_page(url(served, "?asof=2026-03-03"))
    expect(page.locator("#\\~asof .then")).to_contain_text("5 people")


def test_page_opened_as_a_file_works_without_updates(site: Site, open_page: Any, expect: Any) -> None:
    page = open_page((site.root / f"stories/{STORY}/index.html").as_uri())
    assert page.locator("#\\~moment").count() == 0
    page.get_by_role("link", name="View an earlier version").click()
    page.locator("#\\~moment").press("Home")
    expect(page.locator("#\\~asof .then")).to_contain_text("2 people")


def test_new_updates_are_announced_and_move_nothing_that_is_read(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    page = open_page(url(served), viewport={"width": 900, "height": 500})
    look_often(page)
    page.locator("#d4").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 500)")
    unchanged = Request(f"/stories/{STORY}/", 304, 0)
    for _ in range(50):
        page.wait_for_timeout(200)
        if unchanged in served.requests:
            break
    assert unchanged in served.requests
    clock.go("2026-03-06T08:00:00Z")
    record(
        site, commands.report(STORY, "Fire is out", development="d5", facts=[parse_fact("hurt=6:people@2026-03-06")])
    )
    clock.go("2026-03-06T09:00:00Z")
    record(site, commands.report(STORY, "Ferries run", development="d6"))
    before = page.locator("#d4 p").nth(10).bounding_box()["y"]
    button = page.locator("#\\~live button")
    page.get_by_text("2 new updates: show").wait_for(timeout=10_000)
    assert abs(page.locator("#d4 p").nth(10).bounding_box()["y"] - before) < 2
    assert "d5" not in shown(page)
    button.click()
    expect(page.locator("#\\~live")).to_be_hidden()
    assert {"d5", "d6"} < set(shown(page))
    assert page.locator('[data-part="key:hurt"] .value').inner_text() == "5 people → 6 people"
    assert page.locator(".recent .entry").get_attribute("id") == "d6"
    assert 0 <= page.locator("#d6 h3").bounding_box()["y"] < 200  # the reader stands where the news is
    assert page.evaluate("document.activeElement.id") == "~latest"
    page.get_by_role("link", name="View an earlier version").click()
    page.locator("#\\~moment").press("End")
    page.locator("#\\~moment").press("ArrowLeft")
    expect(page.locator("#\\~asof .then")).to_contain_text("6 people")  # with the new history


def test_update_takes_away_what_is_no_longer_open(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    page = open_page(url(served))
    look_often(page)
    clock.go("2026-03-06T08:00:00Z")
    record(site, commands.report(STORY, "Ferries run", resolves=[{"expectation": "run", "outcome": "met"}]))
    page.locator("#\\~live button").click(timeout=10_000)
    expect(page.locator(".open")).to_have_count(0)
    assert "overdue" not in page.locator("[data-part=status]").inner_text()


def test_update_with_a_correction_changes_the_corrected_entry(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    page = open_page(url(served))
    look_often(page)
    page.locator("#\\~order").click()
    clock.go("2026-03-06T08:00:00Z")
    record(site, commands.correct(STORY, "d3", {"headline": "Six hurt"}, "We miscounted.", id="c2"))
    page.locator("#\\~live button").click(timeout=10_000)
    expect(page.locator("#d3 h3")).to_have_text("Six hurt")
    assert shown(page)[-1] == page.locator(".recent .entry-new").get_attribute("id")
    assert "We miscounted." in page.locator(".corrections").inner_text()


def test_server_that_knows_only_dates_sends_the_page_once(site: Site, served: Server, open_page: Any) -> None:
    asked: list[dict[str, str]] = []
    page = open_page(url(served))

    def answer(route: Any) -> None:
        asked.append(route.request.headers)
        conditional = "if-modified-since" in route.request.headers
        modified = {"Last-Modified": "Thu, 05 Mar 2026 09:00:00 GMT"}
        body = (site.root / f"stories/{STORY}/index.html").read_text(encoding="utf-8")
        route.fulfill(status=304 if conditional else 200, headers=modified, body="" if conditional else body)

    page.route(f"**/{STORY}/", answer)
    look_often(page)
    for _ in range(50):
        page.wait_for_timeout(100)
        if len(asked) == 2:
            break
    assert [headers.get("if-modified-since") for headers in asked[:2]] == [None, "Thu, 05 Mar 2026 09:00:00 GMT"]
    assert all("if-none-match" not in headers for headers in asked)


def test_stray_percent_sign_in_an_address_stops_nothing(served: Server, open_page: Any, expect: Any) -> None:
    expect(open_page(url(served, "#100%")).locator("#\\~filter")).to_be_visible()


def test_without_script_the_page_is_complete(served: Server, open_page: Any) -> None:
    page = open_page(url(served), java_script_enabled=False)
    assert {"d1", "d2", "d3", "d4"} < set(shown(page))
    assert page.locator("time").first.inner_text() == "4 March 2026, 12:00 UTC"
    assert page.locator(".earlier").is_hidden()
    for name in ("filter", "since", "asof", "live"):
        assert page.locator(f"#\\~{name}").is_hidden()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_older_entry_is_found_by_its_address(tmp_path: Path, clock: Clock, open_page: Any, *, script: bool) -> None:
    site = newsroom(tmp_path / "long", clock)
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"))
        ledger.append(
            *(commands.report(STORY, f"Report {number}", development=f"d{number}") for number in range(1, 131))
        )
    site.publish()
    with serving(site.root) as server:
        page = open_page(url(server, "#d7"), java_script_enabled=script)
        if not script:
            page.locator("#d7").click()
        page.wait_for_url("**/page/0001.html#d7")
        assert page.locator("#d7 h3").inner_text() == "Report 7"


def test_entry_of_long_ago_is_found_by_its_address(
    tmp_path: Path, clock: Clock, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feed.pages.build.MOVED_MAX", 50)
    site = newsroom(tmp_path / "long", clock)
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"))
        ledger.append(*(commands.report(STORY, f"R {number}", development=f"d{number}") for number in range(1, 241)))
    site.publish()
    with serving(site.root) as server:
        page = open_page(url(server, "#d107"))
        page.wait_for_url("**/page/0002.html#d107")
        assert page.locator("#d107 h3").inner_text() == "R 107"
        page = open_page(url(server, "#nobody"))
        page.evaluate("location.hash = 'd7'")
        page.wait_for_url("**/page/0001.html#d7")


def test_script_does_its_work_in_several_tasks(served: Server, open_page: Any) -> None:
    page = open_page("about:blank")
    page.add_init_script("""
        window.tasks = [];
        const later = window.setTimeout;
        window.setTimeout = (task, wait) => later(() => {
          window.tasks.push(wait ?? 0);
          task();
        }, wait);
    """)
    page.goto(url(served))
    page.locator("#\\~filter").wait_for()
    assert page.evaluate("window.tasks").count(0) >= 4


@pytest.mark.parametrize("width", [320, 640, 768, 1600])
def test_no_page_scrolls_sideways(served: Server, open_page: Any, width: int) -> None:
    for address in (served.url, url(served), url(served, "?asof=2026-03-02")):
        page = open_page(address, viewport={"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_printed_page_has_no_controls(served: Server, open_page: Any, expect: Any) -> None:
    page = open_page(url(served))
    layout = "entry => getComputedStyle(entry).contentVisibility"
    assert page.locator("#d1").evaluate(layout) == "auto"
    page.emulate_media(media="print")
    assert page.locator("#d1").evaluate(layout) == "visible"
    assert page.locator("#\\~filter").is_hidden()
    assert page.locator(".earlier").is_hidden()
    expect(page.locator("#d1")).to_be_visible()
    assert page.locator(".entry-above").is_hidden()  # it is printed whole, at the top


def test_stories_are_found_by_words_and_subject(
    site: Site, clock: Clock, served: Server, open_page: Any, expect: Any
) -> None:
    clock.go("2026-03-06T08:00:00Z")
    record(site, commands.open_story("budget", "City budget", subjects=["money"]))
    page = open_page(served.url)
    lines = page.locator(".stories > .line:visible h3")
    expect(lines).to_have_count(2)
    page.locator("#\\~words").fill("budg")
    expect(lines).to_have_text(["City budget"])
    page.locator("#\\~words").fill("")
    page.locator("#\\~subject").select_option("fire")
    expect(lines).to_have_text(["Fire at the harbour"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", stories())
def test_axe_finds_nothing_on_any_page_of_any_golden_story(
    name: str, scheme: str, tmp_path: Path, open_page: Any, axe: str
) -> None:
    recording = story(name).record(tmp_path / name)
    recording.site.publish()
    with serving(recording.site.root) as server:
        for path in (
            "",
            f"stories/{recording.story}/",
            f"stories/{recording.story}/?asof=2026-06-09",
            f"stories/{recording.story}/?since=2015-01-01",
        ):
            page = open_page(f"{server.url}{path}", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
            if path.startswith("stories/"):  # whatever a reader has scrolled past has been laid out
                page.locator("#\\~entries").evaluate("entries => entries.classList.add('laid-out')")
            page.evaluate(axe)
            report = page.evaluate(
                "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
            )
            page.set_viewport_size({"width": 360, "height": 740})  # links that were beside each other are now stacked
            on_phone = page.evaluate("axe.run({runOnly: {type: 'rule', values: ['target-size']}})")
            violations = report["violations"] + on_phone["violations"]
            assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == [], path

"""What is corrected, taken back, due and decided at the desk, in a browser: axe, small screens, keys, no script."""

from collections.abc import Iterator
from typing import Any

import pytest

from events import commands
from events.system import utc_now
from feed.intake.inbox import Inbox
from feed.site import Site
from tests.desk_rooms import STORY, busy_room
from tests.served import Serving, serving
from tests.sites import record
from tests.texts import ITEM

AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
SCREENS = (
    f"stories/{STORY}/d1/correct",
    f"stories/{STORY}/d1/correct?fact=0",
    f"stories/{STORY}/d1/hold",
    f"stories/{STORY}/d1/redact",
    f"stories/{STORY}/revise",
    f"stories/{STORY}/close",
    "stories/closed/",
    "stories/closed/reopen",
    f"stories/{STORY}/facts",
    f"stories/{STORY}/facts/hurt",
    "due",
    f"due/{STORY}/ferries?outcome=moved",
    "inbox",
    "inbox/1",
)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced-colours": {"forced_colors": "active"},
    "at-200-percent": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = busy_room(tmp_path_factory.mktemp("room"), clock=utc_now)
    with Inbox(site.folder) as box:
        box.add(ITEM, story=STORY, at=utc_now())
    record(site, commands.open_story("closed", "Fire at the mill"), commands.report("closed", "The fire is out"))
    record(site, commands.close_story("closed"))
    site.publish()
    return site


@pytest.fixture(scope="module")
def desk(room: Site) -> Iterator[str]:
    with serving(room) as server:
        yield address(server)


def address(server: Serving) -> str:
    return f"{server.url}desk/"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk: str, chromium: Any, axe: str, look: str) -> None:
    context = chromium.new_context(**LOOKS[look], bypass_csp=True)
    page = context.new_page()
    for screen in SCREENS:
        assert page.goto(f"{desk}{screen}").status == 200, screen
        for details in page.locator("summary").all():
            details.click()
        page.evaluate(axe)
        violations = page.evaluate(AXE)["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == [], screen
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
    context.close()


def test_fact_is_corrected_without_script(desk: str, open_page: Any) -> None:
    page = open_page(f"{desk}stories/{STORY}/d1/correct", java_script_enabled=False)
    page.get_by_role("link", name="Hurt: 2 people").click()
    page.get_by_label("Value", exact=True).fill("3")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the correction").click()
    page.goto(f"{desk}stories/{STORY}/d1/correct?fact=0")
    assert page.locator(".was").first.inner_text() == "was 3"


def test_promise_is_settled_by_one_key_and_enter(desk: str, room: Site, open_page: Any) -> None:
    page = open_page(f"{desk}due")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("m")
    page.get_by_label("Headline").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{desk}due?recorded={STORY}")
    with room.ledger() as ledger:
        assert ledger.story(STORY).expectation("ferries").outcome is not None  # type: ignore[union-attr]


def test_moved_promise_asks_for_its_date_first(desk: str, open_page: Any, expect: Any) -> None:
    page = open_page(f"{desk}due/{STORY}/report?outcome=moved")
    expect(page.locator("#due")).to_be_focused()


def test_hold_by_keys_asks_why_and_is_recorded(desk: str, room: Site, open_page: Any) -> None:
    page = open_page(f"{desk}stories/{STORY}/d3/hold")
    page.keyboard.type("The harbour master does not answer.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{desk}stories/{STORY}/#d3")
    with room.ledger() as ledger:
        assert ledger.story(STORY).development("d3").status == "withheld"  # type: ignore[union-attr]

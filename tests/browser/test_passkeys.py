"""Passkeys in Chromium, with its virtual authenticator: made by an invitation, used to sign in and to confirm."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from events.system import utc_now
from feed.people.people import People
from feed.people.person import Role
from feed.site import Site
from tests.builders import newsroom
from tests.served import Serving, serving
from tests.web_servers import free_port

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OpenPage = Callable[..., Any]


@pytest.fixture
def room(tmp_path: Path) -> Site:
    """Return a newsroom whose desk is at a free port of localhost, for which browsers have passkeys without https."""
    site = newsroom(tmp_path / "room", base_url="http://localhost:8000/")
    config = site.folder / "writethru.toml"
    config.write_text(f'{config.read_text()}\n[desk]\nurl = "http://localhost:{free_port()}/desk/"\n')
    site = Site.open(site.folder, clock=utc_now)
    site.publish()
    return site


@pytest.fixture
def server(room: Site) -> Iterator[Serving]:
    port = (room.config.desk.url or "").split(":")[2].partition("/")[0]
    with serving(room, "--port", port) as running:
        yield running


def invited(room: Site, name: str = "ana", role: Role = Role.CHIEF) -> str:
    with People(room.folder) as people:
        return people.invite(name, role, utc_now()).url(str(room.config.desk.url))


def with_authenticator(page: Any) -> Any:
    """Return the page, whose browser has an authenticator of its own from now on."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


@pytest.mark.usefixtures("server")
def test_passkey_is_made_signs_in_and_confirms(room: Site, open_page: OpenPage, expect: Any) -> None:
    url = str(room.config.desk.url)
    page = with_authenticator(open_page(invited(room)))
    page.get_by_role("button", name="Make my passkey").click()
    page.wait_for_url(url)
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-writethru", True, True)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{url}sign-in")
    assert page.context.cookies() == []
    page.goto(f"{url}people/?x=1")
    page.get_by_role("button", name="Sign in with my passkey").press("Enter")
    page.wait_for_url(f"{url}people/")
    page.get_by_label("Name").fill("ben")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("link", name="Use my passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{url}people/")
    page.get_by_label("Name").fill("ben")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Link")).to_have_value(re.compile(f"^{re.escape(url)}invitation/"))


@pytest.mark.usefixtures("server")
def test_browser_without_a_passkey_says_what_to_do(room: Site, open_page: OpenPage, expect: Any) -> None:
    page = open_page(f"{room.config.desk.url}sign-in")
    page.evaluate("delete window.PublicKeyCredential")
    page.get_by_role("button", name="Sign in with my passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("do not work at this address")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_to_enter_are_accessible_and_narrow(room: Site, open_page: OpenPage, axe: str, scheme: str) -> None:
    url = str(room.config.desk.url)
    page = with_authenticator(open_page(f"{url}sign-in", color_scheme=scheme, viewport={"width": 360, "height": 640}))
    link = invited(room)
    for address in (f"{url}sign-in", link, url, f"{url}people/", f"{url}drafts/", f"{url}confirm"):
        page.goto(address)
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(result => result.violations.map(v => v.id + v.nodes.map(n => n.html)))")
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        if address == link:
            page.get_by_role("button", name="Make my passkey").click()
            page.wait_for_url(url)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("script", [True, False])
def test_what_is_typed_outlasts_the_end_of_its_session(
    room: Site, open_page: OpenPage, expect: Any, *, script: bool
) -> None:
    maker = with_authenticator(open_page(invited(room)))
    maker.get_by_role("button", name="Make my passkey").click()
    maker.wait_for_url(str(room.config.desk.url))
    cookies = maker.context.cookies()
    page = open_page("about:blank", java_script_enabled=script)
    page.context.add_cookies(cookies)
    page.goto(f"{room.config.desk.url}drafts/")
    page.get_by_label("Headline").fill("Two hurt at the quay")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send it to the inbox").click()
    page.get_by_text("your session has ended").wait_for()
    assert page.get_by_role("link", name="Sign in").get_attribute("target") == "_blank"
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Send it" if script else "Send it again").click()
    page.get_by_text("waits for an editor").wait_for()
    expect(page.locator("main")).to_contain_text("Two hurt at the quay")


@pytest.mark.usefixtures("server")
def test_draft_of_a_reporter_outlasts_a_closed_tab(room: Site, open_page: OpenPage, expect: Any) -> None:
    page = with_authenticator(open_page(invited(room, "rita", Role.REPORTER)))
    page.get_by_role("button", name="Make my passkey").click()
    page.wait_for_url(f"{room.config.desk.url}drafts/")
    page.get_by_label("Headline").fill("Two hurt")
    page.get_by_label("What happened").fill("At the quay, says")
    other = page.context.new_page()
    page.close()
    other.goto(f"{room.config.desk.url}drafts/")
    expect(other.get_by_label("What happened")).to_have_value("At the quay, says")


@pytest.mark.usefixtures("server")
def test_desk_is_in_no_frame_and_runs_no_foreign_script(room: Site, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    blocked: list[str] = []
    page.on("requestfailed", lambda request: blocked.append(request.url))
    page.context.route(
        "https://evil.example/",
        lambda route: route.fulfill(
            body=f'<iframe src="{room.config.desk.url}sign-in"></iframe>', content_type="text/html"
        ),
    )
    page.goto("https://evil.example/")
    page.wait_for_timeout(500)
    assert all("Sign in" not in frame.content() for frame in page.frames)

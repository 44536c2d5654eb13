"""The desk behind real web servers: shut while it has no people, and open only to those who have a passkey."""

import html
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from events import commands
from events.system import utc_now
from feed.people.people import People
from feed.people.person import Role
from feed.site import Site
from tests.authenticator import Authenticator
from tests.builders import STORY, newsroom
from tests.people import COOKIE, OPTIONS
from tests.served import serving
from tests.sites import record
from tests.web_servers import Reply, ask, caddy_command, free_port, nginx_command, printed, running

SECRET = "The port will close"
HAND_MADE = {
    "as its manual begins": "",
    "that passes the name on": "proxy_http_version 1.1; proxy_set_header Host $host;",
    "that says for whom": "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr;",
    "that says whose address": "proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;",
    "that pretends to be local": "proxy_set_header Host localhost;",
}


def room(folder: Path, base_url: str) -> Site:
    """Return a newsroom with a report under embargo."""
    site = newsroom(folder / "room", base_url=base_url)
    site = Site.open(site.folder, clock=utc_now)
    embargo = utc_now() + timedelta(days=1)
    record(site, commands.open_story(STORY, "Fire"), commands.report(STORY, SECRET, embargoed_until=embargo))
    site.publish()
    return site


def post(port: int, path: str, fields: dict[str, str], **headers: str) -> Reply:
    """Send a form as a browser does that has opened the desk at this port."""
    own = {"Origin": f"http://localhost:{port}", "Content-Type": "application/x-www-form-urlencoded"}
    with closing(HTTPConnection("localhost", port, timeout=10)) as connection:
        connection.request("POST", path, urlencode(fields), own | headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


@pytest.mark.parametrize("settings", HAND_MADE.values(), ids=HAND_MADE)
def test_desk_without_people_is_shut_behind_nginx(tmp_path: Path, settings: str) -> None:
    port = free_port()
    site = room(tmp_path, "http://news.example/")
    with serving(site) as server:
        own = server.ask(f"/desk/stories/{STORY}/")
        assert (own.status, SECRET in own.body.decode()) == (200, True)
        block = f"location / {{ proxy_pass http://127.0.0.1:{server.port}; {settings} }}"
        text = f"server {{ listen {port}; server_name news.example; {block} }}"
        with running(nginx_command(tmp_path, text), port, tmp_path / "log"):
            for path in ("/desk/", f"/desk/stories/{STORY}/"):
                reply = ask(port, path, Host="news.example")
                assert (reply.status, SECRET in reply.body.decode()) == (403, False)
            assert post(port, f"/desk/stories/{STORY}/", {"line": "x"}).status == 403


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_printed_file_passes_the_desk_on_once_somebody_is_invited(tmp_path: Path, program: str) -> None:
    port = free_port()
    site = room(tmp_path, f"http://localhost:{port}/")
    config = site.folder / "writethru.toml"
    config.write_text(f'{config.read_text()}\n[desk]\nurl = "http://localhost:{port}/desk/"\n')
    assert "/desk/" not in printed(site.folder, program)
    with People(site.folder) as people:
        link = people.invite("ana", Role.CHIEF, utc_now()).token
    text = printed(site.folder, program)
    with serving(site) as server:
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        (tmp_path / "web").mkdir()
        serve = nginx_command(tmp_path / "web", text) if program == "nginx" else caddy_command(tmp_path, "run", text)
        with running(serve, port, tmp_path / "log"):
            stranger = ask(port, f"/desk/stories/{STORY}/", Host=f"localhost:{port}")
            assert (stranger.status, SECRET in stranger.body.decode()) == (403, False)
            assert ask(port, f"/stories/{STORY}/", Host=f"localhost:{port}").status in {200, 404}
            passkey, path = Authenticator(f"http://localhost:{port}"), f"/desk/invitation/{link}"
            options = html.unescape(OPTIONS.findall(ask(port, path, Host=f"localhost:{port}").body.decode())[0])
            entered = post(port, path, {"answer": passkey.register(options)})
            assert (entered.status, entered.headers["Location"]) == (303, "../")
            cookie = f"__Host-writethru={COOKIE.findall(entered.headers['Set-Cookie'])[0]}"
            page = ask(port, f"/desk/stories/{STORY}/", Host=f"localhost:{port}", Cookie=cookie)
            assert (page.status, SECRET in page.body.decode()) == (200, True)
            assert page.headers["Cache-Control"] == "no-store"

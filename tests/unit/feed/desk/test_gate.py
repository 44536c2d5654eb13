"""Without people, only a browser on the machine itself enters the desk."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from events import commands
from feed.desk import peers
from feed.desk.peers import peer_users
from feed.newsroom import Newsroom
from tests.editor import Editor, editor_at
from tests.sites import a_site


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site, _ = a_site(tmp_path / "room", "fire")
    return Newsroom.open(site.folder, clock=site.clock)


def test_browser_on_the_machine_enters(room: Newsroom) -> None:
    screen = editor_at(room).get("stories/fire/")
    assert (screen.status, "First report" in screen.words) == (200, True)


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "X_Forwarded_For",
        "X_Forwarded_Proto",
        "X_Forwarded_Anything",
        "X_Real_IP",
        "Via",
        "CF_Ray",
        "CDN_Loop",
    ],
)
def test_request_through_a_proxy_is_refused(room: Newsroom, header: str) -> None:
    screen = editor_at(room).get("", **{header: "x"})
    assert (screen.status, "writethru desk invite NAME --role chief" in screen.words) == (403, True)


@pytest.mark.parametrize(
    "options",
    [{"client": "192.0.2.7"}, {"http_version": "1.0"}, {"headers": {"Host": "news.example"}}, {"host": "0.0.0.0"}],
)
def test_request_from_elsewhere_is_refused(room: Newsroom, options: dict[str, Any]) -> None:
    assert editor_at(room, **options).get("").status == 403


@pytest.mark.parametrize(("users", "status"), [(set(), 200), ({os.getuid()}, 200), ({os.getuid() + 1}, 403)])
def test_program_of_another_user_is_refused(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, users: set[int], status: int
) -> None:
    monkeypatch.setattr("feed.desk.gate.peer_users", lambda *_: users)
    assert editor_at(room).get("").status == status


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux says who runs what calls")
@pytest.mark.parametrize("protocol", [peers.SOCK_DIAG, -1])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_users_of_a_connection_are_found_by_its_ends(
    address: str, protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one question, or where the kernel answers none, in its list of all sockets."""
    monkeypatch.setattr(peers, "SOCK_DIAG", protocol)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((address, port)) as client:
            ends = client.getsockname()[:2], server.getsockname()[:2]
            assert peer_users(*ends) == {os.getuid()}
            assert peer_users(ends[0], (address, port - 1)) == set()


def test_desk_with_an_address_lets_nobody_in_unnamed(room: Newsroom) -> None:
    settings = room.config_text + '\n[desk]\nurl = "https://news.example/desk/"\n'
    assert editor_at(Newsroom(room.folder, settings)).get("").status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "http://localhost:8000", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://localhost:8000", "Sec_Fetch_Site": "same-site"},
    ],
)
def test_form_of_another_site_is_refused(room: Newsroom, headers: dict[str, str]) -> None:
    screen = editor_at(room).post("stories/fire/", {}, **headers)
    assert (screen.status, "another site" in screen.words) == (403, True)


def test_request_that_says_nothing_of_its_origin_is_refused(room: Newsroom) -> None:
    application = editor_at(room).application
    silent = Editor(application, {"Host": "localhost:8000"})
    assert silent.post("stories/fire/", {}, Origin="").status == 403


@pytest.mark.parametrize("path", ["", "stories/fire/", "stories/none/", "ledger.db", "assets/desk.css"])
def test_every_answer_says_what_may_run_and_frame_it(room: Newsroom, path: str) -> None:
    headers = editor_at(room).get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_hostile_headline_is_text(room: Newsroom) -> None:
    with room.ledger() as ledger:
        ledger.append(commands.report("fire", "<script>alert(1)</script>"))
    text = editor_at(room).get("stories/fire/").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>" not in text


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=B"])
@pytest.mark.parametrize("path", ["stories/fire/", "stories/fire/preview?part", "open", "inbox/1"])
def test_browser_that_goes_away_while_it_sends_is_no_fault(room: Newsroom, path: str, content_type: str) -> None:
    assert editor_at(room).leave(path, content_type) == []

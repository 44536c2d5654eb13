"""Who enters a desk with people: sessions, forged forms, links, and what is refused and logged."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from feed.newsroom import Newsroom
from feed.people.people import INVITATION_TIME, People
from feed.people.person import Role
from feed.people.refusals import Refusals
from feed.people.sessions import SESSION_TIME
from feed.site import Site
from tests.desk_forms import Sheet
from tests.people import LOCAL_URL, person_at, stranger_at, with_address
from tests.sites import a_site


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site, _ = a_site(tmp_path / "room", "fire")
    return with_address(Newsroom.open(site.folder, clock=site.clock))


def refusals(room: Newsroom) -> list[str]:
    with People(room.folder) as people:
        return [refusal.line for refusal in Refusals(people).all()]


def test_invited_person_makes_a_passkey_and_enters(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    screen = ana.get("stories/fire/")
    assert (screen.status, "First report" in screen.words) == (200, True)
    assert "ana</bdi>, editor" in screen.text


def test_cookie_is_for_this_host_and_no_script(room: Newsroom) -> None:
    person_at(room, "ana", "editor")
    ben = person_at(room, "ben", "editor")
    cookie = ben.sign_in().headers["set-cookie"]
    assert re.fullmatch(r"__Host-writethru=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax; Secure", cookie)


def test_stranger_sees_a_page_to_sign_in_and_nothing_else(room: Newsroom) -> None:
    person_at(room, "ana", "editor")
    stranger = stranger_at(room)
    for path in ("", "stories/fire/", "people/", "drafts/", "nothing", "ledger.db"):
        screen = stranger.get(path)
        assert (screen.status, "Sign in" in screen.words, "First report" in screen.text) == (403, True, False)
    assert stranger.post("stories/fire/").status == 403
    assert stranger.get("sign-in").status == 200


def test_form_without_a_session_can_be_sent_again(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    screen = stranger_at(room).post("stories/fire/", {"headline": 'Two "hurt" <b>', "body": "At the\nquay"})
    assert (screen.status, "session has ended" in screen.words) == (403, True)
    assert 'name="headline" value="Two &#34;hurt&#34; &lt;b&gt;"' in screen.text
    assert Sheet(ana.editor, screen).send().status == 303


def test_session_fixed_by_somebody_else_is_not_taken_over(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    fixed = ana.with_cookie("A" * 43)
    answer = fixed.sign_in()
    assert fixed.entered(answer).token != fixed.token
    assert fixed.get("").status == 403


def test_signing_in_ends_the_session_before(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    again = ana.entered(ana.sign_in())
    assert (ana.get("").status, again.get("").status) == (403, 200)


def test_signing_out_ends_the_session_on_the_server(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    screen = ana.post("sign-out")
    assert (screen.status, screen.headers["location"]) == (303, "./sign-in")
    assert "Max-Age=0" in screen.headers["set-cookie"]
    assert ana.get("").status == 403


def test_session_ends_by_itself_and_by_removal(room: Newsroom) -> None:
    ana, ben = person_at(room, "ana", "editor"), person_at(room, "ben", "editor")
    with People(room.folder) as people:
        people.remove("ben")
    assert (ana.get("").status, ben.get("").status, ben.post("stories/fire/").status) == (200, 403, 403)
    now = room.clock()
    room.clock = lambda: now + SESSION_TIME
    assert ana.get("").status == 403


def test_role_changes_where_somebody_is_signed_in(room: Newsroom) -> None:
    ana = person_at(room, "ana", "chief")
    assert ana.get("people/").status == 200
    with People(room.folder) as people:
        people.change_role("ana", Role.REPORTER)
    assert (ana.get("people/").status, ana.get("stories/fire/").status) == (403, 403)


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "http://localhost:8000.evil.example"},
        {"Origin": "https://localhost:8000"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["sign-out", "sign-in", "drafts/", "people/invite"])
def test_form_of_another_site_is_refused(room: Newsroom, path: str, headers: dict[str, str]) -> None:
    ana = person_at(room, "ana", "chief")
    screen = ana.post(path, {"headline": "x", "name": "mallory", "role": "chief"}, **headers)
    assert (screen.status, "another site" in screen.words) == (403, True)
    assert ana.get("").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1:8000", "[::1]", "", "a@localhost"]
)
def test_other_host_is_refused_and_told_the_address(room: Newsroom, host: str) -> None:
    ana = person_at(room, "ana", "editor")
    screen = ana.get("", Host=host)
    assert (screen.status, LOCAL_URL in screen.words, "evil" in screen.text) == (403, True, False)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "../../ledger.db",
        "stories/../../x",
        "%2f%2fevil.example",
        "stories/fire/\r\nSet-Cookie: a=b",
        "http:evil.example",
        "?next=//evil.example",
        "./",
    ],
)
def test_redirect_never_leaves_the_desk(room: Newsroom, address: str) -> None:
    ana = person_at(room, "ana", "editor")
    screen = ana.sign_in(next=address)
    assert (screen.status, screen.headers["location"]) == (303, "./")


def test_somebody_who_signs_in_goes_on_where_they_were(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    asked = stranger_at(room).get("stories/fire/")
    assert 'action="../../sign-in"' in asked.text
    assert 'name="next" value="stories/fire/"' in asked.text
    assert ana.sign_in(next="stories/fire/").headers["location"] == "./stories/fire/"


def test_links_that_are_used_expired_or_unknown_are_refused(room: Newsroom) -> None:
    with People(room.folder) as people:
        used = people.invite("ana", Role.EDITOR, room.clock()).token
        old = people.invite("ben", Role.EDITOR, room.clock() - INVITATION_TIME).token
    stranger = stranger_at(room)
    stranger.post(f"invitation/{used}", {"answer": stranger.passkey.register(stranger.options(f"invitation/{used}"))})
    for link, words in ((used, "was used before"), (old, "has expired"), ("x" * 43, "not known here")):
        for screen in (stranger.get(f"invitation/{link}"), stranger.post(f"invitation/{link}", {"answer": "{}"})):
            assert (screen.status, words in screen.words) == (403, True)
            assert "set-cookie" not in screen.headers
    log = "\n".join(refusals(room))
    assert "This link has expired: GET /desk/invitation/…, not signed in, from 127.0.0.1" in log
    assert not any(token in log for token in (used, old))


def test_replayed_passkey_is_refused_and_logged(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    answer = ana.passkey.sign(ana.options("sign-in"))
    assert ana.post("sign-in", {"answer": answer}).status == 303
    screen = stranger_at(room).post("sign-in", {"answer": answer})
    assert (screen.status, "set-cookie" in screen.headers) == (403, False)
    assert "This answer of a passkey was used before: POST /desk/sign-in" in refusals(room)[-1]


@pytest.mark.parametrize(
    "path", ["../ledger.db", "%2e%2e/desk.db", "stories/..%2f..%2fledger.db", "assets/..%2fgate.py"]
)
def test_path_that_leads_out_is_refused(room: Newsroom, path: str) -> None:
    screen = person_at(room, "ana", "chief").get(path)
    assert screen.status == 404
    assert "SQLite" not in screen.text


@pytest.mark.slow
def test_refusals_are_logged_on_stderr_too_and_not_endlessly(room: Newsroom, capfd: pytest.CaptureFixture[str]) -> None:
    stranger = stranger_at(room)
    for _ in range(130):
        stranger.post("stories/fire/", X_Forwarded_For="192.0.2.7\x1b[2J")
    assert len(refusals(room)) == 100
    assert (
        "not logged: POST /desk/stories/fire/, not signed in, from 127.0.0.1, for 192.0.2.7?[2J" in refusals(room)[-1]
    )
    assert capfd.readouterr().err.count("The desk refused: You are not signed in") == 100


def test_stranger_sends_no_endless_form(room: Newsroom) -> None:
    assert stranger_at(room).post("sign-in", {"answer": "x" * 70_000}).status == 413


def test_redaction_is_confirmed_by_the_passkey(room: Newsroom) -> None:
    ana = person_at(room, "ana", "chief")
    refused = ana.post("people/invite", {"name": "ben", "role": "editor"})
    assert (refused.status, "confirm?next=people/" in refused.text) == (403, True)
    assert ana.confirm().headers["location"] == "./"
    done = ana.post("people/invite", {"name": "ben", "role": "editor"})
    assert (done.status, f"{LOCAL_URL}invitation/" in done.text) == (200, True)


def test_chief_changes_others_and_never_herself(room: Newsroom) -> None:
    ana, ben = person_at(room, "ana", "chief"), person_at(room, "ben", "editor")
    ana.confirm()
    for action, name in (("remove", "ana"), ("role", "Ana"), ("recover", "ana"), ("explode", "ben"), ("role", "ben")):
        assert ana.post(f"people/{action}", {"name": name}).status == 422
    assert "ben is chief now." in ana.post("people/role", {"name": "ben", "role": "chief"}).words
    assert "ben was removed" in ana.post("people/remove", {"name": "ben"}).words
    assert ben.get("").status == 403


def test_reporter_writes_drafts_and_sees_nothing_else(room: Newsroom) -> None:
    ben, ana = person_at(room, "ben", "reporter"), person_at(room, "ana", "reporter")
    assert ben.get("").headers["location"] == "drafts/"
    for _ in range(2):
        assert ben.post("drafts/", {"headline": "Two hurt", "text": "At pier 3.", "story": "fire"}).status == 303
    assert ben.get("drafts/").words.count("Two hurt") == 1
    assert "Two hurt" not in ana.get("drafts/").text
    for path in ("stories/fire/", "people/", "stories/nothing/"):
        assert ben.get(path).status == 403


def test_people_without_an_address_let_nobody_in(room: Newsroom) -> None:
    person_at(room, "ana", "editor")
    screen = stranger_at(Newsroom.open(room.folder)).get("")
    assert (screen.status, "Set [desk] url" in screen.words) == (403, True)


def test_gate_is_closed_if_the_list_cannot_be_read(room: Newsroom) -> None:
    ana = person_at(room, "ana", "editor")
    (room.folder / "desk.db").write_bytes(b"no database" * 100)
    with pytest.raises(Exception, match=r"list of people|not a database"):
        ana.get("")


def test_editor_releases_what_is_held_and_breaks_no_embargo(room: Newsroom) -> None:
    ana, ben = person_at(room, "ana", "editor"), person_at(room, "ben", "chief")
    with room.ledger() as ledger:
        embargo = room.clock() + timedelta(days=1)
        ledger.append(commands.report("fire", "The port will close", embargoed_until=embargo))
        name = ledger.story("fire").developments[-1].id
        ledger.append(commands.hold("fire", name))
    screens = [ana.post(f"stories/fire/{name}/release", sent(number, room)) for number in range(2)]
    assert [screen.status for screen in screens] == [303, 403]
    assert ben.post(f"stories/fire/{name}/release", sent(2, room)).status == 303


def sent(number: int, room: Newsroom) -> dict[str, str]:
    """Return the hidden fields of a form of the story as it is now."""
    with room.ledger() as ledger:
        return {"event_id": f"release-{number}", "seen": str(ledger.story("fire").version)}


def test_actor_of_an_event_is_the_person(room: Newsroom) -> None:
    person_at(room, "Ana Ruiz", "editor").post("stories/fire/", {"headline": "Two hurt", **sent(0, room)})
    with room.ledger() as ledger:
        events = [(event.event.type, event.event.actor) for event in ledger.events("fire")]
    assert ("development_reported", "Ana Ruiz") in events


def test_key_takes_back_only_what_one_sent_oneself(room: Newsroom) -> None:
    ana, ben = person_at(room, "ana", "editor"), person_at(room, "ben", "editor")
    Site.open(room.folder, clock=room.clock).publish()
    for number, (editor, headline) in enumerate(((ana, "Two hurt"), (ben, "Three hurt"))):
        editor.post("stories/fire/", {"headline": headline, **sent(number, room)})
    rows = re.findall(r"<bdi>The report .*?</li>", ana.get("stories/fire/").text, re.DOTALL)
    assert [("Two hurt" in row, "Undo" in row, 'data-key="u"' in row) for row in rows] == [
        (False, True, False),
        (True, True, True),
    ]


def test_stranger_learns_no_path_from_a_fault(room: Newsroom) -> None:
    stranger = stranger_at(room)
    stranger.get("sign-in")
    (room.folder / "desk.db").write_bytes(b"no database" * 100)
    screen = stranger.get("sign-in")
    assert (screen.status, str(room.folder) in screen.text) == (503, False)

"""`writethru desk`: who is invited, recovered, removed, and what the list says of them."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from events.errors import InvalidError, RefusedError
from feed.people.people import INVITATION_TIME, People
from feed.people.people_file import has_people
from tests.desk import DeskRunner
from tests.people import DESK_URL, PeopleDesk


@pytest.fixture
def desk(tmp_path: Path) -> PeopleDesk:
    return PeopleDesk(tmp_path)


def test_invite_prints_a_link_that_works_once_for_a_day(desk: PeopleDesk) -> None:
    result = desk.run("desk", "invite", "ana", "--role", "editor")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{DESK_URL}invitation/")
    assert result.stderr == ("For ana, editor. It works once, until 2015-01-25T08:00:00Z: send it only to ana.\n")


def test_file_of_people_is_private_and_has_no_token(desk: PeopleDesk) -> None:
    token = desk.invite()
    file = desk.site.folder / "desk.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token.encode() not in file.read_bytes()
    file.chmod(0o644)
    desk.output("desk", "people")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_invite_without_an_address_says_what_to_set(tmp_path: Path) -> None:
    result = DeskRunner(tmp_path).run("desk", "invite", "ana", "--role", "editor")
    assert isinstance(result.exception, InvalidError)
    assert str(result.exception) == (
        "writethru.toml: desk.url: the desk has no address yet, and a passkey belongs to one.\n"
        '  Write where people will open it: [desk] url = "https://news.example/desk/"'
    )


@pytest.mark.parametrize("command", ["recover", "role", "remove"])
def test_command_for_nobody_names_the_list(desk: PeopleDesk, command: str) -> None:
    result = desk.run("desk", command, "ben", *(["chief"] if command == "role" else []))
    assert "nobody at the desk is called ben.\n  To see who is there: writethru desk people" in str(result.exception)


@pytest.mark.parametrize("name", ["", " ", "a\nb\x1b", "-", "a/b", "x" * 61, "<b>", "a@b"])
def test_name_that_no_event_should_have_is_refused(desk: PeopleDesk, name: str) -> None:
    result = desk.run("desk", "invite", "--role", "editor", "--", name)
    assert isinstance(result.exception, InvalidError)
    assert "cannot be the name of a person" in str(result.exception)


def test_two_people_never_have_one_name(desk: PeopleDesk) -> None:
    desk.invite("ana")
    result = desk.run("desk", "invite", "ANA", "--role", "chief")
    assert "ana is at the desk already, and two people need two names" in str(result.exception)


def test_new_link_replaces_the_one_before(desk: PeopleDesk) -> None:
    first, second = desk.invite(), desk.invite(role="chief")
    with People(desk.site.folder) as people:
        assert people.invited(second, desk.clock.now).role.name == "CHIEF"
        with pytest.raises(RefusedError, match="not known here"):
            people.invited(first, desk.clock.now)


def test_link_that_has_expired_is_refused(desk: PeopleDesk) -> None:
    token = desk.invite()
    desk.clock.go(INVITATION_TIME)
    with People(desk.site.folder) as people, pytest.raises(RefusedError, match=r"has expired\.\n  Ask for a new one"):
        people.invited(token, desk.clock.now)
    assert "invited: the link has expired" in desk.output("desk", "people")


def test_link_of_somebody_removed_is_refused(desk: PeopleDesk) -> None:
    token = desk.invite()
    assert "ana: removed, and signed out everywhere" in desk.output("desk", "remove", "Ana")
    with People(desk.site.folder) as people, pytest.raises(RefusedError, match="not known here"):
        people.invited(token, desk.clock.now)


def test_list_shows_role_and_state(desk: PeopleDesk) -> None:
    assert desk.run("desk", "people").stderr.startswith("Nobody was invited.")
    desk.invite("ana")
    desk.invite("Ben Ito", "reporter")
    desk.output("desk", "role", "ana", "chief")
    assert desk.output("desk", "people") == (
        "ana      chief     invited: the link works until 2015-01-25T08:00:00Z\n"
        "Ben Ito  reporter  invited: the link works until 2015-01-25T08:00:00Z\n"
    )
    [ana, _] = json.loads(desk.output("desk", "people", "--json"))
    assert ana == {
        "name": "ana",
        "role": "chief",
        "passkeys": 0,
        "signed_in": None,
        "invited_until": "2015-01-25T08:00:00Z",
        "sessions": 0,
    }


def test_recovery_ends_old_passkeys_and_sessions(desk: PeopleDesk) -> None:
    desk.invite()
    with closing(sqlite3.connect(desk.site.folder / "desk.db")) as file, file:
        file.execute("INSERT INTO passkeys VALUES (x'01', 'ana', x'02', 0, 0, 0)")
        file.execute("INSERT INTO sessions VALUES (x'03', 'ana', 9999999999999999, 0)")
    refused = desk.run("desk", "invite", "ana", "--role", "chief")
    assert "For a new link: writethru desk recover ana. For" in str(refused.exception)
    assert desk.output("desk", "recover", "ana").startswith(f"{DESK_URL}invitation/")
    [ana] = json.loads(desk.output("desk", "people", "--json"))
    assert (ana["passkeys"], ana["sessions"]) == (0, 0)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://news.example/desk/", "must be an https address, or http://localhost"),
        ("https://127.0.0.1/desk/", "no passkey belongs to 127.0.0.1"),
        ("https://[::1]/desk/", "no passkey belongs to ::1"),
        ("https://0x7f000001/", "no passkey belongs to 0x7f000001"),
        ("https://2130706433/", "no passkey belongs to 2130706433"),
        ("https://ana:secret@news.example/desk/", "contains a user name or a password"),
        ("ftp://news.example/desk/", "must be an http or https address"),
        ("https://news.example/desk/?next=x", "must be an http or https address without query"),
    ],
)
def test_address_that_has_no_passkeys_is_refused(tmp_path: Path, url: str, message: str) -> None:
    result = PeopleDesk(tmp_path, url).run("desk", "invite", "ana", "--role", "editor")
    assert isinstance(result.exception, InvalidError)
    assert message in str(result.exception)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://news.example", "https://news.example/desk/"),
        ("https://news.example/desk", "https://news.example/desk/"),
        ("https://news.example/live/", "https://news.example/live/desk/"),
        ("http://localhost:8000/desk/", "http://localhost:8000/desk/"),
    ],
)
def test_address_of_the_desk_ends_in_desk(tmp_path: Path, url: str, link: str) -> None:
    assert PeopleDesk(tmp_path, url).output("desk", "invite", "ana").startswith(f"{link}invitation/")


def test_people_are_in_no_file_that_is_published(desk: PeopleDesk) -> None:
    token = desk.invite("quirin")
    desk.site.publish()
    files = [path.read_bytes() for path in desk.site.root.rglob("*") if path.is_file()]
    assert files
    assert not any(b"quirin" in data or token.encode() in data for data in files)


def test_file_that_is_just_being_made_has_no_people(tmp_path: Path) -> None:
    assert not has_people(tmp_path)
    (tmp_path / "desk.db").touch()
    assert not has_people(tmp_path)


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_web_server_passes_the_desk_on_once_somebody_is_invited(desk: PeopleDesk, program: str) -> None:
    assert "/desk/" not in desk.output("config", program)
    desk.invite()
    assert "desk.example" in desk.output("config", program)
    assert "/desk/" in desk.output("config", program)
    desk.output("desk", "remove", "ana")
    assert "/desk/" not in desk.output("config", program)


def test_backup_replaces_no_list_of_people(desk: PeopleDesk) -> None:
    desk.invite()
    result = desk.run("backup", str(desk.site.folder / "desk.db"))
    assert "this is a file of the newsroom itself" in str(result.exception)

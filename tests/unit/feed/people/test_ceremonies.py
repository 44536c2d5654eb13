"""Passkeys: who may register, who may sign in, and which answers are refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from events.errors import RefusedError
from feed.people.ceremonies import CONFIRMED_TIME, Ceremonies, is_confirmed
from feed.people.passkeys import CHALLENGE_TIME, RelyingParty
from feed.people.people import INVITATION_TIME, People
from feed.people.person import Role
from feed.people.sessions import SESSION_TIME, Sessions
from tests.authenticator import PRESENT, Authenticator
from tests.desk import NOW

PARTY = RelyingParty("https://news.example/desk/", "News")
Forge = Callable[[Authenticator], object]


class Room:
    """A desk at a time. Each step opens the file again, as each request does."""

    def __init__(self, folder: Path) -> None:
        self.people, self.now = People(folder), NOW
        self.sessions = Sessions(self.people)

    @property
    def desk(self) -> Ceremonies:
        return Ceremonies(self.people, PARTY, self.now)

    def invited(self, name: str = "ana", role: Role = Role.EDITOR) -> str:
        return self.people.invite(name, role, self.now).token

    def registered(self, name: str = "ana", id_: bytes = b"passkey-1") -> tuple[Authenticator, str]:
        """Return a passkey of a new person, and the token of the session that it opened."""
        link, passkey = self.invited(name), Authenticator(PARTY.origin, id_)
        return passkey, self.desk.register(link, passkey.register(self.desk.ask_to_register(link).options))

    def who(self, token: str) -> str | None:
        session = self.sessions.find(token, self.now)
        return session.person.name if session else None


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_passkey_of_an_invitation_signs_in(room: Room) -> None:
    passkey, first = room.registered()
    token = room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of=first)
    assert (room.who(token), room.who(first)) == ("ana", None)


def test_session_ends_after_twelve_hours(room: Room) -> None:
    _, token = room.registered()
    room.now += SESSION_TIME - timedelta(seconds=1)
    assert room.who(token) == "ana"
    room.now += timedelta(seconds=1)
    assert room.who(token) is None


def test_removed_person_is_signed_out_and_stays_out(room: Room) -> None:
    passkey, token = room.registered()
    room.people.remove("ana")
    assert room.who(token) is None
    with pytest.raises(RefusedError, match="does not open the desk"):
        room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of="")


def test_recovered_person_needs_the_new_link(room: Room) -> None:
    passkey, token = room.registered()
    link = room.people.recover("ana", room.now).token
    assert room.who(token) is None
    with pytest.raises(RefusedError, match="does not open the desk"):
        room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of="")
    other = Authenticator(PARTY.origin, b"passkey-2")
    assert room.who(room.desk.register(link, other.register(room.desk.ask_to_register(link).options))) == "ana"


def test_link_registers_one_passkey(room: Room) -> None:
    link = room.invited()
    pages = [room.desk.ask_to_register(link).options for _ in range(2)]
    room.desk.register(link, Authenticator(PARTY.origin, b"one").register(pages[0]))
    with pytest.raises(RefusedError, match="was used before"):
        room.desk.register(link, Authenticator(PARTY.origin, b"two").register(pages[1]))
    with pytest.raises(RefusedError, match="was used before"):
        room.desk.ask_to_register(link)


def test_link_that_expires_while_its_page_is_open_is_refused(room: Room) -> None:
    link = room.invited()
    room.now += INVITATION_TIME - timedelta(seconds=1)
    answer = Authenticator(PARTY.origin).register(room.desk.ask_to_register(link).options)
    room.now += timedelta(seconds=1)
    with pytest.raises(RefusedError, match="has expired"):
        room.desk.register(link, answer)


def test_answer_of_one_link_is_none_of_another(room: Room) -> None:
    ana, ben = room.invited("ana"), room.invited("ben")
    answer = Authenticator(PARTY.origin).register(room.desk.ask_to_register(ana).options)
    with pytest.raises(RefusedError, match="to another question"):
        room.desk.register(ben, answer)


def test_passkey_that_is_registered_belongs_to_nobody_else(room: Room) -> None:
    passkey, _ = room.registered()
    link = room.invited("ben")
    with pytest.raises(RefusedError, match="registered already"):
        room.desk.register(link, passkey.register(room.desk.ask_to_register(link).options))


def test_replayed_answer_is_refused(room: Room) -> None:
    passkey, _ = room.registered()
    answer = passkey.sign(room.desk.ask_to_sign_in().options)
    room.desk.sign_in(answer, instead_of="")
    for seconds in (0, 1, CHALLENGE_TIME.total_seconds() - 1, CHALLENGE_TIME.total_seconds(), 86_400):
        room.now = NOW + timedelta(seconds=seconds)
        with pytest.raises(RefusedError, match=r"used before|open for too long"):
            room.desk.sign_in(answer, instead_of="")


def test_page_that_was_open_for_too_long_is_refused(room: Room) -> None:
    passkey, _ = room.registered()
    options = room.desk.ask_to_sign_in().options
    room.now += CHALLENGE_TIME
    with pytest.raises(RefusedError, match="open for too long"):
        room.desk.sign_in(passkey.sign(options), instead_of="")


def set_flags(passkey: Authenticator) -> None:
    passkey.flags = PRESENT


def set_origin(passkey: Authenticator) -> None:
    passkey.origin = "https://evil.example"


def set_key(passkey: Authenticator) -> None:
    passkey.key = Authenticator("").key


def set_handle(passkey: Authenticator) -> None:
    passkey.handle = b"somebody else"


def set_frame(passkey: Authenticator) -> None:
    passkey.client_data = {"crossOrigin": True}


def set_kind(passkey: Authenticator) -> None:
    passkey.client_data = {"type": "webauthn.create"}


def set_challenge(passkey: Authenticator) -> None:
    passkey.client_data = {"challenge": "AAAA"}


FORGERIES: dict[str, Forge] = {
    "no fingerprint or code": set_flags,
    "of another origin": set_origin,
    "by another key": set_key,
    "of somebody else": set_handle,
    "in a frame of another site": set_frame,
    "of another kind": set_kind,
    "to a challenge of its own": set_challenge,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_answer_is_refused(room: Room, forgery: str) -> None:
    passkey, _ = room.registered()
    FORGERIES[forgery](passkey)
    with pytest.raises(RefusedError):
        room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of="")


@pytest.mark.parametrize("forgery", ["no fingerprint or code", "of another origin", "in a frame of another site"])
def test_forged_registration_is_refused(room: Room, forgery: str) -> None:
    link, passkey = room.invited(), Authenticator(PARTY.origin)
    FORGERIES[forgery](passkey)
    with pytest.raises(RefusedError):
        room.desk.register(link, passkey.register(room.desk.ask_to_register(link).options))
    assert room.desk.ask_to_register(link)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "x", '{"response": []}', "[" * 30_000, '{"response": {"clientDataJSON": "!"}}']
)
def test_answer_that_is_none_is_refused(room: Room, text: str) -> None:
    with pytest.raises(RefusedError, match="no answer of a passkey"):
        room.desk.sign_in(text, instead_of="")


def test_passkey_that_counts_backwards_is_refused(room: Room) -> None:
    passkey, _ = room.registered()
    passkey.count = 5
    room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of="")
    with pytest.raises(RefusedError, match="does not open the desk"):  # a copy of it would count the same again
        room.desk.sign_in(passkey.sign(room.desk.ask_to_sign_in().options), instead_of="")


def confirmed_at(room: Room, token: str, now: datetime) -> bool:
    session = room.sessions.find(token, now)
    return session is not None and is_confirmed(session, now)


def test_confirmation_is_asked_for_after_signing_in_and_counts_for_five_minutes(room: Room) -> None:
    passkey, token = room.registered()
    session = room.sessions.find(token, room.now)
    assert session is not None
    assert not confirmed_at(room, token, room.now)
    room.desk.confirm(session, passkey.sign(room.desk.ask_to_confirm(session).options))
    assert confirmed_at(room, token, room.now + CONFIRMED_TIME - timedelta(seconds=1))
    assert not confirmed_at(room, token, room.now + CONFIRMED_TIME)
    room.sessions.use_confirmation(session)
    assert not confirmed_at(room, token, room.now)


def test_nobody_confirms_for_somebody_else(room: Room) -> None:
    _, token = room.registered()
    other, _ = room.registered("ben", b"passkey-2")
    session = room.sessions.find(token, room.now)
    assert session is not None
    with pytest.raises(RefusedError, match="belongs to somebody else"):
        room.desk.confirm(session, other.sign(room.desk.ask_to_confirm(session).options))


def test_answer_to_signing_in_confirms_nothing(room: Room) -> None:
    passkey, token = room.registered()
    session = room.sessions.find(token, room.now)
    assert session is not None
    with pytest.raises(RefusedError, match="to another question"):
        room.desk.confirm(session, passkey.sign(room.desk.ask_to_sign_in().options))

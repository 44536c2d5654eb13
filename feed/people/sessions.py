"""Who is signed in: sessions in `desk.db`, and the passkeys that open them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.errors import Problem, RefusedError
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from feed.people.passkeys import CHALLENGE_TIME, Account, Assertion, Passkey
from feed.people.people import People
from feed.people.people_file import hash_of
from feed.people.person import Person, Role

SESSION_TIME: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in. `confirmed_at` is when they last confirmed it by their passkey."""

    hash: bytes
    person: Person
    confirmed_at: datetime


class Sessions:
    """The sessions and passkeys of people."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._connection = people.connection

    def find(self, token: str, now: datetime) -> Session | None:
        """Return the session whose cookie has this token; None if it has ended."""
        sql = "SELECT hash, name, role, confirmed_us FROM sessions JOIN people ON person = name"
        with self._people.translated():
            row = self._connection.execute(
                f"{sql} WHERE hash = ? AND expires_us > ?", (hash_of(token), microseconds(now))
            ).fetchone()
        return None if row is None else Session(row[0], Person(row[1], Role(row[2])), EPOCH + row[3] * MICROSECOND)

    def close(self, token: str) -> None:
        """End a session."""
        with self._people.writing():
            self._connection.execute("DELETE FROM sessions WHERE hash = ?", (hash_of(token),))

    def account(self, person: Person) -> Account:
        """Return what a passkey of a person is made for."""
        with self._people.translated():
            [handle] = self._connection.execute("SELECT handle FROM people WHERE name = ?", (person.name,)).fetchone()
            rows = self._connection.execute("SELECT id FROM passkeys WHERE person = ?", (person.name,)).fetchall()
        return Account(person, handle, tuple(id_ for (id_,) in rows))

    def secret(self) -> bytes:
        """Return what signs challenges."""
        with self._people.translated():
            [secret] = self._connection.execute("SELECT secret FROM secrets").fetchone()
        return bytes(secret)

    def passkey(self, id_: bytes) -> Passkey | None:
        """Return a passkey of somebody who may enter."""
        sql = "SELECT id, public_key, sign_count, name, handle FROM passkeys JOIN people ON person = name WHERE id = ?"
        with self._people.translated():
            row = self._connection.execute(sql, (id_,)).fetchone()
        return None if row is None else Passkey(*row)

    def register(self, invitation: str, passkey: Passkey, challenge: bytes, now: datetime) -> str:
        """Use up a link, and return the token of a new session; RefusedError if somebody else was first."""
        with self._people.writing():
            self._people.invited(invitation, now)
            now_us = microseconds(now)
            self._use_up(challenge, now)
            if self.passkey(passkey.id) is not None:
                raise _refused("This passkey is registered already.", "Sign in with it.")
            values = (passkey.id, passkey.owner, passkey.public_key, passkey.sign_count, now_us, now_us)
            self._connection.execute("INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?)", values)
            used = (now_us, hash_of(invitation))
            self._connection.execute("UPDATE invitations SET used_us = ? WHERE hash = ?", used)
            return self._open(passkey.owner, now)

    def sign_in(self, assertion: Assertion, challenge: bytes, now: datetime, *, instead_of: str = "") -> str:
        """Return the token of a new session, of the owner of a passkey. The session `instead_of` ends.

        RefusedError if the assertion was used before, or the passkey was used since it was looked up.
        """
        with self._people.writing():
            self._use(assertion, challenge, now)
            self._connection.execute("DELETE FROM sessions WHERE hash = ?", (hash_of(instead_of),))
            return self._open(assertion.passkey.owner, now)

    def confirm(self, session: Session, assertion: Assertion, challenge: bytes, now: datetime) -> None:
        """Note that the person signed in has just used a passkey; RefusedError as for `sign_in`."""
        if assertion.passkey.owner != session.person.name:
            raise _refused("This passkey belongs to somebody else.", "Use your own.")
        with self._people.writing():
            self._use(assertion, challenge, now)
            values = (microseconds(now), session.hash)
            self._connection.execute("UPDATE sessions SET confirmed_us = ? WHERE hash = ?", values)

    def use_confirmation(self, session: Session) -> bool:
        """Ask for the passkey again before the next thing that needs it. Return False if it was used meanwhile."""
        sql = "UPDATE sessions SET confirmed_us = 0 WHERE hash = ? AND confirmed_us > 0"
        with self._people.writing():
            return self._connection.execute(sql, (session.hash,)).rowcount == 1

    def _open(self, name: str, now: datetime) -> str:
        token, now_us = secrets.token_urlsafe(32), microseconds(now)
        self._connection.execute("DELETE FROM sessions WHERE expires_us <= ?", (now_us,))
        values = (hash_of(token), name, microseconds(now + SESSION_TIME), 0)
        self._connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", values)
        return token

    def _use(self, assertion: Assertion, challenge: bytes, now: datetime) -> None:
        self._use_up(challenge, now)
        passkey = assertion.passkey
        values = (assertion.sign_count, microseconds(now), passkey.id, passkey.sign_count)
        sql = "UPDATE passkeys SET sign_count = ?, used_us = ? WHERE id = ? AND sign_count = ?"
        if self._connection.execute(sql, values).rowcount != 1:
            raise _refused("This passkey was used elsewhere at the same moment.", "Try again.")

    def _use_up(self, challenge: bytes, now: datetime) -> None:
        """Let no challenge be answered twice. Only answers that are right are noted, so strangers fill nothing."""
        now_us = microseconds(now)
        self._connection.execute("DELETE FROM challenges WHERE expires_us <= ?", (now_us,))
        values = (hash_of(challenge.hex()), now_us + CHALLENGE_TIME // MICROSECOND)
        sql = "INSERT INTO challenges VALUES (?, ?) ON CONFLICT DO NOTHING"
        if self._connection.execute(sql, values).rowcount != 1:
            raise _refused("This answer of a passkey was used before.", "Try again.")


def _refused(message: str, remedy: str) -> RefusedError:
    return RefusedError(Problem(where="", check="passkey", message=message, remedy=remedy))

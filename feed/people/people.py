"""People of the desk, and the links that register their passkeys (feed/README.md#desk-people)."""

import secrets
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.errors import Problem, RefusedError
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from feed.people.people_file import PeopleFile, hash_of
from feed.people.person import Person, Role, checked_name, name_key

INVITATION_TIME: Final = timedelta(hours=24)
USED_TIME: Final = timedelta(days=30)
"""For how long a link that was used, or is too old, says so."""
HANDLE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for a person: `token` is its secret part. `expires_at` is when it ends, unless it is used before."""

    token: str
    person: Person
    expires_at: datetime

    def url(self, desk_url: str) -> str:
        """Return the link, at the desk's address."""
        return f"{desk_url}invitation/{self.token}"


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the list shows them.

    passkeys: how many they have: none until they have opened their link
    seen_at: when they last signed in
    invited_until: when a link that they have not used ends
    sessions: how many browsers they are signed in with
    """

    name: str
    role: Role
    passkeys: int
    seen_at: datetime | None
    invited_until: datetime | None
    sessions: int


class People(PeopleFile):
    """The people of a newsroom. Use it as a context manager."""

    def invite(self, name: str, role: Role, now: datetime) -> Invitation:
        """Add a person, and return the link that registers their passkey. RefusedError if they have one already."""
        name = checked_name(name)
        with self.writing():
            row = self.connection.execute("SELECT name FROM people WHERE key = ?", (name_key(name),)).fetchone()
            if row is not None and row[0] != name:
                message = f"{row[0]} is at the desk already, and two people need two names."
                raise _refused(name, message, "Choose another name.")
            if row is None:
                values = (name, name_key(name), role, secrets.token_bytes(HANDLE_BYTES), microseconds(now))
                self.connection.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)", values)
            elif self.connection.execute("SELECT 1 FROM passkeys WHERE person = ?", (name,)).fetchone():
                message = f"{name} is at the desk already."
                command = "writethru desk {} " + shlex.quote(name)
                remedy = f"For a new link: {command.format('recover')}. For another role: {command.format('role')} ROLE"
                raise _refused(name, message, remedy)
            else:
                self.connection.execute("UPDATE people SET role = ? WHERE name = ?", (role, name))
            return self._new_link(Person(name, role), now)

    def recover(self, name: str, now: datetime) -> Invitation:
        """Return a link that registers a new passkey. The old ones and all sessions end: they may be in other hands."""
        with self.writing():
            person = self.person(name)
            for table in ("passkeys", "sessions"):
                self.connection.execute(f"DELETE FROM {table} WHERE person = ?", (person.name,))  # noqa: S608 - ours
            return self._new_link(person, now)

    def remove(self, name: str) -> Person:
        """Remove a person, with their link, their passkeys and their sessions, and return who it was."""
        with self.writing():
            person = self.person(name)
            self.connection.execute("DELETE FROM people WHERE name = ?", (person.name,))
        return person

    def change_role(self, name: str, role: Role) -> Person:
        """Change the role of a person, also where they are signed in, and return them."""
        with self.writing():
            person = self.person(name)
            self.connection.execute("UPDATE people SET role = ? WHERE name = ?", (role, person.name))
        return Person(person.name, role)

    def person(self, name: str) -> Person:
        """Return the person of that name; RefusedError if there is none."""
        with self.translated():
            sql = "SELECT name, role FROM people WHERE key = ?"
            row = self.connection.execute(sql, (name_key(checked_name(name)),)).fetchone()
        if row is None:
            raise _refused(name, f"nobody at the desk is called {name}.", "To see who is there: writethru desk people")
        return Person(row[0], Role(row[1]))

    def members(self, now: datetime) -> list[Member]:
        """Return everybody, by name."""
        now_us = microseconds(now)
        with self.translated():
            rows = self.connection.execute(
                "SELECT name, role, (SELECT count(*) FROM passkeys WHERE person = name),"
                " (SELECT max(used_us) FROM passkeys WHERE person = name),"
                " (SELECT max(expires_us) FROM invitations WHERE person = name AND used_us IS NULL),"
                " (SELECT count(*) FROM sessions WHERE person = name AND expires_us > ?) FROM people ORDER BY key",
                (now_us,),
            ).fetchall()
        return [
            Member(name, Role(role), passkeys, _instant(seen_us), _instant(until_us), sessions)
            for name, role, passkeys, seen_us, until_us, sessions in rows
        ]

    def invited(self, token: str, now: datetime) -> Person:
        """Return whom a link is for; RefusedError, with what to do, if it is no longer good."""
        sql = "SELECT name, role, expires_us, used_us FROM invitations JOIN people ON person = name WHERE hash = ?"
        with self.translated():
            row = self.connection.execute(sql, (hash_of(token),)).fetchone()
        if row is None:
            raise _refused("", "This link is not known here.", "Check that you have all of it, or ask for a new one.")
        name, role, expires_us, used_us = row
        if used_us is not None:
            raise _refused(name, "This link was used before.", "Sign in with your passkey, or ask for a new link.")
        if expires_us <= microseconds(now):
            raise _refused(name, "This link has expired.", "Ask for a new one.")
        return Person(name, Role(role))

    def _new_link(self, person: Person, now: datetime) -> Invitation:
        """Make the one link of a person that is good."""
        expires_at, token = now + INVITATION_TIME, secrets.token_urlsafe(32)
        old = (person.name, microseconds(now - USED_TIME))
        self.connection.execute("DELETE FROM invitations WHERE person = ? AND used_us IS NULL OR expires_us < ?", old)
        values = (hash_of(token), person.name, microseconds(expires_at))
        self.connection.execute("INSERT INTO invitations (hash, person, expires_us) VALUES (?, ?, ?)", values)
        return Invitation(token, person, expires_at)


def _instant(at_us: int | None) -> datetime | None:
    return None if at_us is None else EPOCH + at_us * MICROSECOND


def _refused(where: str, message: str, remedy: str) -> RefusedError:
    return RefusedError(Problem(where=where, check="desk", message=message, remedy=remedy))

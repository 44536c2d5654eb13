"""Who works at the desk, and what their role allows."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from starlette.requests import Request


class Role(IntEnum):
    """What a person may do: each role includes those below it."""

    REPORTER = 1
    EDITOR = 2
    CHIEF = 3


ABILITIES: Final = {
    Role.REPORTER: "read the desk and write drafts",
    Role.EDITOR: "record, correct, hold and publish",
    Role.CHIEF: "retract, redact, end an embargo and invite people",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk. `name` is None for whoever sits at this machine: then the configured actor records."""

    name: str | None
    role: Role


class NotAllowedError(Exception):
    """Somebody asked for what their role does not allow."""

    def __init__(self, person: Person, role: Role) -> None:
        super().__init__(role)
        self.person, self.role = person, role

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""
        return (
            f"You are a {self.person.role.name.lower()}. Ask a {self.role.name.lower()}: they {ABILITIES[self.role]}."
        )


def person_of(request: Request) -> Person:
    """Return who sent a request that the gate let in."""
    person: Person = request.state.person
    return person


def require(request: Request, role: Role) -> Person:
    """Return who sent the request; NotAllowedError unless they have this role, or one above it."""
    person = person_of(request)
    if person.role < role:
        raise NotAllowedError(person, role)
    return person

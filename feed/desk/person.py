"""Who works at the desk, and what their role allows."""

from starlette.requests import Request

from feed.people.person import ABILITIES, Person, Role

__all__ = ["NotAllowedError", "Person", "Role", "person_of", "require"]


class NotAllowedError(Exception):
    """Somebody asked for what their role does not allow."""

    def __init__(self, person: Person, role: Role) -> None:
        super().__init__(role)
        self.person, self.role = person, role

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""
        own, needed = self.person.role.name.lower(), self.role.name.lower()
        return f"This is not for {own}s. Ask a {needed}: they {ABILITIES[self.role]}."


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

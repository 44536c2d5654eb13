"""Forms: what the browser sent, and what a screen shows again when nothing could be recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from events.errors import InvalidError, Problem
from events.model.typed_times import TypedTimes
from events.system import uuid7
from feed.newsroom import Newsroom

FORM_BYTES_MAX: Final = 1_000_000
FIELDS_MAX: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form shows.

    values: the text of each field, by its name
    event_id: the id of the event that it records, so that a form that is sent twice records it once
    seen: the version of the story that its editor looked at
    problems: why it was refused
    since: what has changed of what its editor looked at, in words
    """

    values: Mapping[str, str] = field(default_factory=dict)
    event_id: str = field(default_factory=lambda: str(uuid7()))
    seen: int = 0
    problems: tuple[Problem, ...] = ()
    since: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The status of an answer that shows it: 409 in a conflict, 422 if it was refused otherwise."""
        return 409 if self.since else 422 if self.problems else 200

    def errors(self, name: str) -> list[Problem]:
        """Return what is wrong with one field."""
        return [problem for problem in self.problems if name in _names(problem)]

    def other_errors(self, names: Iterable[str]) -> list[Problem]:
        """Return what is wrong, and no matter of the fields of these names."""
        fields = set(names)
        return [problem for problem in self.problems if fields.isdisjoint(_names(problem))]


def _names(problem: Problem) -> set[str]:
    """Return the fields that a problem names: `set.facts[0].value` names three."""
    words = f"{problem.where.rpartition(': ')[2]}.{problem.check}".replace("[", ".").replace("]", "")
    return set(words.split("."))


async def sent_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form, with the line breaks of ours; of several with one name, the last."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise HTTPException(413, "This form is too long, so nothing was recorded")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except ValueError:
        raise HTTPException(400, "This is no form of the desk") from None
    return {name: text_of(value) for name, value in pairs}


def text_of(value: str) -> str:
    """Return the text of a field, with the line breaks of ours."""
    return value.replace("\r\n", "\n").strip()


def sent_form(fields: Mapping[str, str]) -> Form:
    """Return a form as it was sent: its texts, its id, and what its editor looked at."""
    seen = fields.get("seen", "")
    return Form(
        values=fields,
        event_id=fields.get("event_id") or str(uuid7()),
        seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0,
    )


def typed_times(request: Request) -> TypedTimes:
    """Return how the times of forms are read: in the newsroom's time zone, today."""
    newsroom: Newsroom = request.app.state.newsroom
    zone, now = newsroom.config.recording.zone, newsroom.clock()
    example = f"{now.astimezone(zone or UTC):%Y-%m-%d} 18:00{'' if zone else 'Z'}"
    return TypedTimes(zone=zone, now=now, example=example)


def refuse(where: str, message: str, remedy: str = "") -> InvalidError:
    """Return the refusal of a field."""
    return InvalidError(Problem(where=where, check=where, message=message, remedy=remedy))

"""Who works at the desk, and what their role allows. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from events.errors import InvalidError, Problem

NAME_CHARS_MAX: Final = 60
_NAME: Final = re.compile(r"\w(?:[\w .'’-]*[\w.])?")


class Role(IntEnum):
    """What a person may do: each role includes those below it."""

    REPORTER = 1
    EDITOR = 2
    CHIEF = 3


ABILITIES: Final = {
    Role.REPORTER: "write drafts, which wait in the inbox",
    Role.EDITOR: "record, correct, hold and release",
    Role.CHIEF: "retract, redact, break an embargo, and say who may enter",
}
ROLES: Final = {role.name.lower(): role for role in Role}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk. `name` is None for somebody at this machine: then the configured actor records."""

    name: str | None
    role: Role


def checked_name(text: str) -> str:
    """Return the name of a person, as events will have it; InvalidError if it cannot be one."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > NAME_CHARS_MAX or not _NAME.fullmatch(name):
        message = f"{text!r} cannot be the name of a person at the desk."
        remedy = f'Use letters, digits, spaces and . \' -, at most {NAME_CHARS_MAX}: ana, or "Ana Ruiz".'
        raise InvalidError(Problem(where="", check="name", message=message, remedy=remedy))
    return name


def name_key(name: str) -> str:
    """Return what two names have in common that people would take for the same: no two people may have it."""
    return unicodedata.normalize("NFKC", name).casefold()

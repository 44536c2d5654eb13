"""The short form of a speaker: `NAME, ROLE (ORG)` (feed/README.md#short-forms)."""

import re
from typing import Final

_COMMAS: Final = "[,،，、]"
_BRACKETS: Final = {"(": ")", "（": "）"}
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d")
_NAME_SUFFIX = re.compile(r"(?:jr|sr|esq|ph\.?\s?d)\.?|i{2,3}|iv", re.IGNORECASE)
"""What follows a comma and still belongs to the name: "Martin Luther King, Jr."."""


def parse_speaker(text: str) -> dict[str, object]:
    """Return the fields of the speaker that `text` describes.

    "Jen Psaki, spokeswoman (US State Department)" has all three; "-, senior official (US State Department)" is not
    named; "Harbour master (Port Authority)" has a name and an org; "(Port Authority)" is the organisation itself.
    Commas and brackets of Arabic, Chinese and Japanese count too. ValueError says what to write.
    """
    rest, org = _split_org(text.strip())
    name, role = _split_role(rest)
    parts = {"name": name, "role": role, "org": org}
    fields: dict[str, object] = {field: part for field, part in parts.items() if part}
    if fields.get("name") in _DASHES:
        del fields["name"]
        fields["named"] = False
        if not fields.keys() & {"role", "org"}:
            raise ValueError("a speaker who is not named needs a role or an org: -, senior official (Ministry)")
    elif "name" not in fields and "role" in fields:
        raise ValueError('the name is missing; write "-" for a speaker who is not named')
    return fields


def _split_role(text: str) -> tuple[str, str]:
    """Split name and role at the first comma, or at the next one if a suffix such as Jr. follows the first."""
    for comma in re.finditer(_COMMAS, text):
        following = re.split(_COMMAS, text[comma.end() :], maxsplit=1)[0]
        if not _NAME_SUFFIX.fullmatch(following.strip()):
            return text[: comma.start()].strip(), text[comma.end() :].strip()
    return text.strip(), ""


def _split_org(text: str) -> tuple[str, str]:
    """Split off the last pair of brackets, which may contain pairs. Not by a regex: it takes cubic time on spaces."""
    opened: list[tuple[int, str]] = []
    begins, ends = None, 0
    for index, character in enumerate(text):
        if character in _BRACKETS:
            opened.append((index, _BRACKETS[character]))
        elif character in _BRACKETS.values():
            if not opened or opened[-1][1] != character:
                raise ValueError("a bracket is closed and was never opened; write NAME, ROLE (ORG)")
            begin, _ = opened.pop()
            if not opened:
                begins, ends = begin, index
    if opened:
        raise ValueError("a bracket is opened and never closed; write NAME, ROLE (ORG)")
    if begins is None:
        return text, ""
    if ends != len(text) - 1:
        raise ValueError("the organisation comes last: NAME, ROLE (ORG)")
    return text[:begins].strip(), text[begins + 1 : ends].strip()

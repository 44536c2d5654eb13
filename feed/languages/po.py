"""Reads and checks catalogues of messages: gettext's `.po` files, which every tool of translators writes.

We read them as they are, without a compiled `.mo` beside each: a newsroom's own file works as soon as it is saved.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from gettext import c2py
from string import Formatter
from typing import Final

from events.errors import Problem
from events.wording.language import CONTEXT_END, english_plural

_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"((?:[^"\\]|\\.)*)"\s*')
_ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_PLURAL_FORMS = re.compile(r"nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+);?")
_SAMPLE: Final = range(1_000)
"""The numbers from which it is known to how many of them a plural form applies."""


@dataclass(slots=True)
class Entry:
    """One message of a catalogue with its translations, by the keywords of the file, and the line that begins it."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def message(self) -> str:
        """The English text, the singular of a message that has a plural."""
        return self.texts.get("msgid", "")

    @property
    def key(self) -> str:
        """Its key in a catalogue: its context and its text."""
        context = self.texts.get("msgctxt")
        return self.message if context is None else f"{context}{CONTEXT_END}{self.message}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The translations; none if one is missing, or a tool has only guessed it."""
        forms = tuple(text for keyword, text in sorted(self.texts.items()) if keyword.startswith("msgstr"))
        return forms if all(forms) and not self.fuzzy else ()


@dataclass(slots=True)
class File:
    """A `.po` file: its header by name, its messages, and how many plural forms it has, with the rule for them."""

    entries: list[Entry]
    header: dict[str, str]
    plurals: int = 2
    plural: Callable[[int], int] = english_plural


class CatalogueError(Exception):
    """A catalogue cannot be read: in which line, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_po(text: str) -> File:
    """Return the messages of a `.po` file. CatalogueError if it is not one."""
    entries = [entry for entry in _entries(text) if "msgid" in entry.texts]
    fields: dict[str, str] = {}
    first = next((entry for entry in entries if not entry.key), None)
    if first is not None:
        lines = first.texts.get("msgstr", "").splitlines()
        fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    file = File([entry for entry in entries if entry.key], fields)
    rule = fields.get("Plural-Forms")
    if rule:
        match = _PLURAL_FORMS.fullmatch(rule)
        try:
            if match is None:
                raise ValueError(rule)  # noqa: TRY301 - one message for all
            file.plurals, file.plural = int(match[1]), c2py(match[2])
            if not all(0 <= file.plural(number) < file.plurals for number in _SAMPLE):
                raise ValueError(rule)  # noqa: TRY301 - one message for all
        except (ValueError, ArithmeticError):
            raise CatalogueError(first.line if first else 1, f"Plural-Forms cannot be read: {rule}") from None
    return file


def _entries(text: str) -> Iterator[Entry]:
    """Yield the entries of a file. An entry begins where a comment, a context or a message follows a translation."""
    entry, keyword = Entry(1), ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if keyword.startswith("msgstr"):
                yield entry
                entry, keyword = Entry(number + 1), ""
            entry.fuzzy = entry.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise CatalogueError(number, f"this is no line of a .po file: {line[:60]}")
        if match[1]:
            if keyword.startswith("msgstr") and not match[1].startswith("msgstr"):
                yield entry
                entry = Entry(number)
            if not entry.texts:
                entry.line = number
            keyword = match[1]
            entry.texts[keyword] = ""
        if not keyword:
            raise CatalogueError(number, "this text has no keyword, such as msgid.")
        entry.texts[keyword] += re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), match[2])
    yield entry


def placeholders(text: str) -> set[str]:
    """Return the names in `{}`. ValueError if one is not a bare name."""
    names = set()
    for _, name, layout, conversion in Formatter().parse(text):
        if name is None:
            continue
        if layout or conversion or not name.isidentifier():
            raise ValueError(text)
        names.add(name)
    return names


def problems(file: File, where: str) -> Iterator[Problem]:
    """Yield what is wrong with the translations of a file, each with its line."""
    keys: set[str] = set()
    for entry in file.entries:
        if entry.key in keys:
            yield Problem(where=f"{where}:{entry.line}", check="catalogue", message=f"“{entry.message}” is here twice.")
        keys.add(entry.key)
        plural = "msgid_plural" in entry.texts
        if plural and entry.forms and len(entry.forms) != file.plurals:
            message = f"“{entry.message}” has {len(entry.forms)} plural forms, and Plural-Forms says {file.plurals}."
            yield Problem(where=f"{where}:{entry.line}", check="catalogue", message=message)
        try:
            names = placeholders(entry.message) | placeholders(entry.texts.get("msgid_plural", ""))
        except ValueError:
            message = f"“{entry.message}” has a brace that is no placeholder."
            yield Problem(where=f"{where}:{entry.line}", check="catalogue", message=message)
            continue
        for number, form in enumerate(entry.forms):
            optional = {"count", "number"} if plural and _applies_to_one_number(file, number) else set()
            yield from _wrong_placeholders(form, names, optional, f"{where}:{entry.line}")


def _applies_to_one_number(file: File, form: int) -> bool:
    """Return True if a plural form is of one number alone, so that it need not name it: "two reports"."""
    return sum(file.plural(number) == form for number in _SAMPLE) <= 1


def _wrong_placeholders(form: str, names: set[str], optional: set[str], where: str) -> Iterator[Problem]:
    try:
        others = placeholders(form)
    except ValueError:
        message = f"“{form}” has a brace that is no placeholder."
        yield Problem(where=where, check="catalogue", message=message, remedy="Write placeholders as {name}.")
        return
    for name in sorted(names - optional - others):
        yield Problem(
            where=where,
            check="catalogue",
            message=f"“{form}” has no placeholder {{{name}}}.",
            remedy="A translation has the placeholders of its message, in any order.",
        )
    for name in sorted(others - names):
        yield Problem(
            where=where,
            check="catalogue",
            message=f"“{form}” has a placeholder {{{name}}}, which its message does not have.",
            remedy=f"These can stand there: {', '.join(f'{{{item}}}' for item in sorted(names)) or 'none'}.",
        )

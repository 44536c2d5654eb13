"""YAML → drafts, read by the JSON schema of YAML 1.2: only null, true, false and integers are not texts.

So `no` is a text, and so are 2015-01-21 and 0755. Tags, anchors, aliases, merge keys and duplicate keys are refused:
a file means what it says where it says it, and nothing in it can grow. Built on the parser's events, not on its
nodes, since those are recursive and have forgotten anchors and tags. PyYAML's own parser is used even where libyaml
is at hand: the two differ in what they take and in how they say no, and one file should fare alike everywhere.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from events.files.raw import DEPTH_MAX, UNREADABLE, RawEvent, below, shown

_SURROGATE_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_WORDS: Final = {"null": None, "true": True, "false": False}
_NOTHING: Final = {"", "~"}
_QUOTE_IT = "Put a text with special characters in quotes."


def read_yaml(text: str, *, first_line: int = 1) -> Iterator[RawEvent]:
    """Yield a draft for each item of the list in `text`, or for its one mapping; `text` begins in `first_line`."""
    return _Reader(text, first_line=first_line).drafts()


class _Reader:
    """Reads the parser's events, one draft at a time."""

    def __init__(self, text: str, *, first_line: int) -> None:
        self._text = text
        self._first_line = first_line
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._draft = RawEvent(first_line)

    def drafts(self) -> Iterator[RawEvent]:
        if _OTHER_BREAKS.search(self._text):
            yield from self._other_breaks()
            return
        try:
            yield from self._document()
        except yaml.YAMLError as error:
            yield self._syntax(error)
        except (ValueError, OverflowError):  # PyYAML lets these out: "\U00110000", %YAML 1.999…
            draft = self._draft
            draft.raw = UNREADABLE
            line = max(draft.lines.values(), default=draft.line)
            draft.refuse("", "is not YAML: an escape or a version is out of range.", line=line, check="yaml")
            yield draft

    def _other_breaks(self) -> Iterator[RawEvent]:
        """Refuse what YAML 1.2 takes as text, and PyYAML as the end of a line: it would cut texts in two."""
        for number, line in enumerate(self._text.split("\n"), start=self._first_line):
            for found in _OTHER_BREAKS.findall(line):
                draft = RawEvent(number)
                escape = f"\\u{ord(found):04X}"
                message = f"holds U+{ord(found):04X}, which is a line break to some readers of YAML."
                draft.refuse("", message, f'Take it out, or write "{escape}" in double quotes.', check="yaml")
                yield draft

    def _document(self) -> Iterator[RawEvent]:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), StreamEndEvent):
            return
        root = next(self._events)
        if isinstance(root, SequenceStartEvent):
            if self._decorated("", root):
                yield self._draft
            while not isinstance(event := next(self._events), SequenceEndEvent):
                yield self._read(event)
        else:
            yield self._read(root)
        next(self._events)  # the document's end
        another = next(self._events)
        if not isinstance(another, StreamEndEvent):
            self._draft = RawEvent(self._line(another))
            self._draft.refuse("", "a second document begins here.", "Keep one list of events a file.", check="yaml")
            yield self._draft

    def _read(self, event: Any) -> RawEvent:
        self._draft = draft = RawEvent(self._line(event))
        draft.raw = self._value("", event, depth=1)
        self._draft = RawEvent(draft.line)  # what follows is another's
        return draft

    def _value(self, path: str, event: Any, *, depth: int) -> object:
        if isinstance(event, AliasEvent):
            name = shown(str(event.anchor))
            message = f"the alias *{name} is not read."
            return self._draft.unreadable(path, message, "Write the value out.", line=self._line(event), check="yaml")
        self._decorated(path, event)
        if isinstance(event, ScalarEvent):
            return self._scalar(path, event)
        if depth > DEPTH_MAX:
            self._skip(event)
            return self._draft.too_deep(path, check="yaml")
        if isinstance(event, SequenceStartEvent):
            return self._list(path, depth=depth)
        return self._mapping(path, depth=depth)

    def _list(self, path: str, *, depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            place = below(path, len(items))
            self._draft.lines[place] = self._line(event)
            items.append(self._value(place, event, depth=depth + 1))
        return items

    def _mapping(self, path: str, *, depth: int) -> dict[str, object]:
        fields: dict[str, object] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(path, event)
            if key is None:
                self._skip(next(self._events))
                continue
            place, line = below(path, key), self._line(event)
            if key in fields:
                first = self._draft.lines[place]
                self._draft.refuse(place, f"is given twice, first in line {first}.", "Keep one of them.", line=line)
                self._skip(next(self._events))
                continue
            self._draft.lines[place] = line
            fields[key] = self._value(place, next(self._events), depth=depth + 1)
        return fields

    def _key(self, path: str, event: Any) -> str | None:
        if not isinstance(event, ScalarEvent):
            self._skip(event)
            self._refuse(path, event, "a key is not a text.", "Write each field as KEY: VALUE.")
            return None
        if self._decorated(path, event):
            return None
        if event.value == "<<" and event.implicit[0]:
            self._refuse(path, event, "the merge key << is not read.", "Write the fields out.")
            return None
        return str(event.value)

    def _decorated(self, path: str, event: Any) -> bool:
        """Refuse an anchor or a tag; tell whether there was one."""
        if event.anchor is not None:
            self._refuse(path, event, f"the anchor &{shown(event.anchor)} is not read.", "Write values out.")
        if event.tag is not None:
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(path, event, f"the tag {tag} is not read.", "Leave it out.")
        return event.anchor is not None or event.tag is not None

    def _scalar(self, path: str, event: ScalarEvent) -> object:
        if event.tag is not None:
            self._draft.unread.add(path)
            return UNREADABLE
        text = str(event.value)
        is_plain = event.implicit[0]
        if not is_plain:
            return _with_pairs_joined(text)
        if text in _WORDS:
            return _WORDS[text]
        if text in _NOTHING:
            return self._draft.unreadable(
                path, "has no value.", "Write null, or leave the field out.", line=self._line(event)
            )
        if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
            return self._draft.number(path, text)
        return text

    def _skip(self, event: Any) -> None:
        """Pass over a value, however deep."""
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)

    def _refuse(self, path: str, event: Any, message: str, remedy: str) -> None:
        self._draft.refuse(path, message, remedy, line=self._line(event), check="yaml")

    def _line(self, event: Any) -> int:
        return self._first_line + int(event.start_mark.line)

    def _syntax(self, error: yaml.YAMLError) -> RawEvent:
        draft = self._draft
        draft.raw = UNREADABLE
        if isinstance(error, ReaderError):
            line = self._first_line + self._text.count("\n", 0, error.position)
            what = f"it holds a character that YAML cannot carry (U+{int(error.character):04X})"
            draft.refuse("", f"is not YAML: {what}.", "Take it out.", line=line, check="yaml")
        elif isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
            mark = error.problem_mark
            tab = "'\\t'" in str(error.problem)
            remedy = "Indent with spaces, not with tabs." if tab else _QUOTE_IT
            draft.refuse(
                "",
                f"is not YAML: {error.problem} at column {mark.column + 1}{self._context(error)}.",
                remedy,
                line=self._first_line + mark.line,
                check="yaml",
            )
        else:
            draft.refuse("", f"is not YAML: {error}.", check="yaml")
        return draft

    def _context(self, error: yaml.MarkedYAMLError) -> str:
        if error.context is None or error.context_mark is None:
            return ""
        return f", {error.context} from line {self._first_line + error.context_mark.line}"


def _with_pairs_joined(text: str) -> str:
    """Return `text` with each surrogate pair as the character it means: JSON, which is YAML too, escapes U+1F6A2 so."""
    return _SURROGATE_PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)

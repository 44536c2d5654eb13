"""YAML → raw events, read by the JSON schema of YAML 1.2: all but null, true, false and integers is text.

So `no` is a text, and so are 2015-01-21 and 0755. Tags, anchors, aliases, merge keys and duplicate keys are refused:
each value is written where it is used, and no small file grows large (events/README.md#yaml).

The reader consumes the parser's events, not composed nodes: a syntax error would discard all problems found in its node
so far. It uses PyYAML's own parser even if libyaml is installed, since the two accept different files.
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

from events.files.raw import DEPTH_MAX, UNREADABLE, RawEvent, below, for_message
from events.model.number_forms import FILE, number_remedy

FLOW_DEPTH_MAX: Final = 4 * DEPTH_MAX
"""So many open brackets end the reading. Fewer, but more than DEPTH_MAX, are reported as other problems are."""
_SURROGATE_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_CONSTANTS: Final = {"null": None, "true": True, "false": False}
_EMPTY: Final = {"", "~"}
_AMOUNTS: Final = (".value", ".of", ".min", ".max", ".decimal")
"""The fields of numbers. A text there that people would read as a number is misread unless it is in quotes."""
_COMMAS = "In braces, a comma ends a value: a text with commas needs quotes."
_QUOTE_IT = "Put a text with special characters in quotes."


def read_yaml(text: str, *, first_line: int = 1) -> Iterator[RawEvent]:
    """Yield a raw event for each item of the list in `text`, or for its one mapping; `text` begins in `first_line`."""
    return _Reader(text, first_line=first_line).raw_events()


class _TooDeepError(yaml.YAMLError):
    """Brackets are nested so deep that PyYAML, which looks at all open ones for each token, would take minutes."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class _Loader(yaml.SafeLoader):
    """PyYAML's parser, with a limit of nested brackets."""

    def fetch_flow_collection_start(self, token: Any) -> None:
        """Go on with the opening bracket `token`, or raise _TooDeepError."""
        if self.flow_level >= FLOW_DEPTH_MAX:
            raise _TooDeepError(self.line)
        super().fetch_flow_collection_start(token)


class _Reader:
    """Reads the parser's events, one raw event at a time."""

    def __init__(self, text: str, *, first_line: int) -> None:
        self._text = text
        self._first_line = first_line
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._raw = RawEvent(first_line)

    def raw_events(self) -> Iterator[RawEvent]:
        if _OTHER_BREAKS.search(self._text):
            yield from self._other_breaks()
            return
        try:
            yield from self._document()
        except _TooDeepError as error:
            self._raw.line = self._first_line + error.line
            self._raw.too_deep("", check="yaml")
            yield self._raw
        except yaml.YAMLError as error:
            yield self._syntax(error)
        except (ValueError, OverflowError):  # PyYAML does not catch these: "\U00110000", %YAML 1.999…
            self._raw.value = UNREADABLE
            line = max(self._raw.lines.values(), default=self._raw.line)
            self._raw.refuse("", "is not YAML: an escape or a version is out of range.", line=line, check="yaml")
            yield self._raw

    def _other_breaks(self) -> Iterator[RawEvent]:
        """Refuse characters that are text in YAML 1.2 and line breaks to PyYAML, which would cut a text in two."""
        for number, line in enumerate(self._text.split("\n"), start=self._first_line):
            for character in _OTHER_BREAKS.findall(line):
                raw = RawEvent(number)
                code = f"{ord(character):04X}"
                message = f"holds U+{code}, which some YAML readers take for a line break."
                raw.refuse("", message, f'Remove it, or write "\\u{code}" in double quotes.', check="yaml")
                yield raw

    def _document(self) -> Iterator[RawEvent]:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), StreamEndEvent):
            return
        root = next(self._events)
        if isinstance(root, SequenceStartEvent):
            if self._refuse_decoration("", root):
                yield self._raw
            while not isinstance(event := next(self._events), SequenceEndEvent):
                yield self._read(event)
        else:
            yield self._read(root)
        next(self._events)  # the document's end
        another = next(self._events)
        if not isinstance(another, StreamEndEvent):
            self._raw = RawEvent(self._line(another))
            self._raw.refuse("", "a second document begins here.", "Write one list of events in a file.", check="yaml")
            yield self._raw

    def _read(self, event: Any) -> RawEvent:
        self._raw = raw = RawEvent(self._line(event))
        raw.value = self._value("", event, depth=1)
        self._raw = RawEvent(raw.line)  # problems from here on are not this event's
        return raw

    def _value(self, path: str, event: Any, *, depth: int) -> object:
        if isinstance(event, AliasEvent):
            message = f"the alias *{for_message(str(event.anchor))} is not supported."
            return self._raw.unreadable(path, message, "Write the value out.", line=self._line(event), check="yaml")
        self._refuse_decoration(path, event)
        if isinstance(event, ScalarEvent):
            return self._scalar(path, event)
        if depth > DEPTH_MAX:
            self._skip(event)
            return self._raw.too_deep(path, check="yaml")
        if isinstance(event, SequenceStartEvent):
            return self._list(path, depth=depth)
        return self._mapping(path, depth=depth, in_braces=bool(event.flow_style))

    def _list(self, path: str, *, depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            item_path = below(path, len(items))
            self._raw.lines[item_path] = self._line(event)
            items.append(self._value(item_path, event, depth=depth + 1))
        return items

    def _mapping(self, path: str, *, depth: int, in_braces: bool) -> dict[str, object]:
        fields: dict[str, object] = {}
        last_key, last_text = "", ""  # the last value, if it is a plain text or number
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(path, event)
            if key is None:
                self._skip(next(self._events))
                continue
            key_path, line = below(path, key), self._line(event)
            self._raw.lines.setdefault(key_path, line)
            value = next(self._events)
            if in_braces and _goes_on(last_text, key, value):
                last_text = f"{last_text},{key}"
                fields[last_key] = self._cut_number(below(path, last_key), last_text)
                continue
            last_key, last_text = key, str(value.value) if _is_plain(value) else ""
            if key in fields:
                first = self._raw.lines[key_path]
                self._raw.refuse(key_path, f"is given twice, first in line {first}.", "Keep one of them.", line=line)
                self._skip(value)
                continue
            if in_braces and _is_empty(value):
                remedy = f"Write null, or leave the field out. {_COMMAS}"
                fields[key] = self._raw.unreadable(key_path, "has no value.", remedy, line=line)
            else:
                fields[key] = self._value(key_path, value, depth=depth + 1)
        return fields

    def _cut_number(self, path: str, text: str) -> object:
        """Refuse a number such as 20,000 in braces: YAML reads 20 and a key 000."""
        self._raw.problems = [(line, problem) for line, problem in self._raw.problems if problem.where != path]
        remedy = number_remedy(text, FILE) or f'put it in quotes: "{for_message(text)}"'
        message = f"{for_message(text)} is cut in two, because a comma in braces ends a value."
        return self._raw.unreadable(path, message, f"{remedy[0].upper()}{remedy[1:]}.")

    def _key(self, path: str, event: Any) -> str | None:
        if not isinstance(event, ScalarEvent):
            self._skip(event)
            self._refuse(path, event, "a key is not a text.", "Write each field as KEY: VALUE.")
            return None
        if self._refuse_decoration(path, event):
            return None
        if event.value == "<<" and event.implicit[0]:
            self._refuse(path, event, "the merge key << is not supported.", "Write the fields out.")
            return None
        return str(event.value)

    def _refuse_decoration(self, path: str, event: Any) -> bool:
        """Refuse an anchor and a tag. Return True if there was one."""
        if event.anchor is not None:
            self._refuse(path, event, f"the anchor &{for_message(event.anchor)} is not supported.", "Remove it.")
        if event.tag is not None:
            tag = for_message(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(path, event, f"the tag {tag} is not supported.", "Remove it.")
        return event.anchor is not None or event.tag is not None

    def _scalar(self, path: str, event: ScalarEvent) -> object:
        if event.tag is not None:
            self._raw.unreadable_paths.add(path)
            return UNREADABLE
        text = str(event.value)
        is_plain = event.implicit[0]
        if not is_plain:
            return _join_surrogate_pairs(text)
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text in _EMPTY:
            remedy = "Write null, or leave the field out."
            return self._raw.unreadable(path, "has no value.", remedy, line=self._line(event))
        if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
            return self._raw.number(path, text)
        if path.endswith(_AMOUNTS) and (remedy := number_remedy(text, FILE)):
            remedy = f"{remedy[0].upper()}{remedy[1:]}. If it is a text, put it in quotes."
            return self._raw.unreadable(path, f"{for_message(text)} is not a number.", remedy, line=self._line(event))
        return text

    def _skip(self, event: Any) -> None:
        """Consume the rest of a value, without recursion."""
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)

    def _refuse(self, path: str, event: Any, message: str, remedy: str) -> None:
        self._raw.refuse(path, message, remedy, line=self._line(event), check="yaml")

    def _line(self, event: Any) -> int:
        return self._first_line + int(event.start_mark.line)

    def _syntax(self, error: yaml.YAMLError) -> RawEvent:
        """Return the current raw event, with the syntax error as its last problem."""
        message, remedy, line = f"{error}", "", None
        if isinstance(error, ReaderError):
            message, remedy = (
                f"it holds a character that YAML cannot carry (U+{int(error.character):04X})",
                "Remove it.",
            )
            line = self._first_line + self._text.count("\n", 0, error.position)
        elif isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
            mark = error.problem_mark
            message = f"{error.problem} at column {mark.column + 1}"
            if error.context is not None and error.context_mark is not None:
                message += f", {error.context} from line {self._first_line + error.context_mark.line}"
            remedy = "Indent with spaces, not with tabs." if "'\\t'" in str(error.problem) else _QUOTE_IT
            line = self._first_line + mark.line
        self._raw.value = UNREADABLE
        self._raw.refuse("", f"is not YAML: {message}.", remedy, line=line, check="yaml")
        return self._raw


def _is_plain(event: Any) -> bool:
    """Return True for a scalar without quotes and without a tag."""
    return isinstance(event, ScalarEvent) and bool(event.implicit[0]) and event.tag is None


def _is_empty(event: Any) -> bool:
    return _is_plain(event) and event.value == ""


def _goes_on(text: str, key: str, value: Any) -> bool:
    """Return True if a `key` without a value is the rest of the number that began with `text`."""
    return text[-1:].isdigit() and key[:1].isdigit() and _is_empty(value)


def _join_surrogate_pairs(text: str) -> str:
    """Return `text` with each pair of surrogate escapes joined: JSON, which is YAML too, writes U+1F6A2 as two."""
    return _SURROGATE_PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)

"""JSON Lines → raw events. Ambiguous JSON is refused: duplicate keys, NaN, floats, integers beyond ±(2^53-1).

The standard library's parser is used for its hooks: orjson keeps the last of two equal keys without an error.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import Any, Final

from events.files.raw import DEPTH_MAX, RawEvent, below, decode_utf8

LINE_BYTES_MAX: Final = 2 * 1024 * 1024


def read_json_lines(lines: Iterable[bytes]) -> Iterator[RawEvent]:
    """Yield a raw event for each of `lines` that is not blank, as they come."""
    is_first = True
    for number, line in enumerate(lines, start=1):
        stripped = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
        if is_first and stripped in {b"[", b"{"}:
            raw = RawEvent(number)
            message = "a JSON document over several lines begins here; JSON Lines has one object a line."
            remedy = "Convert it: jq -c '.[]' FILE for a list, jq -c . FILE for one object."
            raw.refuse("", message, remedy, check="json")
            yield raw
            return
        if stripped:
            is_first = False
            yield _read_line(number, stripped)


def _read_line(number: int, line: bytes) -> RawEvent:
    if len(line) > LINE_BYTES_MAX:
        raw = RawEvent(number)
        message = f"the line has {len(line):,} bytes; the limit is {LINE_BYTES_MAX:,}."
        raw.refuse("", message, "Split it.", check="size")
        return raw
    text = decode_utf8(line, line=number)
    if isinstance(text, RawEvent):
        return text
    raw = RawEvent(number)
    raw.value = read_json(raw, text)
    return raw


def read_json(raw: RawEvent, text: str) -> object:
    """Return the JSON value of `text`, and add what is wrong with it to the problems of `raw`."""
    try:
        tree = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except json.JSONDecodeError as error:
        message = f"{error.msg[0].lower()}{error.msg[1:]}".removesuffix(" at")
        return raw.unreadable("", f"is not JSON: {message} at column {error.colno}.", check="json")
    except RecursionError:
        return raw.too_deep("", check="json")
    return _plain(raw, "", tree, depth=1)


class _Pairs(list[tuple[str, Any]]):
    """An object, as the keys and values in the text."""


class _Number(str):
    """A number, as its text."""

    __slots__ = ()


def _plain(raw: RawEvent, path: str, tree: object, *, depth: int) -> object:
    match tree:
        case _Number():
            return raw.number(path, str(tree))
        case list() if depth > DEPTH_MAX:
            return raw.too_deep(path, check="json")
        case _Pairs():
            return _object(raw, path, tree, depth=depth)
        case list():
            return [_plain(raw, below(path, n), item, depth=depth + 1) for n, item in enumerate(tree)]
        case _:
            return tree


def _object(raw: RawEvent, path: str, pairs: _Pairs, *, depth: int) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, tree in pairs:
        key_path = below(path, key)
        if key in fields:
            raw.refuse(key_path, "is given twice in one object.", "Keep one of them.")
        else:
            fields[key] = _plain(raw, key_path, tree, depth=depth + 1)
    return fields

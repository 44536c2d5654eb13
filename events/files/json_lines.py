"""JSON Lines → drafts: strict JSON, one object a line. Nothing is taken silently that another reader might read else.

The standard library's reader is used for its hooks: orjson keeps the last of two equal keys without a word.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import Any, Final

from events.files.raw import DEPTH_MAX, RawEvent, below, decoded

LINE_BYTES_MAX: Final = 2 * 1024 * 1024


def read_json_lines(lines: Iterable[bytes]) -> Iterator[RawEvent]:
    """Yield a draft for each of `lines` that is not blank, as they come."""
    begun = False
    for number, line in enumerate(lines, start=1):
        stripped = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
        if not begun and stripped in {b"[", b"{"}:
            draft = RawEvent(number)
            draft.refuse(
                "",
                "a JSON document over several lines begins here; JSON Lines has one object a line.",
                "Convert it: jq -c '.[]' FILE for a list, jq -c . FILE for one object.",
                check="json",
            )
            yield draft
            return
        if stripped:
            begun = True
            yield _read_line(number, stripped)


def _read_line(number: int, line: bytes) -> RawEvent:
    if len(line) > LINE_BYTES_MAX:
        draft = RawEvent(number)
        draft.refuse(
            "", f"the line has {len(line):,} bytes; at most {LINE_BYTES_MAX:,} are taken.", "Split it.", check="size"
        )
        return draft
    text = decoded(line, line=number)
    if isinstance(text, RawEvent):
        return text
    draft = RawEvent(number)
    draft.raw = read_json(draft, text)
    return draft


def read_json(draft: RawEvent, text: str) -> object:
    """Return the JSON value that `text` writes; what is wrong with it becomes problems of `draft`."""
    try:
        tree = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except json.JSONDecodeError as error:
        what = f"{error.msg[0].lower()}{error.msg[1:]}".removesuffix(" at")
        return draft.unreadable("", f"is not JSON: {what} at column {error.colno}.", check="json")
    except RecursionError:
        return draft.too_deep("", check="json")
    return _plain(draft, "", tree, depth=1)


class _Pairs(list[tuple[str, Any]]):
    """An object, as its keys and values stand in the text."""


class _Number(str):
    """A number, as it stands in the text."""

    __slots__ = ()


def _plain(draft: RawEvent, path: str, tree: object, *, depth: int) -> object:
    match tree:
        case _Number():
            return draft.number(path, str(tree))
        case list() if depth > DEPTH_MAX:
            return draft.too_deep(path, check="json")
        case _Pairs():
            return _object(draft, path, tree, depth=depth)
        case list():
            return [_plain(draft, below(path, n), item, depth=depth + 1) for n, item in enumerate(tree)]
        case _:
            return tree


def _object(draft: RawEvent, path: str, pairs: _Pairs, *, depth: int) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, tree in pairs:
        place = below(path, key)
        if key in plain:
            draft.refuse(place, "is given twice in one object.", "Keep one of them.")
        else:
            plain[key] = _plain(draft, place, tree, depth=depth + 1)
    return plain

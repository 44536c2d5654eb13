"""Parse XML and JSON feeds for the checkpoint that they carry, and no further than that."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from .encoding import DEPTH_MAX, _is_complex
from .keys import Head, parse_head

WRITETHRU = "urn:uuid:5a0b7a5e-3a0f-4d43-9f3b-6f1c2f5d8c11"
_STORY_FEED = re.compile(r"(?P<site>.*)stories/(?P<story>[a-z0-9-]{1,64})/feed\.rss")
_SPACE = re.compile(r"[ \t\r\n]*")


class _Found(Exception):  # noqa: N818 - not an error: expat is left by it
    """The part of a document that matters was read."""


def xml_checkpoint(data: bytes, *, whole: bool = False) -> tuple[Head | None, bool]:
    """Return the checkpoint before the first entry of an Atom or RSS feed, and whether an entry follows.

    ValueError if `data` is not XML (if not `whole`, the beginning of it), has a document type, or more than one
    checkpoint. Nothing after the start of the first entry is read.
    """
    atom, name = "http://www.w3.org/2005/Atom ", f"{WRITETHRU} checkpoint"
    checkpoints: list[dict[str, str]] = []
    path: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if tuple(path) in {(f"{atom}feed",), ("rss", "channel")}:
            if element == name:
                checkpoints.append(attributes)
            elif element in {f"{atom}entry", "item"}:
                raise _Found
        _descend(path, element)

    try:
        _parse_xml(data, start, lambda _: path.pop(), whole=whole)
        entry = False
    except _Found:
        entry = True
    if len(checkpoints) > 1:
        raise ValueError("has more than one checkpoint")
    return (_attributes_head(checkpoints[0]) if checkpoints else None), entry


def listed_stories(data: bytes) -> set[str]:
    """Return the stories in an OPML list of their feeds; ValueError if it is not one, or lists one twice."""
    stories: set[str] = set()
    sites: set[str] = set()
    path: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if tuple(path) == ("opml", "body") and element == "outline":
            match = _STORY_FEED.fullmatch(attributes.get("xmlUrl", ""))
            if match is None or match["story"] in stories:
                raise ValueError("has an outline that is not the feed of one more story")
            stories.add(match["story"])
            sites.add(match["site"])
        _descend(path, element)

    _parse_xml(data, start, lambda _: path.pop(), whole=True)
    if len(sites) > 1:
        raise ValueError("lists feeds of different sites")
    return stories


def _descend(path: list[str], element: str) -> None:
    path.append(element)
    if len(path) > DEPTH_MAX:
        raise ValueError("is nested too deeply")


def _parse_xml(data: bytes, start: Any, end: Any, *, whole: bool) -> None:
    """Parse XML without document types, so that nothing in it can refer to anything. ValueError if it is not XML."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise ValueError("has a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, whole)
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(f"is not XML ({error})") from None


def json_checkpoint(data: bytes, *, whole: bool = False) -> tuple[Head | None, bool]:
    """Return the checkpoint of a JSON Feed, and whether it has items; ValueError if it is not one.

    Nothing after the beginning of the items is read, unless `whole`.
    """
    if _is_complex(data):
        raise ValueError("is too complex")
    head, items = None, False
    names: set[str] = set()
    text = data.decode("utf-8-sig", "strict" if whole else "ignore")
    for name, value, at in _members(text, stop=None if whole else "items"):
        if name in names:
            raise ValueError("has a name twice")
        names.add(name)
        if name == "items":
            first = _skip(text, at + 1)
            items = text[at : at + 1] == "[" and text[first : first + 1] != "]"  # it may be cut off here
        if name == "_writethru" and isinstance(value, dict) and "checkpoint" in value:
            head = _attributes_head(value["checkpoint"])
    return head, items


def _members(text: str, *, stop: str | None) -> Iterator[tuple[str, object, int]]:
    """Yield name, value, and the index of the value, of a JSON object's members; end at `stop`, without its value."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    mark = "{"
    try:
        while text[at] == mark:
            at = _skip(text, at + 1)
            if mark == "{" and text[at] == "}":
                break
            name, at = decoder.raw_decode(text, at)
            at = _skip(text, at)
            if text[at] != ":" or not isinstance(name, str):
                break
            at = _skip(text, at + 1)
            if name == stop:
                yield name, None, at
                return
            value, end = decoder.raw_decode(text, at)
            yield name, value, at
            at, mark = _skip(text, end), ","
        if text[at] == "}" and _skip(text, at + 1) == len(text):
            return
    except (IndexError, RecursionError):
        pass
    raise ValueError("is not a JSON object")


def _skip(text: str, at: int) -> int:
    """Return the index of the first character from `at` on that is not white space."""
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _attributes_head(value: object) -> Head:
    """Return the head that a feed's checkpoint states; ValueError if it states none."""
    if not isinstance(value, dict) or value.keys() != {"origin", "size", "root"}:
        raise ValueError("has a checkpoint that is not origin, size and root")
    if type(value["size"]) not in {int, str} or not all(isinstance(value[name], str) for name in ("origin", "root")):
        raise ValueError("has a checkpoint of other types")
    try:
        return parse_head(f"{value['origin']}\n{value['size']}\n{value['root']}\n")
    except ValueError as error:
        raise ValueError(f"has a checkpoint that cannot be read: {error}") from None

"""cState: Markdown files with front matter. An issue becomes a story, a paragraph with a time a development.

Hugo, which builds such a page, reads a time without a zone as UTC; so do we, unless the newsroom has a zone.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from events.files.raw import decode_utf8
from events.files.yaml import read_yaml
from events.model.text import PARTS_MAX
from events.model.typed_times import TypedTimes
from feed.importers.markup import one_line
from feed.importers.model import ForeignFile, ForeignItem, ForeignStory, headline_of, slug_of, unreadable

_TRACK = re.compile(r"\{\{[<%]\s*track\s+(.*?)\s*[%>]\}\}")
_SHORTCODE = re.compile(r"\{\{[<%].*?[%>]\}\}", re.DOTALL)
_STATE = re.compile(r"^\*{1,2}([^*\n]{1,40})\*{1,2}\s*[-–—:]\s*")
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?")
_SOURCE: Final = {"sources": [{"name": "Status page"}]}
_FENCES: Final = {"---": "yaml", "+++": "toml"}


def read_cstate(data: bytes, *, name: str, times: TypedTimes) -> ForeignFile:
    """Return the story of one issue; InvalidError if the file is no issue of cState."""
    decoded = decode_utf8(data)
    if not isinstance(decoded, str):
        raise unreadable(name, "it is not UTF-8.")
    lines = decoded.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    fields, end = _front_matter(lines, name)
    headline = headline_of(one_line(_text(fields, "title")), "")
    if not headline:
        raise unreadable(f"{name}:1", "the front matter has no title.", "Is it an issue of cState?")
    file = ForeignFile()
    zone = times if times.zone is not None else TypedTimes(zone=UTC)
    try:
        began_at, over_at = _at(fields.get("date"), zone), _at(fields.get("resolvedWhen"), zone)
    except ValueError as error:
        raise unreadable(f"{name}:1", f"the front matter has a date that is none: {error}") from None
    items = list(_items(lines, end, name, file, zone))
    if not items and began_at is not None:
        text = _rest(lines[end:])
        where, own = f"{name}:1", name_of(name)
        items = [ForeignItem(where=where, id=own, headline=headline, text=text, at=began_at, parts=_SOURCE)]
    affected = fields.get("affected")
    names = [one_line(str(one)) for one in affected if str(one).strip()] if isinstance(affected, list) else []
    header: dict[str, Any] = {"facts": {"status": {"evolving": True}}}
    if names:
        header["subjects"] = list(dict.fromkeys(names))[:PARTS_MAX]
    is_over = fields.get("resolved") in (True, "true")
    file.stories.append(
        ForeignStory(
            slug=slug_of(f"incident-{name_of(name)}", "incident"),
            headline=headline,
            items=items,
            opened_at=began_at,
            closed_at=(over_at or max((item.at for item in items if item.at), default=began_at)) if is_over else None,
            header=header,
        )
    )
    return file


def name_of(path: str) -> str:
    """Return what an issue is called: its file's name without the extension."""
    return path.rpartition("/")[2].rpartition(".")[0]


def _front_matter(lines: list[str], name: str) -> tuple[Mapping[str, Any], int]:
    """Return the fields of the front matter, and the number of lines that it takes."""
    kind = _FENCES.get(lines[0].rstrip())
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == lines[0].rstrip()), 0)
    if kind is None or not end:
        raise unreadable(f"{name}:1", "it does not begin with front matter.", "Is it an issue of cState?")
    text = "\n".join(lines[1:end])
    if kind == "toml":
        try:
            return tomllib.loads(text), end + 1
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise unreadable(f"{name}:1", f"the front matter is not TOML: {error}.") from None
    raws = list(read_yaml(text, first_line=2))
    problems = [f"line {line}: {problem.message}" for raw in raws for line, problem in raw.problems]
    if problems or len(raws) != 1 or not isinstance(raws[0].value, dict):
        raise unreadable(f"{name}:1", f"the front matter is not YAML. {' '.join(problems[:3])}".strip())
    return raws[0].value, end + 1


def _items(lines: list[str], end: int, name: str, file: ForeignFile, times: TypedTimes) -> Iterator[ForeignItem]:
    """Yield an item for each paragraph that has a time."""
    counts: Counter[str] = Counter()
    for number, paragraph in _paragraphs(lines, end):
        track = _TRACK.search(paragraph)
        if track is None:
            continue
        where, time = f"{name}:{number}", track[1].strip("\"'`").strip()
        try:
            at = _at(time, times)
        except ValueError as error:
            file.refuse(where, str(error), "Write the time as 2015-01-21 15:00:00.")
            continue
        text = _rest([paragraph])
        state = _STATE.match(text)
        title = headline_of("", text[state.end() :] if state else text)
        if not title:
            file.refuse(where, "the paragraph has a time, but no text.")
            continue
        status = state[1].strip() if state else ""
        counts[time] += 1
        yield ForeignItem(
            where=where,
            id=f"{name_of(name)} {time} {counts[time]}",
            headline=headline_of(f"{status}: {title}" if status else title, ""),
            text=text,
            at=at,
            parts={**_SOURCE, "facts": [{"key": "status", "value": status.lower()}] if status else []},
        )


def _paragraphs(lines: list[str], end: int) -> Iterator[tuple[int, str]]:
    """Yield each paragraph, and the number of its first line. A time alone belongs to the paragraph before it."""
    block: list[str] = []
    begins = end + 1
    for number, line in enumerate([*lines[end:], ""], start=end + 1):
        if line.strip():
            begins = begins if block else number
            block.append(line)
        elif block and (_TRACK.search("\n".join(block)) or number > len(lines)):
            yield begins, "\n".join(block)
            block = []
        elif block and block[-1]:
            block.append("")


def _rest(lines: list[str]) -> str:
    """Return text without shortcodes."""
    return re.sub(r"\n{3,}", "\n\n", _SHORTCODE.sub("", "\n".join(lines))).strip()


def _at(value: object, times: TypedTimes) -> datetime | None:
    """Return an instant of the front matter or of a paragraph; None if there is none."""
    match value:
        case datetime():
            text = value.isoformat()
        case date():
            text = value.isoformat()
        case str() if value.strip():
            text = value.strip()
        case _:
            return None
    parts = _LOCAL.fullmatch(text)
    return times.instant(f"{parts[1]}T{parts[2] or '00:00'}" if parts else text)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

"""Read events from JSON Lines, YAML and Markdown (events/README.md#the-interchange-format).

Pure: bytes and a file's name in; events out, or every problem with its file and line. It opens no file, and knows
neither clock nor ledger. `events.files.exporter` writes the format.
"""

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Literal, TypeAlias

from events.errors import PROBLEMS_MAX, TOO_MANY, InvalidError, Problem
from events.files.json_lines import LINE_BYTES_MAX, read_json_lines
from events.files.raw import UNREADABLE, RawEvent, decode_utf8, with_location
from events.files.yaml import read_yaml
from events.model.codec import EXPORT_FIELDS, canonical, newer_schema, plain
from events.model.edtf import instant
from events.model.events import AnyEvent
from events.model.typed_times import TypedTimes
from events.model.validation import parse_event

Format = Literal["jsonl", "yaml", "md"]

FORMATS: Final[dict[str, Format]] = {".jsonl": "jsonl", ".json": "jsonl", ".yaml": "yaml", ".yml": "yaml", ".md": "md"}
"""The format for each extension of a file's name."""

FILE_BYTES_MAX: Final[dict[Format, int]] = {
    "jsonl": 256 * 1024 * 1024,
    "yaml": 8 * 1024 * 1024,  # takes half a minute to read
    "md": LINE_BYTES_MAX,  # one event, as a line of JSON
}
STDIN: Final = "-"
_DIGEST_CHARS = 32
_REPORT = "development_reported"
_ELLIPSIS = "…"
_Read: TypeAlias = tuple[int, AnyEvent, bool, datetime | None]
"""The line of an event, the event, whether it is whole, and when another ledger recorded it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event of a file.

    event: the event, with an id
    line: the line in which it begins
    where: FILE:LINE
    whole: False if it stands in for an event that could not be read whole, so that later events can refer to it
    recorded_at: when the ledger that exported it recorded it; None for other files
    """

    event: AnyEvent
    line: int
    where: str
    whole: bool = True
    recorded_at: datetime | None = None


def read_events(
    data: bytes,
    *,
    name: str,
    format: Format | None = None,  # noqa: A002 - the word that a caller expects
    story: str | None = None,
    times: TypedTimes | None = None,
) -> list[Incoming]:
    """Return every event of the file `name`, in order, or raise InvalidError with every problem as FILE:LINE.

    Without `format`, the extension of `name` decides; `-` (stdin) is JSON Lines. `story` is the story of events that
    name none, `times` reads times without a zone. An event without an id gets one
    (events/README.md#assigned-event-ids).
    """
    return list(stream_events(data, name=name, format=format, story=story, times=times))


def stream_events(
    source: bytes | Iterable[bytes],
    *,
    name: str,
    format: Format | None = None,  # noqa: A002 - the word that a caller expects
    story: str | None = None,
    times: TypedTimes | None = None,
) -> Iterator[Incoming]:
    """Yield the events that `read_events` returns, while they are read; `source` may be the lines of JSON Lines.

    After a problem the others are yielded too, and a stand-in for each that cannot be read whole, so that the caller
    can find what else is wrong. At the end InvalidError reports every problem, up to PROBLEMS_MAX. In `lines`, two
    events with the same id are not noticed here, but when they are recorded.
    """
    problems: list[tuple[int, Problem]] = []
    first: dict[str | None, Incoming] | None = {} if isinstance(source, bytes) else None
    is_empty = True
    for line, event, whole, at in _with_ids(_events(source, format or format_of(name), story, times, problems)):
        is_empty = False
        item = Incoming(event, line, f"{name}:{line}", whole=whole, recorded_at=at)
        if first is not None and (conflict := _conflict(item, first.setdefault(event.id, item))):
            problems.append((line, conflict))
        else:
            yield item
    if is_empty and not problems:
        problems.append((1, _no_events()))
    if problems:
        by_line = sorted(problems, key=itemgetter(0))
        raise InvalidError(*(with_location(problem, f"{name}:{line}") for line, problem in by_line))


def _events(
    source: bytes | Iterable[bytes],
    form: Format,
    story: str | None,
    times: TypedTimes | None,
    problems: list[tuple[int, Problem]],
) -> Iterator[_Read]:
    """Yield what is read of each event. Add what is wrong to `problems`."""
    raws = _raw_events(source.removeprefix(BOM_UTF8), form) if isinstance(source, bytes) else read_json_lines(source)
    for raw in raws:
        fields = _fields(raw, story)
        event = None if fields is None or fields.get("redacted") is True else _event(raw, fields, times)
        problems += raw.problems
        if event is not None and not raw.problems:
            yield raw.line, event, True, _recorded_at(raw)
        elif fields is not None and (event := event or _stand_in(fields, times)):
            yield raw.line, event, False, _recorded_at(raw)
        if len(problems) > PROBLEMS_MAX:
            problems.append((raw.line, TOO_MANY))
            return


def format_of(name: str) -> Format:
    """Return the format that a file's name says; InvalidError if it says none."""
    dot, extension = name.rpartition("/")[2].rpartition(".")[1:]
    extension = f"{dot}{extension.lower()}" if dot else ""
    if name == STDIN:
        return "jsonl"
    if extension in FORMATS:
        return FORMATS[extension]
    message = f"{extension} files cannot be imported" if extension else "the name does not say the format"
    *extensions, last = FORMATS
    expected = f"{', '.join(extensions)} or {last}"
    raise InvalidError(
        Problem(
            where=name,
            check="format",
            message=f"{message}; expected {expected}.",
            remedy="Give the file the extension of its format.",
        )
    )


def _raw_events(data: bytes, form: Format) -> Iterable[RawEvent]:
    if len(data) > FILE_BYTES_MAX[form]:
        raw = RawEvent(1)
        limit = FILE_BYTES_MAX[form]
        remedy = "Split it." if form == "jsonl" else "Split it, or write JSON Lines."
        raw.refuse("", f"the file has more than {limit:,} bytes, which is the limit.", remedy, check="size")
        return [raw]
    if form == "jsonl":
        return read_json_lines(data.split(b"\n"))
    text = decode_utf8(data)
    if isinstance(text, RawEvent):
        return [text]
    return read_yaml(text) if form == "yaml" else _read_markdown(text)


def _read_markdown(text: str) -> list[RawEvent]:
    """Return the one report that the front matter and the Markdown below it are."""
    lines = text.replace("\r\n", "\n").split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if not text.strip():
        return []
    if len(fences) < 2 or fences[0] != 0:
        raw = RawEvent(1)
        begins = bool(fences) and fences[0] == 0
        message = "the front matter does not end." if begins else "there is no front matter in line 1."
        form = "a line ---, then fields such as headline: Two hurt, then another line ---, then the text"
        remedy = "Write a line --- between the fields and the text." if begins else f"Begin the file with {form}."
        raw.refuse("", message, remedy, check="front_matter")
        return [raw]
    end = fences[1]
    report, *others = list(read_yaml("\n".join(lines[1:end]), first_line=2)) or [RawEvent(1, value={})]
    for other in others:
        other.value = UNREADABLE
        other.refuse("", "a Markdown file holds one report.", "Use a .yaml file for several.", check="front_matter")
    if isinstance(report.value, dict):
        report.line = 1
        _complete_report(report, report.value, lines, end)
    return [report, *others]


def _complete_report(report: RawEvent, fields: dict[str, Any], lines: list[str], end: int) -> None:
    """Add the type, and the body below the front matter, to `fields`."""
    if fields.setdefault("type", _REPORT) not in (_REPORT, UNREADABLE):
        report.unreadable("type", f"a Markdown file holds a {_REPORT}.", "Use a .yaml file for other types.")
    body = "\n".join(lines[end + 1 :]).strip("\n")
    if body and "body" in fields:
        report.refuse("body", "is given in the front matter and below it.", "Keep one of them.")
    elif body:
        fields["body"] = body
        report.lines["body"] = next(number for number, line in enumerate(lines, 1) if number > end + 1 and line)


def _fields(raw: RawEvent, story: str | None) -> dict[str, Any] | None:
    """Return the fields of the event that `raw` is, or None: then its problems say why it is none."""
    if raw.value is UNREADABLE:
        return None
    if not isinstance(raw.value, dict):
        message = "an event is an object with fields such as type and story."
        raw.refuse("", message, "Each line, or each item of a YAML list, is one event.", check="shape")
        return None
    if raw.value.get("redacted") is True:
        message = "this event was redacted, so it cannot be recorded again."
        remedy = (
            "Its text was erased for ever. To move all stories into an empty newsroom: writethru restore FILE. "
            "To import the others, delete this line and those that refer to it."
        )
        raw.refuse("redacted", message, remedy)
    if newer := newer_schema(raw.value):
        raw.problems.append((raw.line_of("schema"), newer))
        return None
    fields = {name: value for name, value in raw.value.items() if name not in EXPORT_FIELDS}
    if story is not None:
        fields.setdefault("story", story)
    return None if fields.get("type") is UNREADABLE else fields


def _event(raw: RawEvent, fields: dict[str, Any], times: TypedTimes | None) -> AnyEvent | None:
    """Return the event of `fields`, or None: then the problems of `raw` say why."""
    try:
        return parse_event(fields, times)
    except InvalidError as error:
        new = [problem for problem in error.problems if not raw.is_unreadable(problem.where)]
        raw.problems += [(raw.line_of(problem.where), problem) for problem in new]
        return None


def _stand_in(fields: dict[str, Any], times: TypedTimes | None) -> AnyEvent | None:
    """Return the event without what is wrong in it; None if too little is left to refer to."""
    left = {name: value for name, value in fields.items() if name != "redacted"}
    if left.get("type") in ("story_opened", _REPORT) and not isinstance(left.get("headline"), str):
        left["headline"] = _ELLIPSIS
    try:
        return parse_event(left, times)
    except InvalidError as error:
        steps = [re.match(r"(\w+)(?:\[([0-9]+)\])?", problem.where) for problem in error.problems]
    for name, indexes in groupby(sorted((step[1], step[2] or "") for step in steps if step), key=itemgetter(0)):
        value, wrong = left.pop(name, None), {index for _, index in indexes}
        if isinstance(value, list) and "" not in wrong:
            left[name] = [item for number, item in enumerate(value) if str(number) not in wrong]
            if name == "expects":
                left[name] += [_named(item) for number, item in enumerate(value) if str(number) in wrong]
        elif name == "headline":
            left[name] = _ELLIPSIS
    try:
        return parse_event(left, times)
    except InvalidError:
        return None


def _named(expectation: object) -> dict[str, object]:
    """Return the expectation with nothing but its id."""
    name = expectation.get("id") if isinstance(expectation, dict) else None
    return {"what": _ELLIPSIS, "id": name} if isinstance(name, str) else {"what": _ELLIPSIS}


def _recorded_at(raw: RawEvent) -> datetime | None:
    """Return the instant in a line of an export."""
    text = raw.value.get("recorded_at") if isinstance(raw.value, dict) else None
    try:
        return instant(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _with_ids(events: Iterable[_Read]) -> Iterator[_Read]:
    """Yield the events with ids. An event without one gets a digest of its content and its ordinal among equals.

    So a second import changes nothing, and hold, release, hold remains three events.
    """
    counts: Counter[bytes] = Counter()
    for line, event, whole, at in events:
        if event.id is not None:
            yield line, event, whole, at
            continue
        content = canonical(plain(event))
        key = sha256(content).digest()  # instead of the content, which may be large
        counts[key] += 1
        digest = sha256(b"%b\n%d" % (content, counts[key])).hexdigest()[:_DIGEST_CHARS]
        yield line, event.model_copy(update={"id": f"sha256:{digest}"}), whole, at


def _conflict(item: Incoming, other: Incoming) -> Problem | None:
    """Return the problem if two events of one id have different content. Equal ones are recorded once."""
    if other is item or not (other.whole and item.whole) or plain(other.event) == plain(item.event):
        return None
    return Problem(
        where="id",
        check="id",
        message=f"{item.event.id} is also the id of another event, in line {other.line}.",
        remedy="Give each event its own id, or none: import then makes one.",
    )


def _no_events() -> Problem:
    message = "the file holds no events."
    return Problem(where="", check="empty", message=message, remedy="See: writethru import --help")

"""The interchange format (vocabulary 1.9) in: JSON Lines, YAML and Markdown, with file and line.

Pure: bytes and a file's name in, events or every problem out. It opens nothing, and knows neither clock nor ledger.
`events.files.exporter` writes the format.
"""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal, assert_never

from events.errors import PROBLEMS_MAX, TOO_MANY, InvalidError, Problem
from events.files.exporter import EXPORT_FIELDS
from events.files.json_lines import LINE_BYTES_MAX, read_json_lines
from events.files.raw import MESSAGE_CHARS_MAX, UNREADABLE, RawEvent, clipped, decoded, printable, shown
from events.files.yaml import read_yaml
from events.model.codec import canonical, plain
from events.model.events import AnyEvent
from events.model.validation import parse_event

Format = Literal["jsonl", "yaml", "md"]

FORMATS: Final[dict[str, Format]] = {".jsonl": "jsonl", ".json": "jsonl", ".yaml": "yaml", ".yml": "yaml", ".md": "md"}
"""The formats by the extension of a file's name."""

FILE_BYTES_MAX: Final[dict[Format, int]] = {
    "jsonl": 256 * 1024 * 1024,
    "yaml": 8 * 1024 * 1024,  # half a minute's reading
    "md": LINE_BYTES_MAX,  # one event, as on a line
}
STDIN: Final = "-"
PATH_CHARS_MAX: Final = 120
_DIGEST_CHARS = 32
_REPORT = "development_reported"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event of a file, its `id` set, and where it stands: `where` is FILE:LINE."""

    event: AnyEvent
    line: int
    where: str


def read_events(
    data: bytes,
    *,
    name: str,
    format: Format | None = None,  # noqa: A002 - the word that a caller looks for
    story: str | None = None,
) -> list[Incoming]:
    """Return every event of the file `name`, in order, or raise InvalidError with every problem as FILE:LINE.

    The extension of `name` tells the format, save where `format` does; `-` (stdin) is JSON Lines. `story` is the
    story of events that name none. An event without `id` gets a digest of its content and its ordinal among equal
    events of the file, so importing twice changes nothing, and hold, release, hold stays three events.
    """
    chosen = format or format_of(name)
    problems: list[tuple[int, Problem]] = []
    events: list[tuple[int, AnyEvent]] = []
    for draft in _drafts(data.removeprefix(BOM_UTF8), chosen):
        event = _event(draft, story)
        problems += draft.problems
        if event is not None and not draft.problems:
            events.append((draft.line, event))
    if not problems and not events:
        problems.append((1, _no_events()))
    incoming = [Incoming(event, line, f"{name}:{line}") for line, event in _with_ids(events)]
    problems += _conflicts(incoming)
    if problems:
        raise _all_refused(problems, name)
    return incoming


def stream_events(lines: Iterable[bytes], *, name: str) -> Iterator[Incoming]:
    """Yield every event of a JSON Lines file as its `lines` come, as `read_events` does for a whole one.

    Nothing is yielded after a problem: the rest is read for its own, up to PROBLEMS_MAX, and InvalidError tells of all.
    That one id stands for two contents is left to whoever records them.
    """
    problems: list[tuple[int, Problem]] = []

    def sound() -> Iterator[tuple[int, AnyEvent]]:
        for draft in read_json_lines(lines):
            event = _event(draft, None)
            problems.extend(draft.problems)
            if event is not None and not problems:
                yield draft.line, event
            if len(problems) > PROBLEMS_MAX:
                problems.append((draft.line, TOO_MANY))
                return

    empty = True
    for line, event in _with_ids(sound()):
        empty = False
        yield Incoming(event, line, f"{name}:{line}")
    if empty and not problems:
        problems.append((1, _no_events()))
    if problems:
        raise _all_refused(problems, name)


def format_of(name: str) -> Format:
    """Return the format of a file by its name; InvalidError where it tells none."""
    dot, extension = name.rpartition("/")[2].rpartition(".")[1:]
    extension = f"{dot}{extension.lower()}" if dot else ""
    if name == STDIN:
        return "jsonl"
    if extension in FORMATS:
        return FORMATS[extension]
    what = f"{extension} files are not read" if extension else "the name does not tell the format"
    known = f"{', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}"
    raise InvalidError(
        Problem(where=name, check="format", message=f"{what}; expected {known}.", remedy="Name it by what it holds.")
    )


def _drafts(data: bytes, chosen: Format) -> Iterable[RawEvent]:
    if len(data) > FILE_BYTES_MAX[chosen]:
        draft = RawEvent(1)
        limit = FILE_BYTES_MAX[chosen]
        remedy = "Split it." if chosen == "jsonl" else "Split it, or write JSON Lines."
        draft.refuse("", f"the file has {len(data):,} bytes; at most {limit:,} are taken.", remedy, check="size")
        return [draft]
    match chosen:
        case "jsonl":
            return read_json_lines(data.split(b"\n"))
        case "yaml":
            text = decoded(data)
            return [text] if isinstance(text, RawEvent) else read_yaml(text)
        case "md":
            text = decoded(data)
            return [text] if isinstance(text, RawEvent) else _read_markdown(text)
        case _:
            assert_never(chosen)


def _read_markdown(text: str) -> list[RawEvent]:
    """Return the draft of the one report that front matter and Markdown make."""
    lines = text.replace("\r\n", "\n").split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if not text.strip():
        return []
    if len(fences) < 2 or fences[0] != 0:
        draft = RawEvent(1)
        message = "there is no front matter that begins in line 1 and ends."
        draft.refuse("", message, "Write ---, then the fields such as headline, then --- again.", check="front_matter")
        return [draft]
    end = fences[1]
    drafts = list(read_yaml("\n".join(lines[1:end]), first_line=2)) or [RawEvent(1, raw={})]
    for extra in drafts[1:]:
        extra.raw = UNREADABLE
        extra.refuse("", "a Markdown file is one report.", "Use a .yaml file for several.", check="front_matter")
    draft = drafts[0]
    if isinstance(draft.raw, dict):
        draft.line = 1
        _complete_report(draft, draft.raw, lines, end)
    return drafts


def _complete_report(draft: RawEvent, raw: dict[str, Any], lines: list[str], end: int) -> None:
    """Put type and body, which stand outside the front matter, into `raw`."""
    if raw.setdefault("type", _REPORT) not in (_REPORT, UNREADABLE):
        draft.unreadable("type", f"a Markdown file is a {_REPORT}.", "Use a .yaml file for other types.")
    body = "\n".join(lines[end + 1 :]).strip("\n")
    if body and "body" in raw:
        draft.refuse("body", "stands in the front matter, and below it too.", "Keep one of them.")
    elif body:
        raw["body"] = body
        draft.lines["body"] = next(number for number, line in enumerate(lines, 1) if number > end + 1 and line)


def _event(draft: RawEvent, story: str | None) -> AnyEvent | None:
    """Return the event that `draft` is, or None: then its problems say why."""
    raw = draft.raw
    if raw is UNREADABLE:
        return None
    if not isinstance(raw, dict):
        message = "an event is an object with fields such as type and story."
        draft.refuse("", message, "Each line, or each item of a YAML list, is one event.", check="shape")
        return None
    if raw.get("redacted") is True:
        message = "what this event said was redacted, so it cannot be recorded afresh."
        remedy = "Its text is gone for good. Leave the line out."
        draft.refuse("redacted", message, remedy)
        return None
    given = {name: value for name, value in raw.items() if name not in EXPORT_FIELDS}
    if story is not None:
        given.setdefault("story", story)
    if given.get("type") is UNREADABLE:
        return None
    try:
        return parse_event(given)
    except InvalidError as error:
        fresh = [problem for problem in error.problems if not draft.spoils(problem.where)]
        draft.problems += [(draft.line_of(problem.where), problem) for problem in fresh]
        return None


def _with_ids(events: Iterable[tuple[int, AnyEvent]]) -> Iterator[tuple[int, AnyEvent]]:
    """Yield the events with ids: the given ones, else the digest of content and ordinal."""
    seen: Counter[bytes] = Counter()
    for line, event in events:
        if event.id is not None:
            yield line, event
            continue
        content = canonical(plain(event))
        once = sha256(content).digest()  # in place of the content, which may be large
        seen[once] += 1
        digest = sha256(b"%b\n%d" % (content, seen[once])).hexdigest()[:_DIGEST_CHARS]
        yield line, event.model_copy(update={"id": f"sha256:{digest}"})


def _conflicts(incoming: Iterable[Incoming]) -> Iterator[tuple[int, Problem]]:
    """Find ids that stand for two contents; the same content again is taken as said once."""
    first: dict[str | None, Incoming] = {}
    for item in incoming:
        known = first.setdefault(item.event.id, item)
        if known is not item and plain(known.event) != plain(item.event):
            message = f"{item.event.id} is the id of another event, in line {known.line}."
            remedy = "Give each its own id, or none: then import makes one."
            yield item.line, Problem(where="id", check="id", message=message, remedy=remedy)


def _no_events() -> Problem:
    message = "the file holds no events."
    return Problem(where="", check="empty", message=message, remedy="See: writethru import --help")


def _all_refused(problems: Iterable[tuple[int, Problem]], name: str) -> InvalidError:
    ordered = sorted(problems, key=lambda found: found[0])
    return InvalidError(*(located(problem, f"{name}:{line}") for line, problem in ordered))


def located(problem: Problem, where: str) -> Problem:
    """Return `problem` with a file's location; its own path goes into the message unless the check implies it."""
    path = clipped(problem.where, PATH_CHARS_MAX)
    message = problem.message if problem.where in {"", problem.check} else f"{path}: {problem.message}"
    return Problem(
        where=where,
        check=shown(problem.check),
        message=printable(clipped(message, MESSAGE_CHARS_MAX)),
        remedy=printable(problem.remedy),
    )

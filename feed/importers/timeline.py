"""TimelineJS: a published sheet as CSV, or its JSON. A timeline becomes a story, and a row a development.

What a row says of when is kept as exact as it is: a year, a month, a day, an interval, in the row's own words. A time
of day is read in the newsroom's zone, and left out if there is none.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final

import orjson

from events.model.edtf import When, parse_when
from events.model.text import PARTS_MAX
from events.model.typed_times import TypedTimes
from feed.importers.links import image, outlet
from feed.importers.markup import commonmark, one_line
from feed.importers.model import ITEMS_MAX, ForeignFile, ForeignItem, ForeignStory, headline_of, slug_of, unreadable

_COLUMNS: Final = {
    "headline": "headline", "text": "text", "display date": "display_date", "media": "media", "media credit": "credit",
    "media caption": "caption", "type": "type", "group": "group",
    **{f"{end}{unit}": f"{end}{unit}" for end in ("", "end ") for unit in ("year", "month", "day", "time")},
}  # fmt: skip
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.[0-9]+)?)?\s*(?P<half>[AaPp][Mm])?"
)


def read_timeline(data: bytes, *, name: str, times: TypedTimes, now: datetime) -> ForeignFile:
    """Return the story of a timeline; InvalidError if the file is no timeline."""
    text = data.decode("utf-8-sig", errors="replace")
    rows = _json_rows(text, name) if text.lstrip()[:1] in {"{", "["} else _csv_rows(text, name)
    file = ForeignFile()
    title: Mapping[str, str] = {}
    items: list[ForeignItem] = []
    groups: list[str] = []
    counts: Counter[str] = Counter()
    for where, row in rows:
        kind = row.get("type", "").casefold()
        if kind == "title":
            title = row
        elif kind != "era" and any(row.values()):
            item = _item(where, row, file, counts, times, now)
            groups += [row["group"]] if row.get("group") else []
            items += [] if item is None else [item]
        if len(items) > ITEMS_MAX:
            raise unreadable(name, f"the timeline has more than {ITEMS_MAX:,} rows.", "Split it.")
    stem = name.rpartition("/")[2].partition(".")[0]
    headline = headline_of(one_line(title.get("headline", "")), "") or stem
    summary = one_line(title.get("text", ""))[:2_000]
    header: dict[str, Any] = {"summary": summary} if summary else {}
    if groups:
        header["subjects"] = list(dict.fromkeys(groups))[:PARTS_MAX]
    source = [{"name": headline}]
    items = [_sourced(item, source) for item in items]
    file.stories.append(ForeignStory(slug=slug_of(headline, "timeline"), headline=headline, items=items, header=header))
    return file


def _sourced(item: ForeignItem, source: list[dict[str, str]]) -> ForeignItem:
    return replace(item, parts={**item.parts, "sources": [*source, *item.parts.get("sources", ())]})


def _item(
    where: str, row: Mapping[str, str], file: ForeignFile, counts: Counter[str], times: TypedTimes, now: datetime
) -> ForeignItem | None:
    text = commonmark(row.get("text", ""))
    headline = headline_of(one_line(row.get("headline", "")), text)
    if not headline:
        file.refuse(where, "the row has neither a headline nor a text.", "Write a headline.")
        return None
    try:
        when = _when(row, times)
    except ValueError as error:
        file.refuse(where, str(error), "Write the year as a number; month, day and time may be left out.")
        return None
    # A row has no name of its own: it is the same one as long as its date and its headline are.
    name = row.get("unique_id") or "\n".join([when.edtf or "", headline])
    counts[name] += 1
    parts: dict[str, Any] = {}
    start = _start(when)
    if start is not None and start > now:
        parts["expects"] = [{"what": headline, "due": _object(when)}]
        start = None
    else:
        parts["happened"] = _object(when)
    if start is not None:
        parts["published_at"] = start
    parts |= _media(row)
    return ForeignItem(where=where, id=f"{name}\n{counts[name]}", headline=headline, text=text, parts=parts)


def _media(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the picture of a row if it says what that shows; otherwise the page that it links as a source."""
    url, caption = row.get("media", "").strip(), one_line(row.get("alt", "") or row.get("caption", ""))
    credit = one_line(row.get("credit", ""))[:300]
    if not re.fullmatch(r"(?i:https?)://\S+", url):
        return {}
    picture = image(url, caption, credit)
    return {"media": [picture]} if picture else {"sources": [outlet(url, credit)]}


def _when(row: Mapping[str, str], times: TypedTimes) -> When:
    start, end = _moment(row, "", times), _moment(row, "end ", times)
    edtf = start if not end or end == start else f"{start}/{end}"
    literal = one_line(row.get("display_date", ""))[:200]
    if not edtf:
        raise ValueError("the row has no year.")
    return parse_when(edtf) if not literal else When(edtf=parse_when(edtf).edtf, literal=literal)


def _moment(row: Mapping[str, str], end: str, times: TypedTimes) -> str:
    """Return the EDTF of a start or an end, "" if the row has none."""
    year, month, day, clock = (row.get(f"{end}{unit}", "").strip() for unit in ("year", "month", "day", "time"))
    if not year:
        return ""
    if not re.fullmatch(r"[0-9]{1,4}", year) or int(year) == 0:
        raise ValueError(f'the year "{year:.20}" is not one of 1 to 9999.')
    edtf = f"{int(year):04}"
    for part, most in ((month, 12), (day, 31)):
        if not part:
            return edtf
        if not re.fullmatch(r"[0-9]{1,2}", part) or not 1 <= int(part) <= most:
            raise ValueError(f'"{part:.20}" is no month or day.')
        edtf += f"-{int(part):02}"
    parse_when(edtf)
    return _with_clock(edtf, clock, times)


def _with_clock(day: str, clock: str, times: TypedTimes) -> str:
    parts = _CLOCK.fullmatch(clock)
    if parts is None or times.zone is None:
        return day
    hour = int(parts["hour"])
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower() == "pm" else 0)
    return times.edtf(f"{day}T{hour:02}:{parts['minute']}:{parts['second'] or '00'}")


def _start(when: When) -> datetime | None:
    """Return when it began at the earliest: the date under which readers find it. None before the year 1000."""
    earliest = when.bounds.earliest
    at = when.exact or (None if earliest is None else datetime(earliest.year, earliest.month, earliest.day, tzinfo=UTC))
    return at if at is not None and at.year >= 1000 else None


def _object(when: When) -> dict[str, str]:
    return {name: text for name, text in (("edtf", when.edtf), ("literal", when.literal)) if text}


def _csv_rows(text: str, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    reader = csv.reader(StringIO(text, newline=""))
    try:
        header = [_COLUMNS.get(" ".join(cell.casefold().split()), "") for cell in next(reader, [])]
        if not {"year", "headline"} <= {*header}:
            raise unreadable(
                name, "the first row does not name the columns Year and Headline.", "Is it a TimelineJS sheet?"
            )
        for row in reader:
            yield f"{name}:{reader.line_num}", {key: cell for key, cell in zip(header, row, strict=False) if key}
    except csv.Error as error:
        raise unreadable(name, f"line {reader.line_num} cannot be read as CSV: {error}.") from None


def _json_rows(text: str, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        timeline = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise unreadable(name, f"it is not JSON: {error}.") from None
    if not isinstance(timeline, dict) or not isinstance(timeline.get("events"), list):
        raise unreadable(name, "it has no list of events.", "Is it the JSON of a TimelineJS timeline?")
    if isinstance(timeline.get("title"), dict):
        yield f"{name}: title", _slide(timeline["title"]) | {"type": "title"}
    for number, event in enumerate(timeline["events"], start=1):
        yield f"{name}: event {number}", _slide(event if isinstance(event, dict) else {"unique_id": "?"})


def _slide(slide: dict[str, Any]) -> dict[str, str]:
    """Return a slide of the JSON as a row of the sheet."""
    text, media = _part(slide, "text"), _part(slide, "media")
    start, end = _part(slide, "start_date"), _part(slide, "end_date")
    row = {
        "headline": text.get("headline"), "text": text.get("text"),
        "display_date": slide.get("display_date") or start.get("display_date"),
        "group": slide.get("group"), "unique_id": slide.get("unique_id"), "type": slide.get("type"),
        "media": media.get("url"), **{name: media.get(name) for name in ("credit", "caption", "alt")},
    }  # fmt: skip
    for prefix, date in (("", start), ("end ", end)):
        row |= {f"{prefix}{unit}": date.get(unit) for unit in ("year", "month", "day")}
        if date.get("hour") not in (None, ""):
            row[f"{prefix}time"] = f"{date['hour']}:{date.get('minute') or 0!s:0>2}"
    return {key: str(value) for key, value in row.items() if isinstance(value, str | int)}


def _part(slide: dict[str, Any], name: str) -> dict[str, Any]:
    part = slide.get(name)
    return part if isinstance(part, dict) else {}

"""Drafts of texts that others published: what is printed of them, and the template that an editor completes."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, zip_longest
from typing import Any, Final

from events.files.markdown import json_text
from events.model.edtf import format_instant
from feed.cli.terminal.output import quantity, warn
from feed.intake.drafts import TextDraft
from feed.intake.inbox import TEXT_DAYS, Inbox
from feed.intake.taking import ADVICE, LISTS, SOURCE
from feed.reading.model import Field

COLUMNS: Final = 116
EXCERPT_CHARS: Final = 600
STORIES_SHOWN: Final = 10
INSTRUCTIONS: Final = """\
The headline is yours: say what is new. Above each field that is filled in stands what proves it. Delete what you do
not report. The text (Markdown) goes below the second line of dashes. Nothing is recorded if you close the file without
saving it."""


def purge(box: Inbox, now: datetime) -> None:
    """Delete old texts, and say how many drafts were dropped with theirs."""
    if dropped := box.purge(now):
        warn(f"{quantity(dropped, 'draft')} dropped that waited for more than {TEXT_DAYS} days.")


def text_line(draft: TextDraft) -> str:
    """Return what a draft is about, on one line."""
    content = draft.content
    note = f"  ({_shortened(content.note, COLUMNS)})" if content.note else ""
    title = _line(content.title) or _shortened(content.text, COLUMNS)
    return f"{content.kind}: {title}  {content.link or content.address}{note}"


def text_lines(draft: TextDraft) -> Iterator[str]:
    """Yield what is shown of a draft: its text, and each field that the text proves beside what proves it."""
    content = draft.content
    yield f"Draft {draft.number}, {draft.state}" + (f", of {draft.story}" if draft.story else "")
    yield f"  {content.kind}: {_line(content.title) or '(without a title)'}"
    for name, text in (("link", content.link), ("from", content.address), ("note", content.note)):
        if text:
            yield f"  {name}: {_line(text)}"
    yield f"  since {format_instant(draft.made_at)}"
    yield from field_lines(content.fields)
    for paragraph in () if content.kind == "change" or not content.text else content.text.split("\n\n"):
        yield ""
        yield textwrap.fill(_line(paragraph), COLUMNS, initial_indent="  ", subsequent_indent="  ")


def field_lines(fields: Sequence[Field]) -> Iterator[str]:
    """Yield each field, and below it what proves it."""
    for field in fields:
        if field.name == "changed":
            yield f"  {field.rule}:"
            yield from _side_by_side(field.value["was"], field.value["now"])
        else:
            yield f"  {field.name}: {json_text(field.value)}"
            yield f"    {_evidence(field)}"


def _side_by_side(was: str, now: str) -> Iterator[str]:
    """Yield the lines of two texts, beside each other."""
    width = COLUMNS // 2 - 5
    columns = (["was", *textwrap.wrap(_line(was), width)], ["now", *textwrap.wrap(_line(now), width)])
    for left, right in zip_longest(*columns, fillvalue=""):
        yield f"    {left:<{width}} | {right}".rstrip()


def text_json(draft: TextDraft, *, whole: bool) -> dict[str, Any]:
    """Return a draft for programs: `whole` with its text and its fields."""
    content = draft.content
    values: dict[str, Any] = {
        "number": draft.number,
        "kind": content.kind,
        "state": draft.state,
        "story": draft.story or None,
        "since": format_instant(draft.made_at),
        "address": content.address,
        "title": content.title,
        "link": content.link or None,
        "published": content.published or None,
        "note": content.note or None,
        "hash": content.hash,
    }
    if whole:
        fields = [{"name": f.name, "value": f.value, "sentence": f.sentence, "rule": f.rule} for f in content.fields]
        values |= {"text": content.text, "fields": fields}
    return values


def text_template(draft: TextDraft, *, story: str, stories: Sequence[str]) -> str:
    """Return the report that an editor completes. `stories` are those that it may belong to, if nobody has said so."""
    content = draft.content
    lines = ["---", *_comment(f"Draft {draft.number}, from {content.address}")]
    lines += _comment(f"Their title: {content.title}") if content.title else []
    if content.text and content.kind != "change":  # of a change, both texts are in its field
        lines += _comment(f"Their text: {_shortened(content.text)}")
    lines += _comment(f"Note: {content.note}") if content.note else []
    lines += [*_comment(INSTRUCTIONS), 'headline: ""']
    if not story:
        names = ", ".join(stories[:STORIES_SHOWN]) + (", …" if len(stories) > STORIES_SHOWN else "")
        lines += [*_comment(f"The story that it belongs to, such as: {names}"), 'story: ""']
    lines += _fields(content.fields)
    return "\n".join([*lines, "---", "", ""])


def _fields(fields: Sequence[Field]) -> Iterator[str]:
    """Yield the lines of the fields that a text proves, each below what proves it."""
    source = [field for field in fields if field.name.startswith(SOURCE)]
    if source:
        yield "sources:"
        yield "  -"
    if source and all(field.name != f"{SOURCE}name" for field in source):
        yield from _comment("Who published it? The text does not say.", indent=4)
        yield '    name: ""'
    for field in source:
        yield from _comment(_evidence(field), indent=4)
        yield f"    {field.name.removeprefix(SOURCE)}: {json_text(field.value)}"
    for name in ADVICE:
        for field in fields:
            yield from _comment(f"{name}: {json_text(field.value)}  ({_evidence(field)})") if field.name == name else ()
    others = sorted((f for f in fields if f not in source and f.name not in ADVICE), key=lambda field: field.name)
    for name, members in groupby(others, key=lambda field: field.name):
        if name in LISTS:
            yield f"{name}:"
        for field in members:
            yield from _comment(_evidence(field), indent=2 if name in LISTS else 0)
            yield f"  - {json_text(field.value)}" if name in LISTS else f"{name}: {json_text(field.value)}"


def _evidence(field: Field) -> str:
    return f"{field.rule}: {_line(field.sentence)}" if field.sentence else field.rule


def _comment(text: str, *, indent: int = 0) -> list[str]:
    begin = f"{' ' * indent}# "
    return textwrap.wrap(_line(text), COLUMNS, initial_indent=begin, subsequent_indent=begin)


def _line(text: str) -> str:
    """Return a text on one line, without what a reader of YAML refuses."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _shortened(text: str, chars_max: int = EXCERPT_CHARS) -> str:
    return textwrap.shorten(_line(text), chars_max, placeholder=" …")

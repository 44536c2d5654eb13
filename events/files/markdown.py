"""A report as a Markdown file that can be edited: what `events.files.importer` reads again."""

import json
from collections.abc import Iterator
from typing import Any

from events.model.codec import plain
from events.model.events import Amendment, DevelopmentReported

_INSTRUCTIONS = "# Change what is wrong, and save. The text (Markdown) is below the second line of dashes."


def write_markdown(report: DevelopmentReported) -> str:
    """Return the front matter and the body of a report, with the fields that a correction can replace.

    A value is JSON, which is YAML that needs no rules about quotes. Each item of a list has a line.
    """
    fields = plain(report)
    names = [name for name in Amendment.model_fields if name in fields and name != "body"]
    lines = ["---", _INSTRUCTIONS, *(line for name in names for line in _field(name, fields[name])), "---"]
    return "\n".join(lines) + f"\n\n{report.body or ''}\n"


def _field(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield f"{name}:"
        yield from (f"  - {json_text(item)}" for item in value)
    else:
        yield f"{name}: {json_text(value)}"


def json_text(value: Any) -> str:
    """Return a value as JSON that a reader of YAML takes as it is."""
    text = json.dumps(value, ensure_ascii=False)
    # Characters such as U+2028, which YAML takes for a line break, are escaped; beyond U+FFFF all can be printed.
    return "".join(c if c.isprintable() or ord(c) > 0xFFFF else f"\\u{ord(c):04x}" for c in text)

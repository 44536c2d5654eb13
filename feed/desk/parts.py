"""Parts of a report as an editor sees and types them: a line for each, a field for each of a claim.

A line that stays as it was keeps all that the line does not show, such as a source's title. Nothing is guessed: an
editor says whether a value is a number or a text.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from events.errors import InvalidError, Problem
from events.files.raw import clip
from events.model.edtf import When
from events.model.number_forms import COMMAND_LINE, NUMBER, number_remedy
from events.model.parts import Claim, Corroboration, Dispute, Expectation, Part, Quote, Resolution, Source, Speaker
from events.model.text import INTEGER_MAX
from events.model.typed_times import TypedTimes
from events.model.values import DECIMAL_CHARS_MAX, DateValue, DecimalValue, Range, Value
from feed.desk.forms import refuse
from feed.desk.line import parse_line
from feed.short_forms import SHORT_FORMS, parse_fact, parse_source, report_fields

KINDS: Final = {"number": "a number or a range", "text": "text", "truth": "yes or no", "date": "a date"}
STANCES: Final = {
    "asserts": "says so",
    "denies": "denies it",
    "cannot_confirm": "cannot confirm it",
    "withholds": "declines to say",
}
TRUTHS: Final = {"yes": True, "true": True, "no": False, "false": False}
_RANGE: Final = re.compile(rf"({NUMBER})?\s*\.\.\s*({NUMBER})?")
_Part = TypeVar("_Part", bound=Part)


def speaker_line(speaker: Speaker) -> str:
    """Return `Ana Ruiz, fire chief (Port)`."""
    name = speaker.name if speaker.named else "-"
    head = ", ".join(part for part in (name, speaker.role) if part)
    return f"{head} ({speaker.org})".strip() if speaker.org else head


def source_line(source: Source) -> str:
    """Return `Harbour Radio https://radio.example/1 via AP, Reuters`."""
    via = f"via {', '.join(source.via)}" if source.via else ""
    return " ".join(part for part in (source.name, source.url or "", via) if part)


def _quote_line(quote: Quote) -> str:
    return f"{speaker_line(quote.speaker)}: {' '.join(quote.text.split())}"


def _expectation_line(expected: Expectation) -> str:
    """Return `afloat: ship afloat [by Blue Line] @ 2026-12-05`."""
    parts = (
        f"{expected.id}:" if expected.id else "",
        expected.what or "",
        f"[by {expected.by}]" if expected.by else "",
        f"@ {when_text(expected.due)}" if expected.due else "",
    )
    return " ".join(filter(None, parts))


def _resolution_line(resolution: Resolution) -> str:
    return f"{resolution.expectation}={resolution.outcome}"


def _aim_line(aim: Corroboration | Dispute) -> str:
    """Return `d2:hurt`, and of a dispute `d2:hurt=denies`."""
    keys = f":{','.join(aim.keys)}" if aim.keys else ""
    return f"{aim.development}{keys}" + (f"={aim.kind}" if isinstance(aim, Dispute) else "")


class LineForm(NamedTuple):
    """How parts of a kind are a line each. A line with the `key` of a former part keeps the fields that none shows."""

    show: Callable[[Any], str]
    key: str
    hidden: tuple[str, ...] = ()


LINE_FORMS: Final = {
    "quotes": LineForm(_quote_line, "text"),
    "expects": LineForm(_expectation_line, "id", ("wanted_by", "condition")),
    "resolves": LineForm(_resolution_line, "expectation"),
    "corroborates": LineForm(_aim_line, "development", ("method", "verification")),
    "disputes": LineForm(_aim_line, "development", ("statement",)),
}


def part_lines(name: str, parts: Iterable[Part]) -> str:
    """Return a line for each of a report's parts in the field `name`."""
    return "\n".join(map(LINE_FORMS[name].show, parts))


def lines_json(name: str, text: str, before: Iterable[Part], times: TypedTimes) -> list[Any]:
    """Return the parts of the lines of a text, those `before` as they were; InvalidError about the field `name`."""
    form, former = LINE_FORMS[name], list(before)

    def parse(line: str) -> dict[str, Any]:
        try:
            [part] = report_fields({name: [line]}, times)[name]
        except InvalidError as error:
            raise InvalidError(*(of_field(problem) for problem in error.problems)) from None
        same = [_json(item) for item in former if getattr(item, form.key) == getattr(part, form.key)]
        return {name: value for name, value in (same[0] if same else {}).items() if name in form.hidden} | _json(part)

    return _parts_json(text, former, form.show, parse)


def of_field(problem: Problem) -> Problem:
    """Return what is wrong with a short form, about its field instead of the option of the command line."""
    option = problem.where.removeprefix("--").replace("-", "_")
    if option == problem.where:
        return problem
    field = next((name for name in SHORT_FORMS if name.startswith(option)), option)
    return problem._replace(where=field, remedy=problem.remedy.replace(f"{problem.where} ", ""))


def plain_headline(text: str) -> str:
    """Return a headline beside which nothing can be stated; InvalidError if it has marks.

    In double quotes they are parts of it, as in the line of a report.
    """
    line = parse_line(text)
    if line.marks:
        message = f"{clip(line.marks[0])!r} is a mark, and only the headline of a new report takes marks."
        remedy = "State it in a report, or write the whole headline in double quotes to have it published as text."
        raise refuse("headline", message, remedy)
    return line.headline if parse_line(line.headline).marks else text


def speaker_lines(speakers: Iterable[Speaker]) -> str:
    """Return a line for each speaker."""
    return "\n".join(map(speaker_line, speakers))


def source_lines(sources: Iterable[Source]) -> str:
    """Return a line for each source."""
    return "\n".join(map(source_line, sources))


def speakers_json(text: str, before: Iterable[Speaker] = ()) -> list[Any]:
    """Return the speakers of the lines of a text, those `before` as they were."""
    return _parts_json(text, before, speaker_line, lambda line: line)


def sources_json(text: str, before: Iterable[Source] = ()) -> list[Any]:
    """Return the sources of the lines of a text, those `before` as they were."""
    return _parts_json(text, before, source_line, _source_json)


def _source_json(line: str) -> dict[str, Any]:
    try:
        return _json(parse_source(line))
    except InvalidError as error:
        [problem] = error.problems
        raise refuse("sources", problem.message, "Example: Harbour Radio https://radio.example/1") from None


def _parts_json(
    text: str, before: Iterable[_Part], show: Callable[[_Part], str], parse: Callable[[str], Any]
) -> list[Any]:
    former = {show(part): part for part in before}
    lines = filter(None, map(str.strip, text.splitlines()))
    return [_json(former[line]) if line in former else parse(line) for line in lines]


def _json(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_defaults=True)


def value_kind(value: Value | None) -> str:
    """Return which of KINDS a value is."""
    match value:
        case bool():
            return "truth"
        case str():
            return "text"
        case DateValue():
            return "date"
        case _:
            return "number"


def value_text(value: Value | None) -> str:
    """Return a value as it is typed: `2`, `1.5`, `1..3`, `yes`, `2026-03-05`, or a text."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case DateValue(date=when):
            return when_text(when)
        case DecimalValue(decimal=decimal):
            return decimal
        case Range(min=low, max=high):
            return f"{'' if low is None else low}..{'' if high is None else high}"
        case _:
            return str(value).strip()


def typed_value(text: str, kind: str, where: str = "value") -> Any:
    """Return the JSON of a value that is typed, None if nothing is; InvalidError if it is none of its kind."""
    if not text:
        return None
    if kind == "text":
        return text
    if kind == "date":
        return {"date": text}
    if kind == "truth":
        if text.lower() not in TRUTHS:
            raise refuse(where, f"{text!r} is neither yes nor no.", "Write yes or no.")
        return TRUTHS[text.lower()]
    if re.fullmatch(NUMBER, text):
        return _number(text)
    if match := _RANGE.fullmatch(text):
        low, high = (None if end is None else _end(end) for end in match.groups())
        return {"min": low, "max": high}
    remedy = number_remedy(text, COMMAND_LINE)
    raise refuse(
        where, f"{text!r} is not a number.", f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Write digits."
    )


def _number(text: str) -> Any:
    end = _end(text)
    return {"decimal": end} if isinstance(end, str) else end


def _end(text: str) -> int | str:
    return text if "." in text or len(text) > DECIMAL_CHARS_MAX or abs(int(text)) > INTEGER_MAX else int(text)


def when_text(when: When | None) -> str:
    """Return a when as it is typed: its date, or without one the words for it."""
    return "" if when is None else when.edtf or when.literal or ""


def part_json(part: Part) -> str:
    """Return a part in the short form that says all of it, which is JSON."""
    return json.dumps(_json(part), ensure_ascii=False)


def fact_line(claim: Claim) -> str:
    """Return a claim as `hurt=2:people`, or as JSON if it says more."""
    value = claim.value
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case DateValue():
            text = f"date:{value_text(value)}"
        case _:
            text = value_text(value)
    stance = "" if claim.stance == "asserts" else f"!{claim.stance}"
    parts = (("=", text), ("/", value_text(claim.of)), (":", claim.unit), ("@", when_text(claim.as_of)))
    line = f"{claim.key}{stance}{''.join(f'{mark}{part}' for mark, part in parts if part)}"
    try:
        return line if parse_fact(line) == claim else part_json(claim)
    except InvalidError:
        return part_json(claim)


def claim_values(claim: Claim) -> dict[str, str]:
    """Return the fields of a claim as they are typed."""
    return {
        "kind": value_kind(claim.value),
        "value": value_text(claim.value),
        "unit": claim.unit or "",
        "of": value_text(claim.of),
        "stance": claim.stance,
        "as_of": when_text(claim.as_of),
        "said_by": speaker_lines(claim.said_by),
    }


def claim_json(values: Mapping[str, str], before: Claim) -> dict[str, Any]:
    """Return the JSON of a claim as it is typed, with what no field shows as it was; InvalidError.

    A reporter's own word for a value goes with the value.
    """
    was = claim_values(before)
    fields = _json(before)
    if (values["value"], values["kind"]) != (was["value"], was["kind"]):
        fields["value"] = typed_value(values["value"], values["kind"])
        fields.pop("literal", None)
    if values["of"] != was["of"]:
        fields["of"] = typed_value(values["of"], "number", "of")
    for name in ("unit", "as_of"):
        if values[name] != was[name]:
            fields[name] = values[name]
    fields["stance"] = values["stance"]
    fields["said_by"] = speakers_json(values["said_by"], before.said_by)
    return {name: value for name, value in fields.items() if value not in ("", None)}

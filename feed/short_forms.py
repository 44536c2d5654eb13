"""The short forms of the command line and of the desk → the parts of an event: feed/README.md#short-forms. Pure.

A form that is wrong is one Problem: what is wrong, the grammar, and an example.
"""

import calendar
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from pydantic import ValidationError

from events.errors import InvalidError, Problem, did_you_mean
from events.files.json_lines import read_json
from events.files.raw import MESSAGE_CHARS_MAX, RawEvent, clip, escape
from events.model import parts
from events.model.events import Amendment
from events.model.number_forms import COMMAND_LINE, NUMBER, number_remedy
from events.model.text import INTEGER_MAX
from events.model.typed_times import TypedTimes, is_day_in_words
from events.model.validation import problems_of
from events.model.values import DECIMAL_CHARS_MAX

JSON: TypeAlias = bool | int | str | list[Any] | dict[str, Any] | None
_Part = TypeVar("_Part", bound=parts.Part)

_TEXT_FIELDS: Final = {"headline", "body"}
_TIME_FIELDS: Final = {"happened", "said_on", "reported_at"}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_RANGE = re.compile(rf"({NUMBER})?\.\.({NUMBER})?")
_TIME_OF_DAY = re.compile("[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_DATE_BEGINS = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE_WORDS: Final = frozenset(
    f"""
    {" ".join(f"{name} {name[:3]}" for name in (*calendar.day_name, *calendar.month_name) if name)}
    tues weds thur thurs sept today tonight tomorrow noon midnight week weekend month quarter year q1 q2 q3 q4
    spring summer autumn winter christmas easter thanksgiving ramadan eid diwali passover
    """.casefold().split()
)
_MEDIA_TYPE = re.compile(r"(image|audio|video|text|application)/[A-Za-z0-9.+-]+")
_EXPECTATION_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*):(?:\s+|\Z)")


@dataclass(frozen=True, slots=True)
class _Form:
    """The grammar of one option's argument. The methods raise InvalidError about the whole `argument`."""

    option: str
    grammar: str
    example: str

    def refusal(self, argument: str, message: str) -> InvalidError:
        return InvalidError(
            Problem(
                where=self.option,
                check="form",
                message=escape(
                    f"cannot read {clip(argument)!r}: {clip(message, MESSAGE_CHARS_MAX)}. Expected {self.grammar}."
                ),
                remedy=f"Example: {self.option} {self.example}",
            )
        )

    def build(self, part: type[_Part], argument: str, fields: object, times: TypedTimes | None = None) -> _Part:
        try:
            return part.model_validate(fields, context=times)
        except ValidationError as error:
            raise self.refusal(argument, _clauses(problems_of(error, part))) from None

    def parse_json(self, argument: str, text: str) -> Any:
        raw = RawEvent(1)
        value = read_json(raw, text)
        if raw.problems:
            raise self.refusal(argument, _clauses([problem for _, problem in raw.problems]))
        return value

    def parse_when(self, argument: str, text: str) -> Any:
        text = text.strip()
        return self.parse_json(argument, text) if text.startswith("{") else text

    def unquote(self, argument: str, text: str) -> str:
        """Return the text within quotes, or `text` if it is not quoted as a whole."""
        if not _QUOTED.fullmatch(text):
            return text
        try:
            return str(json.loads(text, strict=False))
        except json.JSONDecodeError:
            message = r"the quoted text has a \ that JSON does not allow; write \\ for a backslash"
            raise self.refusal(argument, message) from None


def _clauses(problems: list[Problem]) -> str:
    """Return the messages as clauses of one sentence."""
    return "; ".join(f"{problem.where}: {problem.message}".removeprefix(": ").removesuffix(".") for problem in problems)


_FACT = _Form("--fact", "KEY[!STANCE][=VALUE[/OF][:UNIT]][@WHEN]", "prisoners.released=53/53:people@2015-01-12")
_FACT_JSON = _Form("--fact", "a claim as JSON", """'{"key": "prisoners.released", "value": 53, "of": 53}'""")
_SPEAKER = _Form("--said-by", "NAME, ROLE (ORG)", '"Jen Psaki, spokeswoman (US State Department)"')
_SOURCE = _Form("--source", "NAME [URL] [via A, B]", '"Example Post https://example.org/cuba via Reuters, AP"')
_QUOTE = _Form("--quote", "SPEAKER: text", '"Jen Psaki (US State Department): We would like to see this completed."')
_EXPECT = _Form("--expect", "[ID:] what [[by WHO]] [@ WHEN]", '"afloat: ship afloat [by Blue Line] @ 2026-12-05"')
_RESOLVE = _Form("--resolve", "EXPECTATION=met, partly_met, missed or cancelled", "talks=met")
_CORROBORATE = _Form("--corroborates", "DEV[:KEY,…]", "all-freed:prisoners.released")
_DISPUTE = _Form(
    "--disputes", "DEV[:KEY,…][=denies, cannot_confirm or disagrees]", "all-freed:prisoners.released=denies"
)
_MEDIA = _Form(
    "--media", "URL TYPE alt text, or JSON", '"https://news.example/quay.jpg image/jpeg Smoke over the quay"'
)
_ORIGIN = _Form("--origins", "ORIGIN=NAME[, …]", '"US government=State Department, White House"')
_SET = _Form(
    "--set", "FIELD=VALUE: text for headline, body and times, JSON for everything else", "'headline=All 53 are free'"
)


def parse_fact(text: str, times: TypedTimes | None = None) -> parts.Claim:
    """Return the claim that `--fact` states: KEY[!STANCE][=VALUE[/OF][:UNIT]][@WHEN], or JSON."""
    if text.lstrip().startswith("{"):
        return _FACT_JSON.build(parts.Claim, text, _FACT_JSON.parse_json(text, text), times)
    claim, as_of = _cut_last(text, r"@")
    name, value = _cut_first(claim, r"=")
    key, stance = _cut_first(name, r"!")
    fields: dict[str, Any] = {"key": key.strip()}
    if as_of is not None:
        fields["as_of"] = _FACT.parse_when(text, as_of)
    if stance is not None:
        fields["stance"] = stance.strip()
    if value is not None:
        if fields.get("stance") in {"cannot_confirm", "withholds"}:
            raise _FACT.refusal(text, f"{fields['stance']} takes no value")
        fields |= _amount(text, value.strip())
    return _FACT.build(parts.Claim, text, fields, times)


def parse_speaker(text: str) -> parts.Speaker:
    """Return the speaker that `--said-by` describes: NAME, ROLE (ORG), with - for somebody who is not named."""
    return _SPEAKER.build(parts.Speaker, text, text)


def parse_source(text: str) -> parts.Source:
    """Return the source that `--source` names: NAME [URL] [via A, B]."""
    words = text.split()
    url_at = next((n for n, word in enumerate(words) if "://" in word), None)
    via_at = next((n for n, word in enumerate(words) if word == "via" and n), len(words))
    if url_at is not None and url_at > via_at:
        raise _SOURCE.refusal(text, "write the address before via")
    if url_at is not None and url_at + 1 < via_at:
        raise _SOURCE.refusal(text, f"only via can follow the address, not {clip(words[url_at + 1])!r}")
    fields: dict[str, Any] = {"name": " ".join(words[: via_at if url_at is None else url_at])}
    if url_at is not None:
        fields["url"] = words[url_at]
    if via_at < len(words):
        fields["via"] = [outlet.strip() for outlet in " ".join(words[via_at + 1 :]).split(",")]
    return _SOURCE.build(parts.Source, text, fields)


def parse_quote(text: str) -> parts.Quote:
    """Return the quote in `--quote SPEAKER: text`. The first colon ends the speaker; the words stay verbatim."""
    who, colon, words = text.partition(":")
    if not colon:
        raise _QUOTE.refusal(text, "missing ':' after the speaker")
    if who[-1:].isdigit() and words[:1].isdigit():
        raise _QUOTE.refusal(text, f"the first ':' is part of a time, {clip(who.split()[-1])}:{clip(words.split()[0])}")
    return _QUOTE.build(parts.Quote, text, {"text": words.strip(), "speaker": who})


def parse_expectation(text: str, times: TypedTimes | None = None) -> parts.Expectation:
    """Return the expectation that `--expect` states: [ID:] what [@ WHEN], with who owes it as `[by WHO]` after what.

    The last `@` after a space counts, and one before a date needs the space; put `what` in quotes if it contains one.
    `by NAME` at the end works without brackets too, unless NAME could be a date or the rest of a sentence. With the ID
    of an earlier expectation, `what` can be omitted: the other fields are restated.
    """
    fields: dict[str, Any] = {}
    rest = text.strip()
    if match := _EXPECTATION_ID.match(rest):
        fields["id"], rest = match[1], rest[match.end() :]
    rest, due = _cut_last(rest, r"(?:^|\s)@")
    when = (_cut_last(rest, "@")[1] or "").strip()
    if due is None and _reads_as_date(when):
        raise _EXPECT.refusal(
            text, f"write a space before the @ of a date, as in ' @ {clip(when)}', or quote the sentence"
        )
    what, who = _cut_debtor(text, rest)
    if what.strip():
        fields["what"] = _EXPECT.unquote(text, what.strip())
    if who is not None:
        fields["by"] = who
    if due is not None:
        fields["due"] = _EXPECT.parse_when(text, due)
    if "what" not in fields and ("id" not in fields or len(fields) == 1):
        raise _EXPECT.refusal(text, "it does not say what is expected")
    return _EXPECT.build(parts.Expectation, text, fields, times)


def _cut_debtor(text: str, rest: str) -> tuple[str, str | None]:
    """Split `[by WHO]` or `by WHO` off the end of `rest`; refuse a `by` that may be a date or part of a sentence."""
    if match := re.search(r"\[\s*by\s([^\[\]]*)\]\s*$", _masked(rest)):
        name = rest[match.start(1) : match.end(1)].strip()
        if _DATE_BEGINS.match(name) or is_day_in_words(name):
            raise _EXPECT.refusal(text, f"{clip(name)!r} is a date; write it after @ (@ 2026-12-05)")
        return rest[: match.start()], name
    if match := re.search(r"\[\s*by\s[^\]]*\]?", _masked(rest)):
        after = rest[match.end() :].strip()
        misplaced = f"only a date can follow [by …], after @, not {clip(after)!r}"
        reason = misplaced if after and rest[: match.start()].strip() else "[by …] comes after what is expected"
        raise _EXPECT.refusal(text, f"{reason}; put a sentence with it in quotes")
    what, who = _cut_last(rest, r"(?:^|\s)by(?=\s)")
    name = (who or "").strip()
    if who is not None and (name[:1].islower() or _reads_as_date(name)):
        raise _EXPECT.refusal(
            text,
            f"'by {clip(name)}' could be a date, a name or part of the sentence; write a date after @ (@ 2026-12-05), "
            "a name in square brackets ([by Blue Line]), and a sentence that contains 'by' in double quotes",
        )
    return what, None if who is None else name


def parse_resolution(text: str) -> parts.Resolution:
    """Return the resolution that `--resolve` states: EXPECTATION=OUTCOME."""
    name, equals, outcome = text.partition("=")
    if not equals:
        raise _RESOLVE.refusal(text, "missing '=' and the outcome")
    return _RESOLVE.build(parts.Resolution, text, {"expectation": name.strip(), "outcome": outcome.strip()})


def parse_corroboration(text: str) -> parts.Corroboration:
    """Return the corroboration that `--corroborates` states: DEV[:KEY,…]; without keys, of all its claims."""
    return _CORROBORATE.build(parts.Corroboration, text, _aim(text))


def parse_dispute(text: str) -> parts.Dispute:
    """Return the dispute that `--disputes` states: DEV[:KEY,…][=KIND].

    The default KIND is `disagrees`, which claims the least: a denial marks a fact as disputed, so it must be explicit.
    """
    aim, equals, kind = text.partition("=")
    return _DISPUTE.build(parts.Dispute, text, {**_aim(aim), "kind": kind.strip() if equals else "disagrees"})


def parse_media(text: str) -> parts.Media:
    """Return the media that `--media` describes: URL TYPE alt text, or JSON."""
    if text.lstrip().startswith("{"):
        return _MEDIA.build(parts.Media, text, _MEDIA.parse_json(text, text))
    words = text.split(maxsplit=2)
    later = next((word for word in text.split()[2:] if _MEDIA_TYPE.fullmatch(word)), None)
    if later is not None and not _MEDIA_TYPE.fullmatch(words[1]):
        url = text.partition(f" {later}")[0].strip()
        raise _MEDIA.refusal(text, f"the address contains a space; write {clip(url.replace(' ', '%20'))}")
    return _MEDIA.build(parts.Media, text, dict(zip(("url", "type", "alt"), words, strict=False)))


def parse_origin(text: str) -> tuple[str, list[str]]:
    """Return the origin and its names that `--origins` states: ORIGIN=NAME[, …]."""
    origin, equals, names = text.partition("=")
    if not equals or not origin.strip():
        raise _ORIGIN.refusal(text, "missing the origin and '='")
    return origin.strip(), [name.strip() for name in names.split(",") if name.strip()]


def parse_setting(text: str) -> tuple[str, JSON]:
    """Return the field and the JSON value that `--set` states: FIELD=VALUE; empty or null removes the field.

    `headline` and `body` are plain text or a JSON string (`headline="null"` is the word); times are plain or JSON; all
    other fields are JSON. `Amendment` validates the value later.
    """
    name, equals, value = text.partition("=")
    field, value = name.strip(), value.strip()
    if not equals:
        raise _SET.refusal(text, "missing '=' after the field")
    if field not in Amendment.model_fields:
        close = did_you_mean(field, Amendment.model_fields)
        hint = f"did you mean {close}?" if close else f"fields are {', '.join(Amendment.model_fields)}"
        raise _SET.refusal(text, f"there is no field {clip(field)!r} to set ({hint})")
    if value in {"", "null"}:
        return field, None
    if field in _TEXT_FIELDS and not _QUOTED.fullmatch(value):
        return field, value
    if field in _TIME_FIELDS and not value.startswith(('"', "{")):
        return field, value
    json_value: JSON = _SET.parse_json(text, value)
    return field, json_value


SHORT_FORMS: Final[dict[str, Callable[..., Any]]] = {
    "said_by": parse_speaker,
    "sources": parse_source,
    "facts": parse_fact,
    "quotes": parse_quote,
    "expects": parse_expectation,
    "resolves": parse_resolution,
    "corroborates": parse_corroboration,
    "disputes": parse_dispute,
    "media": parse_media,
}
_TIMED: Final = frozenset({"facts", "expects"})


def report_fields(texts: Mapping[str, Any], times: TypedTimes) -> dict[str, Any]:
    """Return the fields of a report, of which some have short forms; InvalidError with each of those that is wrong."""
    fields = {name: value for name, value in texts.items() if value not in (None, ())}
    problems: list[Problem] = []
    for name, form in SHORT_FORMS.items():
        parse = partial(form, times=times) if name in _TIMED else form
        parts = []
        for text in fields.get(name, ()):
            try:
                parts.append(parse(text))
            except InvalidError as error:
                problems += error.problems
        if parts:
            fields[name] = parts
    if problems:
        raise InvalidError(*problems)
    return fields


def _aim(text: str) -> dict[str, Any]:
    """Return the fields of `DEV[:KEY,…]`."""
    development, colon, keys = text.partition(":")
    aim: dict[str, Any] = {"development": development.strip()}
    return {**aim, "keys": [key.strip() for key in keys.split(",")]} if colon else aim


def _amount(argument: str, text: str) -> dict[str, Any]:
    """Return the fields of `VALUE[/OF][:UNIT]`; a date has neither total nor unit."""
    if text.startswith("date:"):
        return {"value": {"date": _FACT.parse_when(argument, text.removeprefix("date:"))}}
    if _DATE_BEGINS.match(text):
        raise _FACT.refusal(argument, f"write date: before a date, as in date:{clip(text)}")
    if _TIME_OF_DAY.fullmatch(text):
        raise _FACT.refusal(
            argument, f"{clip(text)!r} could be a time; write date:2026-12-05T{clip(text)}Z, or put it in quotes"
        )
    rest, unit = _cut_last(text, r":")
    value, total = _cut_first(rest, r"/")
    fields = {"value": _value(argument, value.strip())}
    if total is not None:
        fields["of"] = _value(argument, total.strip())
    if unit is not None:
        if "!" in unit:
            raise _FACT.refusal(
                argument, f"a stance stands before the value: KEY!{unit.partition('!')[2].strip()}=VALUE"
            )
        fields["unit"] = unit.strip()
    return fields


def _value(argument: str, text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    if _QUOTED.fullmatch(text):
        return _FACT.unquote(argument, text)
    if re.fullmatch(NUMBER, text):
        number = _end(text)
        return {"decimal": number} if isinstance(number, str) else number
    if match := _RANGE.fullmatch(text):
        low, high = (None if end is None else _end(end) for end in match.groups())
        return {"min": low, "max": high}
    if not text:
        raise _FACT.refusal(argument, "a value is missing")
    if remedy := number_remedy(text, COMMAND_LINE):
        raise _FACT.refusal(argument, f"{clip(text)!r} is not a number; {remedy}")
    if TypedTimes().day(text) != text:
        raise _FACT.refusal(argument, f"write date: before a date, as in date:{clip(text)}")
    raise _FACT.refusal(
        argument,
        f"{clip(text)!r} is not a number, range, true or false; put text in quotes, as in 'status=\"at large\"'",
    )


def _end(text: str) -> int | str:
    """Return a number as it is written in a range: an integer, or the text of a decimal or of a very large integer."""
    if "." in text or len(text) > DECIMAL_CHARS_MAX or abs(int(text)) > INTEGER_MAX:
        return text
    return int(text)


def _reads_as_date(text: str) -> bool:
    """Return True if `text` begins with a number, or if one of its words is a weekday, a month or a time of day."""
    return text[:1].isdigit() or any(word in _DATE_WORDS for word in re.findall(r"\w+", text.casefold()))


def _cut_first(text: str, mark: str) -> tuple[str, str | None]:
    match = re.search(mark, _masked(text))
    return (text[: match.start()], text[match.end() :]) if match else (text, None)


def _cut_last(text: str, mark: str) -> tuple[str, str | None]:
    matches = list(re.finditer(mark, _masked(text)))
    return (text[: matches[-1].start()], text[matches[-1].end() :]) if matches else (text, None)


def _masked(text: str) -> str:
    """Return `text` with a quote for each character of quoted text, so that no mark is found there."""
    return _QUOTED.sub(lambda quoted: '"' * len(quoted[0]), text)

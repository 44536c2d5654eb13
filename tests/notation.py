"""Stories in short notation, as events/README.md writes them, and what follows from them.

One line a step, in columns parted by two spaces:

    2026-03-02  a  Ruiz (Port)  hurt=2      on that day `a` is reported by Ruiz: a claim, or what else a report holds
    2026-03-04  retract a                   hold, release, retract
    2026-03-05  correct a  headline=Two     a field corrected
    2026-03-06  close                       or reopen
    2026-03-06  settle cause=a              or: evolving cause
    origins  Port = Ana Ruiz, Port          one origin, and its members
    2026-03-10  now                         nothing happens, and the time of the result is this

The results follow in lines that begin with →. A blank line begins the next story.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from events import commands
from events.changes import Change
from events.model.edtf import format_instant
from events.public.sequence import OverdueNotice, PublicItem
from feed import short_forms
from tests.builders import Scenario, at

STORY_BEGINS: Final = "2026-03-01T08:00:00Z"

_COLUMNS = re.compile(r"\s{2,}")


def folded(body: str) -> str:
    """Return the steps in `body`, and the facts and expectations after them."""
    return _with_results(body, _facts_and_expectations)


def published(body: str) -> str:
    """Return the steps in `body`, and the public sequence after them."""
    return _with_results(body, _public_sequence)


def _with_results(body: str, results: Callable[[Scenario], Iterable[str]]) -> str:
    return "\n".join(_story_with_results(story, results) for story in body.split("\n\n"))


def _story_with_results(story: str, results: Callable[[Scenario], Iterable[str]]) -> str:
    steps = [line for line in story.splitlines() if not line.startswith("→")]
    scenario = Scenario("example", start=STORY_BEGINS)
    for line in steps:
        _step(scenario, [column for column in _COLUMNS.split(line.strip()) if column])
    return "".join(f"{line}\n" for line in (*steps, *(f"→ {line}" for line in results(scenario))))


def _step(scenario: Scenario, columns: list[str]) -> None:
    match columns:
        case ["origins", mapping]:
            origin, _, members = mapping.partition("=")
            revision = commands.revise_story(scenario.slug, origins={origin: members.split(", ")})
            scenario.record(revision, at=STORY_BEGINS)
        case [day, "now"]:
            scenario.clock = at(day)
        case [day, "close"]:
            scenario.close(day)
        case [day, "reopen"]:
            scenario.reopen(day)
        case [day, verb] if verb.startswith(("settle ", "evolving ")):
            name, _, rest = verb.partition(" ")
            key, _, development = rest.partition("=")
            facts = {key: {"settled": development} if name == "settle" else {"evolving": True}}
            scenario.record(commands.revise_story(scenario.slug, facts=facts), at=day)
        case [day, verb] if " " in verb:
            name, development = verb.split()
            _VERBS[name](scenario, development, day)
        case [day, correct, change] if correct.startswith("correct "):
            changes: dict[str, Any] = dict([short_forms.parse_setting(change)])
            scenario.correct(correct.removeprefix("correct "), day, **changes)
        case [day, development, who, *items]:
            _report(scenario, day, development, who, items)
        case _:
            raise ValueError(f"no step: {columns}")


_VERBS: Final[Mapping[str, Callable[[Scenario, str, str], Scenario]]] = {
    "hold": Scenario.hold,
    "release": Scenario.release,
    "retract": Scenario.retract,
}


def _report(scenario: Scenario, day: str, development: str, who: str, items: Iterable[str]) -> None:
    fields: dict[str, Any] = {}
    facts: list[Any] = []
    for item in items:
        name, _, rest = item.partition(" ")
        match name:
            case "happened" | "said_on":
                fields[name] = rest
            case "embargo":
                fields["embargoed_until"] = rest
            case "expects":
                fields.setdefault(name, []).append(short_forms.parse_expectation(rest))
            case "resolves":
                fields.setdefault(name, []).append(short_forms.parse_resolution(rest))
            case "disputes":
                fields.setdefault(name, []).append(short_forms.parse_dispute(rest))
            case "corroborates":
                fields.setdefault(name, []).append(short_forms.parse_corroboration(rest))
            case "verifies":
                fields.setdefault("corroborates", []).append({"development": rest, "verification": True})
            case _:
                facts.append(item)
    if who.startswith("source "):
        fields["sources"] = [short_forms.parse_source(who.removeprefix("source "))]
    elif who != "-":
        fields["by"] = who.split(" + ")
    scenario.report(development, *facts, at=day, reported=day, **fields)


def _facts_and_expectations(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each fact and for each expectation."""
    state = scenario.state().as_json()
    for key, fact in state.get("facts", {}).items():
        yield _fact_line(key, fact)
    for item in state.get("expectations", ()):
        due = _when(item.get("due"))
        dues = [_when(change.get("due")) for change in item.get("history", ())]
        yield f"{item['id']}: {item['status']}, due {' → '.join([*dues, due])}"


def _public_sequence(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each public item: its number, its instant, and what it is."""
    for item in scenario.public().items:
        yield f"{item.number}  {format_instant(item.at)}  {_item_words(item)}{_changes_words(item.changes)}"


def _item_words(item: PublicItem) -> str:
    if isinstance(item, OverdueNotice):
        return f"overdue notice: {item.expectation.id}"
    return " ".join(word for word in (item.event.type, item.recorded.development) if word)


def _changes_words(changes: tuple[Change, ...]) -> str:
    return f"  ({'; '.join(map(str, changes))})" if changes else ""


def _fact_line(key: str, fact: Mapping[str, Any]) -> str:
    if "standing" in fact:
        origins = f" ({', '.join(fact['origins'])})" if "origins" in fact else ""
        parts = [f"{key}={_amount(fact)} from {fact['development']}, {fact['standing']}{origins}"]
    else:
        parts = [f"{key} unknown"]
    for name, words in (
        ("contradicted_by", "contradicted by"),
        ("differing_accounts", "another account by"),
        ("denied_by", "denied by"),
        ("other_denials", "other value denied by"),
        ("unconfirmed_by", "not confirmed by"),
        ("withheld_by", "withheld by"),
    ):
        if developments := [item["development"] for item in fact.get(name, ())]:
            parts.append(f"{words} {', '.join(developments)}")
    for item in fact.get("verified_by", ()):
        parts.append(f"verified by {item['development']}{' (its own side)' if item['own_side'] else ''}")
    history = [f"{item['development']} {item['relation']}" for item in fact.get("history", ())]
    if history:
        parts.append(f"history: {', '.join(history)}")
    return "; ".join(parts)


def _amount(fact: Mapping[str, Any]) -> str:
    total = f"/{_value(fact['of'])}" if "of" in fact else ""
    unit = f":{fact['unit']}" if "unit" in fact else ""
    return f"{_value(fact['value'])}{total}{unit}"


def _value(value: Any) -> str:
    match value:
        case {"decimal": decimal}:
            return str(decimal)
        case {"date": date}:
            return f"date:{_when(date)}"
        case {**ends} if ends:
            return f"{ends.get('min', '')}..{ends.get('max', '')}"
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _when(when: Mapping[str, str] | None) -> str:
    return "never" if when is None else when.get("edtf") or f"“{when['literal']}”"

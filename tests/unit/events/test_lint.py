"""Each editorial check reports its case, and nothing next to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from events.lint import LintContext, check_story
from tests.builders import Scenario, at, claim

SOURCED: dict[str, Any] = {"by": "Ana Ruiz (Port)"}
NOW = "2026-03-03T08:00:00Z"


def problems_of(scenario: Scenario, *, strict: bool = False, now: str = NOW) -> list[tuple[str, str, str]]:
    looking = LintContext(fold=scenario.fold, now=at(now))
    return [(item.where, item.check, item.message) for item in check_story(looking, strict=strict)]


def test_report_without_speaker_or_source_is_unsourced() -> None:
    scenario = Scenario().report("d1", **SOURCED).report("d2")
    assert problems_of(scenario) == [("harbour-fire:3", "unsourced", "d2 names neither a speaker nor a source.")]


def test_quote_names_a_speaker() -> None:
    assert problems_of(Scenario().report("d1", quotes=[{"text": "It burns.", "speaker": "Ana Ruiz (Port)"}])) == []


def test_source_alone_is_enough() -> None:
    assert problems_of(Scenario().report("d1", source="Harbour Radio")) == []


def test_withdrawn_and_held_reports_are_not_checked() -> None:
    assert problems_of(Scenario().report("d1").retract("d1").report("d2").hold("d2")) == []


def test_unit_other_than_the_first_of_its_key_is_reported() -> None:
    scenario = Scenario().report("d1", claim("hurt", 2, unit="people"), **SOURCED)
    scenario.report("d2", claim("hurt", 3, unit="persons"), **SOURCED).report("d3", claim("hurt", 4), **SOURCED)
    scenario.report("d4", claim("hurt", 4, unit="PEOPLE"), **SOURCED)
    assert problems_of(scenario) == [("harbour-fire:3", "units", "hurt is in persons here, and in people before.")]


@pytest.mark.parametrize(
    ("key", "other", "alike"),
    [
        ("prisoners.released", "prisoners.relaesed", True),
        ("ferries.running", "ferry.running", False),
        ("line1.closed", "line2.closed", False),
        ("dead.confirmed", "dead-confirmed", False),
        ("hurt", "hurtt", True),
        ("hurt", "hunt", False),
        ("hurt", "dead", False),
    ],
)
def test_key_that_looks_misspelt_is_reported(key: str, other: str, alike: bool) -> None:  # noqa: FBT001 - a table
    scenario = Scenario().report("d1", claim(key, 1), **SOURCED).report("d2", claim(key, 2), **SOURCED)
    scenario.report("d3", claim(other, 3), **SOURCED)
    expected = [("harbour-fire:4", "keys", f"{other} looks like {key}.")]
    assert problems_of(scenario) == (expected if alike else [])


def strict_only(scenario: Scenario, *, now: str = NOW) -> Iterator[tuple[str, str, str]]:
    assert problems_of(scenario, now=now) == []
    yield from problems_of(scenario, strict=True, now=now)


def test_quote_without_name_or_organisation_is_strict_only() -> None:
    named_quote = {"text": "It burns.", "speaker": {"name": "Ana Ruiz"}}
    unnamed_quote = {"text": "It burned.", "speaker": {"role": "a bystander", "named": False}}
    scenario = Scenario().report("d1", quotes=[named_quote, unnamed_quote], **SOURCED)
    assert list(strict_only(scenario)) == [
        ("harbour-fire:2", "quotes", "d1 quotes a bystander, without a name or an organisation.")
    ]


def test_source_without_address_is_strict_only() -> None:
    scenario = Scenario().report("d1", source="Harbour Radio")
    scenario.report("d2", source={"name": "Harbour Radio", "url": "https://radio.example/2"})
    assert list(strict_only(scenario)) == [
        ("harbour-fire:2", "links", "d1 gives no address for its source Harbour Radio.")
    ]


def test_promise_open_for_long_is_strict_only() -> None:
    promises = [{"id": "e1", "what": "An inquiry"}, {"id": "e2", "what": "Ferries", "due": "2026-03-09"}]
    scenario = Scenario().report("d1", expects=[*promises, {"id": "e3", "what": "Met"}], **SOURCED)
    scenario.report("d2", resolves=[{"expectation": "e3", "outcome": "met"}], at="2026-04-01", **SOURCED)
    assert list(strict_only(scenario, now="2026-03-31T08:00:00Z")) == []
    assert [item[:2] for item in strict_only(scenario, now="2026-04-10T08:00:00Z")] == [
        ("harbour-fire:2", "open-ended")
    ]


def test_silent_story_is_strict_only_unless_closed() -> None:
    scenario = Scenario().report("d1", at="2026-03-02", **SOURCED)
    assert list(strict_only(scenario, now="2026-03-16T08:00:00Z")) == []
    assert list(strict_only(scenario, now="2026-03-20T12:00:00Z")) == [
        ("harbour-fire:2", "silence", "nothing has been reported for 18 days.")
    ]
    assert problems_of(scenario.close(), strict=True, now="2026-03-20T12:00:00Z") == []
    assert problems_of(Scenario(), strict=True, now="2026-09-01T00:00:00Z") == []

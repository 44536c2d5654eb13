"""The event types: what they take, what they make of it, and that null and absent are kept apart."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from events.model.edtf import When
from events.model.events import Amendment, DevelopmentReported, Recorded, StoryOpened, StoryRevised, expectation_ids
from events.model.parts import Expectation, Media, Source, Speaker
from events.model.speakers import parse_speaker
from events.model.text import BREAK, INTEGER_MAX, UNFIT, folded, parse_instant, unfit_character
from events.model.validation import parse_event
from events.model.values import DecimalValue, Range

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = (
    '<script>alert("1")</script>',
    "]]><!-- & -->",
    "\u202egnitirw sdrawkcab\u202c",
    "Zero\u200bwidth, \ufeffmark, tab\there",
    "{{ 7*7 }} {% raw %} ${x} `rm -rf`",
    "مرحبا 👩‍👩‍👧 e\u0301 \U0001f600 \x7f",
)


def report(**fields: Any) -> DevelopmentReported:
    return DevelopmentReported.model_validate({"story": "harbour-fire", "headline": "Two hurt", **fields})


# What is accepts


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    event = report(
        headline=text,
        body=text,
        said_by=[{"name": text, "role": text, "org": text}],
        sources=[{"name": text, "title": text, "via": [text], "origin": text}],
        facts=[{"key": "hurt", "value": text, "unit": text, "literal": text}],
        quotes=[{"text": text, "speaker": {"org": text}}],
        media=[{"url": "https://x.example/a.jpg", "type": "image/jpeg", "alt": text}],
    )
    assert (event.headline, event.body, event.facts[0].value, event.quotes[0].text) == (text, text, text, text)


def test_report_needs_only_a_headline() -> None:
    assert report().model_dump(exclude_defaults=True) == {"story": "harbour-fire", "headline": "Two hurt"}


def test_white_space_is_stripped_from_lines_but_not_bodies() -> None:
    event = report(headline="  Two hurt \n", body="  code\r\n\rend ")
    assert (event.headline, event.body) == ("Two hurt", "  code\n\nend ")


@pytest.mark.parametrize(
    "url", ["http://x.example", "HTTPS://x.example/a?b=c#d", "https://münchen.example/%C3%A9", "http://[::1]:80/"]
)
def test_http_and_https_addresses_are_taken(url: str) -> None:
    assert Source(name="A", url=url).url == url


@pytest.mark.parametrize("number", [INTEGER_MAX, -INTEGER_MAX, 0])
def test_integers_that_every_json_reader_holds_are_taken(number: int) -> None:
    assert report(facts=[{"key": "hurt", "value": number, "of": {"min": number}}]).facts[0].value == number


def test_values_at_the_limits_are_accepted() -> None:
    event = report(headline="x" * 300, body="x" * 100_000, sources=[{"name": "n" * 300}] * 200)
    assert (len(event.headline), len(event.body or ""), len(event.sources)) == (300, 100_000, 200)


def test_key_can_be_claimed_by_two_speakers_of_one_report() -> None:
    claims = [{"key": "hurt", "value": 1, "said_by": ["A"]}, {"key": "hurt", "value": 2, "said_by": ["B"]}]
    assert len(report(said_by=["C"], facts=[*claims, {"key": "hurt", "value": 3}]).facts) == 3


@pytest.mark.parametrize("stance", ["denies", "cannot_confirm", "withholds"])
def test_claim_that_asserts_nothing_needs_no_value(stance: str) -> None:
    assert report(facts=[{"key": "hurt", "stance": stance}]).facts[0].value is None


def test_instants_are_kept_in_utc() -> None:
    assert report(reported_at="2026-03-02T14:00:00+02:00").reported_at == NOON
    assert parse_instant(NOON.astimezone(timezone(timedelta(hours=9)))).utcoffset() == timedelta(0)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-02T12:00:00 has no time zone; give one, such as Z or"):
        parse_instant(NOON.replace(tzinfo=None))


def test_values_and_whens_are_accepted_as_objects() -> None:
    event = report(happened=When("2026-03"), facts=[{"key": "hurt", "value": Range(1, 52), "of": DecimalValue("7.8")}])
    assert event.model_dump(exclude_defaults=True)["facts"] == (
        {"key": "hurt", "value": {"min": 1, "max": 52}, "of": {"decimal": "7.8"}},
    )


# Speakers


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Jen Psaki", {"name": "Jen Psaki"}),
        ("Jen Psaki, State Department spokeswoman", {"name": "Jen Psaki", "role": "State Department spokeswoman"}),
        ("Jen Psaki, aide, acting (State)", {"name": "Jen Psaki", "role": "aide, acting", "org": "State"}),
        ("Harbour master (Port Authority)", {"name": "Harbour master", "org": "Port Authority"}),
        (" A (B) (C) ", {"name": "A (B)", "org": "C"}),
        ("A ()", {"name": "A"}),
        ("(State)", {"org": "State"}),
        ("-, senior official (State)", {"role": "senior official", "org": "State", "named": False}),
        ("-, senior official", {"role": "senior official", "named": False}),
        ("- (State)", {"org": "State", "named": False}),
        ("", {}),
    ],
)
def test_speaker_shorthand(text: str, fields: dict[str, object]) -> None:
    assert parse_speaker(text) == fields
    if fields:
        assert Speaker.model_validate(text) == Speaker.model_validate(fields)


@pytest.mark.parametrize("text", ["-", "-,", " - , "])
def test_unnamed_speaker_without_role_and_org_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a speaker who is not named needs a role or an org"):
        parse_speaker(text)


@pytest.mark.parametrize("text", [", aide", ", aide (State)"])
def test_speaker_without_a_name_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match='the name is missing; write "-" for a speaker who is not named'):
        parse_speaker(text)


# Null and absent


def test_correction_distinguishes_null_from_absent() -> None:
    raw = {"headline": "Three hurt", "body": None, "facts": None, "sources": [], "said_by": ["A"]}
    event = parse_event({"type": "development_corrected", "story": "s", "development": "d1", "set": raw, "note": "n"})
    for options in ({}, {"exclude_defaults": True}, {"exclude_unset": True}, {"mode": "json"}):
        written = event.model_dump(**options)["set"]
        assert written.keys() == raw.keys()
        assert not any((written["body"], written["facts"], written["sources"]))
        again = Amendment.model_validate(written)
        assert again.model_fields_set == raw.keys()
        assert (again.body, again.facts, again.sources) == (None, (), ())


def test_restated_expectation_distinguishes_null_from_absent() -> None:
    cleared = Expectation.model_validate({"id": "e1", "due": None, "by": "A"})
    assert cleared.model_dump(exclude_defaults=True) == {"id": "e1", "due": None, "by": "A"}
    assert Expectation.model_validate({"id": "e1"}).model_dump() == {"id": "e1"}


def test_expectation_with_null_id_has_none() -> None:
    assert Expectation.model_validate({"id": None, "what": "Talks"}).model_fields_set == {"what"}


def test_revision_distinguishes_an_empty_list_from_none() -> None:
    assert StoryRevised(story="s", subjects=()).model_dump(exclude_defaults=True) == {"story": "s", "subjects": ()}
    assert StoryRevised(story="s").model_dump(exclude_defaults=True) == {"story": "s"}


# Values that stay


def test_events_and_their_parts_are_frozen() -> None:
    event = report(said_by=["A"])
    for frozen, field in ((event, "headline"), (event.said_by[0], "name")):
        with pytest.raises(ValidationError, match="Instance is frozen"):
            setattr(frozen, field, "B")


def test_two_stories_share_no_map_of_origins() -> None:
    first, second = (StoryOpened(story=name, headline="H") for name in ("a", "b"))
    first.origins["A"] = ("B",)
    assert second.origins == {}


def test_a_recorded_event_has_an_id() -> None:
    with pytest.raises(TypeError, match="a recorded event has an id"):
        _ = Recorded(1, 1, NOON, report()).id


def test_reported_at_defaults_to_recorded_at() -> None:
    assert Recorded(1, 1, NOON, report()).reported_at == NOON
    earlier = NOON - timedelta(days=1)
    assert Recorded(1, 1, NOON, report(reported_at=earlier)).reported_at == earlier


def test_only_events_about_a_development_name_one() -> None:
    assert Recorded(1, 1, NOON, StoryOpened(story="s", headline="H")).development is None
    assert Recorded(1, 1, NOON, report(development="d1")).development == "d1"


def test_expectation_ids_are_those_given() -> None:
    assert expectation_ids([Expectation(id="b"), Expectation(what="x"), Expectation(id="a")]) == ("b", "a")


# Texts


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=20))
def test_what_python_finds_unfit_pydantic_refuses(text: str) -> None:
    def accepts(field: str, character_inside: str) -> bool:
        try:
            Media.model_validate({"url": "http://x", "type": "a/b", "alt": "x", field: character_inside})
        except ValidationError:
            return False
        return True

    character_inside = f"x{text}x"
    assert accepts("alt", character_inside) == (unfit_character(character_inside, one_line=False) is None)
    assert accepts("credit", character_inside) == (unfit_character(character_inside, one_line=True) is None)


@pytest.mark.slow
def test_the_classes_of_characters_are_those_of_xml_and_unicode() -> None:
    unfit = [point for point in range(0x110000) if UNFIT.match(chr(point))]
    noncharacters = [*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF))]
    control = [point for point in range(0x20) if point not in {0x9, 0xA, 0xD}]
    assert unfit == sorted([*control, *range(0xD800, 0xE000), *noncharacters])
    assert [point for point in range(0x110000) if BREAK.match(chr(point))] == [0xA, 0xD, 0x85, 0x2028, 0x2029]


def test_names_are_compared_in_nfc_casefolded_and_squeezed() -> None:
    assert folded(" Cafe\u0301  STRASSE\n") == folded("caf\u00e9 straße") == "café strasse"

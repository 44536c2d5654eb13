"""Short forms of the command line: speakers, sources, quotes, origins."""

from time import process_time
from typing import Any

import pytest

from events.model.speakers import parse_speaker
from feed import short_forms
from tests.forms import as_json, refused

# Speakers

SPEAKERS: dict[str, dict[str, Any]] = {
    "Jen Psaki": {"name": "Jen Psaki"},
    "Jen Psaki, spokeswoman, Washington (US State Department)": {
        "name": "Jen Psaki",
        "role": "spokeswoman, Washington",
        "org": "US State Department",
    },
    "  Harbour master  ( Port Authority ) ": {"name": "Harbour master", "org": "Port Authority"},
    "Sam (the elder) (Port)": {"name": "Sam (the elder)", "org": "Port"},
    "Sam ()": {"name": "Sam"},
    "Sam ( )": {"name": "Sam"},
    "-, senior official (US State Department)": {
        "role": "senior official",
        "org": "US State Department",
        "named": False,
    },
    "- (White House)": {"org": "White House", "named": False},
    "(Port)": {"org": "Port"},
    **{
        f"{dash}, mayor (City)": {"role": "mayor", "org": "City", "named": False}
        for dash in ("—", "\N{HORIZONTAL BAR}", "\N{MINUS SIGN}")
    },
    "Martin Luther King, Jr., minister (SCLC)": {
        "name": "Martin Luther King, Jr.",
        "role": "minister",
        "org": "SCLC",
    },
    "Anders Berg, PhD (Institute)": {"name": "Anders Berg, PhD", "org": "Institute"},
    "Ana Ruiz, chief (Port (North) Authority)": {"name": "Ana Ruiz", "role": "chief", "org": "Port (North) Authority"},
    "山田太郎，消防長（港湾局）": {"name": "山田太郎", "role": "消防長", "org": "港湾局"},
    "سارة حداد، رئيسة البلدية (المدينة)": {"name": "سارة حداد", "role": "رئيسة البلدية", "org": "المدينة"},
}

BAD_SPEAKERS = {
    "": "'': a speaker needs a name, a role or an org",
    "-": "'-': a speaker who is not named needs a role or an org: -, senior official (Ministry)",
    ", official": "', official': the name is missing; write \"-\" for a speaker who is not named",
    "Sam (a))": "'Sam (a))': a bracket is closed and was never opened; write NAME, ROLE (ORG)",
    "Sam (Port": "'Sam (Port': a bracket is opened and never closed; write NAME, ROLE (ORG)",
    "Sam (Port) said": "'Sam (Port) said': the organisation comes last: NAME, ROLE (ORG)",
    "a\nb": "'a\\nb': name: contains a line break (U+000A) at character 2",
}


@pytest.mark.parametrize("text", SPEAKERS)
def test_speaker_has_name_role_and_org(text: str) -> None:
    assert as_json(short_forms.parse_speaker(text)) == SPEAKERS[text]


@pytest.mark.parametrize("text", BAD_SPEAKERS)
def test_bad_speaker_is_refused_with_its_grammar(text: str) -> None:
    expected = f"--said-by: cannot read {BAD_SPEAKERS[text]}. Expected NAME, ROLE (ORG)."
    assert refused(short_forms.parse_speaker, text) == expected


@pytest.mark.slow
def test_speaker_is_parsed_in_linear_time() -> None:
    # It was a regex once, and cubic: 20,000 spaces took hours.
    began = process_time()
    assert parse_speaker(f"a{' ' * 500_000}b({' ' * 500_000})")
    assert process_time() - began < 1


# Sources

SOURCES: dict[str, dict[str, Any]] = {
    "Reuters": {"name": "Reuters"},
    "ABC News  https://abc.example/a?b=c": {"name": "ABC News", "url": "https://abc.example/a?b=c"},
    "Example Post https://post.example via Reuters, New York Times": {
        "name": "Example Post",
        "url": "https://post.example",
        "via": ["Reuters", "New York Times"],
    },
    "Example Post via Reuters": {"name": "Example Post", "via": ["Reuters"]},
    "via Nova": {"name": "via Nova"},
}

BAD_SOURCES = {
    "": "'': name: is empty",
    "https://a.example": "'https://a.example': name: is empty",
    "A ftp://a.example": "'A ftp://a.example': url: must be an http or https address without spaces; not 'ftp://a.example'",
    "A via": "'A via': via[0]: is empty",
    "A via B,": "'A via B,': via[1]: is empty",
    "A via B http://b.example": "'A via B http://b.example': write the address before via",
    "A http://a.example B": "'A http://a.example B': only via can follow the address, not 'B'",
}


@pytest.mark.parametrize("text", SOURCES)
def test_source_has_name_address_and_upstream(text: str) -> None:
    assert as_json(short_forms.parse_source(text)) == SOURCES[text]


@pytest.mark.parametrize("text", BAD_SOURCES)
def test_bad_source_is_refused_with_its_grammar(text: str) -> None:
    expected = f"--source: cannot read {BAD_SOURCES[text]}. Expected NAME [URL] [via A, B]."
    assert refused(short_forms.parse_source, text) == expected


# Quotes


def test_quote_ends_its_speaker_at_the_first_colon() -> None:
    assert as_json(short_forms.parse_quote('Jen Psaki (State): "We: yes."')) == {
        "text": '"We: yes."',
        "speaker": {"name": "Jen Psaki", "org": "State"},
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("We will", "missing ':' after the speaker"),
        ("Jen Psaki:", "text: is empty"),
        (": We will", "speaker: a speaker needs a name, a role or an org"),
    ],
)
def test_bad_quote_is_refused_with_its_grammar(text: str, why: str) -> None:
    assert refused(short_forms.parse_quote, text) == f"--quote: cannot read {text!r}: {why}. Expected SPEAKER: text."


# Origins


def test_origin_has_names() -> None:
    names = ["State Department", "White House"]
    assert short_forms.parse_origin("US government = State Department,White House,") == ("US government", names)


@pytest.mark.parametrize("text", ["US government", "=State Department"])
def test_bad_origin_is_refused_with_its_grammar(text: str) -> None:
    message = f"cannot read {text!r}: missing the origin and '='. Expected ORIGIN=NAME[, …]."
    assert refused(short_forms.parse_origin, text) == f"--origins: {message}"


def test_quote_that_begins_with_a_time_of_day_is_refused() -> None:
    message = refused(short_forms.parse_quote, "10:30 update: we go")
    assert message.startswith("--quote: cannot read '10:30 update: we go': the first ':' is part of a time, 10:30.")

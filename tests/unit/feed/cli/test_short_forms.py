"""The short forms of the command line: what each is parsed as, and every refusal."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidError
from events.model.parts import Claim, Part
from events.model.speakers import parse_speaker
from events.model.text import INTEGER_MAX
from feed.cli import short_forms
from tests.forms import refused


def as_json(part: Part) -> dict[str, Any]:
    """Return the fields of the form, as JSON."""
    fields: dict[str, Any] = json.loads(json.dumps(part.model_dump(exclude_defaults=True)))
    return fields


# Facts

FACTS: dict[str, dict[str, Any]] = {
    "prisoners.released=53": {"value": 53},
    "prisoners.released=53/53:people": {"value": 53, "of": 53, "unit": "people"},
    "prisoners.released = 53 / 53 : political prisoners": {"value": 53, "of": 53, "unit": "political prisoners"},
    "prisoners.released=1..52": {"value": {"min": 1, "max": 52}},
    "prisoners.released=..52/53": {"value": {"max": 52}, "of": 53},
    "prisoners.released=-5..": {"value": {"min": -5}},
    "prisoners.released=1.5..2": {"value": {"min": "1.5", "max": 2}},
    "prisoners.released=7.80:km/h": {"value": {"decimal": "7.80"}, "unit": "km/h"},
    f"prisoners.released={INTEGER_MAX}": {"value": INTEGER_MAX},
    f"prisoners.released={INTEGER_MAX + 1}": {"value": {"decimal": "9007199254740992"}},
    "prisoners.released=true": {"value": True},
    "prisoners.released=false@2015": {"value": False, "as_of": "2015"},
    'prisoners.released="at large"': {"value": "at large"},
    'prisoners.released="a@b!c=d/e:f \\"g\\""@2015-01~': {"value": 'a@b!c=d/e:f "g"', "as_of": "2015-01~"},
    "prisoners.released=date:2015-01-21/2015-01-22": {"value": {"date": "2015-01-21/2015-01-22"}},
    "prisoners.released=date:2015-01-21T15:00:00Z@2015-01-06": {
        "value": {"date": "2015-01-21T15:00:00Z"},
        "as_of": "2015-01-06",
    },
    'prisoners.released=date:{"literal": "mid @ May"}': {"value": {"date": {"literal": "mid @ May"}}},
    'prisoners.released=1@{"literal": "soon"}': {"value": 1, "as_of": {"literal": "soon"}},
    "prisoners.released!denies": {"stance": "denies"},
    "prisoners.released!denies=53@2015-01-06": {"stance": "denies", "value": 53, "as_of": "2015-01-06"},
    "prisoners.released!cannot_confirm@2015-01-05": {"stance": "cannot_confirm", "as_of": "2015-01-05"},
    "prisoners.released!withholds": {"stance": "withholds"},
    "prisoners.released!asserts=1": {"value": 1},
    ' {"key": "prisoners.released", "value": 1, "said_by": ["Jen Psaki"]}': {
        "value": 1,
        "said_by": [{"name": "Jen Psaki"}],
    },
}

FACT_FORM = "Expected KEY[!STANCE][=VALUE[/OF][:UNIT]][@WHEN]."
NO_VALUE = "is not a number, range, true or false; put text in quotes, as in 'status=\"at large\"'."
KEY_FORM = 'must be lower-case words joined by ".", "_" or "-": prisoners.released'
NO_DATE = "is not a date such as 2015, 2015-01, 2015-01-21, 2015-01-21T15:00:00Z or 2015/2016"

BAD_FACTS = {
    "": f"'': key: {KEY_FORM}; not ''. {FACT_FORM}",
    "Released=1": f"'Released=1': key: {KEY_FORM}; not 'Released'. {FACT_FORM}",
    "status": f"'status': status asserts nothing: give a value, or another stance. {FACT_FORM}",
    "status=": f"'status=': a value is missing. {FACT_FORM}",
    "status=53/": f"'status=53/': a value is missing. {FACT_FORM}",
    "status=53:": f"'status=53:': unit: is empty. {FACT_FORM}",
    "status=at large": f"'status=at large': 'at large' {NO_VALUE} {FACT_FORM}",
    'status="at large': f"'status=\"at large': '\"at large' {NO_VALUE} {FACT_FORM}",
    "status=True": f"'status=True': 'True' {NO_VALUE} {FACT_FORM}",
    **{
        f"hurt={number}": f"'hurt={number}': '{number}' is not a number; {remedy}. {FACT_FORM}"
        for number, remedy in {
            "~150": "for about 150 write the range that you mean, such as '140..160'",
            "100+": "for at least 100 write '100..'",
            ">=100": "for at least 100 write '100..'",
            "<9": "for at most 9 write '..9'",
            "1,000": "write it without separators: 1000",
            "1.000.000": "write it without separators: 1000000",
            "15,5": "write a decimal point: 15.5",
            "€5": "write the unit after a colon: 5:€",
            "5%": "write the unit after a colon: 5:%",
            "USD 5": "write the unit after a colon: 5:USD",
        }.items()
    },
    "status=..": ('\'status=..\': value: a range has at least one end: {"min": 1}, {"max": 52} or both. ' + FACT_FORM),
    "status=9..1": f"'status=9..1': value: the range 9..1 ends before it begins. {FACT_FORM}",
    'status=5/"x"': f"'status=5/\"x\"': of: a total is a number or a range. {FACT_FORM}",
    "status=2015-01-21/2015-01-22": (
        f"'status=2015-01-21/2015-01-22': write date: before a date, as in date:2015-01-21/2015-01-22. {FACT_FORM}"
    ),
    "status=date:soon": (
        f'\'status=date:soon\': value: "soon" {NO_DATE}: give words as {{"literal": "soon"}}. {FACT_FORM}'
    ),
    "status=1@soon": (f'\'status=1@soon\': as_of: "soon" {NO_DATE}: give words as {{"literal": "soon"}}. {FACT_FORM}'),
    "status=1@{,": (
        "'status=1@{,': is not JSON: expecting property name enclosed in double quotes at column 2. " + FACT_FORM
    ),
    'status="C:\\dir"': (
        f"'status=\"C:\\\\dir\"': the quoted text has a \\ that JSON does not allow; write \\\\ for a backslash. "
        f"{FACT_FORM}"
    ),
    "status!denise": (
        "'status!denise': stance: must be 'asserts', 'denies', 'cannot_confirm' or 'withholds', not 'denise'. "
        f"{FACT_FORM}"
    ),
    "status!withholds=3": f"'status!withholds=3': withholds takes no value. {FACT_FORM}",
    "status!cannot_confirm=3": f"'status!cannot_confirm=3': cannot_confirm takes no value. {FACT_FORM}",
    f"status={'9' * 65}": (
        f"'status={'9' * 52}…': value: a decimal is a text such as \"7.8\", not '{'9' * 65}'. {FACT_FORM}"
    ),
    '{"key": "a", "value": 7.8, "value": 1}': (
        '\'{"key": "a", "value": 7.8, "value": 1}\': value: 7.8 is a float, and events have none because '
        "floats are not exact; value: is given twice in one object. Expected a claim as JSON."
    ),
    '{"key": "a", "vlue": 7}': (
        '\'{"key": "a", "vlue": 7}\': vlue: there is no field \'vlue\' here. Expected a claim as JSON.'
    ),
}


@pytest.mark.parametrize("text", FACTS)
def test_fact_is_parsed_as_a_claim(text: str) -> None:
    assert as_json(short_forms.parse_fact(text)) == {"key": "prisoners.released", **FACTS[text]}


@pytest.mark.parametrize("text", BAD_FACTS)
def test_bad_fact_is_refused_with_its_grammar(text: str) -> None:
    assert refused(short_forms.parse_fact, text) == f"--fact: cannot read {BAD_FACTS[text]}"


numbers = st.integers(-INTEGER_MAX, INTEGER_MAX)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999)
units = st.text(st.characters(categories=("L", "N"), include_characters=" /"), min_size=1, max_size=9).filter(str.strip)
quoted = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20).filter(str.strip)
amounts = st.one_of(
    numbers.map(lambda number: (str(number), number)),
    decimals.map(lambda number: (str(number), {"decimal": str(number)})),
    st.tuples(numbers, numbers)
    .map(sorted)
    .map(lambda ends: ("..".join(map(str, ends)), dict(zip(("min", "max"), ends, strict=True)))),
)


@given(amounts, st.none() | amounts, st.none() | units, st.sampled_from([None, "2015-01", "2015-01-07/..", "../2015~"]))
def test_amount_equals_its_json_form(
    value: tuple[str, Any], total: tuple[str, Any] | None, unit: str | None, as_of: str | None
) -> None:
    text = f"key={value[0]}{f'/{total[0]}' if total else ''}{f':{unit}' if unit else ''}{f'@{as_of}' if as_of else ''}"
    fields = {"key": "key", "value": value[1], "unit": unit, "as_of": as_of, "of": total[1] if total else None}
    assert short_forms.parse_fact(text) == Claim.model_validate(
        {name: field for name, field in fields.items() if field is not None}
    )


@given(quoted)
def test_mark_in_quotes_is_text(text: str) -> None:
    assert short_forms.parse_fact(f"key={json.dumps(text)}@2015").value == text
    assert short_forms.parse_fact(f"key={json.dumps(text, ensure_ascii=False)}@2015").value == text


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
    "—, mayor (City)": {"role": "mayor", "org": "City", "named": False},
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


# Expectations

EXPECTATIONS: dict[str, dict[str, Any]] = {
    "talks: talks in Havana @ 2015-01-21/2015-01-22": {
        "id": "talks",
        "what": "talks in Havana",
        "due": "2015-01-21/2015-01-22",
    },
    "release of all 53 by Cuba": {"what": "release of all 53", "by": "Cuba"},
    "Havana talks: a second round": {"what": "Havana talks: a second round"},
    "http://a.example/b answers": {"what": "http://a.example/b answers"},
    "names by Congress [by the White House] @2015": {
        "what": "names by Congress",
        "by": "the White House",
        "due": "2015",
    },
    "ship afloat [by Blue Line] @ 2026-12-05": {"what": "ship afloat", "by": "Blue Line", "due": "2026-12-05"},
    "ship afloat by Blue Line": {"what": "ship afloat", "by": "Blue Line"},
    "rails: new rails [by March Rail]": {"id": "rails", "what": "new rails", "by": "March Rail"},
    '"stand by for more"': {"what": "stand by for more"},
    '"talks led by Jacobson @ noon" @ 2015': {"what": "talks led by Jacobson @ noon", "due": "2015"},
    'the "final" word @ 2015': {"what": 'the "final" word', "due": "2015"},
    "mail to a@b.example": {"what": "mail to a@b.example"},
    'date fixed @ {"literal": "in the coming days"}': {
        "what": "date fixed",
        "due": {"literal": "in the coming days"},
    },
    "talks: @ 2015-02": {"id": "talks", "due": "2015-02"},
    "talks: by Cuba": {"id": "talks", "by": "Cuba"},
}

UNCLEAR = (
    "could be a date, a name or part of the sentence; write a date after @ (@ 2026-12-05), a name in square brackets "
    "([by Blue Line]), and a sentence that contains 'by' in double quotes"
)
BAD_EXPECTATIONS = {
    "": "'': it does not say what is expected",
    "talks:": "'talks:': it does not say what is expected",
    "@ 2015": "'@ 2015': it does not say what is expected",
    **{
        f"ship afloat by {rest}": f"'ship afloat by {rest}': 'by {rest}' {UNCLEAR}"
        for rest in (
            "2015-01-31",
            "5 December",
            "Friday",
            "Fri",
            "Dec 5",
            "May",
            "10:30",
            "noon",
            "the White House",
            "Q3",
        )
    },
    "stand by for more": f"'stand by for more': 'by for more' {UNCLEAR}",
    "talks @ soon": f'\'talks @ soon\': due: "soon" {NO_DATE}: give words as {{"literal": "soon"}}',
    "talks @": (f'\'talks @\': due: "" {NO_DATE}: give words as {{"literal": "…"}}'),
    '"C:\\dir" @ 2015': (
        "'\"C:\\\\dir\" @ 2015': the quoted text has a \\ that JSON does not allow; write \\\\ for a backslash"
    ),
}


@pytest.mark.parametrize("text", EXPECTATIONS)
def test_expectation_has_id_what_who_and_when(text: str) -> None:
    assert as_json(short_forms.parse_expectation(text)) == EXPECTATIONS[text]


@pytest.mark.parametrize("text", BAD_EXPECTATIONS)
def test_bad_expectation_is_refused_with_its_grammar(text: str) -> None:
    expected = f"--expect: cannot read {BAD_EXPECTATIONS[text]}. Expected [ID:] what [[by WHO]] [@ WHEN]."
    assert refused(short_forms.parse_expectation, text) == expected


# Resolutions, corroborations, disputes


def test_resolution_names_expectation_and_outcome() -> None:
    assert as_json(short_forms.parse_resolution(" talks = partly_met ")) == {
        "expectation": "talks",
        "outcome": "partly_met",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("talks", "missing '=' and the outcome"),
        ("talks=done", "outcome: must be 'met', 'partly_met', 'missed' or 'cancelled', not 'done'"),
        (
            "The talks=met",
            (
                'expectation: must be lower-case words joined by "-", at most 64 characters: harbour-fire; '
                "not 'The talks'"
            ),
        ),
    ],
)
def test_bad_resolution_is_refused_with_its_grammar(text: str, why: str) -> None:
    assert refused(short_forms.parse_resolution, text) == (
        f"--resolve: cannot read {text!r}: {why}. Expected EXPECTATION=met, partly_met, missed or cancelled."
    )


def test_corroboration_covers_all_claims_or_some() -> None:
    assert as_json(short_forms.parse_corroboration("all-freed")) == {"development": "all-freed"}
    assert as_json(short_forms.parse_corroboration("all-freed: a.b, c")) == {
        "development": "all-freed",
        "keys": ["a.b", "c"],
    }


def test_bad_corroboration_is_refused_with_its_grammar() -> None:
    assert refused(short_forms.parse_corroboration, "all-freed:") == (
        f"--corroborates: cannot read 'all-freed:': keys[0]: {KEY_FORM}; not ''. Expected DEV[:KEY,…]."
    )


def test_dispute_without_kind_disagrees() -> None:
    assert as_json(short_forms.parse_dispute("some-freed")) == {"development": "some-freed", "kind": "disagrees"}
    assert as_json(short_forms.parse_dispute("some-freed:a,b=denies")) == {
        "development": "some-freed",
        "keys": ["a", "b"],
        "kind": "denies",
    }


def test_bad_dispute_is_refused_with_its_grammar() -> None:
    assert refused(short_forms.parse_dispute, "some-freed=denise") == (
        "--disputes: cannot read 'some-freed=denise': kind: must be 'denies', 'cannot_confirm' or 'disagrees', "
        "not 'denise'. Expected DEV[:KEY,…][=denies, cannot_confirm or disagrees]."
    )


# Media


MEDIA = {
    " https://a.example/quay.jpg image/jpeg  Smoke over the quay": {
        "url": "https://a.example/quay.jpg",
        "type": "image/jpeg",
        "alt": "Smoke over the quay",
    },
    ' {"url": "https://a.example/b.mp3", "type": "audio/mpeg", "alt": "A siren", "credit": "Ana Ruiz"}': {
        "url": "https://a.example/b.mp3",
        "type": "audio/mpeg",
        "alt": "A siren",
        "credit": "Ana Ruiz",
    },
}
BAD_MEDIA = {
    "": "'': url: is missing; type: is missing; alt: is missing",
    "https://a.example/quay.jpg image/jpeg": "'https://a.example/quay.jpg image/jpeg': alt: is missing",
    "quay.jpg jpeg Smoke": (
        "'quay.jpg jpeg Smoke': url: must be an http or https address without spaces; not 'quay.jpg'; "
        "type: must be a media type such as \"image/jpeg\"; not 'jpeg'"
    ),
    "{": "'{': is not JSON: expecting property name enclosed in double quotes at column 2",
}


@pytest.mark.parametrize("text", MEDIA)
def test_media_has_address_type_and_alternative_text(text: str) -> None:
    assert as_json(short_forms.parse_media(text)) == MEDIA[text]


@pytest.mark.parametrize("text", BAD_MEDIA)
def test_bad_media_is_refused_with_its_grammar(text: str) -> None:
    expected = f"--media: cannot read {BAD_MEDIA[text]}. Expected URL TYPE alt text, or JSON."
    assert refused(short_forms.parse_media, text) == expected


# Origins


def test_origin_has_names() -> None:
    names = ["State Department", "White House"]
    assert short_forms.parse_origin("US government = State Department,White House,") == ("US government", names)


@pytest.mark.parametrize("text", ["US government", "=State Department"])
def test_bad_origin_is_refused_with_its_grammar(text: str) -> None:
    message = f"cannot read {text!r}: missing the origin and '='. Expected ORIGIN=NAME[, …]."
    assert refused(short_forms.parse_origin, text) == f"--origins: {message}"


# All of them


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, parse in vars(short_forms).items()
        if name.startswith("parse_") and parse.__module__ == short_forms.__name__
    ],
)
@given(
    text=st.text(st.characters(), max_size=30)
    | st.text(st.sampled_from('ab1.:/@!=,"\\ {}[]()-\n\x1b\ud800'), max_size=30)
)
def test_any_text_is_parsed_or_refused(name: str, text: str) -> None:
    try:
        getattr(short_forms, name)(text)
    except InvalidError as error:
        [problem] = error.problems
        assert problem.message.isprintable()


def test_quote_that_begins_with_a_time_of_day_is_refused() -> None:
    message = refused(short_forms.parse_quote, "10:30 update: we go")
    assert message.startswith("--quote: cannot read '10:30 update: we go': the first ':' is part of a time, 10:30.")

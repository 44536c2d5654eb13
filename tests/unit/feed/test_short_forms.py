"""The short forms of the command line: what each is parsed as, and every refusal."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidError
from events.model.parts import Claim
from events.model.text import INTEGER_MAX
from feed import short_forms
from tests.forms import KEY_FORM, NO_DATE, as_json, refused

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

BAD_FACTS = {
    "": f"'': key: {KEY_FORM}; not ''. {FACT_FORM}",
    "Released=1": f"'Released=1': key: {KEY_FORM}; not 'Released'. {FACT_FORM}",
    "status": f"'status': status asserts nothing: give a value, or another stance. {FACT_FORM}",
    "status=": f"'status=': a value is missing. {FACT_FORM}",
    "status=53/": f"'status=53/': a value is missing. {FACT_FORM}",
    "hurt=5:people!denies": (
        f"'hurt=5:people!denies': a stance stands before the value: KEY!denies=VALUE. {FACT_FORM}"
    ),
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
            "~20": "for about 20 write the range that you mean, such as '19..21'",
            "€1,000,000": "write the unit after a colon: 1000000:€",
            "2 people": "write the unit after a colon: 2:people",
            "10–12": "for a range write '10..12'",
            "1.000.000": "write it without separators: 1000000",
            "15,5": "write a decimal point: 15.5",
            "€5": "write the unit after a colon: 5:€",
            "5%": "write the unit after a colon: 5:%",
            "USD 5": "write the unit after a colon: 5:USD",
            "100 +": "for at least 100 write '100..'",
            "more than 100": "for at least 100 write '100..'",
            "150?": "for about 150 write the range that you mean, such as '140..160'",
            "5 to 7": "for a range write '5..7'",
            "5 of 9": "for a number of a total write 5/9",
            "+5": "write 5",
            ".5": "write 0.5",
        }.items()
    },
    "status=..": ('\'status=..\': value: a range has at least one end: {"min": 1}, {"max": 52} or both. ' + FACT_FORM),
    "status=9..1": f"'status=9..1': value: the range 9..1 ends before it begins. {FACT_FORM}",
    "hurt=0755": f"'hurt=0755': '0755' {NO_VALUE} {FACT_FORM}",
    "hurt=27 Nov 2026": f"'hurt=27 Nov 2026': write date: before a date, as in date:27 Nov 2026. {FACT_FORM}",
    "begins=12:30": (
        f"'begins=12:30': '12:30' could be a time; write date:2026-12-05T12:30Z, or put it in quotes. {FACT_FORM}"
    ),
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
        '\'{"key": "a", "value": 7.8, "value": 1}\': value: is given twice in one object. Expected a claim as JSON.'
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
units = st.text(st.characters(categories=("L", "N"), include_characters=" /"), min_size=1, max_size=9).filter(
    lambda unit: unit.strip() and not unit.strip()[0].isdigit()
)
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


# All of them


@pytest.mark.slow
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

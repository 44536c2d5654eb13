"""`--set FIELD=VALUE`: what it is parsed as, and every refusal."""

import pytest

from events.model.events import Amendment
from feed.cli import short_forms
from tests.forms import refused

SETTINGS: dict[str, tuple[str, object]] = {
    "headline=All 53 are free": ("headline", "All 53 are free"),
    "headline = 53": ("headline", "53"),
    'headline="53"': ("headline", "53"),
    'headline="Yes", he said': ("headline", '"Yes", he said'),
    "headline=[Update] a=b": ("headline", "[Update] a=b"),
    "body=": ("body", None),
    "body=null": ("body", None),
    'body="null"': ("body", "null"),
    "happened=2015": ("happened", "2015"),
    'said_on={"literal": "Monday"}': ("said_on", {"literal": "Monday"}),
    "reported_at=2015-01-06T18:00:00Z": ("reported_at", "2015-01-06T18:00:00Z"),
    "urgency=3": ("urgency", 3),
    "urgency=": ("urgency", None),
    "facts=null": ("facts", None),
    'facts=[{"key": "a", "value": true}]': ("facts", [{"key": "a", "value": True}]),
    'said_by=["Jen Psaki"]': ("said_by", ["Jen Psaki"]),
}

SET_FORM = "Expected FIELD=VALUE: text for headline, body and times, JSON for everything else."
BAD_SETTINGS = {
    "headline": f"'headline': missing '=' after the field. {SET_FORM}",
    "hedline=x": f"'hedline=x': there is no field 'hedline' to set (did you mean headline?). {SET_FORM}",
    "id=x": f"'id=x': there is no field 'id' to set (fields are {', '.join(Amendment.model_fields)}). {SET_FORM}",
    "said_by=Jen": f"'said_by=Jen': is not JSON: expecting value at column 1. {SET_FORM}",
    "urgency=3.5": f"'urgency=3.5': 3.5 is a float, and events have none because floats are not exact. {SET_FORM}",
    'facts=[{"a": 1, "a": 2}]': ('\'facts=[{"a": 1, "a": 2}]\': [0].a: is given twice in one object. ' + SET_FORM),
    r'headline="\x"': rf"""'headline="\\x"': is not JSON: invalid \escape at column 2. {SET_FORM}""",
}


@pytest.mark.parametrize("text", SETTINGS)
def test_setting_is_parsed_as_field_and_value(text: str) -> None:
    field, value = short_forms.parse_setting(text)
    assert (field, value) == SETTINGS[text]
    assert type(value) is type(SETTINGS[text][1])


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_bad_setting_is_refused_with_its_grammar(text: str) -> None:
    assert refused(short_forms.parse_setting, text) == f"--set: cannot read {BAD_SETTINGS[text]}"

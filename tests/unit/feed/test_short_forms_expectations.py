"""Short forms of the command line: expectations, resolutions, corroborations, disputes, media."""

from typing import Any

import pytest

from feed import short_forms
from tests.forms import KEY_FORM, NO_DATE, as_json, refused

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
    "play [by May]": {"what": "play", "by": "May"},
    "talks [by 42 Group]": {"what": "talks", "by": "42 Group"},
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
            "Christmas",
            "Spring",
        )
    },
    **{
        f"ship afloat [by {date}]": f"'ship afloat [by {date}]': '{date}' is a date; write it after @ (@ 2026-12-05)"
        for date in ("5 December", "Dec 5", "2026-12-05", "5 Dec 2026")
    },
    "[by Blue Line] ship afloat": (
        "'[by Blue Line] ship afloat': [by …] comes after what is expected; put a sentence with it in quotes"
    ),
    "ship afloat [by Blue Line] due 5 December": (
        "'ship afloat [by Blue Line] due 5 December': only a date can follow [by …], after @, not 'due 5 December'; "
        "put a sentence with it in quotes"
    ),
    "stand by for more": f"'stand by for more': 'by for more' {UNCLEAR}",
    **{
        text: f"'{text}': write a space before the @ of a date, as in ' @ {date}', or quote the sentence"
        for text, date in (("talks@2015-02", "2015-02"), ("talks [by Cuba]@ 5 May 2015", "5 May 2015"))
    },
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
    "https://a.example/a quay.jpg image/jpeg Smoke": (
        "'https://a.example/a quay.jpg image/jpeg Smoke': the address contains a space; "
        "write https://a.example/a%20quay.jpg"
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

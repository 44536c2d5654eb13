"""Pieces of sentences, with what may no longer be quoted left out."""

from typing import Any

import pytest

from events.changes import FactChanged
from events.commands import report
from events.diff import changes
from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.wording.changes import ChangeText
from events.wording.claims import (
    as_of_words,
    claim_speakers,
    claim_value,
    corrected_claims,
    corrected_speakers,
    fact_name,
    fact_standing,
)
from events.wording.expectations import expected_due, expected_what
from events.wording.redactions import Redactions
from tests.builders import Scenario, claim

REDACTIONS = Redactions(developments={"a": "(withheld)"})


def withdrawn(development: str) -> Redactions:
    return Redactions(developments={development: "(withdrawn)"})


def fact_of(*reports: tuple[Any, ...], **fields: Any) -> Fact:
    story = Scenario()
    for name, stated in reports:
        story.report(name, stated, **fields)
    fact = story.state().fact("hurt")
    assert fact is not None
    return fact


def a_claim(**fields: Any) -> AttributedClaim:
    current = fact_of(("a", claim("hurt", 2, unit="people", of=3)), **fields).current
    assert current is not None
    return current


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({}, "Hurt"),
        ({"was": "1", "now": "2"}, "Hurt: 1 → 2"),
        ({"now": "2", "note": "why"}, "Hurt: 2 (why)"),
        ({"was": "1"}, "Hurt: 1"),
        ({"note": "why"}, "Hurt (why)"),
    ],
)
def test_change_is_one_line_of_its_parts(parts: dict[str, str], line: str) -> None:
    assert str(ChangeText(subject="Hurt", **parts)) == line


def test_value_has_unit_and_total_or_is_redacted() -> None:
    assert claim_value(a_claim(by="Ann (Port)")) == "2 of 3 people"
    assert claim_value(a_claim(by="Ann (Port)"), REDACTIONS) == "(withheld)"
    assert claim_value(None) == "unknown"
    corrected = a_claim(by="Ann (Port)")
    assert claim_value(corrected, Redactions(claims={corrected: "(corrected: 3)"})) == "(corrected: 3)"


@pytest.mark.parametrize(
    ("fields", "said_by"),
    [
        ({"by": ["Ann (Port)", "Ben (City)"]}, "Ann (Port) and Ben (City)"),
        ({"source": "Wire"}, "Wire"),
        ({"source": {"name": "Wire", "origin": "Port"}}, "Port"),
        ({}, "an unattributed report"),
    ],
)
def test_claim_is_attributed_to_its_speakers_or_origins(fields: dict[str, Any], said_by: str) -> None:
    assert claim_speakers(a_claim(**fields)) == said_by
    assert claim_speakers(a_claim(**fields), REDACTIONS) == "(withheld)"


@pytest.mark.parametrize(
    ("verifiers", "ends"),
    [
        ([], "not independently confirmed"),
        (["Cy (Port)"], "not independently confirmed; verified by its own side only"),
        (["Cy"], "not independently confirmed"),
        (["Cy (UN)"], "confirmed by two origins: Port and UN; verified independently"),
        (["Cy (Port)", "Dee (UN)"], "confirmed by two origins: Port and UN; verified independently"),
    ],
)
def test_standing_says_whether_a_stated_origin_has_verified(verifiers: list[str], ends: str) -> None:
    story = Scenario().report("a", claim("hurt", 2), by="Ann (Port)")
    for number, verifier in enumerate(verifiers):
        story.report(f"v{number}", by=verifier, corroborates=[{"development": "a", "verification": True}])
    fact = story.state().fact("hurt")
    assert fact is not None
    assert fact_standing(fact).endswith(ends)


def test_fact_that_nobody_asserts_is_unknown() -> None:
    assert fact_standing(fact_of(("a", claim("hurt", stance="withholds")))) == "unknown"


def test_expectation_is_redacted_with_the_reports_that_stated_it() -> None:
    story = Scenario().report("opens", expects=[{"id": "e", "what": "Talks"}])
    story.report("words", expects=[{"id": "e", "what": "Talks in Port"}])
    story.report("dates", expects=[{"id": "e", "due": "2026-03-05"}])
    expected = story.state().expectation("e")
    assert expected is not None
    assert (expected_what(expected), expected_due(expected)) == ("Talks in Port", "due 5 March 2026")
    assert expected_what(expected, withdrawn("opens")) == "(withdrawn)"
    assert expected_what(expected, withdrawn("words")) == "(withdrawn)"
    assert expected_what(expected, withdrawn("dates")) == "Talks in Port"
    assert expected_due(expected, withdrawn("dates")) == "(withdrawn)"
    assert expected_due(expected, withdrawn("opens")) == "due 5 March 2026"


def test_without_a_date_none_is_given() -> None:
    story = Scenario().report("a", expects=[{"id": "e", "what": "Talks"}])
    expected = story.state().expectation("e")
    assert expected_due(None) == expected_due(expected) == expected_due(expected, withdrawn("a"))
    assert expected_due(None) == "no date given"


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2026-03-01", "as of 1 March 2026"),
        ("../2026-03-01", "by 1 March 2026"),
        ("2026-03-01/..", "from 1 March 2026"),
    ],
)
def test_as_of_fits_into_a_sentence(as_of: str, words: str) -> None:
    current = fact_of(("a", claim("hurt", 2, as_of=as_of))).current
    assert current is not None
    assert as_of_words(current) == words


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ([claim("hurt", 2, unit="people", of=3)], None),
        ([claim("hurt", 9, unit="people", of=3)], "(corrected: 9 of 3 people)"),
        ([claim("hurt", 7, said_by=["Ben (City)"]), claim("hurt", 9)], "(corrected: 9)"),
        ([claim("hurt", 9, said_by=["Ben (City)"])], "(corrected: 9)"),
        ([claim("hurt", stance="withholds"), claim("dead", 2)], "(withdrawn)"),
        ([], "(withdrawn)"),
    ],
)
def test_corrected_claim_is_replaced_by_its_correction(claims: list[dict[str, Any]], words: str | None) -> None:
    now = report("s", "H", said_by=["Ann (Port)"], facts=[Claim.model_validate(current) for current in claims])
    before = a_claim(by="Ann (Port)")
    redactions = Redactions(claims=corrected_claims([("hurt", before)], {"a": now}))
    assert (claim_value(before, redactions) if redactions.claims else None) == words


def test_denial_is_not_replaced() -> None:
    [denial] = fact_of(("a", claim("hurt", stance="denies"))).denied_by
    assert corrected_claims([("hurt", denial)], {"a": report("s", "H")}) == {}


def test_fact_name_is_made_from_its_key() -> None:
    assert fact_name("prisoners.released") == "Prisoners released"


def test_speakers_of_a_corrected_report_are_named_as_corrected() -> None:
    made = a_claim(by="Ann (Port)")
    redactions = Redactions(speakers={made: (Speaker(name="Ben", org="Port"),)})
    assert claim_speakers(made, redactions) == "(corrected: Ben (Port))"


def test_dispute_is_ascribed_to_the_speakers_of_its_whole_report() -> None:
    dispute = a_claim(by="Ann (Port)")._replace(against="hurt")
    now = DevelopmentReported(id="x", story="s", development="a", headline="h", said_by=(Speaker(name="Ben"),))
    assert corrected_speakers([("hurt", dispute)], {"a": now}) == {dispute: (Speaker(name="Ben"),)}


def test_value_that_was_corrected_since_does_not_rest_on_who_confirmed_it() -> None:
    story = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    earlier = story.state()
    later = story.report("b", claim("hurt", 3), by="B (City)").report("c", claim("hurt", 3), by="C (Clinic)").state()
    [change] = [change for change in changes(earlier, later) if isinstance(change, FactChanged)]
    assert change.now is not None
    assert change.text().note == "disputed"
    corrected = change.text(Redactions(claims={change.now: Claim(key="hurt", value=4)}))
    assert corrected == ChangeText(subject="Hurt", was="2", now="(corrected: 4)")

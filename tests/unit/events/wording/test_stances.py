"""Who says what about a fact, in words: for feeds, pages, their history and the terminal."""

from typing import Any

import pytest

from events.model.parts import Claim
from events.wording.redactions import Redactions
from events.wording.stances import according_to, objections, verifications
from tests.builders import Scenario, claim
from tests.facts import ANN, BEN, fact_of, hurt


def ann_says(value: Any = 9, **fields: Any) -> Scenario:
    return Scenario().report("a", hurt(value, unit="people", **fields), by=ANN)


def test_claim_says_who_makes_it_and_as_of_when() -> None:
    fact = fact_of(ann_says(as_of="2026-02-27"))
    assert fact.current is not None
    stance = according_to(fact.current)
    assert str(stance) == "According to Ann (Port), as of 27 February 2026"
    assert stance.inline == "according to Ann (Port), as of 27 February 2026"
    assert (stance.kind, stance.development) == ("asserts", "a")


@pytest.mark.parametrize(
    ("objection", "words"),
    [
        (hurt(12), "Contradicted by Ben (City): 12, as of 2 March 2026"),
        (hurt(stance="denies"), "Denied by Ben (City), before this was said, as of 2 March 2026"),
        (hurt(9, stance="denies"), "Denied by Ben (City), as of 2 March 2026"),
        (hurt({"min": 5}, stance="denies"), "Denied by Ben (City), as to at least 5, as of 2 March 2026"),
        (hurt(stance="cannot_confirm"), "Not confirmed by Ben (City), before this was said, as of 2 March 2026"),
        (
            hurt(4, unit="crew", stance="cannot_confirm"),
            "Not confirmed by Ben (City), as to 4 crew, as of 2 March 2026",
        ),
        (hurt(stance="withholds"), "Withheld by Ben (City), as of 2 March 2026"),
    ],
)
def test_objection_says_who_makes_it_and_to_what(objection: dict[str, Any], words: str) -> None:
    # Reported first, so that Ann's claim is the current one.
    fact = fact_of(Scenario().report("b", objection, by=BEN).report("a", hurt(9, unit="people"), by=ANN))
    assert list(map(str, objections(fact))) == [words]


def test_denial_where_accounts_differ_says_which_one_is_denied() -> None:
    story = Scenario().report("a", claim("cause", "wind"), by="Ann (Port)").report("b", claim("cause", "fog"), by=BEN)
    story.report("no", claim("cause", "fog", stance="denies"), by="Cy (UN)")
    fact = story.state().fact("cause")
    assert fact is not None
    assert [str(item) for item in objections(fact)][1] == "Denied by Cy (UN), as to fog, as of 2 March 2026"


def test_denial_of_a_corrected_value_names_what_was_denied() -> None:
    story = ann_says(4).report("no", hurt(4, stance="denies"), by=BEN)
    fact = fact_of(story)
    assert fact.current is not None
    corrected = Redactions(claims={fact.current: Claim(key="hurt", value=5)})
    assert [str(item) for item in objections(fact, corrected)] == ["Denied by Ben (City), as to 4, as of 2 March 2026"]


def test_objection_to_an_unknown_value_says_what_it_is_about() -> None:
    fact = fact_of(Scenario().report("b", hurt(4, stance="denies"), by=BEN))
    assert list(map(str, objections(fact))) == ["Denied by Ben (City), as to 4, as of 2 March 2026"]


def test_objection_of_a_withdrawn_report_says_no_more_than_that() -> None:
    fact = fact_of(Scenario().report("b", hurt(12), by=BEN).report("a", hurt(9), by=ANN))
    redactions = Redactions(developments={"b": "(withdrawn)"})
    assert list(map(str, objections(fact, redactions))) == ["Contradicted by (withdrawn)"]


def test_doubt_of_a_withdrawn_report_does_not_quote_it() -> None:
    story = ann_says(4).report("b", by=BEN, disputes=[{"development": "a", "kind": "cannot_confirm"}])
    fact = fact_of(story.report("c", hurt(9), by=ANN))
    assert list(map(str, objections(fact))) == ["Not confirmed by Ben (City), as to 4 people, as of 2 March 2026"]
    [redacted] = objections(fact, Redactions(developments={"a": "(withdrawn)"}))
    assert str(redacted) == "Not confirmed by Ben (City), as to (withdrawn), as of 2 March 2026"


@pytest.mark.parametrize(
    ("by", "fields", "words"),
    [
        ("Cy (UN)", {"method": "a count"}, "Verified independently by Cy (UN): a count"),
        ("Cy (Port)", {}, "Verified by Cy (Port), the claimant’s own side"),
        ({"name": "Cy"}, {}, "Verified by Cy, not known to be independent"),
    ],
)
def test_verification_says_whether_it_is_independent(by: Any, fields: dict[str, str], words: str) -> None:
    verified = {"development": "a", "verification": True, **fields}
    fact = fact_of(ann_says().report("v", by=[by], corroborates=[verified]))
    assert list(map(str, verifications(fact))) == [words]


def test_verification_without_speakers_names_its_source() -> None:
    verified = {"development": "a", "verification": True}
    fact = fact_of(ann_says().report("v", source="Wire", corroborates=[verified]))
    assert [stance.who for stance in verifications(fact)] == ["Wire"]

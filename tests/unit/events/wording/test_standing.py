"""What a fact rests on, in one line: said once, beside the fact."""

from typing import Any

import pytest

from events.wording.redactions import Redactions
from events.wording.standing import accounts_words, standing_line
from tests.builders import Scenario
from tests.facts import fact_of, hurt

ANN, BEN, CY = "Ann (Port)", "Ben (City)", "Cy (Union)"


def ann_says(value: Any = 9, **fields: Any) -> Scenario:
    return Scenario().report("a", hurt(value, unit="people"), by=ANN, **fields)


def test_value_of_one_origin_has_a_single_source() -> None:
    assert standing_line(fact_of(ann_says())) == "Single source: Port"


@pytest.mark.parametrize(
    ("attribution", "line"),
    [
        ({"source": "Radio"}, "Reported by Radio"),
        ({"by": "Ann, nurse"}, "Said by Ann, nurse; not independently confirmed"),
        ({"by": "Ann", "source": "Radio"}, "Said by Ann; not independently confirmed"),
        ({}, "No source named"),
    ],
)
def test_value_without_an_origin_says_who_says_it(attribution: dict[str, str], line: str) -> None:
    assert standing_line(fact_of(Scenario().report("a", hurt(9), **attribution))) == line


def test_value_of_two_origins_is_confirmed() -> None:
    assert standing_line(fact_of(ann_says().report("b", hurt(9), by=BEN))) == "Confirmed by City and Port"


@pytest.mark.parametrize(
    ("objection", "words"),
    [
        (hurt(12), "Disputed: 9 people, says Ann (Port)"),
        (hurt(stance="denies"), "Disputed: denied by Ben (City)"),
    ],
)
def test_disputed_value_names_the_other_side(objection: dict[str, Any], words: str) -> None:
    assert standing_line(fact_of(ann_says().report("b", objection, by=BEN))) == words


def test_disputed_value_names_each_other_side_once() -> None:
    story = ann_says().report("b", hurt(12), by=BEN).report("c", hurt(stance="denies"), by=CY)
    denied = "9 people, says Ann (Port) – denied by Cy (Union)"
    assert standing_line(fact_of(story)) == f"Disputed: denied by Cy (Union); {denied}"
    assert accounts_words(fact_of(story)) == f"12, says Ben (City) – denied by Cy (Union); {denied}"


def test_denial_of_one_account_stands_beside_that_one() -> None:
    story = (
        ann_says().report("b", hurt(12), by=BEN).report("no", by=CY, disputes=[{"development": "a", "kind": "denies"}])
    )
    denied = "9 people, says Ann (Port) – denied by Cy (Union)"
    assert standing_line(fact_of(story)) == f"Disputed: {denied}"
    assert accounts_words(fact_of(story)) == f"12, says Ben (City); {denied}"
    gone = Redactions(developments={"a": "(withdrawn)"})
    assert "denied" not in accounts_words(fact_of(story), gone)


def test_unknown_and_withdrawn_values_rest_on_nothing() -> None:
    assert standing_line(fact_of(Scenario().report("a", hurt(stance="withholds"), by=ANN))) == ""
    withdrawn = Redactions(developments={"a": "(withdrawn)"})
    assert standing_line(fact_of(ann_says()), withdrawn) == ""

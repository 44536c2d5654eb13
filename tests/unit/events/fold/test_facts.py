"""How facts fold, rule by rule (events/README.md#how-facts-fold). Stories begin on Monday 2 March 2026, 08:00 UTC."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Scenario, claim
from tests.facts import ANN, BEN, CY, MON, THU, TUE, WED, aimed, fact_of, hurt

KEY = "hurt"


def current(story: Scenario) -> Any:
    fact = fact_of(story)
    return None if fact.current is None else fact.current.value


def relations(story: Scenario) -> list[str]:
    return [item.relation for item in story.state().facts[KEY].history]


def by(claims: Any) -> list[str]:
    return [claim.development for claim in claims]


class TestOrder:
    def test_as_of_precedes_said_on_and_the_report(self) -> None:
        story = Scenario().report("a", hurt(1, as_of="2026-02-27"), by=ANN, at=MON, said_on="2026-02-28")
        assert fact_of(story).current.as_of.edtf == "2026-02-27"  # type: ignore[union-attr]
        story.report("b", hurt(2), by=ANN, said_on="2026-03-01")
        assert fact_of(story).current.as_of.edtf == "2026-03-01"  # type: ignore[union-attr]
        story.report("c", hurt(3), by=ANN)
        assert fact_of(story).current.as_of.edtf == MON  # type: ignore[union-attr]

    def test_as_of_of_words_alone_means_until_the_report(self) -> None:
        story = Scenario().report("a", hurt(1, as_of={"literal": "lately"}), by=ANN, at=MON)
        assert fact_of(story).current.as_of.edtf == f"../{MON}"  # type: ignore[union-attr]

    def test_wide_as_of_ends_at_its_report(self) -> None:
        story = Scenario().report("a", hurt(1, as_of="2026"), by=ANN, at=MON).report("b", hurt(2), by=ANN, at=TUE)
        assert current(story) == 2

    def test_late_record_is_inserted_into_the_history(self) -> None:
        story = Scenario().report("b", hurt(5), by=ANN, at=WED)
        story.report("a", hurt(2), by=ANN, at=THU, reported=TUE)
        assert current(story) == 5
        assert relations(story) == ["new", "advances"]
        assert by(item.claim for item in story.state().facts[KEY].history) == ["a", "b"]

    def test_later_as_of_wins_over_a_later_report(self) -> None:
        story = Scenario().report("a", hurt(5, as_of=TUE), by=ANN, at=TUE)
        story.report("b", hurt(2, as_of=MON), by=ANN, at=WED)
        assert current(story) == 5

    def test_tie_is_decided_by_report_and_then_by_position(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=f"{MON}T09:00:00Z")
        story.report("b", hurt(3), by=ANN, at=f"{MON}T10:00:00Z")
        story.report("c", hurt(4), by=ANN, at=f"{MON}T10:00:00Z")
        assert current(story) == 4

    def test_instant_wins_over_the_end_of_its_day(self) -> None:
        story = Scenario().report("a", hurt(7, as_of=f"{MON}T15:00:00Z"), by=ANN, at=f"{MON}T15:30:00Z")
        story.report("b", hurt(5, as_of=f"{MON}T10:00:00Z"), by=BEN, at=f"{MON}T16:00:00Z")
        assert (current(story), fact_of(story).contradicted_by) == (7, ())

    def test_corrected_claim_keeps_its_order(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("b", hurt(3), by=ANN, at=TUE)
        story.correct("a", at=WED, facts=[hurt(1)])
        assert current(story) == 3
        assert [item.claim.value for item in story.state().facts[KEY].history] == [1, 3]

    def test_corrected_reported_at_moves_the_claim(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("b", hurt(3), by=ANN, at=TUE)
        story.correct("b", at=WED, reported_at="2026-03-01T12:00:00Z")
        assert current(story) == 2


class TestStance:
    def test_denial_by_the_claimant_withdraws_the_claim(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(stance="denies"), by=ANN)
        assert current(story) is None
        assert relations(story) == ["new", "withdrawn"]
        assert fact_of(story).relation == "withdrawn"
        assert fact_of(story).standing is None

    def test_doubt_by_the_claimant_restores_the_others_value(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=BEN, at=TUE)
        story.report("c", hurt(stance="cannot_confirm"), by=BEN, at=WED)
        assert current(story) == 2
        assert by(fact_of(story).unconfirmed_by) == ["c"]

    def test_denial_of_another_value_withdraws_nothing(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(40, stance="denies"), by=ANN)
        assert current(story) == 2
        assert fact_of(story).standing == "reported"

    def test_withholding_leaves_the_assertion(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(stance="withholds"), by=ANN)
        assert current(story) == 2
        assert by(fact_of(story).withheld_by) == ["b"]
        assert relations(story) == ["new"]

    def test_wider_claim_by_the_claimant_leaves_the_assertion(self) -> None:
        story = Scenario().report("a", hurt(53), by=ANN).report("b", hurt({"min": 12, "max": 99}), by=ANN)
        assert current(story) == 53
        assert relations(story) == ["new", "repeats"]

    def test_wider_claim_by_another_displaces_nothing(self) -> None:
        story = Scenario().report("a", hurt(53), by=ANN).report("b", hurt({"min": 12}), by=BEN, at=TUE)
        assert current(story) == 53
        assert fact_of(story).origins == ("Port",)

    def test_assertion_ends_doubt_and_withholding(self) -> None:
        story = Scenario().report("a", hurt(stance="cannot_confirm"), by=ANN)
        story.report("b", hurt(stance="withholds"), by=ANN).report("c", hurt(2), by=ANN)
        fact = fact_of(story)
        assert (current(story), fact.unconfirmed_by, fact.withheld_by) == (2, (), ())

    def test_latest_of_doubt_and_denial_is_the_stance(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(stance="withholds"), by=BEN)
        story.report("c", hurt(stance="cannot_confirm"), by=BEN)
        assert (fact_of(story).withheld_by, by(fact_of(story).unconfirmed_by)) == ((), ["c"])
        story.report("d", hurt(stance="denies"), by=BEN)
        assert (by(fact_of(story).denied_by), fact_of(story).unconfirmed_by) == (["d"], ())

    def test_joint_statement_can_be_withdrawn_by_one_origin(self) -> None:
        story = Scenario().report("a", hurt(2), by=[ANN, BEN])
        assert fact_of(story).standing == "corroborated"
        story.report("b", hurt(stance="denies"), by=ANN)
        fact = fact_of(story)
        assert (current(story), fact.origins, by(fact.denied_by), fact.standing) == (2, ("City",), ["b"], "disputed")

    def test_joint_statement_can_be_left_by_one_origin(self) -> None:
        story = Scenario().report("a", hurt(2), by=[ANN, BEN]).report("b", hurt(7), by=ANN)
        assert (current(story), by(fact_of(story).contradicted_by)) == (7, ["a"])


class TestRelation:
    @pytest.mark.parametrize(
        ("first", "second", "relation"),
        [
            (hurt(2), hurt({"decimal": "2.0"}), "repeats"),
            (hurt(53), hurt({"min": 24}), "repeats"),
            (hurt({"min": 1, "max": 100}), hurt(53), "refines"),
            (hurt(2, as_of=MON), hurt(3, as_of=MON), "corrects"),
            (hurt(2), hurt(3), "advances"),
            (hurt(2, as_of=MON), hurt(3), "advances"),
            (hurt(2, unit="men"), hurt(3, unit="boats"), "advances"),
            (hurt("Smith"), hurt("Smyth"), "advances"),
            (hurt(53, of=53), hurt(53, of=60), "advances"),
        ],
    )
    def test_relation_of_two_claims_by_one_origin_on_one_day(self, first: Any, second: Any, relation: str) -> None:
        story = Scenario().report("a", first, by=ANN).report("b", second, by=ANN)
        assert relations(story) == ["new", relation]

    def test_narrower_claim_refines_only_at_an_overlapping_time(self) -> None:
        story = (
            Scenario().report("a", hurt({"min": 1, "max": 100}), by=ANN, at=MON).report("b", hurt(53), by=ANN, at=TUE)
        )
        assert relations(story) == ["new", "advances"]

    def test_date_refines_at_any_time(self) -> None:
        story = Scenario().report("a", claim(KEY, {"date": "2026-03"}), by=ANN, at=MON)
        story.report("b", claim(KEY, {"date": "2026-03-21/2026-03-22"}), by=BEN, at=THU)
        assert relations(story) == ["new", "refines"]

    def test_claim_of_another_origin_differs_if_it_contradicts(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("b", hurt(3), by=BEN)
        story.report("c", hurt(4), by=ANN, at=TUE)
        assert relations(story) == ["new", "differs", "advances"]

    def test_repeated_claim_is_current_with_its_own_date(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("b", hurt(2), by=ANN, at=TUE)
        fact = fact_of(story)
        assert fact.current is not None
        assert (fact.current.development, fact.current.as_of.edtf, fact.relation) == ("b", TUE, "repeats")

    def test_claim_repeated_by_another_origin_is_current(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("b", hurt(2), by=BEN, at=TUE)
        fact = fact_of(story)
        assert fact.current is not None
        assert (fact.current.development, fact.current.as_of.edtf, fact.origins) == ("b", TUE, ("City", "Port"))
        story.report("c", hurt(3), by=CY, at=WED).report("d", hurt(stance="denies"), by=CY, at=THU)
        assert by(item for item in [fact_of(story).current]) == ["b"]

    def test_first_value_after_a_withdrawal_is_new(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(stance="denies"), by=ANN)
        story.report("c", hurt(2), by=ANN)
        assert relations(story) == ["new", "withdrawn", "new"]


class TestContradiction:
    @pytest.mark.parametrize(
        ("one", "other", "contradict"),
        [
            (hurt(2), hurt(3), True),
            (hurt({"min": 1, "max": 5}), hurt(6), True),
            (hurt({"min": 1, "max": 5}), hurt({"min": 5, "max": 9}), False),
            (hurt({"decimal": "7.8"}), hurt({"decimal": "7.9"}), True),
            (hurt({"date": MON}), hurt({"date": TUE}), True),
            (hurt({"date": "2026-03"}), hurt({"date": "2026"}), False),
            (hurt(value=True), hurt(value=False), True),
            (hurt(2, unit="men"), hurt(3, unit=" MEN"), True),
            (hurt(2, unit="men"), hurt(3), True),
            (hurt(2, unit="men"), hurt(3, unit="boats"), False),
            (hurt("Smith"), hurt("Jones"), False),
            (hurt(2), hurt("three"), False),
        ],
    )
    def test_values_of_one_unit_contradict(self, one: Any, other: Any, *, contradict: bool) -> None:
        story = Scenario().report("a", one, by=ANN).report("b", other, by=BEN)
        fact = fact_of(story)
        assert bool(fact.contradicted_by) is contradict
        assert (fact.standing == "disputed") is contradict

    @pytest.mark.parametrize(
        ("as_of", "other_as_of", "at", "contradict"),
        [
            ("2026-03", MON, TUE, True),
            (MON, TUE, TUE, False),
            (None, None, MON, True),
            (None, None, TUE, False),
            (MON, None, MON, True),
            (MON, None, TUE, False),
        ],
    )
    def test_contradiction_needs_an_overlapping_time(
        self, as_of: str | None, other_as_of: str | None, at: str, *, contradict: bool
    ) -> None:
        one = hurt(2, as_of=as_of) if as_of else hurt(2)
        other = hurt(3, as_of=other_as_of) if other_as_of else hurt(3)
        story = Scenario().report("a", one, by=ANN, at=MON).report("b", other, by=BEN, at=at)
        assert bool(fact_of(story).contradicted_by) is contradict

    def test_contradiction_lasts_until_one_side_moves(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=BEN)
        assert (current(story), by(fact_of(story).contradicted_by)) == (3, ["a"])
        story.report("c", hurt(3), by=ANN)
        fact = fact_of(story)
        assert (fact.contradicted_by, fact.standing, fact.origins) == ((), "corroborated", ("City", "Port"))

    def test_origin_does_not_contradict_itself(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=ANN)
        assert fact_of(story).contradicted_by == ()


class TestDenial:
    def test_denial_is_listed_whichever_came_first(self) -> None:
        story = Scenario().report("no", hurt(2, stance="denies"), by=BEN, at=MON).report("a", hurt(2), by=ANN, at=TUE)
        fact = fact_of(story)
        assert (current(story), by(fact.denied_by), fact.standing) == (2, ["no"], "disputed")
        assert fact.denied_by[0].as_of.edtf == MON

    def test_denial_outlasts_a_repetition_of_the_claim(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(2, stance="denies"), by=BEN)
        story.report("b", hurt(2), by=ANN, at=THU)
        assert by(fact_of(story).denied_by) == ["no"]

    def test_denial_ends_by_assertion_or_withdrawal(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN)
        story.report("b", hurt(2), by=BEN)
        assert (fact_of(story).denied_by, fact_of(story).standing) == ((), "corroborated")
        story.retract("b")
        assert by(fact_of(story).denied_by) == ["no"]
        story.retract("no")
        assert (fact_of(story).denied_by, fact_of(story).standing) == ((), "reported")

    def test_denial_of_a_value_needs_that_value_to_be_implied(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt({"min": 2}, stance="denies"), by=BEN)
        assert by(fact_of(story).denied_by) == ["no"]
        story.report("b", hurt(1), by=ANN)
        assert (fact_of(story).denied_by, fact_of(story).standing) == ((), "reported")

    def test_denial_repeated_by_its_origin_replaces_the_first(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=MON).report("no", hurt(2, stance="denies"), by=BEN, at=TUE)
        story.report("never", hurt(stance="denies"), by=BEN, at=WED)
        assert by(fact_of(story).denied_by) == ["never"]
        story.report("other", hurt(9, stance="denies"), by=BEN, at=THU)
        assert by(fact_of(story).denied_by) == ["never"]
        story.report("also", hurt({"min": 1}, stance="denies"), by=BEN, at=THU)
        assert by(fact_of(story).denied_by) == ["also"]

    def test_assertion_ends_denials_of_other_reports_only(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN)
        story.report("no", hurt(3), by=BEN, disputes=aimed("a", kind="denies"))
        fact = fact_of(story)
        assert (by(fact.contradicted_by), fact.denied_by) == (["a"], ())
        story.report("b", hurt(2), by=ANN)
        assert by(fact_of(story).denied_by) == ["no"]

    def test_report_may_deny_and_assert_in_either_order(self) -> None:
        story = Scenario().report("a", hurt(2, as_of=MON), by=ANN, at=TUE)
        story.report("no", hurt(3, as_of=MON), by=BEN, at=WED, said_on=MON, disputes=aimed("a", kind="denies"))
        story.report("b", hurt(2), by=ANN, at=THU)
        assert by(fact_of(story).denied_by) == ["no"]
        story.correct("no", facts=[hurt(3, as_of=TUE)])
        assert by(fact_of(story).denied_by) == ["no"]

    def test_denial_and_doubt_end_by_corroboration(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN)
        story.report("unsure", hurt(stance="cannot_confirm"), by=CY)
        story.report("yes", by=[BEN, CY], corroborates=aimed("a"))
        fact = fact_of(story)
        assert (fact.denied_by, fact.unconfirmed_by, fact.standing) == ((), (), "corroborated")
        story.report("again", hurt(stance="denies"), by=BEN)
        assert (by(fact_of(story).denied_by), fact_of(story).origins) == (["again"], ("Port", "UN"))

    def test_dispute_counts_while_the_value_implies_its_target(self) -> None:
        story = Scenario().report("a", hurt(2), claim("dead", 1), by=ANN)
        story.report("no", by=BEN, disputes=aimed("a", kind="denies", keys=[KEY], statement="Not so."))
        assert by(fact_of(story).denied_by) == ["no"]
        assert fact_of(story, "dead").denied_by == ()
        story.report("b", hurt(2), by=CY)
        assert by(fact_of(story).denied_by) == ["no"]
        story.correct("a", facts=[hurt(4), claim("dead", 1)]).report("c", hurt(3), by=CY)
        assert fact_of(story).denied_by == ()

    def test_dispute_of_two_speakers_aims_at_both_claims(self) -> None:
        two = (hurt(2, said_by=[ANN]), hurt(3, said_by=["Dee (Navy)"]))
        story = Scenario().report("a", *two).report("no", by=BEN, disputes=aimed("a", kind="denies"))
        fact = fact_of(story)
        assert ([item.value for item in fact.denied_by], [item.value for item in fact.other_denials]) == ([3], [2])

    def test_dispute_by_the_claimant_withdraws_the_claim(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", by=ANN, disputes=aimed("a", kind="denies"))
        assert current(story) is None

    @pytest.mark.parametrize("kind", ["cannot_confirm", "disagrees"])
    def test_doubt_is_not_a_denial(self, kind: str) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("unsure", by=BEN, disputes=aimed("a", kind=kind))
        fact = fact_of(story)
        assert (current(story), fact.denied_by, fact.standing) == (2, (), "reported")
        assert by(fact.unconfirmed_by) == (["unsure"] if kind == "cannot_confirm" else [])

    def test_doubt_and_silence_are_listed_without_a_value(self) -> None:
        story = Scenario().report("a", hurt(stance="withholds"), by=ANN)
        story.report("b", hurt(stance="cannot_confirm"), by=BEN).report("c", hurt(stance="denies"), by=CY)
        fact = fact_of(story)
        assert (fact.current, fact.relation, fact.standing) == (None, None, None)
        assert (by(fact.withheld_by), by(fact.unconfirmed_by), by(fact.denied_by)) == (["a"], ["b"], ["c"])


SMALL = settings(max_examples=50, deadline=None)
spoken = st.tuples(
    st.sampled_from([ANN, BEN, "Dee", ""]),
    st.sampled_from(["asserts", "asserts", "asserts", "denies", "cannot_confirm", "withholds"]),
    st.sampled_from([1, 2, {"min": 1, "max": 3}, {"min": 2}, "two"]),
    st.sampled_from([None, MON, "2026-03", "../2026-03-03"]),
)


@pytest.mark.slow
@SMALL
@given(st.lists(spoken, min_size=2, max_size=4), st.data())
def test_facts_do_not_depend_on_the_order_of_recording(claims: list[tuple[Any, ...]], data: st.DataObject) -> None:
    aims = data.draw(st.sampled_from(["", "corroborates", "disputes"]))

    def state(order: tuple[int, ...]) -> Any:
        story = Scenario().report("aim", hurt(2), by=CY, at=THU, reported="2026-03-03T06:00:00Z")
        for index in order:
            speaker, stance, value, as_of = claims[index]
            stated = {"as_of": as_of} if as_of else {}
            kind = {"kind": "denies"} if aims == "disputes" else {}
            fields: dict[str, Any] = {aims: aimed("aim", **kind)} if aims and index == 0 else {}
            fact = hurt(value, stance=stance, **stated)
            reported = f"2026-03-0{2 + index % 2}T1{index}:00:00Z"
            story.report(f"d{index}", fact, by=speaker or (), source="Wire", at=THU, reported=reported, **fields)
        json = story.state().as_json()
        return json["facts"], json.get("disputes"), json["developments"]

    first, *others = permutations(range(len(claims)))
    assert all(state(order) == state(first) for order in others)

"""Accounts that differ, and what the desk makes of them: events/README.md#differing-accounts."""

from typing import Any

import pytest

from events.commands import revise_story
from events.diff import changes
from events.fold.facts import Fact
from events.fold.story import fold_of
from events.lint import LintContext, check_story
from events.wording.questions import open_questions
from events.wording.redactions import Redactions
from events.wording.standing import accounts_words, standing_line
from tests.builders import STORY, Scenario, claim
from tests.facts import MON, THU, fact_of

GAC, SCA, LEE = "Ruiz (GAC)", "Said (SCA)", "Lee (Inquiry)"


def cause(value: Any, **fields: Any) -> dict[str, Any]:
    return claim("cause", value, **fields)


def two(second: Any = "wind", **fields: Any) -> Scenario:
    return Scenario().report("a", cause("blackout"), by=GAC).report("b", cause(second), by=SCA, **fields)


def setting(story: Scenario, key: str = "cause", **settings: Any) -> Scenario:
    return story.record(revise_story(STORY, facts={key: settings}))


def cause_of(story: Scenario) -> Fact:
    return fact_of(story, "cause")


def accounts(story: Scenario) -> list[str]:
    """Return the developments whose accounts are shown, the current one first."""
    return [item.development for item in cause_of(story).accounts]


def relations(story: Scenario, key: str = "cause") -> list[str]:
    return [item.relation for item in story.state().facts[key].history]


class TestDiffering:
    @pytest.mark.parametrize("fields", [{}, {"at": THU}, {"reported": "2026-02-27"}])
    def test_texts_of_two_origins_are_listed_on_any_day(self, fields: dict[str, Any]) -> None:
        story = two(**fields)
        assert sorted(accounts(story)) == ["a", "b"]
        assert (cause_of(story).standing, cause_of(story).contradicted_by) == ("reported", ())

    def test_text_of_the_same_origin_is_a_change(self) -> None:
        story = Scenario().report("a", cause("blackout"), by=GAC).report("b", cause("wind"), by=GAC)
        assert (accounts(story), relations(story)) == (["b"], ["new", "advances"])

    @pytest.mark.parametrize("same", ["BLACKOUT", " blackout", "Blackout\n"])
    def test_same_words_in_another_spelling_agree(self, same: str) -> None:
        assert (accounts(two(same)), cause_of(two(same)).standing) == (["b"], "corroborated")

    @pytest.mark.parametrize("value", [3, True, {"date": MON}])
    def test_values_of_other_kinds_are_no_accounts(self, value: Any) -> None:
        assert accounts(two(value)) == ["b"]

    def test_an_origin_that_repeats_the_other_ends_it(self) -> None:
        story = two().report("c", cause("wind"), by=GAC)
        assert (accounts(story), relations(story)) == (["c"], ["new", "diverges", "repeats"])
        assert cause_of(story).standing == "corroborated"

    def test_an_account_ends_when_it_is_taken_back(self) -> None:
        assert accounts(two().retract("a")) == ["b"]
        assert accounts(two().hold("a")) == ["b"]
        assert accounts(two().correct("a", facts=[cause("wind")])) == ["b"]
        assert accounts(two().report("no", cause("blackout", stance="denies"), by=GAC)) == ["b"]

    def test_accounts_under_embargo_are_not_public(self) -> None:
        story = two(embargoed_until="2026-03-09T00:00:00Z")
        before, after = (story.public(now).state for now in (THU, "2026-03-10"))
        assert before is not None
        assert after is not None
        assert [len(state.facts["cause"].fact.accounts) for state in (before, after)] == [1, 2]

    def test_both_are_quoted_in_a_change(self) -> None:
        story = two()
        [first, second] = story.public().items[-1].changes
        assert str(first) == "Cause: wind (one origin: SCA; not independently confirmed)"
        assert str(second) == "Cause: Ruiz (GAC) gives another account: blackout"
        story.report("c", cause("wind"), by=GAC)
        assert (
            str(story.public().items[-1].changes[-1]) == "Cause: Ruiz (GAC) no longer gives another account: blackout"
        )

    def test_a_line_for_a_page_names_every_account(self) -> None:
        fact = cause_of(two())
        assert standing_line(fact) == "Accounts differ: blackout, says Ruiz (GAC)"
        assert accounts_words(fact) == "wind, says Said (SCA); blackout, says Ruiz (GAC)"
        [question] = [item for item in open_questions(two().state()) if item.kind == "differing"]
        assert (question.subject, question.key) == ("Cause", "cause")

    def test_nothing_is_said_of_a_fact_whose_name_is_taken_back(self) -> None:
        [_, change] = two().public().items[-1].changes
        assert change.quotes() == {"a"}
        assert str(change.text(Redactions(keys={"cause": "(not shown)"}))) == "(not shown)"

    def test_check_names_every_account(self) -> None:
        [problem] = [
            item for item in check_story(LintContext(fold=two().fold, now=two().clock)) if item.check == "accounts"
        ]
        assert problem.message == "accounts of cause differ: wind (Said (SCA), b); blackout (Ruiz (GAC), a)."
        assert "--settle cause=DEVELOPMENT" in problem.remedy


class TestOldRules:
    def old(self, story: Scenario, *names: str) -> Scenario:
        """Let reports follow the first rules, as if recorded before the upgrade."""
        story.recorded = [item._replace(rules=1) if item.development in names else item for item in story.recorded]
        story.fold = fold_of(STORY, story.recorded)
        return story

    def test_reports_of_the_old_rules_replace_each_other(self) -> None:
        story = self.old(two(), "a", "b")
        assert (accounts(story), relations(story)) == (["b"], ["new", "advances"])

    def test_a_new_report_differs_from_all(self) -> None:
        story = self.old(two(), "a", "b").report("c", cause("engine"), by=LEE)
        assert accounts(story) == ["c", "a", "b"]
        assert relations(story) == ["new", "advances", "diverges"]

    def test_an_old_denial_goes_with_its_value(self) -> None:
        story = Scenario().report("a", cause("blackout"), by=GAC)
        story.report("no", by=SCA, disputes=[{"development": "a", "kind": "denies"}])
        story.report("b", cause("wind"), by=GAC)
        assert [item.development for item in cause_of(story).other_denials] == ["no"]
        assert cause_of(self.old(story, "no")).denials == ()


class TestSettled:
    def test_the_settled_account_is_current(self) -> None:
        story = setting(two(), settled="a")
        assert accounts(story) == ["a"]
        assert (cause_of(story).settled, relations(story)) == ("a", ["new", "diverges"])
        assert accounts(setting(story, settled=None)) == ["b", "a"]

    def test_a_later_account_may_differ_again(self) -> None:
        story = setting(two(), settled="a").report("c", cause("engine"), by=LEE)
        assert accounts(story) == ["c", "a"]
        assert accounts(setting(story, settled="c")) == ["c"]

    def test_settling_again_covers_what_came_between(self) -> None:
        story = setting(setting(two(), settled="a").report("c", cause("engine"), by=LEE), settled="a")
        assert accounts(story) == ["a"]

    def test_a_contradiction_is_settled_too(self) -> None:
        story = Scenario().report("a", claim("hurt", 2), by=GAC).report("b", claim("hurt", 3), by=SCA)
        setting(story, "hurt", settled="a")
        fact = fact_of(story, "hurt")
        assert (fact.current and fact.current.value, fact.standing, fact.contradicted_by) == (2, "reported", ())

    def test_what_agrees_with_the_settled_account_still_counts(self) -> None:
        story = setting(two().report("c", cause("Blackout"), by=LEE), settled="a")
        assert (accounts(story), cause_of(story).standing) == (["c"], "corroborated")

    def test_a_denial_is_not_settled(self) -> None:
        story = two().report("no", cause("blackout", stance="denies"), by=LEE)
        assert cause_of(setting(story, settled="a")).standing == "disputed"

    def test_a_settlement_ends_and_returns_with_its_report(self) -> None:
        story = setting(two(), settled="a").hold("a")
        assert (accounts(story), cause_of(story).settled) == (["b"], None)
        assert accounts(story.release("a")) == ["a"]

    def test_without_any_other_account_the_settled_away_one_is_known(self) -> None:
        story = setting(two(), settled="a").report("no", cause("blackout", stance="denies"), by=GAC)
        assert accounts(story) == ["b"]

    def test_settling_says_whose_account_no_longer_counts(self) -> None:
        story = two()
        before = story.state()
        lines = [str(item) for item in changes(before, setting(story, settled="a").state())]
        assert "Cause: blackout (one origin: GAC; not independently confirmed)" in lines
        assert "Cause: what Said (SCA) says no longer counts: wind" in lines
        assert not [line for line in lines if "no longer gives" in line]

    def test_holding_the_settled_report_is_no_decision(self) -> None:
        story = setting(two(), settled="a")
        before = story.state()
        lines = [str(item) for item in changes(before, story.hold("a").state())]
        assert not [line for line in lines if "counts" in line]

    def test_settling_what_is_current_names_the_other(self) -> None:
        story = two()
        before = story.state()
        lines = [str(item) for item in changes(before, setting(story, settled="b").state())]
        assert "Cause: what Ruiz (GAC) says no longer counts: blackout" in lines
        assert not [line for line in lines if line.startswith("Cause: wind")]

    def test_settlement_before_a_story_is_public_settles(self) -> None:
        story = Scenario(embargoed_until="2026-03-09T00:00:00Z")
        story.report("a", cause("blackout"), by=GAC).report("b", cause("wind"), by=SCA)
        setting(story, settled="a")
        state = story.public("2026-03-10").state
        assert state is not None
        assert [item.development for item in state.facts["cause"].fact.accounts] == ["a"]

    def test_view_as_of_an_earlier_instant_is_not_settled(self) -> None:
        story = two()
        before = story.clock
        setting(story, settled="a", label="Why")
        fact = story.state(as_of=before).fact("cause")
        assert fact is not None
        assert [item.development for item in fact.accounts] == ["b", "a"]
        assert story.state(as_of=before).settings["cause"].in_force == {"label": "Why"}
        setting(story, settled="b")
        assert story.state(as_of=before).settings["cause"].in_force == {"label": "Why"}


class TestEvolving:
    def test_the_newest_account_counts(self) -> None:
        story = setting(two(), evolving=True)
        assert (accounts(story), relations(story)) == (["b"], ["new", "advances"])
        assert accounts(setting(story, evolving=None)) == ["b", "a"]

    def test_a_key_may_evolve_before_anybody_speaks_of_it(self) -> None:
        story = setting(Scenario(), evolving=True)
        story.report("a", cause("blackout"), by=GAC).report("b", cause("wind"), by=SCA)
        assert accounts(story) == ["b"]

    @pytest.mark.parametrize(("as_of", "standing"), [({}, "reported"), ({"as_of": MON}, "disputed")])
    def test_undated_numbers_of_one_day_are_progress(self, as_of: dict[str, Any], standing: str) -> None:
        story = setting(Scenario(), "hurt", evolving=True)
        story.report("a", claim("hurt", 2, **as_of), by=GAC).report("b", claim("hurt", 3, **as_of), by=SCA)
        assert fact_of(story, "hurt").standing == standing

    def test_a_setting_of_something_else_folds_nothing_again(self) -> None:
        story = two()
        assert accounts(setting(story, label="Why")) == ["b", "a"]

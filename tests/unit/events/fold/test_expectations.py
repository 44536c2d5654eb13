"""How expectations fold (events/README.md#how-expectations-fold). Stories begin on Monday 2 March 2026, 08:00 UTC."""

from itertools import permutations
from typing import Any

import pytest

from events.commands import close_story, reopen_story
from events.fold.expectations import Expected, Running, Statement, due_change, fold_expectation, happened_at
from events.fold.story import StoryFold
from events.model.edtf import UNBOUNDED, Bounds, When, end_of_day, parse_when
from tests.builders import STORY, Scenario, at
from tests.facts import MON, THU, TUE, WED


def talks(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "talks", **fields}]


def came_out(outcome: str) -> list[dict[str, Any]]:
    return [{"expectation": "talks", "outcome": outcome}]


def promised(due: Any = TUE) -> Scenario:
    due = {} if due is None else {"due": due}
    return Scenario().report("promise", at=f"{MON}T09:00:00Z", expects=talks(what="Talks begin", **due))


def expected(story: Scenario) -> Expected:
    talks_expected = story.state().expectation("talks")
    assert talks_expected is not None
    return talks_expected


def status(story: Scenario, now: str) -> str:
    return story.state(now).status_of(expected(story))


def dues(story: Scenario) -> list[tuple[Any, str, str]]:
    return [(item.due and item.due.as_json(), item.development, item.how) for item in expected(story).history]


class TestStatus:
    @pytest.mark.parametrize("due", [None, {"literal": "in the coming days"}, f"{TUE}/.."])
    def test_what_has_no_last_day_is_open_for_ever(self, due: Any) -> None:
        story = promised(due)
        assert status(story, MON) == status(story, "2030-01-01") == "open"
        assert expected(story).ends_at is None

    def test_expectation_is_overdue_at_noon_utc_after_its_last_day(self) -> None:
        story = promised(f"{MON}/{TUE}")
        assert expected(story).ends_at == at(f"{WED}T12:00:00Z")
        assert status(story, f"{WED}T11:59:59.999999Z") == "pending"
        assert status(story, f"{WED}T12:00:00Z") == "overdue"
        assert story.state(f"{WED}T11:59:59Z").overdue == ()
        assert [item.id for item in story.state(f"{WED}T12:00:00Z").overdue] == ["talks"]

    def test_longest_overdue_expectation_comes_first(self) -> None:
        story = Scenario()
        for name, due in (("bus", "2026-03-04"), ("tram", "2025"), ("ferry", "2026-02")):
            story.report(name, expects=[{"id": name, "what": name, "due": due}])
        assert [item.id for item in story.state("2026-04-01").overdue] == ["tram", "ferry", "bus"]

    @pytest.mark.parametrize("outcome", ["met", "missed", "cancelled"])
    def test_an_outcome_in_time_settles_it(self, outcome: str) -> None:
        story = promised().report("outcome", at=TUE, resolves=came_out(outcome))
        assert status(story, "2030-01-01") == outcome
        assert (expected(story).settled, expected(story).resolved_by) == (True, "outcome")

    def test_partly_met_is_unsettled_and_falls_overdue(self) -> None:
        story = promised().report("half", at=TUE, resolves=came_out("partly_met"))
        assert status(story, f"{WED}T11:59:59Z") == "partly_met"
        assert status(story, f"{WED}T12:00:00Z") == "overdue"
        assert not expected(story).settled
        story.report("all", at=f"{WED}T11:00:00Z", resolves=came_out("met"))
        assert status(story, THU) == "met"

    def test_met_after_a_miss_is_met_late(self) -> None:
        story = promised().report("no", at=TUE, resolves=came_out("missed"))
        story.report("half", resolves=came_out("partly_met")).report("yes", resolves=came_out("met"))
        assert status(story, TUE) == "met_late"
        story.report("again", resolves=came_out("met"))
        assert status(story, TUE) == "met_late"

    @pytest.mark.parametrize(
        ("happened", "reported", "came"),
        [
            (None, f"{WED}T11:59:59Z", "met"),
            (None, f"{WED}T12:00:00Z", "met_late"),
            (TUE, THU, "met"),
            (f"{TUE}/{THU}", THU, "met"),
            (WED, THU, "met_late"),
            (f"{WED}T05:00:00Z", f"{WED}T08:00:00Z", "met"),
            (f"{WED}T12:00:00Z", THU, "met_late"),
            (f"../{THU}", THU, "met"),
            ({"literal": "lately"}, THU, "met"),
        ],
    )
    def test_lateness_goes_by_when_it_happened_or_was_reported(self, happened: Any, reported: str, came: str) -> None:
        fields = {} if happened is None else {"happened": happened}
        story = promised().report("outcome", at=reported, resolves=came_out("met"), **fields)
        assert status(story, THU) == came

    @pytest.mark.parametrize("due", [None, {"literal": "soon"}, f"{MON}/..", "9999-12-31"])
    def test_what_has_no_last_day_is_never_met_late(self, due: Any) -> None:
        story = promised(due).report("outcome", at=THU, resolves=came_out("met"))
        assert status(story, THU) == "met"

    def test_the_latest_outcome_counts(self) -> None:
        story = promised().report("off", at=TUE, resolves=came_out("cancelled")).report("on", resolves=came_out("met"))
        assert status(story, TUE) == "met"


class TestDates:
    def test_date_within_the_former_one_dates_it(self) -> None:
        story = promised({"edtf": "2026-03", "literal": "this month"})
        story.report("date", expects=talks(due="2026-03-21/2026-03-22"))
        assert dues(story) == [({"edtf": "2026-03", "literal": "this month"}, "promise", "dated")]
        assert expected(story).due == When(edtf="2026-03-21/2026-03-22")

    def test_an_incompatible_date_moves_it_each_time(self) -> None:
        story = promised(TUE).report("later", expects=talks(due=WED)).report("last", expects=talks(due=THU))
        assert dues(story) == [(TUE, "promise", "moved"), (WED, "later", "moved")]
        assert (expected(story).development, expected(story).due_from) == ("promise", "last")

    def test_first_date_and_its_repetition_have_no_history(self) -> None:
        story = promised(None).report("date", expects=talks(due=TUE)).report("again", expects=talks(due=TUE))
        assert dues(story) == []
        assert expected(story).due_from == "date"

    def test_null_clears_a_field(self) -> None:
        story = Scenario().report(
            "promise", expects=talks(what="Talks", due=TUE, by="Port", wanted_by="City", condition="if it is calm")
        )
        story.report("vague", expects=talks(due=None, by=None, wanted_by=None, condition=None))
        talks_expected = expected(story)
        assert (talks_expected.due, talks_expected.by, talks_expected.wanted_by, talks_expected.condition) == (
            None,
            None,
            None,
            None,
        )
        assert dues(story) == [(TUE, "promise", "moved")]
        assert status(story, "2030-01-01") == "open"
        story.report("date", expects=talks(due=THU))
        assert dues(story) == [(TUE, "promise", "moved"), (None, "vague", "dated")]

    def test_restatement_replaces_only_the_fields_that_it_sets(self) -> None:
        story = Scenario().report("promise", expects=talks(what="Talks", due=TUE, by="Port"))
        story.report("again", expects=talks(what="Talks about the quay", wanted_by="City"))
        talks_expected = expected(story)
        assert (talks_expected.what, talks_expected.by, talks_expected.wanted_by) == (
            "Talks about the quay",
            "Port",
            "City",
        )
        assert (talks_expected.development, talks_expected.stated_by) == ("promise", "again")

    @pytest.mark.parametrize("outcome", ["missed", "cancelled"])
    def test_new_date_after_a_miss_reopens_the_expectation(self, outcome: str) -> None:
        story = promised().report("no", at=TUE, resolves=came_out(outcome)).report("new", expects=talks(due=THU))
        assert (status(story, WED), expected(story).resolved_by) == ("pending", None)
        story.report("yes", at=THU, resolves=came_out("met"))
        assert status(story, THU) == "met"

    def test_new_date_after_it_was_met_keeps_the_outcome(self) -> None:
        story = promised().report("yes", at=TUE, resolves=came_out("met")).report("new", expects=talks(due=THU))
        assert status(story, THU) == "met"

    @pytest.mark.parametrize(
        ("before", "after", "how"),
        [
            (None, TUE, "dated"),
            ({"literal": "soon"}, TUE, "dated"),
            ("2026-03", TUE, "dated"),
            (TUE, None, "moved"),
            (TUE, WED, "moved"),
            (TUE, {"literal": "later"}, "moved"),
            (f"{MON}/{WED}", f"{TUE}/{THU}", "moved"),
        ],
    )
    def test_date_within_the_former_one_dates_and_others_move(self, before: Any, after: Any, how: str) -> None:
        assert due_change(before and parse_when(before), after and parse_when(after)) == how


class TestOrder:
    def test_the_order_of_recording_does_not_matter(self) -> None:
        reports: list[tuple[str, str, dict[str, Any]]] = [
            ("promise", f"{MON}T09:00:00Z", {"expects": talks(what="Talks", due="2026-03")}),
            ("date", f"{MON}T10:00:00Z", {"expects": talks(what="Talks again", due=TUE)}),
            ("half", f"{TUE}T09:00:00Z", {"resolves": came_out("partly_met"), "happened": TUE}),
            ("yes", f"{THU}T09:00:00Z", {"resolves": came_out("met"), "happened": WED}),
        ]

        def state(order: tuple[int, ...]) -> Any:
            story = Scenario().report("draft", at=THU, expects=talks(what="Talks"), reported=f"{MON}T08:30:00Z")
            for name, reported, fields in (reports[index] for index in order):
                story.report(name, at=THU, reported=reported, **fields)
            return story.state("2026-03-09").as_json()["expectations"]

        results = [state(order) for order in permutations(range(len(reports)))]
        assert all(result == results[0] for result in results)
        assert results[0][0]["status"] == "met_late"
        assert results[0][0]["history"] == [{"due": {"edtf": "2026-03"}, "development": "promise"}]

    def test_statements_are_sorted_by_when_they_happened(self) -> None:
        story = promised().report("off", at=WED, resolves=came_out("cancelled"))
        story.report("before", at=THU, happened=MON, expects=talks(due="2026-03-09"))
        assert status(story, THU) == "cancelled"

    def test_late_statement_counts_as_if_nobody_had_asked_before_it(self) -> None:
        story = promised().report("moved", at=WED, expects=talks(due=THU), happened=WED)
        story.report("late", at=THU, expects=talks(due=WED), happened=TUE)
        fold = StoryFold(STORY)
        for recorded in story.recorded:
            fold.apply(recorded)
            fold.expected("talks")
        assert fold.expected("talks") == expected(story)
        assert dues(story) == [(TUE, "promise", "moved"), (WED, "late", "moved")]

    def test_one_report_states_before_it_resolves(self) -> None:
        story = Scenario().report("all", expects=talks(what="Talks", due=MON), resolves=came_out("met"))
        assert status(story, MON) == "met"

    def test_only_a_usable_report_can_say_what_is_expected(self) -> None:
        story = promised().report("date", expects=talks(due=WED)).hold("promise")
        assert story.state().expectations == ()
        story.release("promise")
        assert expected(story).due == When(edtf=WED)
        story.retract("date")
        assert (expected(story).due, dues(story)) == (When(edtf=TUE), [])

    def test_outcome_alone_makes_no_expectation(self) -> None:
        story = promised().report("yes", resolves=came_out("met"))
        statements: tuple[Statement, ...] = story.fold._knowledge._statements["talks"]
        assert fold_expectation("talks", statements[1:]).stated is None

    @pytest.mark.parametrize(
        ("bounds", "instant"),
        [
            (None, f"{THU}T09:00:00Z"),
            (UNBOUNDED, f"{THU}T09:00:00Z"),
            (parse_when(THU).bounds, f"{THU}T09:00:00Z"),
            (parse_when(TUE).bounds, f"{WED}T00:00:00Z"),
        ],
    )
    def test_happened_at_is_the_end_of_the_day_or_the_report(self, bounds: Bounds | None, instant: str) -> None:
        assert happened_at(bounds, at(f"{THU}T09:00:00Z")) == at(instant)

    def test_a_day_ends_at_24_00_utc(self) -> None:
        assert end_of_day(at(MON).date()) == at(f"{TUE}T00:00:00Z")


class TestClosing:
    """The window of `promised()` ends on Wednesday at 12:00Z."""

    def test_window_that_ends_after_the_closing_is_never_overdue(self) -> None:
        story = promised().close(TUE)
        assert status(story, "2030-01-01") == "pending"

    def test_it_falls_overdue_when_the_story_runs_again(self) -> None:
        story = promised().close(TUE).reopen(THU)
        assert status(story, f"{THU}T11:59:59Z") == "pending"
        assert status(story, THU) == "overdue"

    def test_story_reopened_in_time_falls_overdue_at_the_end(self) -> None:
        story = promised().close(f"{MON}T20:00:00Z").reopen(TUE)
        assert status(story, f"{WED}T11:59:59Z") == "pending"
        assert status(story, f"{WED}T12:00:00Z") == "overdue"

    def test_expectation_overdue_before_the_closing_stays_overdue(self) -> None:
        story = promised().close(THU)
        assert status(story, "2026-03-09") == "overdue"
        assert status(story.reopen("2026-03-09"), "2026-03-10") == "overdue"

    def test_closing_at_the_end_of_a_window_does_not_stop_it(self) -> None:
        assert status(promised().close(f"{WED}T11:59:59Z"), THU) == "pending"
        assert status(promised().close(f"{WED}T12:00:00Z"), THU) == "overdue"

    def test_turns_count_when_they_were_reported(self) -> None:
        story = promised().record(close_story(STORY), at=THU, reported=TUE)
        assert status(story, "2026-03-09") == "pending"
        story.record(reopen_story(STORY), at="2026-03-06")
        story.record(close_story(STORY), at="2026-03-07", reported="2026-03-05T20:00:00Z")
        running = story.state("2026-03-09").running
        assert [closes for _, closes in running.turns] == [True, True, False]
        assert (running.closed, running.overdue_at(at(WED))) == (False, at("2026-03-06"))

    def test_turns_of_one_instant_are_in_ledger_order(self) -> None:
        story = promised().close(TUE).record(reopen_story(STORY), at=TUE, reported=TUE)
        assert not story.state().running.closed
        assert story.state().status == "open"

    def test_without_an_end_there_is_nothing_to_fall_overdue(self) -> None:
        assert Running().overdue_at(None) is None
        assert Running().overdue_at(at(MON)) == at(MON)
        assert not Running().closed

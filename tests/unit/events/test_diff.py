"""What changed, kind by kind, and the sentence that each change makes. Arrows and dashes are what is tested."""

from typing import Any

import pytest

from events.changes import (
    Change,
    ContradictionChanged,
    DenialChanged,
    DevelopmentChanged,
    ExpectationChanged,
    FactChanged,
    StoryChanged,
)
from events.commands import pin, redact, revise_story
from events.diff import apply_and_compare, changes, expectation_changes, fact_changes
from events.fold.story import StoryFold, fold_of
from events.wording.redactions import Redactions
from tests.builders import STORY, Scenario, at, claim
from tests.facts import ANN, BEN, CY, MON, THU, TUE, WED, aimed, hurt

WITHDRAWN = "(withdrawn)"


def withdrawn(development: str) -> Redactions:
    return Redactions(developments={development: WITHDRAWN})


def talks(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "talks", **fields}]


def came_out(outcome: str) -> list[dict[str, Any]]:
    return [{"expectation": "talks", "outcome": outcome}]


def since(story: Scenario, version: int, now: str = TUE, before: str | None = None) -> list[Change]:
    """Return what the events after `version` changed, developments aside."""
    earlier = StoryFold(STORY)
    for recorded in story.recorded[:version]:
        earlier.apply(recorded)
    differences = changes(earlier.state(now=at(before or now)), story.state(now))
    return [change for change in differences if not isinstance(change, DevelopmentChanged)]


def texts(differences: list[Change]) -> list[str]:
    return [str(change) for change in differences]


def first(story: Scenario) -> Scenario:
    return story.report("a", hurt({"min": 1, "max": 52}, literal="some", unit="people"), by=ANN)


class TestFacts:
    def test_a_new_fact(self) -> None:
        differences = since(first(Scenario()), 1)
        assert texts(differences) == ["Hurt: 1–52 people (“some”) (one origin: Port; not independently confirmed)"]
        [change] = differences
        assert isinstance(change, FactChanged)
        assert (change.was, change.relation, change.quotes()) == (None, "new", frozenset({"a"}))
        assert str(change.text(withdrawn("a"))) == "Hurt: (withdrawn)"

    def test_another_value(self) -> None:
        story = first(Scenario()).report("b", hurt(53, of=53, unit="people"), by=ANN)
        differences = since(story, 2)
        expected = "Hurt: 1–52 people (“some”) → 53 of 53 people (one origin: Port; not independently confirmed)"
        assert texts(differences) == [expected]
        assert differences[0].quotes() == {"a", "b"}
        assert str(differences[0].text(withdrawn("a"))) == expected.replace("1–52 people (“some”)", WITHDRAWN)
        assert str(differences[0].text(withdrawn("b"))) == "Hurt: 1–52 people (“some”) → (withdrawn)"

    def test_another_standing(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(2), by=BEN)
        differences = since(story, 2)
        assert texts(differences) == ["Hurt, 2: confirmed by two origins: City and Port (before: reported)"]
        assert str(differences[0].text(withdrawn("b"))) == "Hurt, (withdrawn) (before: reported)"

    def test_a_value_taken_back(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(stance="denies"), by=ANN)
        differences = since(story, 2)
        assert texts(differences) == ["Hurt: 2 → unknown", "Hurt: Ann (Port) denies: 2"]
        assert isinstance(differences[0], FactChanged)
        assert (differences[0].relation, differences[0].now) == ("withdrawn", None)

    def test_a_fact_whose_reports_are_gone(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).retract("a")
        assert texts(since(story, 2)) == ["Hurt: 2 → unknown"]

    def test_a_contradiction_opened_and_ended(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=BEN)
        differences = since(story, 2)
        assert texts(differences) == ["Hurt: 2 → 3 (disputed)", "Hurt: Ann (Port) says otherwise: 2"]
        assert isinstance(differences[1], ContradictionChanged)
        assert differences[1].quotes() == {"a"}
        assert str(differences[1].text(withdrawn("a"))) == "Hurt: (withdrawn) says otherwise: (withdrawn)"
        assert texts(since(story.report("c", hurt(3), by=ANN), 3)) == [
            "Hurt, 3: confirmed by two origins: City and Port (before: disputed)",
            "Hurt: Ann (Port) no longer contradicts this, having said: 2",
        ]

    def test_a_denial_opened_and_ended(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN)
        differences = since(story, 2)
        assert texts(differences) == ["Hurt, 2: disputed (before: reported)", "Hurt: Ben (City) denies: 2"]
        assert isinstance(differences[1], DenialChanged)
        assert differences[1].quotes() == {"a", "no"}
        assert str(differences[1].text(withdrawn("a"))) == "Hurt: Ben (City) denies it"
        ended = since(story.report("b", hurt(2), by=BEN), 3)
        assert texts(ended)[1] == "Hurt: Ben (City) no longer denies: 2"
        assert isinstance(ended[1], DenialChanged)
        assert (differences[1].ended, ended[1].ended) == (False, True)
        assert str(ended[1].text(withdrawn("a"))) == "Hurt: Ben (City) no longer denies it"

    @pytest.mark.parametrize("again", [hurt(3), hurt(5, stance="denies")])
    def test_repeated_objection_is_no_change(self, again: dict[str, Any]) -> None:
        story = Scenario().report("b", again, by=BEN).report("a", hurt(5), by=ANN).report("c", again, by=BEN)
        story.report("d", hurt(5), by=ANN)
        assert texts(since(story, 3)) == []

    def test_contradiction_by_another_value_is_a_change(self) -> None:
        story = Scenario().report("b", hurt(3), by=BEN).report("a", hurt(5), by=ANN).correct("b", facts=[hurt(4)])
        assert texts(since(story, 3)) == [
            "Hurt: Ben (City) says otherwise: 4",
            "Hurt: Ben (City) no longer contradicts this, having said: 3",
        ]

    def test_contradiction_of_a_former_value_has_not_ended(self) -> None:
        story = Scenario().report("b", hurt(3), by=BEN).report("no", hurt(2, stance="denies"), by=CY)
        story.report("a", hurt(2), by=ANN).report("c", hurt(3), by=ANN)
        assert texts(since(story, 4)) == ["Hurt: 2 → 3 (confirmed by two origins: City and Port)"]

    def test_nothing_known_before_and_after_is_no_change(self) -> None:
        assert list(fact_changes("hurt", None, None)) == []
        story = Scenario().report("a", hurt(stance="withholds"), by=ANN)
        assert since(story, 1) == []


def expecting(due: Any = TUE) -> Scenario:
    given = {} if due is None else {"due": due}
    return Scenario().report("promise", expects=talks(what="talks in Port", **given))


class TestExpectations:
    def test_opened(self) -> None:
        differences = since(expecting(), 1)
        assert texts(differences) == ["Newly expected: talks in Port: due 3 March 2026"]
        assert isinstance(differences[0], ExpectationChanged)
        assert (differences[0].how, differences[0].quotes()) == ("opened", frozenset({"promise"}))
        assert str(differences[0].text(withdrawn("promise"))) == "Newly expected: (withdrawn): (withdrawn)"

    def test_dated(self) -> None:
        story = expecting({"edtf": "2026-03", "literal": "this month"}).report("date", expects=talks(due=THU))
        assert texts(since(story, 2)) == [
            "Expected: talks in Port: due March 2026 (“this month”) → due 5 March 2026 (dated)"
        ]
        assert texts(since(expecting(None).report("date", expects=talks(due=THU)), 2)) == [
            "Expected: talks in Port: no date given → due 5 March 2026 (dated)"
        ]

    def test_moved_quotes_the_reports_that_gave_the_dates(self) -> None:
        story = expecting().report("later", expects=talks(due=WED)).report("last", expects=talks(due=THU))
        differences = since(story, 3)
        assert texts(differences) == ["Expected: talks in Port: due 4 March 2026 → due 5 March 2026 (moved)"]
        assert differences[0].quotes() == {"promise", "later", "last"}
        assert str(differences[0].text(withdrawn("later"))) == (
            "Expected: talks in Port: (withdrawn) → due 5 March 2026 (moved)"
        )

    def test_withdrawn_date_counts_as_moved(self) -> None:
        story = expecting().report("later", expects=talks(due=WED)).retract("later")
        assert texts(since(story, 3)) == ["Expected: talks in Port: due 4 March 2026 → due 3 March 2026 (moved)"]

    @pytest.mark.parametrize(
        ("outcome", "words"),
        [("met", "met"), ("partly_met", "partly met"), ("missed", "missed"), ("cancelled", "cancelled")],
    )
    def test_resolved(self, outcome: str, words: str) -> None:
        differences = since(expecting().report("end", resolves=came_out(outcome)), 2)
        assert texts(differences) == [f"Expected: talks in Port: {words}"]
        assert isinstance(differences[0], ExpectationChanged)
        assert differences[0].how == "resolved"

    def test_partly_met_when_it_was_overdue_says_both(self) -> None:
        story = expecting().report("half", at=THU, resolves=came_out("partly_met"))
        assert texts(since(story, 2, THU)) == ["Expected: talks in Port: partly met (overdue)"]

    def test_opened_and_resolved_at_once_are_two_changes(self) -> None:
        story = Scenario().report("a", expects=talks(what="talks"), resolves=came_out("met"))
        assert texts(since(story, 1)) == ["Newly expected: talks: no date given", "Expected: talks: met"]

    def test_reopened(self) -> None:
        story = expecting().report("end", resolves=came_out("met")).retract("end")
        assert texts(since(story, 3)) == ["Expected: talks in Port: pending"]

    def test_reworded(self) -> None:
        story = expecting().report("terms", expects=talks(by="Port", condition="if it is calm"))
        differences = since(story, 2)
        assert texts(differences) == ["Expected: talks in Port: by Port; on condition: if it is calm"]
        assert differences[0].quotes() == {"promise", "terms"}
        assert texts(since(expecting().report("words", expects=talks(what="a meeting")), 2)) == [
            "Expected: a meeting: reworded"
        ]
        story.report("calm", expects=talks(condition=None))
        assert texts(since(story, 3)) == ["Expected: talks in Port: no longer on condition"]
        assert str(ExpectationChanged(id="talks", how="reworded", was=None, now=None, status=None)) == "Expected: "

    def test_overdue_from_time_alone(self) -> None:
        assert texts(since(expecting(), 2, THU, before=TUE)) == ["Expected: talks in Port: overdue"]
        assert since(expecting(), 2, THU, before=THU) == []

    def test_withdrawn(self) -> None:
        differences = since(expecting().retract("promise"), 2)
        assert texts(differences) == ["No longer expected: talks in Port (the report of it was taken back)"]
        assert str(differences[0].text(withdrawn("promise"))) == (
            "No longer expected: (withdrawn) (the report of it was taken back)"
        )

    def test_nothing_before_and_after_is_no_change(self) -> None:
        assert list(expectation_changes("talks", None, None, status_was=None, status=None)) == []
        assert (
            str(ExpectationChanged(id="talks", how="resolved", was=None, now=None, status=None)) == "Expected: : open"
        )


class TestTheStoryItself:
    def test_headline_summary_and_status(self) -> None:
        story = Scenario().record(revise_story(STORY, headline="Harbour burnt", summary="All over.")).close()
        differences = since(story, 1)
        assert texts(differences) == [
            "Story headline: Fire at the harbour → Harbour burnt",
            "Story summary: All over.",
            "Story status: open → closed",
        ]
        assert isinstance(differences[0], StoryChanged)
        assert differences[0].quotes() == frozenset()
        assert str(StoryChanged(field="summary", was="All over.", now=None)) == "Story summary: All over. → none"

    def test_an_opening_is_no_change(self) -> None:
        assert changes(None, Scenario().state()) == ()


class TestDevelopments:
    def told_since(self, story: Scenario, version: int) -> list[str]:
        before = StoryFold(STORY)
        for recorded in story.recorded[:version]:
            before.apply(recorded)
        return [str(change) for change in changes(before.state(now=at(TUE)), story.state(TUE))]

    def test_reported(self) -> None:
        story = Scenario().report("a", headline="Ferries stop")
        assert self.told_since(story, 1) == ["Reported: Ferries stop"]
        [change] = changes(None, story.state())
        assert change.quotes() == {"a"}
        assert str(change.text(withdrawn("a"))) == "Reported: (withdrawn)"

    def test_corrected(self) -> None:
        story = Scenario().report("a", headline="Ferries stop").correct("a", headline="Ferries stopped", urgency=3)
        assert self.told_since(story, 2) == ["Corrected: Ferries stopped"]
        assert self.told_since(story.record(pin(STORY, "a")), 3) == []

    def test_withheld_restored_and_withdrawn(self) -> None:
        story = Scenario().report("a", headline="Ferries stop").hold("a").release("a").retract("a")
        assert self.told_since(story, 3) == ["Withdrawn: a"]
        story = Scenario().report("a", headline="Ferries stop").hold("a")
        assert self.told_since(story, 2) == ["Withheld: Ferries stop"]
        assert self.told_since(story.release("a"), 3) == ["Restored: Ferries stop"]

    def test_report_withdrawn_in_between_is_a_withdrawal(self) -> None:
        assert self.told_since(Scenario().report("a").retract("a"), 1) == ["Withdrawn: a"]


def test_changes_come_in_a_fixed_order() -> None:
    story = Scenario().record(revise_story(STORY, headline="New"))
    story.report("z", claim("b", 1), claim("a", 2), expects=[{"id": "y", "what": "Y"}, {"id": "x", "what": "X"}])
    story.report("d", by=BEN, disputes=aimed("z", kind="denies", keys=["b"]))
    opened = Scenario().state()
    assert [type(change).__name__ for change in changes(opened, story.state())] == [
        "StoryChanged",
        *["DevelopmentChanged"] * 2,
        *["FactChanged"] * 2,
        "DenialChanged",
        *["ExpectationChanged"] * 2,
    ]
    assert changes(story.state(), story.state()) == ()


def test_touched_changes_equal_those_between_states() -> None:
    story = first(expecting()).report("b", hurt(53), by=BEN).report("no", hurt(stance="denies"), by=CY)
    story.report("later", expects=talks(due=THU)).correct("later", headline="Talks moved").retract("b").hold("later")
    story.release("later").close().record(revise_story(STORY, summary="All of it")).reopen().retract("promise")
    story.record(redact(STORY, "A court ordered it.", development="no"))
    fold = StoryFold(STORY)
    for version, recorded in enumerate(story.recorded):
        before = fold.state(now=at(TUE)) if version else None
        differences = apply_and_compare(fold, recorded, now=at(TUE))
        assert differences == (
            () if recorded.event.type == "event_redacted" else changes(before, fold.state(now=at(TUE)))
        )


def test_reopening_makes_overdue_what_fell_due_meanwhile() -> None:
    promise = talks(what="Talks", due=TUE)
    story = Scenario().report("promise", expects=promise, at=MON).close().reopen(at=THU)
    fold = fold_of(STORY, story.recorded[:-1])
    differences = apply_and_compare(fold, story.recorded[-1], now=at(THU))
    assert texts(list(differences)) == ["Story status: closed → open", "Expected: Talks: overdue"]


def test_denial_whose_target_is_held_goes_on_unchanged() -> None:
    story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN).hold("a")
    assert texts(since(story, 3)) == ["Hurt: 2 → unknown"]
    assert not [text for text in texts(since(story.release("a"), 4)) if "denies" in text]

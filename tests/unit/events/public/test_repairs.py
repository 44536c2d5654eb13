"""Repairs in public: events/README.md#notices-outlive-a-redaction and #the-last-word."""

from typing import Any

import pytest

from events import commands
from events.fold.development import REMOVED
from events.model.codec import plain
from events.model.events import EventRedacted
from events.model.parts import Notice
from events.model.validation import parse_event
from events.public.redaction import expectations_in
from events.public.sequence import OverdueNotice, PublicStory
from events.rules.assignment import same_content
from feed.entries.model import Entry
from tests.builders import STORY, Scenario
from tests.builders import at as instant

ENDS = "2026-03-05T12:00:00Z"
REDACTED = "2026-03-10T09:00:00Z"
MAY = "2026-05-01T00:00:00Z"


def promise(due: str = "2026-03-04", **fields: Any) -> dict[str, Any]:
    return {"expects": [{"id": "e1", "due": due} | fields]}


def promised() -> Scenario:
    return Scenario().report("d1", **promise(what="Ferries run again"))


def notices(public: PublicStory) -> list[tuple[str, str]]:
    """Return each overdue notice with its instant and what it says is expected."""
    return [(str(item.at.date()), item.expectation.what) for item in public.items if isinstance(item, OverdueNotice)]


def noticed(story: Scenario) -> dict[str, tuple[Notice, ...]]:
    event = story.recorded[-1].event
    assert isinstance(event, EventRedacted)
    return event.noticed


def overdue(story: Scenario, now: str = MAY) -> Entry:
    return story.entry(None, kind="overdue", now=now)


class TestRedactionAndNotices:
    def test_notice_of_an_erased_promise_stays_without_words(self) -> None:
        story = promised()
        before = overdue(story, REDACTED)
        story.redact(at=REDACTED, development="d1")
        assert noticed(story) == {"e1": (Notice(development="d1", ends_at=instant(ENDS), at=instant(ENDS)),)}
        assert notices(story.public(MAY)) == [("2026-03-05", REMOVED)]
        after = overdue(story)
        assert (after.id, after.published, after.url) == (before.id, before.published, before.url)
        assert after.updated == instant(REDACTED)
        assert "Ferries" in before.title
        assert "Ferries" not in f"{after.title} {after.summary} {after.content}"
        assert after.title == "No longer expected: the report of 2 March 2026, 09:00 UTC, was removed"

    def test_erased_delay_backdates_no_notice(self) -> None:
        story = promised().report("d2", **promise("2026-03-20")).redact(at=REDACTED, development="d2")
        assert noticed(story) == {"e1": ()}
        # It falls due by the older promise, once nothing else is told any more, and not in what was published.
        assert notices(story.public(MAY)) == [("2026-03-10", "Ferries run again")]
        public = story.public(MAY)
        assert public.items[-1].at == instant(REDACTED)
        assert isinstance(public.items[-1], OverdueNotice)

    def test_erased_word_of_success_backdates_no_notice(self) -> None:
        story = promised().report("d2", resolves=[{"expectation": "e1", "outcome": "met"}])
        story.redact(at=REDACTED, development="d2")
        assert notices(story.public(MAY)) == [("2026-03-10", "Ferries run again")]

    def test_notice_before_an_erased_delay_is_unchanged(self) -> None:
        story = promised().report("d2", at="2026-03-07", **promise("2026-03-20"))
        moved = overdue(story, "2026-03-08T00:00:00Z")
        assert moved.title.startswith("Overdue, then moved")
        story.redact(at=REDACTED, development="d2")
        assert notices(story.public(MAY)) == [("2026-03-05", "Ferries run again")]
        assert overdue(story).title == "Overdue: Ferries run again (due 4 March 2026)"
        assert overdue(story).updated == instant(REDACTED)

    def test_notice_of_an_erased_window_stays_without_it(self) -> None:
        # Given a promise that was noticed as overdue only by its second window
        story = promised().report("d2", at="2026-03-03", **promise("2026-03-06"))
        story.redact(at=REDACTED, development="d2")
        # Then that notice stays, and says no more what it was; the first window is told from now on
        assert notices(story.public(MAY)) == [("2026-03-07", REMOVED), ("2026-03-10", "Ferries run again")]
        titles = [entry.title for entry in story.entries(MAY) if entry.kind == "overdue"]
        assert titles == ["Overdue: Ferries run again (due 4 March 2026)", "Overdue notice: the promise was removed"]

    def test_second_redaction_records_the_notices_of_the_first(self) -> None:
        story = promised().report("d2", **promise("2026-03-20")).redact(at=REDACTED, development="d2")
        story.redact(at="2026-03-12T09:00:00Z", development="d1")
        assert notices(story.public(MAY)) == [("2026-03-10", REMOVED)]

    def test_redacted_correction_records_its_notices(self) -> None:
        story = Scenario().report("d1").correct("d1", **promise(what="Ferries run again"))
        story.redact(at=REDACTED, event=story.recorded[-1].id)
        assert list(noticed(story)) == ["e1"]
        assert notices(story.public(MAY)) == [("2026-03-05", REMOVED)]

    def test_redacted_report_records_notices_of_its_corrections(self) -> None:
        story = Scenario().report("d1").correct("d1", **promise(what="Ferries run again"))
        story.redact(at=REDACTED, event=story.recorded[1].id)
        assert notices(story.public(MAY)) == [("2026-03-05", REMOVED)]

    def test_redaction_of_a_secret_report_records_no_notice(self) -> None:
        story = Scenario().report("d1", embargoed_until="2026-04-01T00:00:00Z", **promise(what="Ferries run again"))
        story.redact(at=REDACTED, development="d1")
        assert noticed(story) == {"e1": ()}
        assert notices(story.public(MAY)) == []

    def test_noticed_given_by_the_caller_is_ignored(self) -> None:
        story = promised()
        made_up = [{"development": "d1", "ends_at": ENDS, "at": ENDS}]
        redaction = plain(commands.redact(STORY, "R", development="d1"))
        story.record(parse_event({**redaction, "noticed": {"e9": made_up}}), at="2026-03-03")
        assert noticed(story) == {"e1": ()}

    def test_same_redaction_again_is_the_same_event(self) -> None:
        story = promised().redact(at=REDACTED, development="d1")
        given = commands.redact(STORY, "A court ordered it.", development="d1", id=story.recorded[-1].id)
        assert same_content(given, story.recorded[-1])


class TestLastWord:
    """Corrections go out in another order than they were recorded in, where one is under embargo."""

    NIGHT = "2026-03-02T23:00:00Z"

    @staticmethod
    def headline(public: PublicStory) -> str:
        assert public.state is not None
        development = public.state.development("d1")
        assert development is not None
        assert development.report is not None
        return development.report.headline

    def test_late_correction_of_a_field_set_since_changes_nothing(self) -> None:
        story = Scenario().report("d1", headline="First")
        story.correct("d1", headline="A", embargoed_until=self.NIGHT).correct("d1", headline="B")
        assert self.headline(story.public()) == "B"
        assert self.headline(story.public(self.NIGHT)) == "B"
        # Nothing is left of it to tell.
        assert [entry.kind for entry in story.entries(self.NIGHT)] == ["correction", "report"]
        development = story.state().development("d1")
        assert development is not None
        assert development.report is not None
        assert development.report.headline == "B"

    def test_late_correction_of_other_fields_changes_them(self) -> None:
        story = Scenario().report("d1", headline="First", body="Old")
        story.correct("d1", headline="A", body="New", embargoed_until=self.NIGHT).correct("d1", headline="B")
        public = story.public(self.NIGHT)
        assert self.headline(public) == "B"
        assert public.state is not None
        made = [(item.field, item.was, item.now) for item in public.state.corrections]
        assert made == [("headline", "First", "B"), ("body", "Old", "New")]

    def test_erased_late_correction_keeps_what_was_set_since(self) -> None:
        story = Scenario().report("d1", headline="First", body="Old")
        story.correct("d1", headline="A", body="New", embargoed_until=self.NIGHT)
        erased = story.recorded[-1].id
        story.correct("d1", headline="B").redact(event=erased)
        public = story.public(self.NIGHT)
        assert self.headline(public) == "B"
        assert public.state is not None
        assert public.state.developments[0].report is not None
        assert public.state.developments[0].report.body == REMOVED

    def test_late_revision_keeps_fields_that_a_newer_one_set(self) -> None:
        story = Scenario(headline="First")
        story.record(commands.revise_story(STORY, headline="A", summary="S", embargoed_until=self.NIGHT))
        story.record(commands.revise_story(STORY, headline="B"))
        state = story.public(self.NIGHT).state
        assert state is not None
        assert (state.headline, state.summary) == ("B", "S")

    @pytest.mark.parametrize("substitute", ["second", None])
    def test_late_retraction_after_another_adds_nothing(self, substitute: str | None) -> None:
        story = Scenario().report("d1").report("first").report("second")
        story.retract("d1", embargoed_until=self.NIGHT, reason="Early", substitute=substitute)
        story.retract("d1", reason="Late", substitute="first")
        state = story.public(self.NIGHT).state
        assert state is not None
        withdrawn = state.development("d1")
        assert withdrawn is not None
        assert (withdrawn.reason, withdrawn.substitute) == ("Late", "first")

    def test_secret_substitute_is_named_once_it_is_public(self) -> None:
        story = Scenario().report("d1").report("sub", embargoed_until=self.NIGHT).retract("d1")
        before = story.public()
        told = story.entries()
        story.retract("d1", substitute="sub")
        assert story.public("2026-03-02T20:00:00Z").items == before.items
        assert story.entries("2026-03-02T20:00:00Z") == told
        state = story.public(self.NIGHT).state
        assert state is not None
        assert [item.substitute for item in state.developments if item.id == "d1"] == ["sub"]

    def test_late_retraction_after_a_redaction_adds_nothing(self) -> None:
        story = Scenario().report("d1").retract("d1", embargoed_until=self.NIGHT, reason="Early")
        story.redact(development="d1")
        state = story.public(self.NIGHT).state
        assert state is not None
        assert [item.reason for item in state.developments] == ["A court ordered it."]
        assert [entry.kind for entry in story.entries(self.NIGHT)] == ["retraction", "report"]


def test_event_without_a_report_mentions_no_expectation() -> None:
    assert expectations_in(commands.pin(STORY, "d1")) == set()

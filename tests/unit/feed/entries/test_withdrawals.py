"""Entries when reports are held, retracted or redacted."""

from typing import Any

import pytest

from tests.builders import Scenario, claim
from tests.builders import at as instant
from tests.entries import NEXT_DAY, NOON, PAGE, a_story, assert_kept

# Holds.


def test_hold_is_a_notice_and_takes_the_text_until_released() -> None:
    story = a_story()
    before = story.entry()
    story.hold("d1", at=NOON, reason="We are checking the count.")
    held, notice = story.entry(), story.entry(kind="withheld")
    assert notice.title == held.title == "Withheld pending checks: report of 2 March 2026, 09:00 UTC"
    assert "being checked" in notice.content
    assert "We are checking the count." not in notice.content + held.content  # the reason stays with the desk
    assert notice.in_reply_to is not None
    assert notice.in_reply_to.id == held.id
    assert_kept(before, held)
    assert (held.withdrawn, held.updated, held.outlets) == (True, instant(NOON), ())
    assert not any(word in held.content for word in ("hurt", "chief", "counted"))

    story.release("d1", at=NEXT_DAY, reason="Counted again.")
    after, restored = story.entry(), story.entry(kind="restored")
    assert restored.title == "Restored: Two hurt in the fire"
    assert "Counted again." not in restored.content
    assert (after.title, after.updated, after.withdrawn) == (before.title, instant(NEXT_DAY), False)
    assert after.content.endswith(before.content)
    assert after.content.startswith("<p><strong>Restored, 3 March 2026:</strong>")
    assert story.entry(kind="withheld").model_copy(update={"touched": notice.touched}) == notice


def test_hold_and_release_without_a_reason_explain_themselves() -> None:
    story = a_story().hold("d1")
    assert "being checked" in story.entry(kind="withheld").summary
    assert "being checked" in story.entry().summary
    assert "checks are complete" in story.release("d1").entry(kind="restored").summary


def test_held_text_is_not_quoted_elsewhere_while_it_is_held() -> None:
    story = a_story().report("d2", claim("hurt", 3), by="Ana Ruiz, fire chief (Port)", at=NOON)
    before = story.entry("d2")
    assert "2 → 3" in before.content
    story.hold("d1")
    held = story.entry("d2")
    assert "(withheld) → 3" in held.content
    assert (held.updated, held.touched > before.touched) == (before.updated, True)
    story.release("d1", at=NEXT_DAY)
    assert story.entry("d2").content == before.content


# Retractions.


def test_retraction_is_a_notice_and_both_are_titled_by_date() -> None:
    story = a_story()
    before = story.entry()
    story.retract("d1", at=NEXT_DAY, reason="The chief was misheard.")
    notice, old = story.entries()
    assert (notice.kind, old.kind) == ("retraction", "report")
    assert notice.title == old.title == "Retracted: report of 2 March 2026, 09:00 UTC"
    assert "The chief was misheard." in notice.content
    assert "The chief was misheard." in old.content
    assert notice.in_reply_to is not None
    assert notice.in_reply_to.id == old.id
    assert_kept(before, old)
    assert (old.updated, old.withdrawn, old.outlets, old.erased) == (instant(NEXT_DAY), True, (), False)


def test_retracted_text_is_gone_from_every_entry() -> None:
    # Given a report whose words stand in its corrections, in what others changed, and in a promise that they date
    story = a_story()
    story.correct("d1", facts=[claim("hurt", 77, literal="seventy-seven")], headline="Seventy-seven hurt")
    promise: dict[str, Any] = {"id": "e1", "what": "A list of names", "by": "the Mayor", "due": {"literal": "at dusk"}}
    story.report("p", headline="Mayor promises", expects=[promise])
    story.report("d2", claim("hurt", 80), by="Hospital (Clinic)", expects=[{"id": "e1", "by": "the Clerk"}])
    story.report("d3", disputes=[{"development": "d2", "kind": "denies"}], by="Joe Doe (Union)")
    story.report("d4", claim("hurt", 81), by="Hospital (Clinic)").hold("d1").release("d1")
    story.retract("d1", reason="Misheard.").retract("p", reason="Misheard.").retract("d3", reason="Misheard.")
    # Then none of it is left
    gone = ("77", "eventy", "Two hurt", "counted", "Ana", "Radio", "list of names", "dusk", "Mayor", "Doe", "Union")
    for entry in story.entries():
        assert not [word for word in gone if word in f"{entry.title} {entry.summary} {entry.content}"], entry
    correction = story.entry(kind="correction")
    assert correction.title == "Correction of a withdrawn report of 2 March 2026, 09:00 UTC"
    assert "(withdrawn)" in correction.content
    assert story.entry(kind="restored").title == "Restored: report of 2 March 2026, 09:00 UTC"
    assert "(withdrawn) → 80" in story.entry("d2").content


def test_substitute_named_later_edits_both_in_place() -> None:
    story = a_story().retract("d1").report("d2", headline="Nobody hurt")
    before = story.entries()
    story.retract("d1", at=NEXT_DAY, substitute="d2")
    entries = story.entries()
    assert {entry.id for entry in entries} == {entry.id for entry in before}
    for kind in ("report", "retraction"):
        after = story.entry(kind=kind)
        assert f'<a href="{PAGE}#d2">Nobody hurt</a>' in after.content
        assert after.updated == instant(NEXT_DAY)


def test_substitute_that_is_not_public_yet_is_named_once_it_is() -> None:
    story = a_story().report("d2", headline="Nobody hurt", embargoed_until=NEXT_DAY).retract("d1", substitute="d2")
    before = story.entry(kind="retraction", now=NOON)
    assert "#d2" not in before.content
    for kind in ("report", "retraction"):
        after = story.entry(kind=kind, now=NEXT_DAY)
        assert "Nobody hurt" in after.content
        assert (after.updated, after.touched) == (instant(NEXT_DAY),) * 2


def test_withdrawn_substitute_is_not_named() -> None:
    story = a_story().report("d2", headline="Nobody hurt").retract("d1", substitute="d2")
    story.correct("d2", at=NOON, level="typo", headline="Nobody hurts")
    assert "Nobody hurts" in story.entry(kind="retraction").content
    assert story.entry(kind="retraction").touched == instant(NOON)
    story.retract("d2", at=NEXT_DAY)
    for kind in ("report", "retraction"):
        after = story.entry(kind=kind)
        assert ("Read instead" in after.content, "#d2" in after.content) == (False, False)
        assert after.touched == instant(NEXT_DAY)


@pytest.mark.parametrize("order", [("d1", "d2"), ("d2", "d1")])
def test_retraction_names_the_last_of_its_substitutes(order: tuple[str, ...]) -> None:
    substitute = {"d1": "d2", "d2": "d3"}
    story = a_story().report("d2", headline="One hurt").report("d3", headline="Nobody hurt")
    for name in order:
        story.retract(name, substitute=substitute[name])
    story.correct("d3", at=NEXT_DAY, level="typo", headline="Nobody hurts")
    for kind in ("report", "retraction"):
        entry = story.entry(kind=kind)
        assert f'<a href="{PAGE}#d3">Nobody hurts</a>' in entry.content
        assert entry.touched == instant(NEXT_DAY)
    story.redact(development="d3")
    assert not any("Read instead" in entry.content for entry in story.entries())


def test_retractions_that_name_each_other_name_nothing() -> None:
    story = a_story().report("d2", headline="One hurt").retract("d1", substitute="d2").retract("d2", substitute="d1")
    assert not any("Read instead" in entry.content for entry in story.entries())


def test_withheld_substitute_is_not_named_until_released() -> None:
    story = a_story().report("d2", headline="One hurt").retract("d1", substitute="d2").hold("d2")
    assert "Read instead" not in story.entry(kind="retraction").content
    assert "One hurt" in story.release("d2").entry(kind="retraction").content


# Redactions.


def test_redaction_is_a_retraction_with_a_tombstone() -> None:
    story = a_story().correct("d1", body="A name").redact(at=NEXT_DAY, development="d1", reason="A court ordered it.")
    notice, old, correction = story.entries()
    assert (notice.kind, old.kind, correction.kind) == ("retraction", "report", "correction")
    assert notice.title == old.title == "Removed: report of 2 March 2026, 09:00 UTC"
    assert (notice.erased, old.erased) == (False, True)
    assert "A court ordered it." in notice.content
    assert (correction.withdrawn, "A name" in correction.content) == (True, False)


def test_redaction_of_a_retracted_report_keeps_the_first_notice() -> None:
    story = a_story().retract("d1").redact(development="d1")
    assert sorted(entry.kind for entry in story.entries()) == ["report", "retraction", "retraction"]


def test_redacted_report_by_its_event() -> None:
    story = a_story().report("d2", claim("hurt", 3), by="Ana Ruiz, fire chief (Port)")
    story.redact(event=story.recorded[1].id, at=NEXT_DAY)
    assert story.entry().erased
    other = story.entry("d2")
    assert "2" not in other.content
    assert other.touched == instant(NEXT_DAY)


def test_redacted_correction_says_removed() -> None:
    story = a_story().correct("d1", body="A name", note="A name")
    story.redact(event=story.recorded[2].id, at=NEXT_DAY)
    correction, report = story.entry(kind="correction"), story.entry()
    assert (correction.summary, correction.erased, correction.withdrawn) == ("[removed]", True, True)
    assert (report.erased, "[removed]" in report.content) == (False, True)
    assert correction.updated == report.updated == instant(NEXT_DAY)
    assert not any("A name" in entry.content for entry in story.entries())


def test_redacted_clarification_edits_the_report() -> None:
    story = a_story().correct("d1", body="A name", note="A name", level="clarification")
    story.redact(event=story.recorded[2].id, at=NEXT_DAY)
    [report] = story.entries()
    assert (report.updated, report.erased, "A name" in report.content) == (instant(NEXT_DAY), False, False)
    assert report.content.count("[removed]") == 2
    assert "<strong>Clarification, " in report.content
    assert "<strong>Correction, " not in report.content


def test_redacted_silent_correction_edits_the_report() -> None:
    story = Scenario().report("d1", embargoed_until=NOON).correct("d1", body="A name")
    story.redact(event=story.recorded[2].id, at=NEXT_DAY)
    [report] = story.entries()
    assert (report.updated, report.touched, "[removed]" in report.content) == (instant(NEXT_DAY),) * 2 + (True,)

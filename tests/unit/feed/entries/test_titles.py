"""Titles: of confirmations, withdrawals, corrections and overdue notices."""

from typing import Any

import pytest

from tests.builders import Scenario, claim

PROMISE: dict[str, Any] = {"expects": [{"id": "e1", "what": "Ship afloat", "due": "2026-03-03"}]}


def a_story() -> Scenario:
    return Scenario().report("d1", claim("hurt", 2, as_of="2026-03-02"), headline="Two hurt", by="Ana Ruiz (Port)")


def test_title_names_a_second_source_until_one_is_withdrawn() -> None:
    confirmed = a_story().report("d2", "hurt=2@2026-03-02", headline="Clinic counts two", by="Dr Lee (Clinic)")
    assert confirmed.entry("d2").title == "Now confirmed by a second source: Clinic counts two"
    assert confirmed.entry("d1").title == "Two hurt"

    third = confirmed.report("d3", "hurt=2@2026-03-02", headline="Two, says the paper", by="- (Paper)")
    assert third.entry("d3").title == "Two, says the paper"

    withdrawn = third.retract("d1")
    assert withdrawn.entry("d2").title == "Clinic counts two"


def test_confirmation_by_several_at_once_has_no_count() -> None:
    story = a_story().report(
        "d2", "hurt=2@2026-03-02", headline="Clinic and paper count two", by=["Dr Lee (Clinic)", "- (Paper)"]
    )
    assert story.entry("d2").title == "Now independently confirmed: Clinic and paper count two"


def test_retractions_of_one_day_are_told_apart() -> None:
    story = Scenario().report("d1", at="2026-03-02T10:00:00Z").report("d2", at="2026-03-02T10:00:20Z")
    story.report("d3", at="2026-03-02T12:30:00Z").report("d4", at="2026-03-02T10:00:00Z")
    for name in ("d1", "d2", "d3"):
        story.retract(name)
    titles = ["Retracted: report of 2 March 2026, 10:00 UTC", "Retracted: second report of 2 March 2026, 10:00 UTC"]
    titles.append("Retracted: report of 2 March 2026, 12:30 UTC")
    assert [story.entry(name).title for name in ("d1", "d2", "d3")] == titles
    assert [story.entry(name, kind="retraction").title for name in ("d1", "d2", "d3")] == titles


def test_second_correction_leaves_the_title_of_the_first() -> None:
    story = a_story().correct("d1", headline="Three hurt", note="One more.").correct("d1", headline="Four hurt")
    second, first = (entry for entry in story.entries() if entry.kind == "correction")
    assert (first.title, second.title) == ("Correction: Three hurt", "Correction: Four hurt")
    assert "<ins>Three hurt</ins>" in first.content
    story.correct("d1", level="clarification", headline="Four are hurt")
    story.correct("d1", level="typo", headline="Four are hurt.")
    titles = [entry.title for entry in story.entries() if entry.kind == "correction"]
    assert sorted(titles) == ["Correction: Four hurt", "Correction: Three hurt"]


def test_typo_in_a_corrected_headline_is_fixed_in_titles() -> None:
    story = a_story().correct("d1", headline="Tree hurt").correct("d1", level="typo", headline="Three hurt")
    assert story.entry(kind="correction").title == "Correction: Three hurt"


def test_redacted_headline_is_in_no_title() -> None:
    story = a_story().correct("d1", headline="Tree hurt", note="A name.")
    story.correct("d1", level="typo", headline="Three hurt")
    story.redact(event=story.recorded[-1].id)
    assert story.entry(kind="correction").title == "Correction: [removed]"
    story.redact(event=story.recorded[2].id)
    assert all("ree hurt" not in entry.title for entry in story.entries())


@pytest.mark.parametrize(
    ("withdraw", "became"),
    [("hold", "is withheld pending checks"), ("retract", "was retracted"), ("redact", "was removed")],
)
def test_notice_of_a_withdrawn_promise_tells_what_became_of_it(withdraw: str, became: str) -> None:
    story = Scenario().report("d1", **PROMISE)
    met: dict[str, Any] = {"resolves": [{"expectation": "e1", "outcome": "met"}]}
    story.report("d2", at="2026-03-06", **met)
    assert story.entry(None, kind="overdue").title == "Overdue, then met late: Ship afloat (due 3 March 2026)"
    if withdraw == "redact":
        story.redact(development="d1")
    else:
        getattr(story, withdraw)("d1")
    notice = story.entry(None, kind="overdue")
    assert notice.title == f"No longer expected: the report of 2 March 2026, 09:00 UTC, {became}"
    assert notice.summary == f"{notice.title}."
    text = f"{notice.title} {notice.content}"
    assert not [words for words in ("(with", "afloat", "Overdue:") if words in text]


def test_promise_that_another_report_repeats_is_still_expected() -> None:
    story = Scenario().report("d1", **PROMISE).report("d2", at="2026-03-06", **PROMISE).retract("d1")
    title = story.entry(None, kind="overdue").title
    assert title == "Overdue notice: the report of 2 March 2026, 09:00 UTC, was retracted"


def test_notice_of_a_restored_promise_is_overdue_again() -> None:
    story = Scenario().report("d1", **PROMISE).hold("d1", at="2026-03-06").release("d1")
    assert story.entry(None, kind="overdue").title == "Overdue: Ship afloat (due 3 March 2026)"
    met: dict[str, Any] = {"resolves": [{"expectation": "e1", "outcome": "met"}]}
    settled = Scenario().report("d1", **PROMISE).report("d2", at="2026-03-06", **met).hold("d1").release("d1")
    assert settled.entry(None, kind="overdue").title == "Overdue, then met late: Ship afloat (due 3 March 2026)"
    later = [{"id": "e1", "what": "Ship afloat", "due": "2026-03-30"}]
    story.correct("d1", expects=later).hold("d1").release("d1")
    assert story.entry(None, kind="overdue").title == "Overdue, then open again: Ship afloat (due 3 March 2026)"


def test_notice_leaves_out_what_a_withdrawn_report_added() -> None:
    story = Scenario().report("d1", expects=[{"id": "e1", "what": "Ship afloat"}])
    story.report("d2", expects=[{"id": "e1", "due": "2026-03-03", "by": "Blue Line"}], at="2026-03-02T12:00:00Z")
    assert "Blue Line" in story.entry(None, kind="overdue", now="2026-03-09").content
    notice = story.retract("d2", at="2026-03-09").entry(None, kind="overdue")
    assert "Blue Line" not in notice.content
    assert notice.title == "No longer expected: Ship afloat" or notice.title.endswith(": Ship afloat")


def test_fact_corrected_to_nothing_is_told_by_name() -> None:
    story = Scenario().report("d1", claim("hurt", 3), claim("dead", 1), by="Ana (Port)")
    story.correct("d1", facts=[claim("dead", 1)])
    correction, report = story.entries()
    assert "Hurt" in correction.content
    assert "3 → unknown" in correction.content
    assert "(withdrawn)" in report.content
    assert not any("(not shown)" in entry.content for entry in (correction, report))
    retracted = story.retract("d1").entries()
    assert not any("Hurt" in entry.content or "(not shown)" in entry.content for entry in retracted)


def test_promise_moved_and_resolved_at_once_is_titled_by_its_outcome() -> None:
    story = Scenario().report("d1", expects=[{"id": "talks", "what": "Talks", "due": "2026-03-03"}])
    story.report(
        "d2",
        at="2026-03-06",
        expects=[{"id": "talks", "due": "2026-03-09"}],
        resolves=[{"expectation": "talks", "outcome": "cancelled"}],
    )
    [notice] = [entry for entry in story.entries() if entry.kind == "overdue"]
    assert notice.title == "Overdue, then cancelled: Talks (due 3 March 2026)"

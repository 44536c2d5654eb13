"""What a story leaves open: a line for each doubt and each promise, the most urgent first."""

from events.wording.expectations import promise_names
from events.wording.questions import open_questions
from events.wording.redactions import Redactions
from tests.builders import Scenario, claim

ANN, BEN, CY = "Ann (Port)", "Ben (City)", "Cy (Union)"


def lines(story: Scenario, now: str | None = None) -> list[str]:
    return [f"{item.kind} | {item.subject} | {item.words}" for item in open_questions(story.state(now))]


def test_settled_story_leaves_nothing_open() -> None:
    story = Scenario().report("a", claim("hurt", 9), by=ANN, expects=[{"id": "tow", "what": "Tow"}])
    assert lines(story.report("b", resolves=[{"expectation": "tow", "outcome": "met"}])) == []


def test_questions_come_in_the_order_of_their_urgency() -> None:
    promises = [
        {"id": "undated", "what": "Talks"},
        {"id": "later", "what": "Ferries run", "due": "2026-03-20", "by": "Line", "condition": "calm sea"},
        {"id": "late", "what": "Tow", "due": "2026-03-03", "by": "Nordline"},
    ]
    story = Scenario().report("a", claim("hurt", 9), claim("dead", 1), by=ANN, expects=promises)
    story.report("b", claim("hurt", 12), claim("dead", stance="cannot_confirm"), by=BEN)
    story.report("c", headline="All is well").report("d", by=CY, disputes=[{"development": "c", "kind": "disagrees"}])
    story.report("e", by=BEN, disputes=[{"development": "c", "kind": "cannot_confirm"}])
    story.report("f", disputes=[{"development": "c", "kind": "denies"}])
    assert lines(story, "2026-03-10") == [
        "overdue | Tow | due 3 March 2026, expected of Nordline",
        "disputed | Hurt | 12, says Ben (City); 9, says Ann (Port)",
        "disputed | All is well | an unattributed report denies this",
        "unconfirmed | Dead | 1; not confirmed by Ben (City), as of 2 March 2026",
        "unconfirmed | All is well | Ben (City) cannot confirm this",
        "objection | All is well | Cy (Union) disagrees",
        "due | Ferries run | due 20 March 2026, expected of Line, on condition: calm sea",
        "awaited | Talks | no date given",
    ]


def test_denials_and_doubts_of_an_account_are_named_with_it() -> None:
    story = Scenario().report("a", claim("cause", "wind"), by=ANN).report("b", claim("cause", "fog"), by=BEN)
    story.report("no", claim("cause", "wind", stance="denies"), by=CY)
    story.report("unsure", claim("cause", "wind", stance="cannot_confirm"), by="Di (Police)")
    assert lines(story) == [
        "differing | Cause | fog, says Ben (City); wind, says Ann (Port) – denied by Cy (Union)",
        "unconfirmed | Cause | fog; not confirmed by Di (Police), as to wind, as of 2 March 2026",
    ]


def test_question_names_what_it_is_about() -> None:
    story = Scenario().report("a", claim("hurt", 9), by=ANN, expects=[{"id": "tow", "what": "Tow"}])
    story.report("b", by=BEN, disputes=[{"development": "a", "kind": "denies"}])
    story.report("c", headline="Calm").report("d", disputes=[{"development": "c", "kind": "disagrees"}])
    asked = [(item.key, item.development, item.expectation) for item in open_questions(story.state())]
    assert asked == [("hurt", None, None), (None, "d", None), (None, None, "tow")]


def test_denied_report_is_no_second_question_beside_its_fact() -> None:
    story = Scenario().report("a", claim("hurt", 9), by=ANN)
    story.report("b", by=BEN, disputes=[{"development": "a", "kind": "denies"}])
    assert lines(story) == ["disputed | Hurt | 9, says Ann (Port); denied by Ben (City)"]


def test_doubt_of_some_is_none_of_the_number_that_came_later() -> None:
    story = Scenario().report("a", claim("freed", {"min": 1, "max": 52}, as_of="2026-03-02"), by=ANN)
    story.report("b", by=BEN, disputes=[{"development": "a", "kind": "cannot_confirm"}])
    assert [line.partition(" | ")[0] for line in lines(story)] == ["unconfirmed"]
    assert lines(story.report("c", claim("freed", 53, as_of="2026-03-03"), by=ANN, at="2026-03-03")) == []


def test_unknown_value_is_no_question() -> None:
    assert lines(Scenario().report("a", claim("cause", stance="cannot_confirm"), by=ANN)) == []


def test_question_quotes_nothing_that_was_withdrawn() -> None:
    promise = {"id": "tow", "what": "Tow", "by": "Nordline", "due": "2026-03-09"}
    state = Scenario().report("a", expects=[promise]).state()
    [question] = open_questions(state, Redactions(developments={"a": "(withdrawn)"}))
    assert (question.subject, question.words) == ("(withdrawn)", "(withdrawn), expected of (withdrawn)")


def test_promises_in_the_same_words_are_told_apart_by_headlines() -> None:
    story = Scenario().report("a", headline="Mill Road", expects=[{"id": "a", "what": "Pave"}])
    story.report("b", headline="Pave", expects=[{"id": "b", "what": "Pave"}])
    story.report("c", headline="Quay", expects=[{"id": "c", "what": "Light it"}])
    assert {item.subject for item in open_questions(story.state())} == {"Mill Road: Pave", "Pave", "Light it"}


def test_promise_names_quote_no_headline_that_was_withdrawn() -> None:
    story = Scenario().report("a", headline="Mill Road", expects=[{"id": "a", "what": "Pave"}])
    story.report("b", headline="Quay", expects=[{"id": "b", "what": "Pave"}])
    withdrawn = Redactions(developments={"a": "withdrawn"})
    assert promise_names(story.state(), withdrawn) == {"a": "withdrawn", "b": "Pave"}

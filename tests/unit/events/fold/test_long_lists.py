"""What outputs name of a long list: events/README.md#long-lists."""

from typing import Any

import pytest

from events.changes import MoreClaimsChanged
from events.fold.facts import Fact
from events.fold.long_lists import LISTED_MAX, listed, unlisted
from events.wording.names import KEY_WORDS
from events.wording.questions import open_questions
from events.wording.redactions import WITHDRAWN, Redactions
from events.wording.stances import objections, verifications
from events.wording.standing import accounts_words, standing_line
from feed.cli.terminal.event_line import change_json
from feed.cli.terminal.story_view import show_story
from tests.builders import Scenario, claim

NAMED = [1, 2, 3, 33, 34, 35, 36, 37, 38, 39, 40]


def of_forty(*facts: dict[str, Any], first: str = "hurt=9", **fields: Any) -> Scenario:
    story = Scenario().report("first", first, by="Ann (Port)")
    for number in range(1, 41):
        story.report(f"d{number}", *facts, by=f"Ben {number} (City {number})", **fields)
    return story


def fact_of(story: Scenario) -> Fact:
    fact = story.state().fact("hurt")
    assert fact is not None
    return fact


@pytest.mark.parametrize("count", range(LISTED_MAX + 1))
def test_list_of_up_to_twelve_is_whole(count: int) -> None:
    items = tuple(range(count))
    assert (listed(items), unlisted(items)) == (items, 0)


def test_longer_list_has_the_first_three_and_newest_eight() -> None:
    items = tuple(range(1, 41))
    assert (listed(items), unlisted(items)) == (tuple(NAMED), 29)


@pytest.mark.parametrize(
    ("objection", "name", "label"),
    [
        (claim("hurt", 9, stance="denies"), "denied_by", "Denied by"),
        (claim("hurt", 5, stance="denies"), "other_denials", "Denied by"),
        (claim("hurt", stance="cannot_confirm"), "unconfirmed_by", "Not confirmed by"),
        (claim("hurt", stance="withholds"), "withheld_by", "Withheld by"),
    ],
)
def test_objections_name_eleven_of_forty(
    objection: dict[str, Any], name: str, label: str, capsys: pytest.CaptureFixture[str]
) -> None:
    story = of_forty(objection)
    *named, more = objections(fact_of(story))
    assert [item.who for item in named] == [f"Ben {number} (City {number})" for number in NAMED]
    assert {item.label for item in named} == {label}
    assert (more.label, more.sentence, more.inline, more.development) == ("", "and 29 more", "and 29 more", "")
    fact = story.state().as_json()["facts"]["hurt"]
    assert [item["name"] for item in fact[name]] == [f"Ben {number}" for number in NAMED]
    assert fact["unlisted"] == {name: 29}
    show_story(story.state())
    assert "and 29 more" in capsys.readouterr().out


def test_accounts_name_eleven_of_forty() -> None:
    story = Scenario()
    for number in range(41):
        story.report(f"d{number}", claim("hurt", f"{number} doors"), by=f"Ben {number} (City {number})")
    line = standing_line(fact_of(story))
    assert line.startswith("Accounts differ: 0 doors, says Ben 0 (City 0); 1 doors, says ")
    assert line.endswith("; 39 doors, says Ben 39 (City 39); and 29 more")
    assert accounts_words(fact_of(story)).endswith("; and 29 more")


def test_denied_value_names_eleven_of_forty_speakers() -> None:
    line = standing_line(fact_of(of_forty(claim("hurt", 9, stance="denies"))))
    assert line.startswith("Disputed: denied by Ben 1 (City 1), Ben 2 (City 2), Ben 3 (City 3), Ben 33 (City 33), ")
    assert line.endswith(", Ben 40 (City 40) and others")


def test_confirmed_value_names_eleven_of_its_origins() -> None:
    line = standing_line(fact_of(of_forty(claim("hurt", 9))))
    assert line.startswith("Confirmed by City 1, City 10, ")
    assert line.endswith(" and 30 others")


def test_verifications_name_eleven_of_forty() -> None:
    story = of_forty(corroborates=[{"development": "first", "verification": True}])
    assert [item.sentence for item in verifications(fact_of(story))][-1] == "and 29 more"


def test_question_of_an_unconfirmed_value_names_eleven() -> None:
    [question] = open_questions(of_forty(claim("hurt", stance="cannot_confirm")).state())
    assert question.words.count("not confirmed by") == 11
    assert question.words.endswith("; and 29 more")


def test_report_that_denies_many_lists_eleven_changes() -> None:
    story = Scenario()
    for number in range(40):
        story.report(f"d{number}", f"hurt={number}", by="Ann (Port)")
    disputes = [{"development": f"d{number}", "kind": "denies"} for number in range(40)]
    story.report("last", by="Ben (City)", disputes=disputes)
    *changes, more = [change for change in story.public().items[-1].changes if hasattr(change, "key")]
    assert more == MoreClaimsChanged(key="hurt", more=29)
    assert (len([change for change in changes if "denies" in str(change)]), str(more)) == (11, "Hurt: 29 more changes")
    assert str(more.text(Redactions(keys={"hurt": WITHDRAWN}))) == WITHDRAWN
    assert change_json(more, KEY_WORDS)["how"] == "more"


def test_disputes_of_a_report_are_eleven_of_forty(capsys: pytest.CaptureFixture[str]) -> None:
    story = of_forty(disputes=[{"development": "first", "kind": "disagrees"}])
    state = story.state()
    assert [item.by_development for item in state.listed_disputes] == [f"d{number}" for number in NAMED]
    assert state.as_json()["unlisted_disputes"] == {"first": 29}
    assert len(open_questions(state)) == 11
    show_story(state)
    assert "and 29 more" in capsys.readouterr().out


def test_withdrawn_denial_lets_no_other_into_the_list() -> None:
    story = of_forty(claim("hurt", 9, stance="denies"))
    before = [item.development for item in objections(fact_of(story))]
    gone = Redactions(developments={"d40": WITHDRAWN})
    assert [item.development for item in objections(fact_of(story), gone)] == before

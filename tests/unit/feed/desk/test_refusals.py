"""What the ledger refuses, the desk's forms refuse with the same words: the cases of tests/golden/refusals.txt."""

from pathlib import Path

import pytest

from events.errors import WritethruError
from events.model.validation import parse_event
from feed.newsroom import Newsroom
from tests.builders import HOUR, STORY, Clock, newsroom
from tests.desk_refusals import form_of
from tests.editor import editor_at
from tests.refusals import CASES

UNTYPED = {
    **dict.fromkeys(
        ("holding under embargo", "pinning under embargo", "releasing under embargo", "redacting under embargo",
         "undo under embargo"),
        "these forms have no field for an embargo",
    ),
    "settled in an opening": "the form that opens a story has no settings of facts",
    "revision of the future": "the form of a revision has no time",
    "expectation without words": "the short form of a promise is refused first: it does not say what is expected",
    "correction that changes nothing": "only what differs is sent, and the form says that nothing does",
    "correction of the time to what it was": "as above",
    "typo in other fields": "a form corrects one fact, which is never a typo, or what is not a fact",
    "correction to a forecast": "a form changes the facts that there are: see test_correct",
    "redaction of an unknown event": "the form names a development, never an event",
    "redaction of what is no report": "as above",
    "redaction of an event again": "as above",
    "version that is past": "a form is in conflict only with what its editor looked at: see test_story",
    "empty append": "a form that is sent says something",
}  # fmt: skip
"""The cases that no form can state, and why. Each other one must be refused by its form."""


def test_every_refusal_is_one_of_a_form_or_says_why_not() -> None:
    assert UNTYPED.keys() <= CASES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in UNTYPED])
def test_form_is_refused_with_the_words_of_the_ledger(name: str, tmp_path: Path) -> None:
    clock = Clock()
    site = newsroom(tmp_path / "room", clock)
    *before, last = ({"story": STORY, **event} for event in CASES[name])
    with site.ledger() as ledger:
        for event in before:
            ledger.append(parse_event(event))
            clock.go(HOUR)
        ids = [recorded.id for recorded in ledger.events()]
        with pytest.raises(WritethruError) as refusal:
            ledger.append(parse_event(last))
        path, fields = form_of(last)
        screen = editor_at(Newsroom.open(site.folder, clock=clock)).post(path, fields)
        assert screen.status in {404, 422}
        assert [recorded.id for recorded in ledger.events()] == ids
    for problem in refusal.value.problems:
        message = " ".join(problem.message.removesuffix(".").split())
        assert message in screen.words, name
    if last["type"] == "development_reported" and screen.status == 422:
        assert last["headline"] in screen.words

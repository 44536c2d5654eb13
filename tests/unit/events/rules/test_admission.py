"""What a new event must pass, at every way in; stored events are exempt."""

from typing import Any

import pytest

from events.errors import RefusedError
from events.fold.story import fold_of
from events.model.events import Recorded
from events.model.validation import parse_event
from tests.builders import START, STORY, Scenario

SECRET = "https://desk:s3cret@news.example/a.jpg"
PICTURE = {"url": SECRET, "type": "image/jpeg", "alt": "A crane"}


def refusals(**fields: Any) -> list[str]:
    event = parse_event({"type": "development_reported", "story": STORY, "headline": "Two hurt", **fields})
    with pytest.raises(RefusedError) as refused:
        Scenario().record(event)
    return [f"{problem.check}: {problem.message}" for problem in refused.value.problems]


@pytest.mark.parametrize("blank", ["\u200b", "\u2060\u200d", "\u3164", "\u00ad", "\u2800", "\u034f", "\ufe0f"])
def test_text_without_a_visible_character_is_refused(blank: str) -> None:
    problem = "the text has no visible character."
    assert refusals(headline=blank) == [f"headline: {problem}"]
    assert refusals(body=f"{blank}\n") == [f"body: {problem}"]
    assert refusals(said_by=[{"name": blank}]) == [f"said_by[0].name: {problem}"]


def test_password_in_an_address_of_a_text_is_refused() -> None:
    problem = "an address in the text contains a password, which would be published."
    text = "See [the wire](https://desk:s3cret@wire.example/1)."
    assert refusals(body=text) == [f"body: {problem}"]
    assert refusals(quotes=[{"text": text, "speaker": "Ana"}]) == [f"quotes[0].text: {problem}"]
    assert Scenario().report("d1", body="Mail desk@wire.example, or see https://wire.example/at:10@home.").recorded


@pytest.mark.parametrize("text", ["evil\u202etxt", "\u2066x", "x\u202c", "\u202bx\u2069", "a\u202e\nb\u202c"])
def test_direction_that_is_not_closed_in_its_line_is_refused(text: str) -> None:
    line = text.replace("\n", "")
    if line == text:
        [problem] = refusals(headline=text)
        assert problem.startswith("headline: U+20")
        [problem] = refusals(said_by=[{"name": text}])
        assert "changes the direction of the text and is not closed" in problem
    [problem] = refusals(body=text)
    assert problem.startswith("body: U+20")


@pytest.mark.parametrize(
    "text", ["\u2067שלום\u2069 abc", "\u202bשלום\u202c!", "\u2066a\u202bb\u202cc\u2069", "\u200fא"]
)
def test_direction_that_is_closed_is_taken(text: str) -> None:
    assert Scenario().report("a", headline=text, body=f"{text}\n{text}").state().developments


@pytest.mark.parametrize("text", ["👩\u200d🚒", "می\u200cخواهم", "\u200b2"])
def test_text_with_invisible_joiners_is_taken(text: str) -> None:
    assert Scenario().report("a", headline=text).state().developments


@pytest.mark.parametrize(
    "url", [SECRET, "https://desk@news.example/", "HTTPS://:s3cret@news.example/", "https://a@b@news.example"]
)
def test_address_with_a_password_is_refused(url: str) -> None:
    problem = "the address contains a user name or a password."
    assert refusals(media=[PICTURE | {"url": url}]) == [f"media[0].url: {problem}"]
    assert refusals(sources=[{"name": "Wire", "url": url}]) == [f"sources[0].url: {problem}"]


@pytest.mark.parametrize(
    "url", ["https://i❤.example/", "https://\u202eexample.org/", "https://a.example:port/", "http://[::1]/x"]
)
def test_address_that_no_output_can_carry_is_refused(url: str) -> None:
    [problem] = refusals(media=[PICTURE | {"url": url}])
    assert problem.startswith("media[0].url: the ")


def test_at_sign_behind_the_host_is_taken() -> None:
    source = {"name": "Wire", "url": "https://news.example/@desk?to=a@b#c@d"}
    event = parse_event({"type": "development_reported", "story": STORY, "headline": "Two hurt", "sources": [source]})
    assert Scenario().record(event).state().developments


@pytest.mark.parametrize("field", ["reported_at", "published_at"])
def test_date_before_the_year_1000_is_refused(field: str) -> None:
    assert refusals(**{field: "0044-03-15T12:00:00Z"}) == [f"{field}: 0044-03-15T12:00:00Z is before the year 1000."]


def test_correction_is_held_to_the_same_rules() -> None:
    event = {"type": "development_corrected", "story": STORY, "development": "a", "level": "correction", "note": "n"}
    with pytest.raises(RefusedError) as refused:
        Scenario().report("a").record(parse_event({**event, "set": {"headline": "\u200b", "media": [PICTURE]}}))
    assert [problem.check for problem in refused.value.problems] == ["set.headline", "set.media[0].url"]


def test_stored_event_that_a_later_rule_refuses_still_folds() -> None:
    event = parse_event(
        {"type": "development_reported", "story": STORY, "id": "r1", "development": "d1", "headline": "\u200b"}
    )
    assert fold_of(STORY, [Recorded(1, 1, START, event)]).records["d1"].report


def test_correction_to_a_date_before_the_year_1000_is_refused() -> None:
    story = Scenario().report("d1")
    with pytest.raises(RefusedError, match="0500-01-01T00:00:00Z is before the year 1000"):
        story.correct("d1", reported_at="0500-01-01T00:00:00Z")

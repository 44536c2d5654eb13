"""What a new event must pass, at every way in; stored events are exempt."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from events.errors import RefusedError
from events.fold.story import fold_of
from events.model.events import AnyEvent, Recorded
from events.model.validation import parse_event
from events.rules import admission
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


def test_words_for_a_time_are_checked_as_other_texts_are() -> None:
    fact = {"key": "opens", "value": {"date": {"literal": SECRET}}, "as_of": {"edtf": "2026-03", "literal": SECRET}}
    whens: dict[str, Any] = {
        "happened": {"happened": {"literal": SECRET}},
        "said_on": {"said_on": {"literal": SECRET}},
        "facts[0].value.date": {"facts": [fact]},
        "expects[0].due": {"expects": [{"what": "A vote", "due": {"literal": SECRET}}]},
    }
    for path, fields in whens.items():
        first = refusals(**fields)[0]
        assert first == f"{path}.literal: an address in the text contains a password, which would be published."
    assert len(refusals(facts=[fact])) == len({"value", "as_of"})
    assert "U+202E" in refusals(happened={"literal": "next \u202eweek"})[0]
    assert Scenario().report("d1", happened={"literal": "next week"}).recorded


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


# All texts at once, and each by itself

EVENTS = [
    parse_event({"story": STORY, "actor": "Desk", "headline": "Fire", **fields})
    for fields in (
        {"type": "story_opened", "subjects": ["Ports"], "origins": {"City": ["Mayor"]}, "facts": {"k": {"label": "K"}}},
        {
            "type": "development_reported",
            "body": "One",
            "said_by": ["Ana Ruiz, chief (Port)"],
            "sources": [{"name": "Post", "url": "https://post.example/1", "via": ["Wire"]}],
            "facts": [{"key": "k", "value": "a spark", "literal": "some", "said_by": [{"name": "Bo"}]}],
            "quotes": [{"text": "No.", "speaker": "Cy Day"}],
            "media": [{"url": "https://post.example/a.jpg", "type": "image/jpeg", "alt": "Smoke"}],
        },
    )
]
PARTS = ("https://", "https://a:b@", "https://a@", "HTTP://", "a.example", "é", "א", "@", ":", "/", " ", "\n")
MARKS = ("\u202e", "\u202c", "\u2066", "\u2069", "\u200b", "\u3164", "\x85", ":80", "?", "#", "[::1]", "media:")
awkward_texts = st.lists(st.sampled_from(PARTS + MARKS), max_size=4).map("".join) | st.text(max_size=6)


def collected(event: AnyEvent) -> list[Any]:
    texts: list[Any] = []
    admission._collect(event, None, "", texts)
    return texts


def with_texts(value: Any, texts: Iterator[str]) -> Any:
    """Return a copy of a part with other texts, as no parser would let them in."""
    match value:
        case str():
            return next(texts)
        case tuple():
            return tuple(with_texts(part, texts) for part in value)
        case dict():
            return {with_texts(name, texts): with_texts(part, texts) for name, part in value.items()}
        case BaseModel():
            return value.model_copy(update={name: with_texts(part, texts) for name, part in vars(value).items()})
        case _:
            return value


ADDRESSES = [nth for nth, (_, name, _) in enumerate(collected(EVENTS[1])) if name == "url"]
changes = st.tuples(st.sampled_from(EVENTS), st.integers(0, 30), awkward_texts)
changes_of_addresses = st.tuples(
    st.just(EVENTS[1]), st.sampled_from(ADDRESSES), awkward_texts.map("https://a{}".format)
)


@pytest.mark.slow
@settings(max_examples=500)
@given(changes | changes_of_addresses)
def test_texts_that_are_tested_at_once_are_refused_as_each_by_itself(change: tuple[AnyEvent, int, str]) -> None:
    event, nth, text = change
    texts = [text for _, _, text in collected(event)]
    texts[nth % len(texts)] = text
    event = with_texts(event, iter(texts))
    each = [problem for item in collected(event) for problem in admission._text_problems(item)]
    assert list(admission.admission_problems(event)) == each


@pytest.mark.parametrize("event", EVENTS)
def test_nearly_all_texts_are_tested_at_once(event: AnyEvent) -> None:
    assert admission._are_ordinary(collected(event))

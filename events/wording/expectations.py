"""Expectations in words: what is expected, of whom, by when, and on what condition."""

from collections import Counter

from events.fold.expectations import Expected
from events.fold.state import Story
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions
from events.wording.values import due_words


def expected_what(expected: Expected, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return what is expected."""
    redacted = redactions.development(expected.stated_by) or redactions.development(expected.development)
    return expected.what if redacted is None else words.gettext(redacted)


def promise_names(story: Story, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> dict[str, str]:
    """Return what is expected, by its id. Of several in the same words, the headline of its report comes first."""
    texts = {expected.id: expected_what(expected, redactions, words) for expected in story.expectations}
    counts = Counter(texts.values())
    alike = [expected for expected in story.expectations if counts[texts[expected.id]] > 1]
    developments = {development.id: development for development in story.developments} if alike else {}
    for expected in alike:
        what, development = texts[expected.id], developments.get(expected.development)
        report = None if development is None or redactions.development(development.id) else development.report
        texts[expected.id] = what if report is None else headed(what, report.headline, words)
    return texts


def headed(what: str, headline: str, words: Words = ENGLISH) -> str:
    """Return what is expected after the headline of its report, unless both say the same."""
    return what if headline == what else words.gettext("{name}: {value}", name=headline, value=what)


def expected_due(expected: Expected | None, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return by when: `due 21–22 January 2015`, `no date given`."""
    if expected is None:
        return due_words(None, words)
    redacted = redactions.development(expected.due_from)
    return due_words(expected.due, words) if redacted is None else words.gettext(redacted)


def expected_condition(expected: Expected, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return on what it depends, or "" if it depends on nothing."""
    if not expected.condition:
        return ""
    redacted = redactions.development(expected.condition_from)
    condition = expected.condition if redacted is None else words.gettext(redacted)
    return words.gettext("on condition: {condition}", condition=condition)


def expected_by(expected: Expected, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return of whom it is expected, or "" if nobody is named."""
    if not expected.by:
        return ""
    redacted = redactions.development(expected.by_from)
    return words.gettext("by {name}", name=expected.by if redacted is None else words.gettext(redacted))

"""Expectations in words: what is expected, of whom, by when, and on what condition."""

from events.fold.expectations import Expected
from events.wording.redactions import NO_REDACTIONS, Redactions
from events.wording.values import due_words


def expected_what(expected: Expected, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return what is expected."""
    redacted = redactions.development(expected.stated_by) or redactions.development(expected.development)
    return redacted or expected.what


def expected_due(expected: Expected | None, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return by when: `due 21–22 January 2015`, `no date given`."""
    if expected is None:
        return due_words(None)
    return redactions.development(expected.due_from) or due_words(expected.due)


def expected_condition(expected: Expected, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return on what it depends, or "" if it depends on nothing."""
    if not expected.condition:
        return ""
    return f"on condition: {redactions.development(expected.condition_from) or expected.condition}"


def expected_by(expected: Expected, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return of whom it is expected, or "" if nobody is named."""
    return f"by {redactions.development(expected.by_from) or expected.by}" if expected.by else ""

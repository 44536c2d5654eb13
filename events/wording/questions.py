"""What a story leaves open, in words: a line for each doubt and each promise, the most urgent first."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final, Literal, NamedTuple

from events.fold.claims import concerns
from events.fold.expectations import Expected
from events.fold.facts import Fact
from events.fold.prominence import by_prominence
from events.fold.state import Story
from events.fold.state_parts import AttributedDispute
from events.model.parts import DisputeKind
from events.wording.catalogue import UNATTRIBUTED, comma_list, dispute_words, semicolon_list
from events.wording.claims import claim_value, fact_name, target_words
from events.wording.expectations import expected_condition, expected_due, promise_names
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions
from events.wording.stances import objections
from events.wording.standing import accounts_words
from events.wording.values import speakers_words

QuestionKind = Literal["overdue", "disputed", "differing", "unconfirmed", "objection", "due", "awaited"]
_KINDS: Final[dict[DisputeKind, QuestionKind]] = {
    "denies": "disputed", "cannot_confirm": "unconfirmed", "disagrees": "objection",
}  # fmt: skip


class OpenQuestion(NamedTuple):
    """One thing that is not settled: `Disputed`, `Hurt`, `3 people, says the clinic; 2 people, says the port`.

    subject: what it is about: a fact's name, what was promised, or the headline of a report
    words: what is in doubt, or by when it is due
    key, expectation, development: which of them it is about
    """

    kind: QuestionKind
    subject: str
    words: str
    key: str | None = None
    expectation: str | None = None
    development: str | None = None


def open_questions(story: Story, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> list[OpenQuestion]:
    """Return what is overdue, disputed, not confirmed, objected to, and due, in this order."""
    facts = [item.fact for item in by_prominence(story)]
    promises = [expected for expected in story.by_urgency if not expected.settled]
    overdue = [expected for expected in promises if story.status_of(expected) == "overdue"]
    names = promise_names(story, redactions, words)
    return [
        *(_promise(expected, names, "overdue", redactions, words) for expected in overdue),
        *(_accounts(fact, "disputed", redactions, words) for fact in facts if fact.standing == "disputed"),
        *_disputed_reports(story, facts, "denies", redactions, words),
        *(
            _accounts(fact, "differing", redactions, words)
            for fact in facts
            if fact.differing_accounts and fact.standing != "disputed"
        ),
        *chain.from_iterable(_unconfirmed_fact(fact, redactions, words) for fact in facts),
        *_disputed_reports(story, facts, "cannot_confirm", redactions, words),
        *_disputed_reports(story, facts, "disagrees", redactions, words),
        *(
            _promise(expected, names, "awaited" if expected.ends_at is None else "due", redactions, words)
            for expected in promises
            if expected not in overdue
        ),
    ]


def _promise(
    expected: Expected, names: Mapping[str, str], kind: QuestionKind, redactions: Redactions, words: Words
) -> OpenQuestion:
    redacted = redactions.development(expected.by_from)
    by = expected.by if redacted is None else words.gettext(redacted)
    terms = [
        expected_due(expected, redactions, words),
        words.gettext("expected of {who}", who=by) if by else "",
        expected_condition(expected, redactions, words),
    ]
    return OpenQuestion(
        kind=kind,
        subject=names[expected.id],
        words=comma_list(terms, words),
        expectation=expected.id,
    )


def _accounts(fact: Fact, kind: QuestionKind, redactions: Redactions, words: Words) -> OpenQuestion:
    name, accounts = fact_name(fact.key, redactions, words), accounts_words(fact, redactions, words)
    return OpenQuestion(kind=kind, subject=name, words=accounts, key=fact.key)


def _unconfirmed_fact(fact: Fact, redactions: Redactions, words: Words) -> Iterator[OpenQuestion]:
    """Yield the doubts of an account. A doubt of "some" is none of the number that came later."""
    current = fact.current
    if current is None or fact.standing == "disputed":
        return
    doubts_of = (claim for claim in fact.unconfirmed_by if any(concerns(claim, account) for account in fact.accounts))
    doubted = {claim.development for claim in doubts_of}
    doubted_fact = fact._replace(unconfirmed_by=tuple(x for x in fact.unconfirmed_by if x.development in doubted))
    stances = objections(doubted_fact, redactions, words)
    doubts = [item.inline for item in stances if item.kind == "cannot_confirm"]
    if doubts:
        name, value = fact_name(fact.key, redactions, words), claim_value(current, redactions, words)
        text = semicolon_list((value, *doubts), words)
        yield OpenQuestion(kind="unconfirmed", subject=name, words=text, key=fact.key)


def _disputed_reports(
    story: Story, facts: list[Fact], kind: DisputeKind, redactions: Redactions, words: Words
) -> Iterator[OpenQuestion]:
    """Yield the disputes of reports, except those that a line about a fact says already."""
    beside_facts = {
        (claim.development, claim.against) for fact in facts for claim in (*fact.denials, *fact.unconfirmed_by)
    }
    for dispute in story.listed_disputes:
        if dispute.kind == kind and (dispute.by_development, dispute.development) not in beside_facts:
            yield _disputed_report(dispute, redactions, words)


def _disputed_report(dispute: AttributedDispute, redactions: Redactions, words: Words) -> OpenQuestion:
    who = speakers_words(dispute.by, words) or words.term(UNATTRIBUTED)
    return OpenQuestion(
        kind=_KINDS[dispute.kind],
        subject=target_words(dispute.target, redactions, words),
        words=words.gettext("{who} {verb}", who=who, verb=dispute_words(dispute.kind, words)),
        development=dispute.by_development,
    )

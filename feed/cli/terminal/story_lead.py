"""What `show` says first, as a page does: the key facts, the latest development, and what is open."""

import textwrap
from collections.abc import Iterator
from typing import Final

from rich.text import Text

from events.fold.freshness import replaced_claim
from events.fold.known_fact import KnownFact
from events.fold.prominence import key_facts
from events.fold.state import Story
from events.fold.state_parts import Development
from events.wording.catalogue import UNATTRIBUTED, day_words, question_words
from events.wording.changes import ARROW
from events.wording.claims import claim_value
from events.wording.names import fact_names
from events.wording.questions import QuestionKind, open_questions
from events.wording.redactions import Redactions
from events.wording.standing import standing_line
from events.wording.values import speakers_words
from feed.cli.terminal.badges import badges, embargo_warning
from feed.cli.terminal.layout import Page, piece
from feed.cli.terminal.output import ALARM, DOT, DOUBT, FAINT, STRONG

BODY_CHARS_MAX: Final = 600
_STYLES: Final[dict[QuestionKind, str]] = {"overdue": ALARM, "disputed": ALARM, "unconfirmed": DOUBT}


def show_key_facts(page: Page, story: Story) -> None:
    """Put the key facts on `page`, each with what it rests on."""
    items = key_facts(story)
    if not items:
        return
    page.title("KEY FACTS")
    names = fact_names(story)
    for item in items:
        style = ALARM if item.fact.standing == "disputed" else FAINT
        notes = [piece(standing_line(item.fact), style), *embargo_warning(story, item.fact)]
        page.entry(piece(names.name(item.fact.key), STRONG), first=value(item), notes=notes, key=item.fact.key)


def show_latest(page: Page, story: Story) -> None:
    """Put the newest development on `page`, with its text and the values that are from it."""
    usable = [item for item in story.developments if item.report is not None and item.status == "usable"]
    if not usable:
        return
    page.title("LATEST")
    newest = usable[-1]
    report = newest.report
    first = Text(" ").join([piece(headline(newest), STRONG), *badges(story, newest)])
    page.entry(
        piece(day_words(newest.reported_at), FAINT),
        first=first,
        notes=[*_body(report.body if report else None), *_values_from(story, newest), reporter(newest)],
        key=newest.id,
        dated=True,
    )


def show_questions(page: Page, story: Story) -> None:
    """Put what is open on `page`, the most urgent first."""
    questions = open_questions(story, Redactions(names=fact_names(story)))
    if not questions:
        return
    page.title("OPEN QUESTIONS")
    for question in questions:
        kind = Text(question_words(question.kind), _STYLES.get(question.kind, ""))
        page.entry(kind, first=piece(question.subject, STRONG), notes=[piece(question.words, FAINT)])


def value(item: KnownFact) -> Text:
    """Return the value of a fact, after the one that it replaced if there is one."""
    current = item.fact.current
    now = piece(claim_value(current), STRONG if current else FAINT)
    was = replaced_claim(item)
    if was is not None:
        return Text.assemble(piece(claim_value(was), FAINT), f" {ARROW} ", now)
    if item.fact.relation == "withdrawn":
        return Text.assemble(now, " ", piece("(what was said has been taken back)", FAINT))
    return now


def headline(development: Development) -> str:
    """Return the headline of a development, or what stands for it."""
    return development.report.headline if development.report else "(withdrawn)"


def reporter(development: Development) -> Text:
    """Return who says what a development reports, and its id."""
    report = development.report
    who = ""
    if report is not None:
        who = speakers_words(report.said_by) or ", ".join(source.name for source in report.sources)
        who = f"{who or UNATTRIBUTED.text}{DOT}"
    return piece(f"{who}{development.id}", FAINT)


def _body(text: str | None) -> Iterator[Text]:
    if text:
        yield piece(textwrap.shorten(text, BODY_CHARS_MAX, placeholder=" …"))


def _values_from(story: Story, newest: Development) -> Iterator[Text]:
    """Yield the values that are known from this development, as they were and are."""
    names = fact_names(story)
    for item in story.facts.values():
        current = item.fact.current
        if current is not None and current.development == newest.id:
            yield Text.assemble(f"{names.name(item.fact.key)}: ", value(item))

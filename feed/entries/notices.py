"""What a notice of an overdue promise says: its title, summary and content, as they follow what became of it."""

from collections.abc import Iterator

from events.changes import ExpectationChanged
from events.fold.development import REMOVED
from events.fold.expectations import ExpectationHow
from events.public.sequence import PublicItem
from events.wording.catalogue import day_words, semicolon_list
from events.wording.language import Term, Words
from events.wording.values import due_words
from feed.entries import html
from feed.entries.context import EntryBody, EntryContext
from feed.entries.plan import EntryPlan


def notice_body(plan: EntryPlan, context: EntryContext) -> EntryBody:
    """Return the summary and the content of a notice."""
    [expected] = plan.item.expectations
    words, title = (
        context.markup,
        context.words.gettext("{sentence}.", sentence=notice_title(plan, context, context.words)),
    )
    promised = words.gettext("Where it was promised")
    withdrawal = _promise_withdrawal(plan, context, words)
    if withdrawal is not None:
        link = context.link(expected.development, promised)
        reason = words.gettext("A deadline had passed. {sentence}.", sentence=words.sentence(withdrawal))
        return EntryBody(title, html.note(words, words.gettext("Overdue notice."), reason, link=link))
    link = context.link(expected.due_from or expected.development, promised)
    note = html.note(words, words.gettext("Overdue."), _outcome_so_far(plan, context, words), link=link)
    return EntryBody(
        title if plan.edits else _outcome_so_far(plan, context, context.words),
        "".join((*_outcome_notes(plan, context), note)),
    )


def _outcome_so_far(plan: EntryPlan, context: EntryContext, words: Words) -> str:
    """Return what was expected, of whom, and what had become of it when the deadline passed."""
    [expected] = plan.item.expectations
    what = _overdue(plan, context, words)
    if expected.outcome == "partly_met":
        line = words.gettext("{what}: it was only partly met when the deadline passed.", what=what)
    else:
        line = words.gettext("{what}: no outcome had been reported when the deadline passed.", what=what)
    if not expected.by or context.redactions.development(expected.by_from) is not None:
        return line
    return words.gettext("{text} It was expected of {name}.", text=line, name=expected.by)


def notice_title(plan: EntryPlan, context: EntryContext, words: Words) -> str:
    """Return the title of a notice: what was promised, and what became of it."""
    withdrawal = _promise_withdrawal(plan, context, words)
    if withdrawal is None:
        return words.gettext("{name}: {value}", name=words.term(_outcome(plan)), value=_overdue(plan, context, words))
    [expected] = plan.item.expectations
    notice = _NOTICE if expected.id in context.expectations else _CHANGES["withdrawn"]
    return words.gettext("{name}: {value}", name=words.term(notice), value=withdrawal)


def _promise_withdrawal(plan: EntryPlan, context: EntryContext, words: Words) -> str | None:
    """Return what became of the words of an overdue promise, if they must not be quoted any more."""
    [expected] = plan.item.expectations
    for name in (expected.stated_by, expected.development):
        if context.redactions.development(name) is None:
            continue
        development, report = context.developments[name], context.report_words(name, words)
        if development.status == "withheld":
            return words.gettext("the {report}, is withheld pending checks", report=report)
        if development.redacted:
            return words.gettext("the {report}, was removed", report=report)
        return words.gettext("the {report}, was retracted", report=report)
    return words.gettext("the promise was removed") if expected.what == REMOVED else None


def _overdue(plan: EntryPlan, context: EntryContext, words: Words) -> str:
    """Return what was expected, with its due date unless that may not be quoted."""
    [expected] = plan.item.expectations
    dated = expected.due is not None and context.redactions.development(expected.due_from) is None
    if not dated:
        return expected.what
    return words.gettext("{text} ({note})", text=expected.what, note=due_words(expected.due, words))


def _outcome(plan: EntryPlan) -> Term:
    """Return what became of an overdue expectation, a title's first words."""
    for item in reversed(plan.edits):
        for change in reversed(_outcome_changes(plan, item)):  # an outcome counts for more than a new date
            if change.how == "resolved":
                return _OUTCOMES[(change.now.outcome if change.now else None) or "partly_met"]
            if change.how in _CHANGES:
                return _CHANGES[change.how]
            if change.how == "opened" and (change.now is None or change.now.outcome is None):  # its report was restored
                return _OVERDUE if change.status == "overdue" else _CHANGES["reopened"]
    return _OVERDUE


def _outcome_notes(plan: EntryPlan, context: EntryContext) -> Iterator[str]:
    """Yield the notes on what became of an overdue expectation, newest first."""
    words = context.markup
    for item in reversed(plan.edits):
        changes = _outcome_changes(plan, item)
        lines = [change.text(context.redactions, words).line(words) for change in changes]
        if lines:
            label = words.gettext("Since then, {day}:", day=day_words(item.at, words))
            yield html.note(words, label, semicolon_list(lines, words))


def _outcome_changes(plan: EntryPlan, item: PublicItem) -> list[ExpectationChanged]:
    """Return what `item` changed of the overdue expectation of `plan`."""
    [expected] = plan.item.expectations
    return [change for change in item.changes if isinstance(change, ExpectationChanged) and change.id == expected.id]


_OVERDUE = Term("title of a notice", "Overdue")
_NOTICE = Term("title of a notice", "Overdue notice")
_CHANGES: dict[ExpectationHow, Term] = {
    "moved": Term("title of a notice", "Overdue, then moved"),
    "dated": Term("title of a notice", "Overdue, then moved"),
    "withdrawn": Term("title of a notice", "No longer expected"),
    "reopened": Term("title of a notice", "Overdue, then open again"),
}
_OUTCOMES = {
    "met": Term("title of a notice", "Met in time, reported late"),
    "met_late": Term("title of a notice", "Overdue, then met late"),
    "partly_met": Term("title of a notice", "Overdue, met in part"),
    "missed": Term("title of a notice", "Overdue, then missed"),
    "cancelled": Term("title of a notice", "Overdue, then cancelled"),
}

"""What an entry says on a page. There, what a fact rests on is said once, beside the fact, and not in each entry."""

from collections.abc import Iterator
from dataclasses import replace

from events.changes import FactChanged
from events.wording.catalogue import day_words
from events.wording.changes import ChangeText
from events.wording.claims import fact_name
from events.wording.redactions import Redactions
from events.wording.values import speakers_words
from feed.entries import html
from feed.entries.plan import EntryPlan
from feed.entries.wording import EntryBody, EntryText, correction_rows, edit_notes, responses, unchanged_claims


def page_content(text: EntryText, body: EntryBody) -> str:
    """Return the HTML of an entry on a page; `body` is that of its feeds, which other kinds share."""
    report, redactions = text.report, text.context.redactions
    if report is None or text.withdrawn:
        return body.content
    match text.plan.kind:
        case "report":
            parts = (
                *edit_notes(text),
                html.markdown(report.body or "").html,
                html.quotes(report.quotes),
                html.media(report.media),
                html.change_list(_changes(text.plan, redactions)),
                html.responses(responses(text.context, text.development, report)),
                html.credit_list(_credits(text), report.sources),
            )
        case "correction":
            note = "" if text.correction is None else text.correction.note or ""
            redactions = redactions.without_claims(text.plan.replaced_claims())
            parts = (
                html.note("Correction:", note, link=text.report_link()),
                html.was_now(correction_rows(text)),
                html.change_list(_changes(text.plan, redactions)),
                html.credit_list((), report.sources),
            )
        case _:
            return body.content
    return "".join(parts) or html.note(report.headline)


def _changes(plan: EntryPlan, redactions: Redactions) -> Iterator[ChangeText]:
    """Yield what the entry changed; of a new value, without what it rests on."""
    for change in plan.item.changes:
        if redactions.key(getattr(change, "key", "")) is None:
            words = change.text(redactions)
            moved = isinstance(change, FactChanged) and (
                change.was is None or change.now is None or not change.was.same(change.now)
            )
            yield replace(words, note="") if moved else words


def _credits(text: EntryText) -> Iterator[tuple[str, str]]:
    """Yield who says so, when it was reported, and what else the report claims, each as a label and its text."""
    report, redactions = text.report, text.context.redactions
    if report is None:
        return
    if report.said_by:
        yield "Said by", speakers_words(report.said_by)
    day = text.development.reported_at
    if day.date() != text.plan.published.date():
        yield "Reported on", day_words(day)
    for key, claim in unchanged_claims(text.plan, report).items():
        if claim and redactions.key(key) is None:
            yield "Also reported:", f"{fact_name(key, redactions)}, {claim}"

"""What an entry says on a page. There, what a fact rests on is said once, beside the fact, and not in each entry."""

from collections.abc import Iterable, Iterator

from events.changes import Change, FactChanged, worded_changes
from events.model.events import DevelopmentReported
from events.wording.catalogue import day_words
from events.wording.changes import ChangeText
from events.wording.claims import fact_name
from events.wording.direction import direction
from events.wording.values import speakers_words
from feed.entries import html
from feed.entries.context import EntryBody
from feed.entries.wording import EntryText, correction_rows, edit_notes, responses, unchanged_claims


def page_content(text: EntryText, body: EntryBody) -> str:
    """Return the HTML of an entry on a page, "" if its title says it all. `body` is that of its feeds."""
    report, redactions, words = text.report, text.context.redactions, text.markup
    if report is None or text.withdrawn:
        return body.content
    match text.plan.kind:
        case "report":
            markdown = html.markdown(report.body or "", direction(words.texts))
            parts = (
                *edit_notes(text),
                "" if markdown.plain == report.headline else markdown.html,
                html.quotes(words, report.quotes),
                html.page_media(words, report.media, report.story),
                html.change_list(words, _changes(text.worded_changes)),
                html.responses(words, responses(text.context, text.development, report)),
                html.credit_list(words, _credits(text, report), report.sources),
            )
        case "correction":
            note = "" if text.correction is None else text.correction.note or ""
            redactions = redactions.without_claims(text.plan.replaced_claims())
            parts = (
                html.note(words, words.gettext("Correction:"), note, link=text.report_link()),
                html.was_now(words, correction_rows(text)),
                html.change_list(words, _changes(worded_changes(text.plan.item.changes, redactions, words))),
                html.credit_list(words, (), report.sources),
            )
        case _:
            return body.content
    return "".join(parts)


def _changes(worded: Iterable[tuple[Change, ChangeText]]) -> Iterator[ChangeText]:
    """Yield the words of changes; of a new value, without what it rests on."""
    for change, text in worded:
        moved = isinstance(change, FactChanged) and (
            change.was is None or change.now is None or not change.was.same(change.now)
        )
        yield text._replace(note="") if moved else text


def _credits(text: EntryText, report: DevelopmentReported) -> Iterator[tuple[str, str]]:
    """Yield who says so, when it was reported, and what else the report claims, each as a label and its text."""
    redactions, words = text.context.redactions, text.markup
    if report.said_by:
        yield words.gettext("Said by"), speakers_words(report.said_by, words)
    day = text.development.reported_at
    if day.date() != text.plan.published.date():
        yield words.gettext("Reported on"), day_words(day, words)
    for key, claim in unchanged_claims(text.plan, report, words).items():
        name = fact_name(key, redactions, words)
        yield words.gettext("Also reported:"), words.gettext("{name}, {value}", name=name, value=claim)

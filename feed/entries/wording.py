"""What the words of each kind of entry are: title, summary and body (publication 2.3)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from events.diff import Change, ContradictionChanged, ExpectationChanged, FactChanged
from events.fold.expectations import ExpectationHow
from events.fold.state import Correction, Development
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReleased,
    DevelopmentReported,
    Erased,
)
from events.model.parts import DisputeKind
from events.public.sequence import PublicItem
from events.wording.expectations import expected_due, expected_what
from events.wording.redactions import Redactions
from events.wording.values import day_words, field_name_words, field_words, status_words
from feed.entries import html as body
from feed.entries.model import EntryKind
from feed.entries.plan import Edit, EntryPlan

# The desk's reasons for holding and releasing stay with the desk: they tend to repeat the claim that is in doubt.
WITHHELD = "The report is being checked; until then its text is not shown."
RESTORED = "The report was checked, and stands."


class Words(NamedTuple):
    """An entry's summary, and its content as HTML."""

    summary: str
    content: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says. Its `words` are made when asked for: of most entries only the title is told again."""

    title: str
    words: Callable[[], Words]
    withdrawn: bool = False


def _told(title: str, summary: str, content: str, *, withdrawn: bool = False) -> Told:
    """Return what an entry of few words says."""
    words = Words(summary, content)
    return Told(title, lambda: words, withdrawn)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a teller looks at: the draft, its development as it stands now, and what surrounds it in the story.

    `page` is the URL of the story's page; by event id, `corrections` holds what each correction replaced, and
    `correction_urls` the entry of those that have one.
    """

    draft: EntryPlan
    page: str
    redactions: Redactions
    developments: Mapping[str, Development]
    corrections: Mapping[str, tuple[Correction, ...]]
    correction_urls: Mapping[str, str]

    @property
    def development(self) -> Development | None:
        """The development as it stands now."""
        return self.developments.get(self.draft.development)

    def headline(self, development: str) -> str:
        """Return a development's headline, or its name where the headline must not be shown."""
        known = self.developments.get(development)
        return known.report.headline if known and known.report else development

    def correction_url(self, item: PublicItem) -> str | None:
        """Return the URL of the entry that tells of the correction `item`, where it has one of its own."""
        return self.correction_urls.get(item.key)

    def link(self, development: str) -> str:
        """Return the URL of a development's entry."""
        return f"{self.page}#{development}"

    @property
    def event(self) -> AnyEvent | Erased | None:
        """The event that made the entry; none made an overdue notice."""
        return self.draft.item.event

    @property
    def day(self) -> str:
        """The day of the report: what a withdrawn one is called by, since its headline is the claim."""
        return day_words(self.development.reported_at) if self.development else "an unknown day"

    @property
    def report(self) -> DevelopmentReported | None:
        """The report, or None where its text must not be shown."""
        return self.development.report if self.development else None


def _tell_report(shown: Shown) -> Told:
    report, development = shown.report, shown.development
    if report is None or development is None:
        return _tell_hidden(shown)
    # What has been corrected or taken back since is told in the body, marked; a title or summary has no room for marks.
    changes = shown.draft.item.changes
    stand = all(str(change) == str(change.text(shown.redactions)) for change in changes)
    title = f"{_confirming(changes, shown.redactions) if stand else ''}{report.headline}"
    return Told(title, lambda: _report_words(shown, report, development, changes if stand else ()))


def _report_words(
    shown: Shown, report: DevelopmentReported, development: Development, summed_up: Iterable[Change]
) -> Words:
    """Return the words of a report that stands; `summed_up` are the changes that its summary may tell."""
    redactions, item = shown.redactions, shown.draft.item
    html, plain = body.markdown(report.body) if report.body else ("", "")
    content = "".join(
        (
            "".join(_edit_notes(shown)),
            html,
            body.quotes(report.quotes),
            body.media(report.media),
            body.what_changed(item.changes, redactions),
            body.who_says_so(report.said_by, item.facts, redactions, own=development.id, reported=_reported(shown)),
            body.addressed(_addressed(shown, report)),
            body.expected_next(item.expected, redactions),
            body.sources(report.sources),
        )
    )
    summary = body.summary(plain, ". ".join(str(change) for change in summed_up), report.headline)
    return Words(summary, content or body.note(report.headline))


def _confirming(changes: Iterable[Change], redactions: Redactions) -> str:
    """Return a title's first words where a report makes what was known already independently confirmed.

    None once the first to say so has taken it back.
    """
    confirmed = [
        change
        for change in changes
        if isinstance(change, FactChanged)
        and (change.standing_was, change.standing) == ("reported", "corroborated")
        and change.was is not None
        and change.now is not None
        and change.was.same(change.now)
        and redactions.development(change.was.development) is None
    ]
    if not confirmed:
        return ""
    second = all(len(change.origins) == 2 for change in confirmed)
    return "Now confirmed by a second source: " if second else "Now independently confirmed: "


def _reported(shown: Shown) -> str:
    """Return when it was reported, where its entry bears another day."""
    development = shown.development
    if development is None or development.reported_at.date() == shown.draft.published.date():
        return ""
    return f"reported on {shown.day}"


def _addressed(shown: Shown, report: DevelopmentReported) -> Iterable[tuple[str, str, str, str]]:
    """Yield what a report says of others, as far as those may be shown."""
    for verb, target, words in (
        *((_VERBS[item.kind], item.development, item.statement or "") for item in report.disputes),
        *(
            ("Verifies" if item.verification else "Confirms", item.development, item.method or "")
            for item in report.corroborates
        ),
    ):
        known = shown.developments.get(target)
        if known is not None and known.report is not None:
            yield verb, shown.link(target), known.report.headline, words


_VERBS: dict[DisputeKind, str] = {
    "denies": "Denies",
    "cannot_confirm": "Cannot confirm",
    "disagrees": "Disagrees with",
}


def _edit_notes(shown: Shown) -> Iterable[str]:
    """Yield the notes on what has edited a report that stands, newest first."""
    for edit in reversed(shown.draft.edits):
        day = day_words(edit.at)
        match edit.item.event:
            case DevelopmentCorrected(note=note, level=level):
                url = shown.correction_url(edit.item)
                yield body.note(
                    f"{status_words(level).capitalize()}, {day}:",
                    note or "",
                    link=(url and (url, "What was wrong")) or None,
                )
            case Erased():
                yield body.note(f"Correction, {day}:", "[removed]")
            case DevelopmentReleased():
                yield body.note(f"Restored, {day}:", "it was withheld pending checks, and stands.")
            case _:
                pass


def _tell_hidden(shown: Shown) -> Told:
    """Return the words for a development whose text is gone: the day of its report."""
    development = shown.development
    if development is None or development.status == "withheld":
        title = f"Withheld pending checks: report of {shown.day}"
        return _told(title, WITHHELD, body.note("Withheld pending checks.", WITHHELD), withdrawn=True)
    label = "Removed" if shown.draft.removed else "Retracted"
    title = f"{label}: report of {shown.day}"
    reason = development.reason or ""
    content = body.note(f"{label}.", reason) + _substitute(shown, development)
    return _told(title, body.summary(reason, title), content, withdrawn=True)


def _substitute(shown: Shown, development: Development) -> str:
    if development.substitute is None:
        return ""
    headline = shown.headline(development.substitute)
    return body.note("Read instead:", link=(shown.link(development.substitute), headline))


def _tell_correction(shown: Shown) -> Told:
    report, draft = shown.report, shown.draft
    link = _report_link(shown)
    event = shown.event
    if report is None:
        withheld = shown.development is not None and shown.development.status == "withheld"
        title = f"Correction of a report that {'is withheld' if withheld else 'was taken back'} ({shown.day})"
        return _told(title, title, body.note("(withheld)" if withheld else "(withdrawn)", link=link), withdrawn=True)
    if draft.removed or not isinstance(event, DevelopmentCorrected):
        title = f"Correction: {report.headline}"
        return _told(title, "[removed]", body.note("Correction:", "[removed]", link=link), withdrawn=True)
    return Told(f"Correction: {report.headline}", lambda: _correction_words(shown, report, event))


def _correction_words(shown: Shown, report: DevelopmentReported, event: DevelopmentCorrected) -> Words:
    draft = shown.draft
    rows = [
        (
            field_name_words(made.field).capitalize(),
            field_words(made.field, made.was),
            field_words(made.field, made.now),
        )
        for made in shown.corrections.get(event.id or "", ())
    ]
    # Its own former value is what it is about; whatever else was corrected since is marked here too.
    changes = draft.item.changes
    former = {change.was for change in changes if isinstance(change, FactChanged)}
    former |= {change.claim for change in changes if isinstance(change, ContradictionChanged) and change.ended}
    redactions = shown.redactions.without_claims(former)
    content = "".join(
        (
            body.note("Correction:", event.note or "", link=_report_link(shown)),
            body.was_now(rows),
            body.what_changed(draft.item.changes, redactions),
            body.who_says_so(report.said_by, draft.item.facts, redactions, own=draft.development),
            body.sources(report.sources),
        )
    )
    return Words(body.summary(event.note or "", report.headline), content)


def _report_link(shown: Shown) -> tuple[str, str]:
    return shown.link(shown.draft.development), "The report"


def _tell_withheld(shown: Shown) -> Told:
    title = f"Withheld pending checks: report of {shown.day}"
    return _told(title, WITHHELD, body.note("Withheld.", WITHHELD, link=_report_link(shown)))


def _tell_restored(shown: Shown) -> Told:
    headline = shown.report.headline if shown.report else f"report of {shown.day}"
    link = (shown.link(shown.draft.development), headline)
    return _told(f"Restored: {headline}", RESTORED, body.note("Restored.", RESTORED, link=link))


def _tell_retraction(shown: Shown) -> Told:
    told = _tell_hidden(shown)
    link = (shown.link(shown.draft.development), "where it stood")
    summary, content = told.words()
    return _told(told.title, summary, content + body.note("The report:", link=link))


def _tell_overdue(shown: Shown) -> Told:
    draft, redactions = shown.draft, shown.redactions
    [expected] = draft.item.expected
    what = expected_what(expected, redactions)
    stands = expected.due is not None and what == expected.what  # else it was erased, or its words may be the source's
    due = f" ({expected_due(expected, redactions)})" if stands else ""
    title = f"{_since_overdue(draft.edits, expected.id)}: {what}{due}"
    so_far = "it has been met only in part" if expected.outcome == "partly_met" else "nothing of it had been reported"
    by = f" It was expected of {expected.by}." if expected.by and what == expected.what else ""
    text = f"{what}{due}: {so_far} when the time had passed.{by}"
    content = "".join(
        (
            *(_since(edit, expected.id, redactions) for edit in reversed(draft.edits)),
            body.note(
                "Overdue.", text, link=(shown.link(expected.due_from or expected.development), "Where it was promised")
            ),
        )
    )
    return _told(title, text if not draft.edits else f"{title}.", content)


def _since_overdue(edits: list[Edit], expectation: str) -> str:
    """Return what has become of a promise that was noticed as overdue, in a title's first words."""
    for change in (change for edit in reversed(edits) for change in edit.item.changes):
        if isinstance(change, ExpectationChanged) and change.id == expectation and change.how in _SINCE:
            if change.how == "resolved":
                return _SINCE_OUTCOME[(change.now.outcome if change.now else None) or "partly_met"]
            return _SINCE[change.how]
    return "Overdue"


_SINCE: dict[ExpectationHow, str] = {
    "resolved": "",
    "moved": "Overdue, then moved",
    "dated": "Overdue, then moved",
    "withdrawn": "No longer expected",
    "reopened": "Overdue, then awaited again",
}
_SINCE_OUTCOME = {
    "met": "Met in time, reported late",
    "met_late": "Overdue, then met late",
    "partly_met": "Overdue, met in part",
    "missed": "Overdue, then missed",
    "cancelled": "Overdue, then cancelled",
}


def _since(edit: Edit, expectation: str, redactions: Redactions) -> str:
    told = [
        str(change.text(redactions))
        for change in edit.item.changes
        if isinstance(change, ExpectationChanged) and change.id == expectation
    ]
    return body.note(f"Since then, {day_words(edit.at)}:", "; ".join(told)) if told else ""


TELLERS: dict[EntryKind, Callable[[Shown], Told]] = {
    "report": _tell_report,
    "correction": _tell_correction,
    "withheld": _tell_withheld,
    "restored": _tell_restored,
    "retraction": _tell_retraction,
    "overdue": _tell_overdue,
}

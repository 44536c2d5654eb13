"""What each kind of entry says: its title, summary and HTML content. feed/README.md#what-becomes-an-entry lists them.

An entry whose report is withheld or withdrawn quotes nothing of it, not even the headline, which is the claim itself.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from events.changes import Change, ExpectationChanged, FactChanged
from events.fold.development import REMOVED
from events.fold.expectations import ExpectationHow
from events.fold.state_parts import Aim, AimTarget, Correction, Development, substitutes
from events.model.events import DevelopmentCorrected, DevelopmentReleased, DevelopmentReported, Erased
from events.model.parts import Claim
from events.public.sequence import PublicItem
from events.wording.catalogue import AIMS, day_words, field_name_words, report_words, status_words
from events.wording.claims import own_claim, target_words
from events.wording.redactions import Redactions
from events.wording.values import due_words, speakers_words
from feed.entries import html
from feed.entries.plan import EntryPlan

# The desk's reasons for holding and releasing are not published: they tend to repeat the claim that is in doubt.
WITHHELD = "The report is being checked. Its text is not shown until the checks are complete."
RESTORED = "The checks are complete. The report was restored."


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What entries may show of their story.

    `page`             the URL of the story's page
    `redactions`       what must not be quoted
    `developments`     every development by its id, as it is now, or as it was when an archive page listed the entry
    `corrections`      what each correction replaced, by event id
    `correction_urls`  the entries of those corrections that have one, by event id
    `nth_reports`      the number of each report among those of its minute, by development
    `expectations`     the ids of what the story still expects, or has seen settled
    """

    page: str
    redactions: Redactions
    developments: Mapping[str, Development]
    corrections: Mapping[str, tuple[Correction, ...]]
    correction_urls: Mapping[str, str]
    nth_reports: Mapping[str, int]
    expectations: Container[str]

    def report_words(self, development: str) -> str:
        """Return what a report is called if nothing of it may be quoted."""
        return report_words(self.developments[development].reported_at, self.nth_reports[development])

    def link(self, development: str, words: str) -> html.Link:
        """Return a link to a development's entry."""
        return html.Link(f"{self.page}#{development}", words)


class EntryBody(NamedTuple):
    """A plain-text summary of one or two sentences, and the whole content as safe HTML."""

    summary: str
    content: str


@dataclass(frozen=True, slots=True)
class EntryText:
    """What an entry says. Its body costs much more than its title, which is all that most entries are asked for."""

    plan: EntryPlan
    context: EntryContext

    @property
    def development(self) -> Development:
        """The development that the entry is about."""
        return self.context.developments[self.plan.development]

    @property
    def report(self) -> DevelopmentReported | None:
        """The report, or None if its text must not be shown."""
        return self.development.report

    @property
    def withdrawn(self) -> bool:
        """True if the entry's own text must not be shown."""
        match self.plan.kind:
            case "report":
                return self.report is None
            case "correction":
                return self.report is None or self.correction is None
            case _:
                return False

    @property
    def correction(self) -> DevelopmentCorrected | None:
        """The correction that the entry announces, or None if it was erased."""
        event = self.plan.item.event
        return event if isinstance(event, DevelopmentCorrected) and not self.plan.removed else None

    @property
    def title(self) -> str:
        """Plain text that carries the meaning alone."""
        report, about = self.report, self.report_words
        match self.plan.kind:
            case "report" if report is not None:
                return f"{_confirmation(self)}{report.headline}"
            case "report" | "withheld" | "retraction":
                return f"{self._withdrawal}: {about}"
            case "correction" if report is not None:
                return f"Correction: {self.plan.headline}"
            case "correction":
                status = "withheld" if self.development.status == "withheld" else "withdrawn"
                return f"Correction of a {status} {about}"
            case "restored":
                return f"Restored: {report.headline if report else about}"
            case "overdue":
                return _overdue_title(self)
            case _:
                assert_never(self.plan.kind)

    @property
    def body(self) -> EntryBody:
        """The summary and the content."""
        match self.plan.kind:
            case "report" if self.report is not None:
                return _report_body(self, self.report)
            case "report" if self.development.status == "withheld":
                return EntryBody(WITHHELD, html.note("Withheld pending checks.", WITHHELD))
            case "report":
                return _withdrawal_body(self)
            case "correction":
                return _correction_body(self)
            case "withheld":
                return EntryBody(WITHHELD, html.note("Withheld.", WITHHELD, link=self.report_link()))
            case "restored":
                words = self.title.removeprefix("Restored: ")
                return EntryBody(RESTORED, html.note("Restored.", RESTORED, link=self.report_link(words)))
            case "retraction":
                summary, content = _withdrawal_body(self)
                link = self.report_link(self.report_words)
                return EntryBody(summary, content + html.note("Original entry:", link=link))
            case "overdue":
                return _overdue_body(self)
            case _:
                assert_never(self.plan.kind)

    @property
    def report_words(self) -> str:
        """What the report is called if nothing of it may be quoted."""
        return self.context.report_words(self.plan.development)

    def report_link(self, words: str = "The report") -> html.Link:
        """Return a link to the report's entry."""
        return self.context.link(self.plan.development, words)

    @property
    def _withdrawal(self) -> str:
        if self.plan.kind == "withheld" or self.development.status == "withheld":
            return "Withheld pending checks"
        return "Removed" if self.plan.removed else "Retracted"


def _report_body(text: EntryText, report: DevelopmentReported) -> EntryBody:
    plan, redactions = text.plan, text.context.redactions
    day = text.development.reported_at
    reported = "" if day.date() == plan.published.date() else f"reported on {day_words(day)}"
    markdown = html.markdown(report.body or "")
    sections = (
        *edit_notes(text),
        markdown.html,
        html.quotes(report.quotes),
        html.media(report.media),
        html.what_changed(plan.item.changes, redactions),
        html.who_says_so(
            report.said_by,
            plan.item.facts,
            redactions,
            own=plan.development,
            reported=reported,
            claims=unchanged_claims(plan, report),
        ),
        html.responses(responses(text.context, text.development, report)),
        html.expected_next(plan.item.expectations, redactions),
        html.sources(report.sources),
    )
    changes = ". ".join(str(change) for change in _quotable_changes(text))
    summary = html.summary(markdown.plain, changes, report.headline)
    return EntryBody(summary, "".join(sections) or html.note(report.headline))


def unchanged_claims(plan: EntryPlan, report: DevelopmentReported) -> dict[str, str]:
    """Return, by key, the claims that "What changed" does not list: they repeat a value, or are older or wider."""
    changed = plan.keys_of_own_changes()
    asserted: dict[str, list[Claim]] = {}
    for claim in report.facts:
        if claim.stance == "asserts" and claim.key not in changed:
            asserted.setdefault(claim.key, []).append(claim)
    return {key: "; ".join(_own_claims(claims, report)) for key, claims in asserted.items()}


def _own_claims(claims: list[Claim], report: DevelopmentReported) -> Iterator[str]:
    """Yield what a report claims of one key, with the speakers if several differ."""
    for claim in claims:
        who = speakers_words(claim.said_by) if len(claims) > 1 else ""
        words = own_claim(claim, report.said_on)
        yield f"{who}: {words}" if who else words


def _quotable_changes(text: EntryText) -> tuple[Change, ...]:
    """Return all changes, or none if one was corrected or withdrawn since: only the content has room to mark that."""
    changes, redactions = text.plan.item.changes, text.context.redactions
    return changes if all(str(change) == str(change.text(redactions)) for change in changes) else ()


def _confirmation(text: EntryText) -> str:
    """Return a title's first words if the report makes a known value independently confirmed."""
    origins = {
        len(change.origins)
        for change in _quotable_changes(text)
        if isinstance(change, FactChanged)
        and (change.standing_was, change.standing) == ("reported", "corroborated")
        and change.was is not None
        and change.now is not None
        and change.was.same(change.now)
        and text.context.redactions.development(change.was.development) is None
    }
    if not origins:
        return ""
    return "Now confirmed by a second source: " if origins == {2} else "Now independently confirmed: "


def responses(context: EntryContext, development: Development, report: DevelopmentReported) -> Iterator[html.Response]:
    """Yield what a report says of other reports, if those are public and may be shown."""
    answers: list[tuple[str, Aim, str | None]] = [(AIMS[item.kind], item, item.statement) for item in report.disputes]
    answers += [
        (AIMS["verifies" if item.verification else "confirms"], item, item.method) for item in report.corroborates
    ]
    for verb, aim, words in answers:
        other = context.developments.get(aim.development)
        if other is not None and other.report is not None:
            # A report as an archive page listed it may aim at what it has not aimed at since.
            target = development.targets.get(aim) or AimTarget(headline=other.report.headline, keys=aim.keys)
            yield html.Response(
                verb, context.link(aim.development, target_words(target, context.redactions)), words or ""
            )


def edit_notes(text: EntryText) -> Iterator[str]:
    """Yield the notes on what has edited a report, newest first."""
    for item in reversed(text.plan.edits):
        day = day_words(item.at)
        match item.event:
            case DevelopmentCorrected(note=note, level=level):
                url = text.context.correction_urls.get(item.key)
                link = html.Link(url, "What was wrong") if url else None
                yield html.note(f"{status_words(level).capitalize()}, {day}:", note or "", link=link)
            case Erased(level=level):
                yield html.note(f"{status_words(level or 'correction').capitalize()}, {day}:", REMOVED)
            case DevelopmentReleased():
                yield html.note(f"Restored, {day}:", "it had been withheld while it was checked.")
            case _:
                pass


def _withdrawal_body(text: EntryText) -> EntryBody:
    """Return the words for a report that was retracted or removed: the reason, and a link to its substitute."""
    label = "Removed." if text.plan.removed else "Retracted."
    reason = text.development.reason or ""
    content = html.note(label, reason)
    for name in substitutes(text.development.id, lambda name: text.context.developments[name].substitute):
        substitute = text.context.developments[name]
        if substitute.report is not None:
            content += html.note("Read instead:", link=text.context.link(name, substitute.report.headline))
            break
        if substitute.status == "withheld":
            break  # it is the one to read, but not yet
    return EntryBody(html.summary(reason, text.title), content)


def _correction_body(text: EntryText) -> EntryBody:
    report, correction, item = text.report, text.correction, text.plan.item
    if report is None:
        label = "(withheld)" if text.development.status == "withheld" else "(withdrawn)"
        return EntryBody(text.title, html.note(label, link=text.report_link()))
    if correction is None:
        return EntryBody(REMOVED, html.note("Correction:", REMOVED, link=text.report_link()))
    redactions = text.context.redactions.without_claims(text.plan.replaced_claims())
    sections = (
        html.note("Correction:", correction.note or "", link=text.report_link()),
        html.was_now(correction_rows(text)),
        html.what_changed(item.changes, redactions),
        html.who_says_so(report.said_by, item.facts, redactions, own=text.plan.development),
        html.sources(report.sources),
    )
    return EntryBody(html.summary(correction.note or "", text.plan.headline), "".join(sections))


def correction_rows(text: EntryText) -> Iterator[html.Replacement]:
    """Yield what a correction replaced, field by field."""
    for made in text.context.corrections.get(text.plan.item.key, ()):
        was, now = html.replaced_words(made.was, made.field), html.replaced_words(made.now, made.field)
        yield html.Replacement(field_name_words(made.field).capitalize(), was, now)


def _overdue_body(text: EntryText) -> EntryBody:
    [expected] = text.plan.item.expectations
    withdrawal = _promise_withdrawal(text)
    if withdrawal is not None:
        link = text.context.link(expected.development, "Where it was promised")
        words = f"A deadline had passed. {withdrawal[:1].upper()}{withdrawal[1:]}."
        return EntryBody(f"{text.title}.", html.note("Overdue notice.", words, link=link))
    quotable = text.context.redactions.development(expected.by_from) is None
    so_far = "it was only partly met" if expected.outcome == "partly_met" else "no outcome had been reported"
    by = f" It was expected of {expected.by}." if expected.by and quotable else ""
    words = f"{_overdue(text)}: {so_far} when the deadline passed.{by}"
    link = text.context.link(expected.due_from or expected.development, "Where it was promised")
    content = "".join((*_outcome_notes(text), html.note("Overdue.", words, link=link)))
    return EntryBody(f"{text.title}." if text.plan.edits else words, content)


def _overdue_title(text: EntryText) -> str:
    withdrawal = _promise_withdrawal(text)
    if withdrawal is None:
        return f"{_outcome(text)}: {_overdue(text)}"
    [expected] = text.plan.item.expectations
    return f"{'Overdue notice' if expected.id in text.context.expectations else 'No longer expected'}: {withdrawal}"


def _promise_withdrawal(text: EntryText) -> str | None:
    """Return what became of the words of an overdue promise, if they must not be quoted any more."""
    [expected] = text.plan.item.expectations
    for name in (expected.stated_by, expected.development):
        if text.context.redactions.development(name) is not None:
            development = text.context.developments[name]
            if development.status == "withheld":
                became = "is withheld pending checks"
            else:
                became = "was removed" if development.redacted else "was retracted"
            return f"the {text.context.report_words(name)}, {became}"
    return "the promise was removed" if expected.what == REMOVED else None


def _overdue(text: EntryText) -> str:
    """Return what was expected, with its due date unless that may not be quoted."""
    [expected] = text.plan.item.expectations
    dated = expected.due is not None and text.context.redactions.development(expected.due_from) is None
    return f"{expected.what} ({due_words(expected.due)})" if dated else expected.what


def _outcome(text: EntryText) -> str:
    """Return what became of an overdue expectation, in a title's first words."""
    for item in reversed(text.plan.edits):
        for change in _outcome_changes(text.plan, item):
            if change.how == "resolved":
                return _OUTCOMES[(change.now.outcome if change.now else None) or "partly_met"]
            if change.how in _CHANGES:
                return _CHANGES[change.how]
            if change.how == "opened":  # its report was restored
                reopened = change.now is None or change.now.outcome is None
                if reopened:
                    return "Overdue" if change.status == "overdue" else _CHANGES["reopened"]
    return "Overdue"


def _outcome_notes(text: EntryText) -> Iterator[str]:
    """Yield the notes on what became of an overdue expectation, newest first."""
    for item in reversed(text.plan.edits):
        words = [str(change.text(text.context.redactions)) for change in _outcome_changes(text.plan, item)]
        if words:
            yield html.note(f"Since then, {day_words(item.at)}:", "; ".join(words))


def _outcome_changes(plan: EntryPlan, item: PublicItem) -> list[ExpectationChanged]:
    """Return what `item` changed of the overdue expectation of `plan`."""
    [expected] = plan.item.expectations
    return [change for change in item.changes if isinstance(change, ExpectationChanged) and change.id == expected.id]


_CHANGES: dict[ExpectationHow, str] = {
    "moved": "Overdue, then moved",
    "dated": "Overdue, then moved",
    "withdrawn": "No longer expected",
    "reopened": "Overdue, then open again",
}
_OUTCOMES = {
    "met": "Met in time, reported late",
    "met_late": "Overdue, then met late",
    "partly_met": "Overdue, met in part",
    "missed": "Overdue, then missed",
    "cancelled": "Overdue, then cancelled",
}

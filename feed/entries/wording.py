"""What each kind of entry says: its title, summary and HTML content. feed/README.md#what-becomes-an-entry lists them.

An entry whose report is withheld or withdrawn quotes nothing of it, not even the headline, which is the claim itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from events.changes import Change, ExpectationChanged, FactChanged, worded_changes
from events.fold.development import REMOVED
from events.fold.state_parts import Aim, AimTarget, Development, substitutes
from events.model.events import DevelopmentCorrected, DevelopmentReleased, DevelopmentReported, Erased
from events.model.parts import Claim, Level
from events.wording.catalogue import AIMS, day_words, field_name_words, semicolon_list, sentence_list
from events.wording.changes import ChangeText
from events.wording.claims import own_claim, target_words
from events.wording.direction import direction
from events.wording.language import Term, Words, message
from events.wording.redactions import WITHDRAWN, WITHHELD
from events.wording.values import speakers_words
from feed.entries import html
from feed.entries.context import EntryBody, EntryContext
from feed.entries.notices import notice_body, notice_title
from feed.entries.plan import EntryPlan
from feed.languages.markup import MarkupWords


@dataclass(frozen=True)
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
        return self.title_in(self.words)

    def title_in(self, words: Words) -> str:
        """Return the title in `words`, which may be HTML."""
        report = self.report
        match self.plan.kind:
            case "report" if report is not None:
                return _confirmation(self, report.headline, words)
            case "report" | "withheld" | "retraction":
                return self._withdrawal(words)
            case "correction" if report is not None:
                return words.gettext("Correction: {headline}", headline=self.plan.headline)
            case "correction" if self.development.status == "withheld":
                return words.gettext("Correction of a withheld {report}", report=self.report_words(words))
            case "correction":
                return words.gettext("Correction of a withdrawn {report}", report=self.report_words(words))
            case "restored":
                return words.gettext("Restored: {headline}", headline=self.headline_words(words))
            case "overdue":
                return notice_title(self.plan, self.context, words)
            case _:
                assert_never(self.plan.kind)

    @property
    def body(self) -> EntryBody:
        """The summary and the content."""
        match self.plan.kind:
            case "report" if self.report is not None:
                return _report_body(self, self.report)
            case "report" if self.development.status == "withheld":
                return _withheld_body(self, self.markup.gettext("Withheld pending checks."))
            case "report":
                return _withdrawal_body(self)
            case "correction":
                return _correction_body(self)
            case "withheld":
                return _withheld_body(self, self.markup.gettext("Withheld."), link=self.report_link())
            case "restored":
                return _restored_body(self)
            case "retraction":
                summary, content = _withdrawal_body(self)
                label, link = self.markup.gettext("Original entry:"), self.report_link(self.report_words(self.markup))
                return EntryBody(summary, content + html.note(self.markup, label, link=link))
            case "overdue":
                return notice_body(self.plan, self.context)
            case _:
                assert_never(self.plan.kind)

    @property
    def words(self) -> Words:
        """The words of the story's language as plain text."""
        return self.context.words

    @property
    def markup(self) -> MarkupWords:
        """The words of the story's language as HTML."""
        return self.context.markup

    @cached_property
    def quotable_changes(self) -> tuple[Change, ...]:
        """All changes, or none if one was corrected or withdrawn since: only the content has room to mark that."""
        changes, redactions = self.plan.item.changes, self.context.redactions
        if redactions.is_empty:
            return changes  # of most stories
        quoted = redactions.names_only
        return changes if all(change.text(quoted) == change.text(redactions) for change in changes) else ()

    @cached_property
    def worded_changes(self) -> tuple[tuple[Change, ChangeText], ...]:
        """The changes that may be named, each with its words as HTML: feeds and pages show them."""
        return tuple(worded_changes(self.plan.item.changes, self.context.redactions, self.markup))

    def report_words(self, words: Words) -> str:
        """Return what the report is called if nothing of it may be quoted."""
        return self.context.report_words(self.plan.development, words)

    def report_link(self, name: str = "") -> html.Link:
        """Return a link to the report's entry."""
        return self.context.link(self.plan.development, name or self.markup.gettext("The report"))

    def headline_words(self, words: Words) -> str:
        """Return the report's headline, or what it is called without."""
        return self.report.headline if self.report else self.report_words(words)

    def _withdrawal(self, words: Words) -> str:
        """Return the title of an entry whose text is gone."""
        report = self.report_words(words)
        if self.plan.kind == "withheld" or self.development.status == "withheld":
            return words.gettext("Withheld pending checks: {report}", report=report)
        if self.plan.removed:
            return words.gettext("Removed: {report}", report=report)
        return words.gettext("Retracted: {report}", report=report)


def _report_body(text: EntryText, report: DevelopmentReported) -> EntryBody:
    plan, redactions, words = text.plan, text.context.redactions, text.markup
    day = text.development.reported_at
    same_day = day.date() == plan.published.date()
    markdown = html.markdown(report.body or "", direction(words.texts))
    sections = (
        *edit_notes(text),
        markdown.html,
        html.quotes(words, report.quotes),
        html.media(words, report.media, text.context.page),
        html.change_list(words, [changed for _, changed in text.worded_changes]),
        html.who_says_so(
            words,
            report.said_by,
            plan.item.facts,
            redactions,
            own=plan.development,
            reported="" if same_day else words.gettext("reported on {day}", day=day_words(day, words)),
            claims=unchanged_claims(plan, report, words),
        ),
        html.responses(words, responses(text.context, text.development, report)),
        html.expected_next(words, plan.item.expectations, redactions),
        html.sources(words, report.sources),
    )
    summary = html.summary(markdown.plain or _change_lines(text), report.headline)
    return EntryBody(summary, "".join(sections) or html.paragraph(words, report.headline))


def _change_lines(text: EntryText) -> str:
    """Return what a report changed, in sentences."""
    redactions, words = text.context.redactions, text.words
    return sentence_list((change.text(redactions, words).line(words) for change in text.quotable_changes), words)


def unchanged_claims(plan: EntryPlan, report: DevelopmentReported, words: Words) -> dict[str, str]:
    """Return, by key, the claims that "What changed" does not list: they repeat a value, or are older or wider."""
    changed = plan.keys_of_own_changes()
    asserted: dict[str, list[Claim]] = {}
    for claim in report.facts:
        if claim.stance == "asserts" and claim.key not in changed:
            asserted.setdefault(claim.key, []).append(claim)
    return {key: semicolon_list(_own_claims(claims, report, words), words) for key, claims in asserted.items()}


def _own_claims(claims: list[Claim], report: DevelopmentReported, words: Words) -> Iterator[str]:
    """Yield what a report claims of one key, with the speakers if several differ."""
    for claim in claims:
        who = speakers_words(claim.said_by, words) if len(claims) > 1 else ""
        value = own_claim(claim, report.said_on, words)
        yield words.gettext("{who}: {value}", who=who, value=value) if who else value


def _confirmation(text: EntryText, headline: str, words: Words) -> str:
    """Return a report's title, which begins so if the report makes a known value independently confirmed."""
    origins = {
        len(change.origins)
        for change in text.quotable_changes
        if isinstance(change, FactChanged)
        and (change.standing_was, change.standing) == ("reported", "corroborated")
        and change.was is not None
        and change.now is not None
        and change.was.same(change.now)
        and text.context.redactions.development(change.was.development) is None
    }
    if origins == {2}:
        return words.gettext("Now confirmed by a second source: {headline}", headline=headline)
    if origins:
        return words.gettext("Now independently confirmed: {headline}", headline=headline)
    return words.marks.get(headline, headline)


def responses(context: EntryContext, development: Development, report: DevelopmentReported) -> Iterator[html.Response]:
    """Yield what a report says of other reports, if those are public and may be shown."""
    answers: list[tuple[Term, Aim, str | None]] = [(AIMS[item.kind], item, item.statement) for item in report.disputes]
    answers += [
        (AIMS["verifies" if item.verification else "confirms"], item, item.method) for item in report.corroborates
    ]
    words = context.markup
    for verb, aim, statement in answers:
        other = context.developments.get(aim.development)
        if other is not None and other.report is not None:
            # A report as an archive page listed it may aim at what it has not aimed at since.
            target = development.targets.get(aim) or AimTarget(headline=other.report.headline, keys=aim.keys)
            link = context.link(aim.development, target_words(target, context.redactions, words))
            yield html.Response(words.term(verb), link, statement or "")


def edit_notes(text: EntryText) -> Iterator[str]:
    """Yield the notes on what has edited a report, newest first."""
    words = text.markup
    for item in reversed(text.plan.edits):
        day = day_words(item.at, words)
        match item.event:
            case DevelopmentCorrected(note=note, level=level):
                url = text.context.correction_urls.get(item.key)
                link = html.Link(url, words.gettext("What was wrong")) if url else None
                yield html.note(words, _correction_label(level, day, words), note or "", link=link)
            case Erased(level=level):
                yield html.note(words, _correction_label(level or "correction", day, words), REMOVED)
            case DevelopmentReleased():
                reason = words.gettext("it had been withheld while it was checked.")
                yield html.note(words, words.gettext("Restored, {day}:", day=day), reason)
            case _:
                pass


def _correction_label(level: Level, day: str, words: Words) -> str:
    if level == "clarification":
        return words.gettext("Clarification, {day}:", day=day)
    return words.gettext("Correction, {day}:", day=day)  # a typo has no note


def _withheld_body(text: EntryText, label: str, link: html.Link | None = None) -> EntryBody:
    """Return the words for a report that is being checked.

    The desk's reasons for that are not published: they tend to repeat the claim that is in doubt.
    """
    reason = message("The report is being checked. Its text is not shown until the checks are complete.")
    return EntryBody(text.words.gettext(reason), html.note(text.markup, label, text.markup.gettext(reason), link=link))


def _restored_body(text: EntryText) -> EntryBody:
    words, reason = text.markup, message("The checks are complete. The report was restored.")
    link = text.report_link(text.headline_words(words))
    content = html.note(words, words.gettext("Restored."), words.gettext(reason), link=link)
    return EntryBody(text.words.gettext(reason), content)


def _withdrawal_body(text: EntryText) -> EntryBody:
    """Return the words for a report that was retracted or removed: the reason, and a link to its substitute."""
    words, reason = text.markup, text.development.reason or ""
    label = words.gettext("Removed.") if text.plan.removed else words.gettext("Retracted.")
    content = html.note(words, label, reason)
    for name in substitutes(text.development.id, lambda name: text.context.developments[name].substitute):
        substitute = text.context.developments[name]
        if substitute.report is not None:
            link = text.context.link(name, substitute.report.headline)
            content += html.note(words, words.gettext("Read instead:"), link=link)
            break
        if substitute.status == "withheld":
            break  # it is the one to read, but not yet
    return EntryBody(html.summary(reason, text.title), content)


def _correction_body(text: EntryText) -> EntryBody:
    report, correction, item, words = text.report, text.correction, text.plan.item, text.markup
    if report is None:
        label = WITHHELD if text.development.status == "withheld" else WITHDRAWN
        return EntryBody(text.title, html.note(words, words.gettext(label), link=text.report_link()))
    label = words.gettext("Correction:")
    if correction is None:
        return EntryBody(text.words.quote(REMOVED), html.note(words, label, REMOVED, link=text.report_link()))
    redactions = text.context.redactions.without_claims(text.plan.replaced_claims())
    sections = (
        html.note(words, label, correction.note or "", link=text.report_link()),
        html.was_now(words, correction_rows(text)),
        html.what_changed(words, item.changes, redactions),
        html.who_says_so(words, report.said_by, item.facts, redactions, own=text.plan.development),
        html.sources(words, report.sources),
    )
    return EntryBody(html.summary(correction.note or "", text.plan.headline), "".join(sections))


def correction_rows(text: EntryText) -> Iterator[html.Replacement]:
    """Yield what a correction replaced, field by field."""
    words, names, promises = text.markup, text.context.redactions.names, _promises(text)
    for made in text.context.corrections.get(text.plan.item.key, ()):
        yield html.Replacement(
            words.sentence(field_name_words(made.field, words)),
            html.replaced_words(made.was, made.field, words, names, promises),
            html.replaced_words(made.now, made.field, words, names, promises),
        )


def _promises(text: EntryText) -> dict[str, str]:
    """Return what the expectations are that a correction changed, as they were called then, if that may be quoted."""
    item, promises = text.plan.item, dict[str, str]()
    changed = [change for change in item.changes if isinstance(change, ExpectationChanged)]
    stated = (*item.expectations, *(change.now for change in changed), *(change.was for change in changed))
    for expected in filter(None, stated):
        redacted = text.context.redactions.development(expected.stated_by)
        promises.setdefault(expected.id, expected.what if redacted is None else text.words.gettext(redacted))
    return promises

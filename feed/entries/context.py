"""What entries may show of their story, and in which words."""

from collections.abc import Container, Mapping
from typing import NamedTuple

from events.fold.state_parts import Correction, Development
from events.wording.catalogue import report_words
from events.wording.language import Words
from events.wording.redactions import Redactions
from feed.entries import html
from feed.languages.markup import MarkupWords


class EntryContext(NamedTuple):
    """What entries may show of their story.

    `page`             the URL of the story's page
    `redactions`       what must not be quoted
    `developments`     every development by its id, as it is now, or as it was when an archive page listed the entry
    `corrections`      what each correction replaced, by event id
    `correction_urls`  the entries of those corrections that have one, by event id
    `nth_reports`      the number of each report among those of its minute, by development
    `expectations`     the ids of what the story still expects, or has seen settled
    `words`            the words of the story's language, as plain text and as HTML
    """

    words: Words
    markup: MarkupWords
    page: str
    redactions: Redactions
    developments: Mapping[str, Development]
    corrections: Mapping[str, tuple[Correction, ...]]
    correction_urls: Mapping[str, str]
    nth_reports: Mapping[str, int]
    expectations: Container[str]

    def report_words(self, development: str, words: Words) -> str:
        """Return what a report is called if nothing of it may be quoted."""
        return report_words(self.developments[development].reported_at, self.nth_reports[development], words)

    def link(self, development: str, words: str) -> html.Link:
        """Return a link to a development's entry."""
        return html.Link(f"{self.page}#{development}", words)


class EntryBody(NamedTuple):
    """A plain-text summary of one or two sentences, and the whole content as safe HTML."""

    summary: str
    content: str

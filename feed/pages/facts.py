"""The facts of a story on its page: a few key facts, and the whole table in groups (feed/README.md#key-facts)."""

from collections.abc import Iterable
from typing import NamedTuple

from events.fold.claims import AttributedClaim
from events.fold.freshness import changed_at, replaced_claim
from events.fold.known_fact import KnownFact
from events.fold.prominence import by_prominence, key_facts
from events.fold.state import Story
from events.wording.claims import claim_value, fact_name
from events.wording.freshness import freshness_line
from events.wording.language import Words
from events.wording.redactions import Redactions
from events.wording.standing import standing_line
from feed.languages.markup import MarkupWords
from feed.pages.charts import Chart, chart


class FactRow(NamedTuple):
    """One fact: its key and label, the claim that it replaced, what it rests on, how fresh it is, its chart if any."""

    key: str
    label: str
    item: KnownFact
    was: AttributedClaim | None
    standing: str
    freshness: str
    chart: Chart | None = None


class FactGroup(NamedTuple):
    """The facts whose keys begin with the same word. A group of one has no title: its fact has a label.

    The title is what their labels begin with, up to the last colon, or the word.
    """

    title: str | None
    rows: tuple[FactRow, ...]


def key_rows(story: Story, redactions: Redactions, words: Words) -> list[FactRow]:
    """Return the key facts, the most prominent first."""
    return [_row(story, item, redactions, words) for item in key_facts(story)]


def fact_groups(story: Story, redactions: Redactions, words: MarkupWords, plain: Words) -> list[FactGroup]:
    """Return all facts in groups: the group of the most prominent fact first, and within each the same order."""
    groups: dict[str, list[KnownFact]] = {}
    for item in by_prominence(story):
        groups.setdefault(item.fact.key.partition(".")[0], []).append(item)
    return [_group(story, name, items, redactions, words, plain) for name, items in groups.items()]


def _group(
    story: Story, name: str, items: Iterable[KnownFact], redactions: Redactions, words: MarkupWords, plain: Words
) -> FactGroup:
    rows = tuple(_row(story, item, redactions, words, drawing=chart(item, plain)) for item in items)
    if len(rows) == 1:
        return FactGroup(None, rows)
    names = {row.label.rpartition(": ")[0] for row in rows}
    return FactGroup((len(names) == 1 and names.pop()) or words.key_words(redactions.names.words(name)), rows)


def _row(story: Story, item: KnownFact, redactions: Redactions, words: Words, drawing: Chart | None = None) -> FactRow:
    return FactRow(
        key=item.fact.key,
        label=fact_name(item.fact.key, redactions, words),
        item=item,
        was=replaced_claim(item),
        standing=standing_line(item.fact, redactions, words),
        freshness=freshness_line(item, story.checks.get(item.fact.key), words),
        chart=drawing,
    )


def fact_line(story: Story, redactions: Redactions, words: Words) -> dict[str, str | None] | None:
    """Return the key fact that changed last, in words for the index; None if there is none."""
    items = key_facts(story)
    if not items:
        return None
    item = max(items, key=changed_at)
    row = _row(story, item, redactions, words)
    return {
        "label": row.label,
        "was": "" if row.was is None else claim_value(row.was, redactions, words),
        "now": claim_value(item.fact.current, redactions, words),
        "standing": row.standing,
        "term": item.fact.standing,
    }

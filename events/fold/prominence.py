"""Which facts come first: one order for pages and terminal.

The rules are events/README.md#order-of-facts.
"""

from typing import Final

from events.fold.freshness import changed_at
from events.fold.known_fact import KnownFact
from events.fold.state import Story
from events.model.settings import NO_SETTINGS, FactSettings

KEY_FACTS_MAX: Final = 4


def by_prominence(story: Story, *, hidden: bool = False) -> list[KnownFact]:
    """Return the facts in the order in which readers see them, those that the desk has hidden only if `hidden`."""
    facts = [(item, story.settings.get(key, NO_SETTINGS)) for key, item in story.facts.items()]
    visible = [(item, settings) for item, settings in facts if hidden or not settings.hidden]
    return [item for item, _ in sorted(visible, key=lambda pair: _prominence(*pair))]


def key_facts(story: Story) -> list[KnownFact]:
    """Return the few facts that a reader sees first: those of the highest prominence that have a value."""
    return [item for item in by_prominence(story) if item.fact.current is not None][:KEY_FACTS_MAX]


def _prominence(item: KnownFact, settings: FactSettings) -> tuple[object, ...]:
    return (
        not settings.lead,
        settings.order is None,
        settings.order or 0,
        item.fact.current is None,
        item.fact.standing != "disputed",
        -changed_at(item).timestamp(),
        -item.reports,
        item.first_claim,
    )

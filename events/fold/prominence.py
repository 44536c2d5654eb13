"""Which facts come first, and what a value has replaced: one order for pages and terminal.

The rules are events/README.md#order-of-facts.
"""

from datetime import datetime
from typing import Final

from events.fold.claims import AttributedClaim
from events.fold.facts import KnownFact
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


def replaced_claim(item: KnownFact) -> AttributedClaim | None:
    """Return the claim that the current one replaced. Another origin's different claim is not replaced by it."""
    first = first_index(item)
    if first is None or item.history[first].relation not in {"refines", "advances", "corrects"}:
        return None
    # A wider repetition replaced nothing, so it was not the value before.
    return next((step.claim for step in reversed(item.history[:first]) if step.relation != "repeats"), None)


def first_index(item: KnownFact) -> int | None:
    """Return the index in the history from which the value has been the current one; None if it is not in it."""
    current = item.fact.current
    first = next((index for index, step in enumerate(item.history) if step.claim is current), None)
    if current is None or first is None:
        return None
    for index in range(first - 1, -1, -1):
        step = item.history[index]
        if step.claim.same(current):
            first = index
        elif step.relation != "repeats":
            break
    return first


def changed_at(item: KnownFact) -> datetime:
    """Return when the report came in from which the fact has been as it is, whoever repeated it since."""
    first = first_index(item)
    if first is not None:
        return item.history[first].claim.order.reported_at
    return max(claim.order.reported_at for claim in (*item.fact.claims, *(step.claim for step in item.history[-1:])))


def _prominence(item: KnownFact, settings: FactSettings) -> tuple[object, ...]:
    claims = [*item.fact.claims, *(step.claim for step in item.history)]
    first = min(claim.order.position for claim in claims)
    return (
        not settings.lead,
        settings.order is None,
        settings.order or 0,
        item.fact.current is None,
        item.fact.standing != "disputed",
        -changed_at(item).timestamp(),
        -len({claim.development for claim in claims}),
        first,
        min(claim.order.nth for claim in claims if claim.order.position == first),
    )

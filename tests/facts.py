"""What tests of facts share: three speakers, four days, claims about how many are hurt, and the fact that they make."""

from typing import Any

from events.fold.facts import Fact
from events.fold.state import Story
from tests.builders import Scenario, claim

ANN, BEN, CY = "Ann (Port)", "Ben (City)", "Cy (UN)"
MON, TUE, WED, THU = "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"


def hurt(value: Any = None, **fields: Any) -> dict[str, Any]:
    return claim("hurt", value, **fields)


def aimed(development: str, **fields: Any) -> list[dict[str, Any]]:
    """Return what a report says of another development: its `corroborates` or `disputes`."""
    return [{"development": development, **fields}]


def fact_of(story: Scenario | Story, key: str = "hurt") -> Fact:
    state = story.state() if isinstance(story, Scenario) else story
    fact = state.fact(key)
    assert fact is not None
    return fact

"""A fact with its history, and what is read from that more than once."""

from dataclasses import dataclass
from functools import cached_property

from events.fold.claims import AttributedClaim
from events.fold.facts import Fact, HistoryItem


@dataclass(frozen=True)
class KnownFact:
    """What is known of one key, and the whole history of its value."""

    fact: Fact
    history: tuple[HistoryItem, ...]

    @cached_property
    def first_index(self) -> int | None:
        """The index in the history from which the value has been the current one; None if it is not in it."""
        current, last = self.fact.current, range(len(self.history) - 1, -1, -1)
        first = next((index for index in last if self.history[index].claim is current), None)
        if current is None or first is None:
            return None
        for index in range(first - 1, -1, -1):
            step = self.history[index]
            if step.claim.same(current):
                first = index
            elif step.relation != "repeats":
                break
        return first

    @cached_property
    def reports(self) -> int:
        """The number of reports that its claims and its history are from."""
        return len({claim.development for claim in self._claims})

    @cached_property
    def first_claim(self) -> tuple[int, int]:
        """The position of the first of its claims, and the claim's number in that event."""
        return min((claim.order.position, claim.order.nth) for claim in self._claims)

    @property
    def _claims(self) -> list[AttributedClaim]:
        return [*self.fact.claims, *(step.claim for step in self.history)]

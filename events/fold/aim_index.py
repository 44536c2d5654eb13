"""At whom each development aims, and who aims at it, so that a change finds what depends on it."""

from typing import Final, NamedTuple

from events.fold.contributions import aims, counts_by_name
from events.fold.forking import fork
from events.model.events import DevelopmentReported
from events.model.parts import Corroboration

NO_NAMES: Final = frozenset[str]()


class Aims(NamedTuple):
    """The developments that one aims at, those that it corroborates, and those that it confirms.

    It confirms those whose source counts by its name since it corroborates them (events/README.md#an-editor-confirms).
    """

    at: frozenset[str] = NO_NAMES
    corroborated: frozenset[str] = NO_NAMES
    confirmed: frozenset[str] = NO_NAMES


NO_AIMS: Final = Aims()


class AimIndex:
    """The aims of all developments, in both directions."""

    def __init__(self) -> None:
        self._aims: dict[str, Aims] = {}
        self._aimed_at_by: dict[str, frozenset[str]] = {}

    def fork(self) -> "AimIndex":
        """Return a copy that can change, and leaves this one as it is."""
        return fork(self)

    def at(self, development: str) -> frozenset[str]:
        """Return the developments that aim at one."""
        return self._aimed_at_by.get(development, NO_NAMES)

    def update(self, development: str, report: DevelopmentReported | None, named: frozenset[str]) -> tuple[Aims, Aims]:
        """Note the aims of a development, whose doubts have `named` others, and return what they were and are."""
        before, aimed_at = self._aims.get(development, NO_AIMS), aims(report)
        if not (aimed_at or named or before.at):
            return before, before
        corroborated = NO_NAMES.union([aim.development for aim in aimed_at if isinstance(aim, Corroboration)])
        confirmed = corroborated if report is not None and counts_by_name(report) else NO_NAMES
        self._aims[development] = now = Aims(
            named.union([aim.development for aim in aimed_at]), corroborated, confirmed
        )
        for target in before.at - now.at:
            self._aimed_at_by[target] -= {development}
        for target in now.at - before.at:
            self._aimed_at_by[target] = self.at(target) | {development}
        return before, now

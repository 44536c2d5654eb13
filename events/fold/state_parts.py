"""What a state is made of besides facts and expectations: developments, disputes and corrections, as frozen values."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from events.fold.facts import Standing
from events.model.edtf import When
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Corroboration, Dispute, DisputeKind, Level, Part, Speaker

DevelopmentStatus = Literal["usable", "withheld", "canceled"]
FieldValue: TypeAlias = str | int | datetime | When | Part | tuple[Part, ...] | None
"""The value of a field of a report, or one part of it."""
Aim: TypeAlias = Corroboration | Dispute
"""What a report addresses to another one."""


class AimTarget(NamedTuple):
    """What an aim is about: a whole report, or what it said of the `keys` named, both as they were then.

    `claims` are those of `keys`. `corrected` if the report does not say so any more.
    """

    headline: str
    keys: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    corrected: bool = False


class AttributedDispute(NamedTuple):
    """A development's doubt about another one, both usable."""

    development: str
    by_development: str
    by: tuple[Speaker, ...]
    kind: DisputeKind
    statement: str | None
    target: AimTarget


class Correction(NamedTuple):
    """One field of a report that a correction replaced. `was` and `now` are None or () if it was or is empty.

    `event` is the id of the event that corrected it; ids of events are not in the state's JSON.
    """

    event: str
    development: str
    field: str
    was: FieldValue
    now: FieldValue
    level: Level
    note: str | None
    at: datetime


class Development(NamedTuple):
    """A development as it is now.

    report: None if its text must not be shown any more, or not in this view
    targets: what each of its aims at a usable development is about
    reason, substitute: why it was retracted, and the development that replaces it
    embargoed_until: until when only the desk may see it
    archive: whether its report is of an archive, which no current feed carries
    """

    id: str
    status: DevelopmentStatus
    standing: Standing
    reported_at: datetime
    published_at: datetime | None
    report: DevelopmentReported | None
    targets: Mapping[Aim, AimTarget]
    reason: str | None = None
    substitute: str | None = None
    embargoed_until: datetime | None = None
    pinned: bool = False
    redacted: bool = False
    archive: bool = False

    def doubts(self) -> Iterator[AttributedDispute]:
        """Yield what it disputes in others, as far as they are usable."""
        if self.report is None:
            return
        for dispute in self.report.disputes:
            if (target := self.targets.get(dispute)) is not None:
                yield AttributedDispute(
                    development=dispute.development,
                    by_development=self.id,
                    by=self.report.said_by,
                    kind=dispute.kind,
                    statement=dispute.statement,
                    target=target,
                )


def substitutes(development: str, substitute_of: Callable[[str], str | None]) -> Iterator[str]:
    """Yield the substitute of a retracted development, the substitute of that one, and so on, each once."""
    seen = {development}
    while (substitute := substitute_of(development)) is not None and substitute not in seen:
        yield substitute
        seen.add(substitute)
        development = substitute

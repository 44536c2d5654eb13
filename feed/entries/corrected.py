"""What a story quotes of reports that were corrected since: it is replaced wherever it is quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from events.fold.claims import AttributedClaim
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.public.sequence import PublicItem
from events.wording.claims import corrected_claims, corrected_speakers
from feed.entries.plan import quoted_claims


@dataclass(frozen=True, slots=True)
class CorrectedQuotes:
    """What replaces claims that the first `items` public items of a story quote.

    `reports`   the corrected reports as they are now, by development
    `claims`    what replaces the value of a claim, as in `Redactions`
    `speakers`  who makes a claim, as in `Redactions`
    """

    reports: Mapping[str, DevelopmentReported] = field(default_factory=dict)
    items: int = 0
    claims: Mapping[AttributedClaim, Claim | str] = field(default_factory=dict)
    speakers: Mapping[AttributedClaim, tuple[Speaker, ...]] = field(default_factory=dict)

    def of(self, items: Sequence[PublicItem], reports: Mapping[str, DevelopmentReported]) -> Self:
        """Return what replaces claims of the corrected `reports` in `items`, which begin with those before."""
        before = self if reports == self.reports else type(self)()
        if not reports:
            return type(self)(items=len(items))
        quoted = [pair for item in items[before.items :] for pair in quoted_claims(item)]
        return type(self)(
            reports,
            len(items),
            {**before.claims, **corrected_claims(quoted, reports)},
            {**before.speakers, **corrected_speakers(quoted, reports)},
        )

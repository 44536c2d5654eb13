"""What must not be quoted any more, and what is shown instead."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from events.fold.claims import AttributedClaim
from events.model.parts import Claim, Speaker
from events.wording.language import message
from events.wording.names import KEY_WORDS, FactNames

# Messages, which `Words.gettext` translates.
WITHDRAWN = message("(withdrawn)")
WITHHELD = message("(withheld)")
NOT_SHOWN = message("(not shown)")


class Redactions(NamedTuple):
    """The messages that replace text that must not be quoted. Each method returns None if it may be quoted.

    developments: what replaces all text of a development, by its id: WITHDRAWN, WITHHELD
    claims: what replaces the value of one claim: the claim that corrects it, or WITHDRAWN
    speakers: who makes one claim, by a correction of its report
    keys: what replaces the name of a fact, by its key: the name alone may be the accusation that was taken back
    quotable: claims that may be quoted although `claims` has them
    names: what facts are called that may be named
    """

    developments: Mapping[str, str] = MappingProxyType({})
    claims: Mapping[AttributedClaim, Claim | str] = MappingProxyType({})
    speakers: Mapping[AttributedClaim, tuple[Speaker, ...]] = MappingProxyType({})
    keys: Mapping[str, str] = MappingProxyType({})
    quotable: Container[AttributedClaim | None] = frozenset()
    names: FactNames = KEY_WORDS

    def development(self, development: str | None) -> str | None:
        """Return what replaces the text of a development."""
        return None if development is None else self.developments.get(development)

    def claim(self, claim: AttributedClaim) -> Claim | str | None:
        """Return what replaces the value of a claim."""
        return self.developments.get(claim.development) or (None if claim in self.quotable else self.claims.get(claim))

    def speakers_of(self, claim: AttributedClaim) -> tuple[Speaker, ...] | None:
        """Return who makes a claim by a correction of its report."""
        return None if claim in self.quotable else self.speakers.get(claim)

    def key(self, key: str) -> str | None:
        """Return what replaces the name of a fact."""
        return self.keys.get(key)

    @property
    def is_empty(self) -> bool:
        """Whether everything may be quoted."""
        return not (self.developments or self.claims or self.speakers or self.keys)

    @property
    def names_only(self) -> "Redactions":
        """What would be shown if everything could be quoted."""
        return Redactions(names=self.names)

    def without_claims(self, claims: Container[AttributedClaim | None]) -> "Redactions":
        """Return the redactions that let `claims` be quoted, if their developments may be."""
        return self._replace(quotable=claims)


NO_REDACTIONS: Final = Redactions()

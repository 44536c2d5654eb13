"""What outputs name of a long list (events/README.md#long-lists), lest they grow with the square of a story."""

from collections.abc import Sequence
from typing import Final, TypeVar

CLAIM_LISTS: Final = (
    "contradicted_by", "differing_accounts", "denied_by", "other_denials", "unconfirmed_by", "withheld_by",
)  # fmt: skip
"""The lists of claims beside the current one."""
LONG_LISTS: Final = (*CLAIM_LISTS, "verified_by")
"""The lists of a fact that outputs shorten (events/README.md#long-lists)."""
LISTED_MAX: Final = 12
_FIRST, _NEWEST = 3, 8
_Item = TypeVar("_Item")


def listed(items: Sequence[_Item]) -> Sequence[_Item]:
    """Return `items`, which are in order; of a long list the first three and the newest eight."""
    return items if len(items) <= LISTED_MAX else (*items[:_FIRST], *items[-_NEWEST:])


def unlisted(items: Sequence[object]) -> int:
    """Return how many of `items` are not listed: none, or at least two."""
    return len(items) - len(listed(items))

"""The one order in which expectations are listed. It imports no model, so that a list of all stories needs none."""

_RANKS = {"overdue": 0, "pending": 1, "partly_met": 1, "open": 2, "missed": 3, "met_late": 4, "met": 5, "cancelled": 6}


def urgency_key(status: str, ends_us: int | None, *names: str) -> tuple[int, bool, int, tuple[str, ...]]:
    """Return the sort key of an expectation: overdue first, then awaited, then settled.

    Within each, what ends first comes first, and what has no end comes last. `ends_us` is the end of its window in
    microseconds since 1970; `names` settle ties.
    """
    return _RANKS[status], ends_us is None, ends_us or 0, names

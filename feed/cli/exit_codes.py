"""The exit codes of `writethru`: feed/README.md#exit-codes."""

from typing import Final

DONE, REFUSED, USAGE, SOME_FAILED, LOCKED, DAMAGED, OVERDUE, CLOCK, UNCHECKED, DIFFERENT = range(10)
INTERRUPTED: Final = 130

MEANINGS: Final = {
    DONE: "done or nothing to do",
    REFUSED: "refused or problems found",
    USAGE: "usage",
    SOME_FAILED: "published, but some story failed",
    LOCKED: "ledger locked too long",
    DAMAGED: "ledger damaged",
    OVERDUE: "overdue promises",
    CLOCK: "the clock may be wrong",
    UNCHECKED: "some texts cannot be checked",
    DIFFERENT: "what is served differs",
    INTERRUPTED: "interrupted",
}
"""Each exit code in a few words, for --help."""

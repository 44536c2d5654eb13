"""Which fold something was kept of. Imports nothing: whoever reads what was kept need not import the fold."""

FOLD_VERSION = "5"
"""The version of the fold, and of its snapshots and overviews: raise it with any of them."""

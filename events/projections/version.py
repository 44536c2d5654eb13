"""The version of everything that is cached of a fold. Imports nothing, so that reading a cache imports no fold."""

FOLD_VERSION = "12"
"""Raise it when a fold, a snapshot or an overview changes: what was cached with another version counts as absent."""

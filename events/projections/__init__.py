"""Projections of the events: caches that can be deleted at any time. Imports fold, wording and `events.store.base`."""

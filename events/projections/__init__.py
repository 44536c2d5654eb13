"""Read models kept beside the events: caches that can be deleted. Imports fold, wording and `events.store.base`."""

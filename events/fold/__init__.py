"""Events → what is known: stories, developments, facts and expectations. Pure. Imports `events.model`."""

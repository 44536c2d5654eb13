"""English: values, dates, people, claims and changes in words. Pure. Imports `events.fold` and `events.model`."""

"""Words for people: values, dates, speakers and changes, in English. Pure; imports `events.fold` and `events.model`."""

"""The languages of what is published: a catalogue of words for each, and CLDR's patterns. Imports `events.wording`."""

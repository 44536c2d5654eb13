"""What an event is: its parts, values and dates; how it is validated and stored. Imports `events.errors` only."""

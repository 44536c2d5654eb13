"""What an event is: its parts, its values and dates, its checks, and its stored form. Imports `events.errors` alone."""

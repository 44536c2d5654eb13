"""The folder of published files: writing it, reading it back as a stranger would, and checking it."""

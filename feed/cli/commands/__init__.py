"""The commands, a module for each purpose; each is imported when it is called. Imports the rest of `feed.cli`."""

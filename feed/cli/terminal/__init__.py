"""What commands print: tables, stories, events and progress on a terminal or into a pipe. Imports `events` alone."""

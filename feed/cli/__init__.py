"""The command line: it reads the clock, prints, and sets the exit code. `commands` has a module a group of commands."""

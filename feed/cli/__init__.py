"""SHELL: the command line. The only place that prints, exits, or asks what time it is.

One module for each group of commands; `shell` holds what they share.
"""

from feed.cli.program import run

__all__ = ["run"]

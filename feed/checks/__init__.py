"""Checks over the output: every feed and page as it lies there, read as a stranger's program would."""

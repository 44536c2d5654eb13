"""Fuzzing of every parser of foreign bytes: `python -m tests.fuzz`."""

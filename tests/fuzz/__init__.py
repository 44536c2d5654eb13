"""Fuzzing of every parser of bytes that come from outside: `python -m tests.fuzz`."""

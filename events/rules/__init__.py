"""What the ledger asks of a new event: what it assigns to it, what it refuses, and when it believes the clock. Pure.

The rules by which facts fold (events/README.md#rules) are in `events.fold`, which this package imports.
"""

"""Verify, back up and restore a ledger. Imports everything else in `events`."""

"""Whether a ledger still holds what it was given, and copies of it. Imports everything else in `events`."""

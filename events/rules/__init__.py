"""What `decide` asks of a new event: what the ledger assigns to it, and what it refuses. Pure; imports the fold."""

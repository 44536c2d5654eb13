"""How a ledger is read: entries, feeds, pages, and the publishing of what changed."""

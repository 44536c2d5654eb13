"""The public log: what was published, in the order in which it became public, and signed (feed/log/README.md)."""

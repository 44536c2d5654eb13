"""Entries → feeds: RSS, Atom, JSON Feed, archives and OPML. Pure; imports `feed.entries` and `feed.config`."""

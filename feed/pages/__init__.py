"""Web pages: what people read of a story and of all stories. Imports `feed.entries`, `feed.config` and `events`."""

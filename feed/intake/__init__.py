"""Intake: how news comes in that nobody types. It waits in the inbox, and a person decides (docs/inbox.md).

`sources` are the feeds and pages that are read, `gather` reads them, `items` reads a feed, `drafts` are what waits, and
`inbox` keeps them. Recording and publishing import nothing of it.
"""

"""Intake: how news comes in that nobody types. It waits in the inbox, and a person decides (docs/inbox.md).

`sources` are the feeds and pages that are read, `gather` reads them, `items` reads a feed, `drafts` are what waits,
`inbox` keeps them in `inbox_file`, and `memory` keeps what is remembered of a source between runs. `taking` says what
taking a draft records, `draft_events` which drafts were recorded, and reopens those that were undone. Recording and
publishing import nothing of it.
"""

"""A publication: planned, rendered, written and remembered; and what the hub and the mirror still lack of it.

It imports what renders (`pages`, `syndication`, `entries`), `output`, `transparency` and `config`; never a newsroom's
folder or its lock, which `feed.site` holds meanwhile.
"""

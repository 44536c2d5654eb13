"""Sync: a table that people keep editing becomes events of a ledger (docs/sync.md).

`sheet_map` is the map file, `tables` reads tables, `cells` reads their rows by the map, `last_seen` reads from the
ledger what was recorded of each row, `compare` finds what changed, `developments` says it in events, `sync` records
them. Recording and publishing import nothing of it.
"""

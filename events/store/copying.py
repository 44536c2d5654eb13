"""Copies a ledger from one store to another of any kind, exact to the byte of each event and leaf."""

from events.model.rows import NewRow, Row
from events.store.base import MOVED, PASSED_NOTE, RawRow, Reading, Writing


def copy_what_lasts(source: Reading, target: Writing) -> None:
    """Copy the events, the public log, and the one note that is not a cache."""
    target.append(map(_new_row, source.raw_rows()))
    target.add_leaves(source.leaves(until=source.log_size()))
    for key in source.log_keys():
        target.add_log_key(key)
    passed = source.note(PASSED_NOTE)
    if passed is not None:
        target.put_note(PASSED_NOTE, passed)


def copy_everything(source: Reading, target: Writing, *, fold_version: str = "") -> None:
    """Copy a ledger with what publishing remembers, and its caches; snapshots of the version `fold_version`."""
    copy_what_lasts(source, target)
    for name in {*source.notes()} - {MOVED}:
        target.put_note(name, source.note(name) or "")
    for overview in source.overviews():
        target.put_overview(overview, events=source.version(overview.story))
    for story in source.stories():
        line, snapshot = source.line(story), source.snapshot(story, version=fold_version)
        if line is not None:
            target.put_line(line)
        if snapshot is not None:
            target.put_snapshot(story, version=fold_version, position=snapshot.position, fold=snapshot.fold)


def _new_row(row: RawRow) -> NewRow:
    salt, body = (None if value is None else value.decode() for value in (row.salt, row.body))
    stored = Row(row.position, row.envelope.decode(), salt, body)
    return NewRow(row.id.decode(), row.story.decode(), row.version, stored)

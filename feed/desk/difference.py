"""What readers will see otherwise once an event is recorded: entries, facts and files.

Nothing is recorded. The event is decided as the ledger would, what it redacts is erased in memory, and the story is
rendered as a publication renders it, without the event and with it.
"""

from dataclasses import dataclass
from typing import NamedTuple

from events.diff import changes
from events.fold.story import fold_of
from events.fold.undone import without_undone
from events.ledger import Ledger
from events.model.codec import decode, encode
from events.model.events import AnyEvent, Erased, EventRedacted, Recorded
from events.model.rows import Row
from feed.config import Config
from feed.entries.model import Entry
from feed.entries.story import StoryEntries
from feed.publishing.plan import StorySequence
from feed.publishing.render import address, site_words
from feed.publishing.tasks import Computation, StoryRows, StoryTask
from feed.publishing.unchanged import NOTHING_PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """An entry that readers will see otherwise: `was` is None if it is new, `now` if it goes."""

    was: Entry | None
    now: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What readers will see otherwise.

    entries: those that are new, say something else, or lose their text
    lines: what changes of what is known, in words
    files: the files of the story whose content changes
    removed: its files that go, and the pictures that no report shows any more
    erased: the events whose text is erased for good
    """

    entries: tuple[EntryChange, ...]
    lines: tuple[str, ...]
    files: tuple[str, ...]
    removed: tuple[str, ...]
    erased: tuple[Recorded, ...]


class Trial(NamedTuple):
    """An event as the ledger would record it, after the `rows` of its story."""

    recorded: Recorded
    rows: tuple[Row, ...]


def trial(ledger: Ledger, event: AnyEvent) -> Trial:
    """Return what `difference` needs to know of the ledger; RefusedError if it would refuse the event."""
    recorded = ledger.preview(event).recorded
    with ledger.store.reading() as reading:
        return Trial(recorded, tuple(reading.rows(event.story)))


def difference(config: Config, trial: Trial) -> Difference:
    """Return what readers will see otherwise once an event is recorded. Two seconds for 500 developments."""
    recorded, rows = trial
    erased = _erased_by(recorded, tuple(map(decode, rows)))
    positions = {item.position for item in erased}
    left = (row._replace(salt=None, body=None) if row.position in positions else row for row in rows)
    computation = Computation(config=config, now=recorded.recorded_at)
    before = _sequence(computation, StoryRows(recorded.event.story, rows))
    after = _sequence(computation, StoryRows(recorded.event.story, (*left, encode(recorded, salt=""))))
    files_before, files_after = _files(before, computation), _files(after, computation)
    state = after.public.state
    return Difference(
        entries=_entry_changes(before, after),
        lines=() if state is None else tuple(map(str, changes(before.public.state, state))),
        files=tuple(path for path, data in files_after.items() if files_before.get(path) != data),
        removed=(
            *(path for path in files_before if path not in files_after),
            *sorted(_media(before) - _media(after)),
        ),
        erased=erased,
    )


def _erased_by(recorded: Recorded, events: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """Return the events whose text a redaction erases; none if it is no redaction."""
    if not isinstance(recorded.event, EventRedacted):
        return ()
    ids = fold_of(recorded.event.story, without_undone(events)).erased_by(recorded.event)
    return tuple(item for item in events if item.id in ids and not isinstance(item.event, Erased))


def _sequence(computation: Computation, rows: StoryRows) -> StorySequence:
    """Return the public sequence of a story with its entries."""
    sequence, config = computation.sequence(rows), computation.config
    if sequence.public.state is None:
        return sequence
    return sequence._replace(entries=StoryEntries(sequence.public, address(config), site=site_words(config)))


def _entry_changes(before: StorySequence, after: StorySequence) -> tuple[EntryChange, ...]:
    was, now = _entries(before), _entries(after)
    pairs = ((was.get(name), now.get(name)) for name in {**now, **was})
    return tuple(EntryChange(was=one, now=other) for one, other in pairs if _text(one) != _text(other))


def _entries(sequence: StorySequence) -> dict[str, Entry]:
    """Return the entries of a story by their ids, the newest first."""
    entries = sequence.entries
    return {} if entries is None else {plan.id: entries.entry(plan) for plan in entries.by_date}


def _text(entry: Entry | None) -> tuple[str, ...] | None:
    return None if entry is None else (entry.title, entry.summary, entry.content)


def _media(sequence: StorySequence) -> set[str]:
    """Return the addresses of what the reports of a story show."""
    state = sequence.public.state
    reports = () if state is None else (item.report for item in state.developments if item.report is not None)
    return {media.url for report in reports for media in report.media}


def _files(sequence: StorySequence, computation: Computation) -> dict[str, bytes]:
    """Return the bytes of a story's files by their paths, as if nothing of it were in the log: that only grows."""
    task = StoryTask(source=sequence, leaves=(), head=None, published=NOTHING_PUBLISHED)
    rendered = computation.output(task).rendered
    return {} if rendered is None else {file.path: file.data for file in rendered.files}

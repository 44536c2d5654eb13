"""A table → events in the ledger: what changed since it was last seen, all in one transaction.

Rows are read and compared before the ledger is locked. With the lock in hand it is checked that no other run of sync
has recorded anything since; otherwise all is compared again. So editors wait for a first run alone, and a run that
finds nothing new does not touch the ledger's file.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeAlias

import orjson

from events import commands
from events.commands import Envelope
from events.errors import InvalidError, Problem, RefusedError, StoreError
from events.ledger import Ledger
from events.model.codec import body_of
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported
from events.model.typed_times import TypedTimes
from events.recorder import Item
from events.store.base import Reading
from feed.sync.cells import RowReader
from feed.sync.compare import Difference
from feed.sync.developments import SETTINGS_MAX, Developments, Fields, Occasion
from feed.sync.git_history import COMMIT_CHARS, Commit, GitHistory
from feed.sync.key_file import KEY_FILE_NAME
from feed.sync.last_seen import seen_rows
from feed.sync.plan import Plan, make_plan
from feed.sync.renamed import check_names, check_public_id
from feed.sync.row_names import MARK_CHARS, PUBLIC_MARK, RowNames
from feed.sync.seen import PREFIX, SeenRow, id_mark, parse_event_id
from feed.sync.sheet_map import KEY_ROLES, SheetMap
from feed.sync.tables import Table, format_of, read_table

TRIES: Final = 5
"""How often a run starts over because another one was faster."""


class _OvertakenError(Exception):
    """Another run of sync has recorded something since this one looked."""


SeenByStory: TypeAlias = dict[str, dict[str, SeenRow]]


@dataclass(slots=True)
class Result:
    """What a run did.

    rows: how many rows were read
    left_out: those that could not be read or recorded: where they are
    recorded: how many events were recorded, or would be
    problems: what could not be read or recorded
    plan: what the table asked for last
    drafts: how many drafts were made for a person to decide
    commit: the last commit of a replay
    """

    rows: int = 0
    left_out: set[str] = field(default_factory=set)
    recorded: int = 0
    problems: list[Problem] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    drafts: int = 0
    commit: str = ""


@dataclass(frozen=True)
class Syncing:
    """Records the tables of one map in one ledger.

    file: what the table is called in problems
    now: the present instant
    show: is called with each event that is recorded, and whether it is of an archive; None: nobody looks
    prepare: is called before the first event is recorded
    settle: makes the drafts that a plan asks for, and returns how many it made
    """

    ledger: Ledger
    sheet_map: SheetMap
    names: RowNames
    times: TypedTimes
    file: str
    now: datetime
    dry_run: bool = False
    show: Callable[[AnyEvent, bool], None] | None = None
    prepare: Callable[[], None] = lambda: None
    settle: Callable[[Plan, Occasion], int] = lambda _, __: 0

    def run(self, read: Callable[[], Table]) -> Result:
        """Record what changed in the table that `read` returns. It is called again if another run was faster."""
        for _ in range(TRIES):
            try:
                return self._run(read())
            except _OvertakenError:
                continue
        raise StoreError(self.ledger.store.name, "other runs of sync keep recording.", remedy="Run it again later.")

    def replay(self, history: GitHistory, *, after: str = "") -> Result:
        """Record what each commit changed, after the last one that was recorded, or after the commit `after`.

        The ledger is locked meanwhile.
        """
        result = Result()
        commits = history.commits()
        if after and commits[-1].hash == after:
            return result
        if not self.dry_run:
            self.prepare()
        recording = Recording(self, result, {})
        items = self._replayed(history, commits, recording, after)
        counts = self.ledger.append_stream(items, dry_run=self.dry_run, on_refusal=recording.refuse)
        result.recorded = counts.new
        return result

    def _run(self, table: Table) -> Result:
        result = Result()
        with self.ledger.store.reading() as reading:
            head, stories = reading.head(), reading.stories()
            plan = self._plan(
                table, lambda story: seen_rows(reading, self.sheet_map.table, story), stories, result, file=self.file
            )
        check_public_id(plan.marks, self.names, self.file)
        check_names(plan, self.file)
        occasion = Occasion(self.now, archives=self._archives(self.now, first=plan.first))
        result.plan = plan
        if plan.differences:
            if not self.dry_run:
                self.prepare()
            recording = Recording(self, result)
            items = self._unless_overtaken(recording.items(plan, occasion), head)
            counts = self.ledger.append_stream(items, dry_run=self.dry_run, on_refusal=recording.refuse)
            result.recorded = counts.new
        result.drafts = self.settle(plan, occasion)
        return result

    def _plan(
        self,
        table: Table,
        seen_of: Callable[[str], Mapping[str, SeenRow]],
        stories: Iterable[str],
        result: Result,
        *,
        file: str,
        may_lack: Collection[str] = (),
    ) -> Plan:
        """Return what a table asks for; add to `result` what cannot be read of it.

        InvalidError if it lacks a column that it may not lack.
        """
        reader = RowReader(self.sheet_map, self.names, table, file=file, times=self.times)
        lacks = [header for header in reader.missing if header not in may_lack]
        twice = [header for header in lacks if header in table.repeated]
        if twice:
            remedy = "Rename one of them, and write in the map which one is meant."
            message = f"two columns are called {twice[0]!r}."
            raise InvalidError(Problem(where=file, check="columns", message=message, remedy=remedy))
        if lacks:
            what = f"has no column {lacks[0]!r}; its columns are {', '.join(filter(None, table.headers))}."
            remedy = "Rename the column as it was, or change its name in the map."
            raise InvalidError(Problem(where=file, check="columns", message=what, remedy=remedy))
        plan = make_plan(
            self.sheet_map,
            reader.rows(),
            lambda: reader.misread,
            lambda story: self._of_this_key(seen_of(story)),
            stories,
            columns=frozenset(table.headers),
        )
        if not plan.present and not plan.first:
            remedy = "Was it cut short? Nothing was recorded."
            raise InvalidError(Problem(where=file, check="rows", message="the table has no rows.", remedy=remedy))
        result.rows += reader.count
        result.left_out |= {f"{file}: row {number}" for number in reader.left_out}
        result.problems += reader.problems
        return plan

    def _replayed(
        self, history: GitHistory, commits: list[Commit], recording: "Recording", after: str
    ) -> Iterator[Item]:
        """Yield the events of each commit that was not replayed before."""
        with self.ledger.store.reading() as reading:
            seen: SeenByStory = {story: seen_rows(reading, self.sheet_map.table, story) for story in reading.stories()}
            last = _last_commit(reading, self.sheet_map.table)
        recording.seen = seen
        for rows in seen.values():
            self._of_this_key(rows)
        check_public_id({identity[:MARK_CHARS] for rows in seen.values() for identity in rows}, self.names, self.file)
        first = not any(seen.values())
        needed = {header for role in KEY_ROLES for header in self.sheet_map.headers(role)}
        needed.add(self.sheet_map.header("headline") or self.sheet_map.header("what") or "")
        may_lack = self.sheet_map.columns.keys() - needed
        at: datetime | None = None
        for commit in _after(commits, (last, after)):
            at = min(max(commit.at, at or commit.at), self.now)
            name = commit.hash[:COMMIT_CHARS]
            occasion = Occasion(self.now, at, commit.author, name, archives=self._archives(at, first=first))
            file = f"{self.file} at {name}"
            try:
                table = read_version(history, commit, self.sheet_map.sheet, file)
                plan = self._plan(
                    table,
                    lambda story: seen.get(story, {}),
                    list(seen),
                    recording.result,
                    file=file,
                    may_lack=may_lack,
                )
            except InvalidError as error:
                recording.result.problems += error.problems
                continue
            yield from recording.items(plan, occasion)
            # Before the ledger commits: a run that is killed here is repeated, and makes the same drafts.
            recording.result.drafts += self.settle(plan, occasion)
            recording.result.plan, recording.result.commit = plan, commit.hash

    def _archives(self, reported_at: datetime, *, first: bool) -> bool:
        """Return True if what is reported now is an archive, which announces nothing."""
        line = self.sheet_map.announce_from
        return first if line is None else reported_at < line

    def _of_this_key(self, seen: Mapping[str, SeenRow]) -> Mapping[str, SeenRow]:
        """Return `seen`; StoreError if its rows were named with another key."""
        for identity in seen:
            if not identity.startswith((PUBLIC_MARK, self.names.mark)):
                what = "the rows in the ledger were named with another key, so none of them would be found again."
                raise StoreError(KEY_FILE_NAME, what, remedy=f"Restore {KEY_FILE_NAME} from a backup.", check="key")
            break
        return seen

    def _unless_overtaken(self, items: Iterable[Item], head: int) -> Iterator[Item]:
        with self.ledger.store.reading() as reading:
            mine = id_mark(self.sheet_map.table)
            if any(mine in row.envelope for row in reading.rows(after=head)):
                raise _OvertakenError
        yield from items


def read_version(history: GitHistory, commit: Commit, sheet: str | None, file: str) -> Table:
    """Return the table as it was after a commit; InvalidError if it was none."""
    data, form = history.data(commit), format_of(commit.path)
    if data is None or form is None:
        what = "the file was deleted." if data is None else "its name does not say what it is."
        raise InvalidError(Problem(where=file, check="git", message=what, remedy="This commit is left out."))
    return read_table(data, form, name=file, sheet=sheet)


def _last_commit(reading: Reading, table: str) -> str:
    """Return the commit that the newest event of a replay is of; "" if there is none."""
    mine, newest = id_mark(table), ""
    for row in reading.rows():
        if mine in row.envelope:
            event_id = parse_event_id(orjson.loads(row.envelope)["id"])
            newest = event_id.commit if event_id is not None and event_id.commit else newest
    return newest


def _after(commits: list[Commit], done: Iterable[str]) -> list[Commit]:
    """Return the commits after the last one that is `done`; all if none is."""
    marks = tuple(mark for mark in done if mark)
    indexes = [index for index, commit in enumerate(commits) if marks and commit.hash.startswith(marks)]
    return commits[indexes[-1] + 1 :] if indexes else commits


class Recording:
    """The events of plans, story by story, and what becomes of them. With the lock in hand.

    result: takes in what was refused
    seen: takes in what was recorded, so that the next plan knows of it; None: there is no next one
    """

    def __init__(self, syncing: Syncing, result: Result, seen: SeenByStory | None = None) -> None:
        self.result = result
        self.seen = seen
        self._syncing = syncing
        self._developments = Developments(syncing.sheet_map, self._report_of)
        self._location = ""  # of the event that is being recorded
        self._refused = False

    def items(self, plan: Plan, occasion: Occasion) -> Iterator[Item]:
        """Yield each event of a plan, and show it once it is recorded."""
        for story, differences in plan.differences.items():
            for number, event, difference in self._events(story, differences, occasion):
                self._location, self._refused = self._row(number, occasion), False
                yield event, "", None
                if self._refused:
                    continue
                if self._syncing.show is not None:
                    self._syncing.show(event, self._archives(event, occasion))
                if difference is not None and self.seen is not None:
                    self._take_in(self.seen, difference, event)

    def refuse(self, refusal: RefusedError) -> None:
        """Take in that the ledger refused the event that was yielded last."""
        self._refused = True
        self.result.left_out.add(self._location)
        self.result.problems += [problem.at(self._location) for problem in refusal.problems]

    def _archives(self, event: AnyEvent, occasion: Occasion) -> bool:
        """Return True if an event is of an archive: a correction is, if what it corrects is."""
        if isinstance(event, DevelopmentCorrected):
            report = self._report_of(event.story, event.development)
            return report is not None and report.archive
        return occasion.archives

    def _row(self, number: int, occasion: Occasion) -> str:
        at = f" at {occasion.commit}" if occasion.commit else ""
        return f"{self._syncing.file}{at}: row {number}"

    @staticmethod
    def _take_in(seen: SeenByStory, difference: Difference, event: AnyEvent) -> None:
        """Take in an event of a row that was recorded just now, as if it were read from the ledger."""
        event_id, name = parse_event_id(event.id or ""), difference.row.name
        if event_id is not None:
            rows = seen.setdefault(name.story, {})
            row = rows.setdefault(name.identity, SeenRow(name.development, name.development))
            envelope = {"development": getattr(event, "development", name.development)}
            if event.published_at is not None:
                envelope["published_at"] = format_instant(event.published_at)
            row.number = event_id.number
            row.apply(event_id, envelope, orjson.loads(body_of(event)))

    def _events(
        self, story: str, differences: list[Difference], occasion: Occasion
    ) -> Iterator[tuple[int, AnyEvent, Difference | None]]:
        settings: dict[str, Fields] = {}
        for difference in differences:
            settings |= self._developments.settings(difference)
        first = differences[0].row
        for event in self._story_events(story, first.story_headline, settings, occasion):
            yield first.number, event, None
        for difference in differences:
            try:
                for event in self._developments.events(difference, occasion):
                    yield difference.row.number, event, difference
            except InvalidError as error:
                where = self._row(difference.row.number, occasion)
                self.result.left_out.add(where)
                self.result.problems += [problem.at(f"{where}: {problem.where}") for problem in error.problems]

    def _story_events(
        self, story: str, headline: str, settings: dict[str, Fields], occasion: Occasion
    ) -> Iterator[AnyEvent]:
        """Yield the opening of a story that is not there, and the settings of its new facts."""
        keys = list(settings)
        ledger = self._syncing.ledger
        with ledger.store.reading() as reading:
            version = reading.version(story)
            is_open = version > 0 and ledger.folds.of(reading, story).header is not None
        if not is_open:
            facts = {key: settings[key] for key in keys[:SETTINGS_MAX]}
            about = self._envelope(occasion, story, f"{version}", "open")
            yield commands.open_story(story, headline, facts=facts or None, **about)
        for index in range(0 if is_open else SETTINGS_MAX, len(keys), SETTINGS_MAX):
            facts = {key: settings[key] for key in keys[index : index + SETTINGS_MAX]}
            about = self._envelope(occasion, story, f"{version}", *facts)
            yield commands.revise_story(story, facts=facts, **about)

    def _envelope(self, occasion: Occasion, *parts: str) -> Envelope:
        """Return the envelope of an event about a story, whose id derives from `parts`."""
        digest = sha256("\0".join(parts).encode()).hexdigest()[:24]
        event_id = f"{PREFIX}{self._syncing.sheet_map.table}:story:{digest}"
        return {"id": event_id, "reported_at": occasion.reported_at, "actor": occasion.actor}

    def _report_of(self, story: str, development: str) -> DevelopmentReported | None:
        ledger = self._syncing.ledger
        with ledger.store.reading() as reading:
            record = ledger.folds.of(reading, story).records.get(development)
        return None if record is None else record.readable

"""What changed of a row → the events that say so (docs/sync.md#what-is-recorded). Pure.

A new row is a report of its own. Of a changed row, a new report says was and now; it is never a correction, unless the
map or the row asks for one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events import commands
from events.model.edtf import due_ends_at, instant, parse_when
from events.model.events import AnyEvent, DevelopmentReported
from events.model.text import HEADLINE_CHARS_MAX
from events.model.values import implies, parse_value
from feed.sync.cells import FACT, Cell, SheetRow, slots_of
from feed.sync.compare import ATTRIBUTION_SLOTS, PROMISE_SLOTS, TEXT_SLOTS, Difference
from feed.sync.seen import MARKER, EventId, Kind, SeenRow
from feed.sync.sheet_map import SheetMap

SETTINGS_MAX: Final = 200
CELL_CHARS_SHOWN: Final = 120
HEADLINE_CHARS_SHOWN: Final = 120
LABEL_CHARS_SHOWN: Final = 100
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#!|~])")
_WORD: Final = re.compile(r"[^\W\d_]{2}")
_MIDNIGHT: Final = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z")
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What one report says of a row.

    kind: whether it restates the row or its text, or says what changed of its other cells
    slots: the cells that it speaks of
    settles: whether it says what became of the row's promise
    """

    kind: Kind
    slots: list[str]
    settles: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and by whom a table was as it is: in a replay of git's history, a commit.

    now: the present instant
    reported_at: the instant of the commit; None: now
    actor, commit: its author, and its hash
    archives: whether what is reported is an archive, which announces nothing
    """

    now: datetime
    reported_at: datetime | None = None
    actor: str | None = None
    commit: str = ""
    archives: bool = False

    @property
    def at(self) -> datetime:
        """The instant at which the table was as it is."""
        return self.reported_at or self.now


class Developments:
    """Makes the events of changed rows. `report_of` returns a report as it is now, by story and development."""

    def __init__(self, sheet_map: SheetMap, report_of: Callable[[str, str], DevelopmentReported | None]) -> None:
        self._map = sheet_map
        self._report_of = report_of
        self._headers = slots_of(sheet_map)
        if "headline" not in self._headers:
            self._headers["headline"] = self._headers["what"]
        self._status = next((FACT + sheet_map.key_of(header) for header in sheet_map.headers("status")), "")

    def events(self, difference: Difference, occasion: Occasion) -> Iterator[AnyEvent]:
        """Yield the events that record what changed of a row."""
        seen = difference.seen
        changed = self._recordable(difference)
        number = 0 if seen is None else seen.number
        for target, slots in self._fixes(difference, changed).items():
            correction = self._correction(difference, target, slots, number + 1, occasion)
            if correction is not None:  # otherwise there is no text left that it could correct
                number += 1
                changed = [slot for slot in changed if slot not in slots]
                yield correction
        for part in self._divided(difference, changed, occasion):
            number += 1
            yield self._report(difference, part, number, occasion)

    def settings(self, difference: Difference) -> dict[str, Fields]:
        """Return the settings of the facts that a row states for the first time: they move on."""
        stated = {} if difference.seen is None else difference.seen.stated_by
        settings: dict[str, Fields] = {}
        for slot in difference.changed:
            if slot.startswith(FACT) and slot not in stated:
                label = self._map.label_of(self._headers[slot])
                made: Fields = {"evolving": True, "label": label}
                if self._map.names_rows:
                    called = _called(difference.row)
                    made |= {"label": f"{called}: {label}"} if called else {"hidden": True}
                settings[self._key(difference.row, slot)] = made
        return settings

    def label(self, slot: str) -> str:
        """Return what readers see as the name of a slot's column."""
        return self._map.label_of(self._headers[slot])

    def _recordable(self, difference: Difference) -> list[str]:
        """Return what changed, without the fields of a promise that nobody has made."""
        made = "what" in difference.row.cells or (difference.seen is not None and difference.seen.promise)
        return [slot for slot in difference.changed if made or slot not in PROMISE_SLOTS]

    def _fixes(self, difference: Difference, changed: list[str]) -> dict[str, list[str]]:
        """Return the slots in which a former version of the row was wrong, by the development that stated them."""
        row, seen = difference.row, difference.seen
        fixes: dict[str, list[str]] = {}
        if seen is not None:
            by_row = bool(row.correction) and row.correction not in seen.notes
            for slot in changed:
                by_map = self._map.columns[self._headers[slot]].change == "correction"
                if (by_row or by_map) and slot in seen.cells and slot != "reported":
                    fixes.setdefault(seen.stated_by[slot], []).append(slot)
        return fixes

    def _divided(self, difference: Difference, changed: list[str], occasion: Occasion) -> Iterator[Part]:
        """Yield what each report says.

        A promise folds by the date of its report (events/README.md#order-of-statements), so a later version of a row
        with a date of its own speaks of its promise in a report without one. So does what became of a promise, if the
        row's date is that of the promise, or if it would be taken for late.
        """
        row, seen = difference.row, difference.seen
        kind = _kind(difference, changed)
        has_date = "happened" in (row.cells if kind == "r" else changed)
        moved = has_date and seen is not None
        promise = [slot for slot in changed if slot in PROMISE_SLOTS and moved]
        is_promised = seen is None and "reported" in row.cells and bool(self._outcome(row))
        is_new = "what" in changed and (seen is None or not seen.promise)
        looks_late = kind == "r" and not has_date and self._looks_late(difference, occasion)
        if ((moved or is_promised) and self._status in changed) or (looks_late and (is_new or self._status in changed)):
            status = [self._status]
        else:
            status = []
        main = [slot for slot in changed if slot not in {*promise, *status}]
        if main:
            yield Part(kind, main, settles=not promise and not status)
        if promise or status:
            yield Part("c", promise + status)

    def _looks_late(self, difference: Difference, occasion: Occasion) -> bool:
        """Return True if a promise is kept, and its date has passed."""
        row = difference.row
        if self._outcome(row) != "met" or "due" not in row.cells:
            return False
        ends_at = due_ends_at(parse_when(row.cells["due"]))
        return ends_at is not None and ends_at <= occasion.at

    def _report(self, difference: Difference, part: Part, number: int, occasion: Occasion) -> AnyEvent:
        row, seen, cells, slots = difference.row, difference.seen, difference.row.cells, part.slots
        fields: Fields = {"facts": [self._claim(difference, slot) for slot in slots if slot.startswith(FACT)]}
        fields |= self._promise(difference, part, number)
        name, url = cells.get("source", self._map.source), cells.get("source_url")
        if name is not None:
            fields["sources"] = [{"name": name, "url": url} if url else {"name": name}]
        if "speaker" in cells:
            fields["said_by"] = [cells["speaker"]]
        if "reported" in slots:
            fields["published_at"] = instant(cells["reported"])
        headline, text = self._text(difference, part)
        fields |= text
        if part.kind != "r" and "resolves" in fields:
            # The table does not say when: by the day on which it was read.
            fields["happened"] = f"../{occasion.at.date().isoformat()}"
        first = seen is None and number == 1
        reported_at = occasion.reported_at
        if first and reported_at is None and "reported" in cells:
            reported_at = min(instant(cells["reported"]), occasion.now)
        return commands.report(
            row.name.story,
            headline,
            development=row.name.development if first else f"{row.name.development}-{number}",
            id=str(EventId(self._map.table, row.name.identity, number, part.kind, occasion.commit)),
            reported_at=reported_at,
            actor=occasion.actor,
            archive=occasion.archives,
            **{field: value for field, value in fields.items() if value},
        )

    def _text(self, difference: Difference, part: Part) -> tuple[str, Fields]:
        """Return the headline of a report, and its text: the row's own, or what changed. Its day stands beside it."""
        cells = difference.row.cells
        slots = [slot for slot in part.slots if slot != "reported"] or part.slots
        changes = [self._change(difference, slot) for slot in slots if slot in self._headers]
        own = cells.get("body", "") if "body" in self._headers else None
        if part.kind == "r":
            lines = changes if difference.seen is not None else []
            return cells["headline"], {"body": _body(own, lines), "happened": cells.get("happened")}
        headline, body = self._title(cells["headline"], changes)
        if part.kind == "c":
            return headline, {"body": body}
        body = _body(own, changes if body else [])
        return headline, {"body": body, "happened": cells.get("happened") if "happened" in slots else None}

    def _claim(self, difference: Difference, slot: str) -> Fields:
        row = difference.row
        cell, dates = row.cells[slot], () if difference.seen is None else difference.seen.dates.get(slot, ())
        column = self._map.columns[self._headers[slot]]
        claim = {"key": self._key(row, slot), "value": cell}
        if column.type == "number":
            claim |= {"unit": column.unit} if column.unit else {}
            claim |= {"of": row.totals[slot]} if slot in row.totals else {}
        if any(_is_less_exact(cell, was) for was in dates):
            # A date within it would stay (events/README.md#the-current-value); the words for it do not compare.
            claim["value"] = {"date": {"literal": cell["date"]}}
        return claim

    def _promise(self, difference: Difference, part: Part, number: int) -> Fields:
        """Return what a report says of the row's promise: a promise that is open again is a new one."""
        row, seen, cells, slots = difference.row, difference.seen, difference.row.cells, part.slots
        outcome, before = self._outcome(row), "" if seen is None else seen.outcome
        promise = row.name.development if seen is None or not seen.promise else seen.promise
        stated = [slot for slot in slots if slot in PROMISE_SLOTS]
        if self._status in slots and before and not outcome:
            promise, stated = f"{row.name.development}-{number}", list(PROMISE_SLOTS)
        elif "what" in stated and (seen is None or not seen.promise):
            stated = list(PROMISE_SLOTS)
        fields: Fields = {}
        if stated:
            last = cells if seen is None else {**seen.cells, **cells}
            fields["expects"] = [{"id": promise} | {slot: last[slot] for slot in stated if slot in last}]
        is_new = promise != (seen.promise if seen else "")
        # A new date makes what was missed or cancelled awaited again (events/README.md#outcome-of-an-expectation).
        is_awaited = is_new or ("due" in stated and before in {"missed", "cancelled"})
        settles = part.settles and (is_awaited or outcome != before) and (bool(stated) or self._status in slots)
        if outcome and settles and (not is_new or "what" in cells):
            fields["resolves"] = [{"expectation": promise, "outcome": outcome}]
        return fields

    def _outcome(self, row: SheetRow) -> str:
        """Return the outcome that the status of a row means, "" if it leaves the promise open."""
        word = row.cells.get(self._status, "")
        column = self._map.columns[self._headers[self._status]] if self._status else None
        return column.outcomes.get(str(word).casefold(), "") if column else ""

    def _correction(
        self, difference: Difference, target: str, slots: list[str], number: int, occasion: Occasion
    ) -> AnyEvent | None:
        """Return the correction of a development that stated `slots` wrongly; None if its text is gone."""
        row, seen = difference.row, difference.seen
        report = self._report_of(row.name.story, target)
        if report is None or seen is None:
            return None
        lines = [self._change(difference, slot) for slot in slots]
        return commands.correct(
            row.name.story,
            target,
            self._amendment(difference, seen, target, slots, report),
            row.correction or "; ".join(lines)[:2_000],
            id=str(EventId(self._map.table, row.name.identity, number, "f", occasion.commit)),
            reported_at=occasion.reported_at,
            actor=occasion.actor,
        )

    def _amendment(
        self, difference: Difference, seen: SeenRow, target: str, slots: list[str], report: DevelopmentReported
    ) -> Fields:
        row, cells = difference.row, difference.row.cells
        was: Fields = report.model_dump(include={"facts", "expects", "resolves"}, exclude_defaults=True)
        changes: Fields = {slot: cells[slot] for slot in slots if slot in {"headline", "body", "happened"}}
        if seen.restating.get(target) != "r":
            now = [f"{self.label(slot)}: {cell_words(cells[slot], row.totals.get(slot))}" for slot in slots]
            changes["headline"] = self._title(cells["headline"], now)[0]
        if any(slot in ATTRIBUTION_SLOTS for slot in slots):
            name, url = cells.get("source", self._map.source), cells.get("source_url")
            changes["sources"] = [{"name": name} | ({"url": url} if url else {})] if name else None
            changes["said_by"] = [cells["speaker"]] if "speaker" in cells else None
        claims = {self._key(row, slot): self._claim(difference, slot) for slot in slots if slot.startswith(FACT)}
        if claims:
            changes["facts"] = [claims.get(claim["key"], claim) for claim in was.get("facts", ())]
        promised = {slot: cells[slot] for slot in slots if slot in PROMISE_SLOTS}
        if promised:
            changes["expects"] = [item | promised if item["id"] == seen.promise else item for item in was["expects"]]
        if self._status in slots and self._outcome(row) != seen.outcome:
            outcome = self._outcome(row)
            changes["resolves"] = [{"expectation": seen.promise, "outcome": outcome}] if outcome else None
        return changes

    def _key(self, row: SheetRow, slot: str) -> str:
        """Return the key of a fact: with the row's name, if the story has several rows."""
        key = slot.removeprefix(FACT)
        return f"{row.name.development}.{key}" if self._map.names_rows else key

    def _change(self, difference: Difference, slot: str) -> str:
        """Return what a cell stated, and what it states now: `Status: held → released`."""
        row, seen = difference.row, difference.seen
        column = self._map.columns[self._headers[slot]]
        now = cell_words(row.cells[slot], row.totals.get(slot))
        now = f"{now} {column.unit}" if column.unit and column.type == "number" else now
        was = "" if seen is None or slot not in seen.cells else cell_words(seen.cells[slot], seen.totals.get(slot))
        return f"{self.label(slot)}: {was} → {now}" if was and was != now else f"{self.label(slot)}: {now}"

    @staticmethod
    def _title(headline: str, changes: list[str]) -> tuple[str, str | None]:
        """Return a headline that says what changed; and a body that does, if the headline cannot hold it all."""
        title = f"{_shortened(headline, HEADLINE_CHARS_SHOWN)}: {'; '.join(changes)}"
        if len(title) <= HEADLINE_CHARS_MAX:
            return title, None
        return _shortened(title, HEADLINE_CHARS_MAX), _listed(changes)


def _called(row: SheetRow) -> str:
    """Return what the labels of a row's facts begin with: its public name, or its headline if that is a number."""
    words = row.name.words
    if words and (words.isupper() or not _WORD.search(words)):  # 3, P-17
        words = row.cells["headline"]
    return _shortened(words, LABEL_CHARS_SHOWN)


def _kind(difference: Difference, changed: list[str]) -> Kind:
    """Return what a report of a row holds, of which `changed` changed; another day in `reported` alone is no text."""
    if difference.seen is None or "headline" in changed:
        return "r"
    return "t" if any(slot in TEXT_SLOTS for slot in changed) else "c"


def _body(own: str | None, changes: list[str]) -> str | None:
    """Return the body of a report that restates a row: the row's `own` text, None if rows have none; what changed."""
    if own is None:
        return _listed(changes)
    if not changes and MARKER not in f"\n\n{own}":
        return own
    return f"{own}{MARKER}{_listed(changes) or '–'}".removeprefix("\n\n")


def _listed(changes: Iterable[str]) -> str:
    return "\n".join("* " + _MARKUP.sub(r"\\\1", change) for change in changes)


def _is_less_exact(cell: Cell, was: Cell) -> bool:
    return cell != was and implies(parse_value(was), parse_value(cell))


def cell_words(cell: Cell, total: Cell = None) -> str:
    """Return a cell as people read it, on one line."""
    match cell:
        case {"decimal": str(text)} | {"date": str(text)}:
            pass
        case str(instant_text) if _MIDNIGHT.fullmatch(instant_text):
            text = instant_text.partition("T")[0]
        case {**speaker} if speaker:
            head = ", ".join(str(speaker[part]) for part in ("name", "role") if part in speaker)
            text = " ".join(filter(None, (head, f"({speaker['org']})" if "org" in speaker else "")))
        case _:
            text = str(cell)
    text = _shortened(" ".join(text.split()), CELL_CHARS_SHOWN)
    return text if total is None else f"{text}/{cell_words(total)}"


def _shortened(text: str, chars_max: int) -> str:
    return text if len(text) <= chars_max else text[: chars_max - 1].rstrip() + "…"

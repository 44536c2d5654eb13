"""`history.json`: what each public item changed of what is known, so that a page can show any moment without a fold.

It has a row for each item of the public sequence: when it became public, its entry, what it changed in words, and
`set`, the pieces of the state that it changed, null if one is gone. All rows up to an instant, applied in order, give
what was known then; in a story with an archive, in the order of their dates. What was withdrawn or corrected since is
worded so in all rows (feed/README.md#history).

The file has the newest rows, and names the numbered pages that have a hundred older ones each.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import orjson

from events.changes import change_texts
from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationStatus, Expected
from events.fold.facts import Fact
from events.model.edtf import format_instant
from events.model.events import StoryClosed, StoryOpened, StoryReopened, StoryRevised
from events.public.chronology import dates_of, touched_by_date
from events.public.sequence import PublicItem, PublicStory
from events.wording.catalogue import status_words
from events.wording.claims import as_of_words, claim_value, fact_name, is_corrected, standing_of_claim
from events.wording.expectations import expected_by, expected_due, expected_what
from events.wording.redactions import Redactions
from events.wording.stances import according_to, objections, verifications
from feed.entries.plan import EntryPlan, quoted_claims
from feed.entries.story import HistoryRow, StoryEntries
from feed.pages import paging

FORMAT: Final = 2
EMBEDDED_BYTES_MAX = 64_000
"""A smaller history is embedded in the page, so that it also works from a file, which cannot fetch another."""


class History:
    """The rows of one public story, on its `numbered` pages and in `history.json` itself."""

    def __init__(self, entries: StoryEntries, public: PublicStory) -> None:
        self._entries = entries
        self._items, self._dates = public.items, dict[int, datetime]()
        if any(item.backfill for item in public.items):
            self._dates = dates_of(public.items, {plan.item.number: entries.dated(plan) for plan in entries.plans})
            self._items = tuple(touched_by_date(entries.story.story, public.items, self._dates))
        self._plans = {plan.item.number: plan for plan in entries.plans}
        self.numbered = paging.full_pages(len(self._items))

    @property
    def embedded(self) -> bytes | None:
        """The whole history for the story's page, None if it is too long for that."""
        return None if self.numbered or len(self.data) > EMBEDDED_BYTES_MAX else self.data

    @cached_property
    def data(self) -> bytes:
        """The bytes of `history.json`: the names of the pages, and the rows that are on none."""
        pages = [history_path(number) for number in self.numbered]
        former = self._entries.rows
        rows = {
            item.number: former.get(item.number) or HistoryRow(self._plans.get(item.number), self._row(item))
            for item in paging.on_no_page(self._items)
        }
        if not self._dates:  # otherwise an archive may come in before them
            self._entries.rows = rows
        return self._json((row.json for row in rows.values()), format=FORMAT, pages=pages)

    def page(self, number: int) -> bytes:
        """Return the page `number`, from 1, the oldest."""
        return self._json(map(self._row, paging.on_page(self._items, number)))

    def plans(self, number: int) -> list[EntryPlan]:
        """Return the plans of the entries that the rows of a page name."""
        numbers = (item.number for item in paging.on_page(self._items, number))
        return [self._plans[item] for item in numbers if item in self._plans]

    def keys(self, number: int) -> AbstractSet[str]:
        """Return the keys of the facts that the rows of a page tell of."""
        return {key for item in paging.on_page(self._items, number) for key in item.touched_facts}

    def adds_at_the_end(self, count: int) -> bool:
        """Return True if no item after the first `count` is dated before one of them: it would change their rows."""
        dates = [self._dates[item.number] for item in self._items if self._dates]
        before, new = dates[:count], dates[count:]
        return not before or not new or max(before) <= min(new)

    def _json(self, rows: Iterable[dict[str, Any]], **fields: Any) -> bytes:
        return orjson.dumps(
            {**fields, "story": self._entries.story.story, "items": list(rows)}, option=orjson.OPT_APPEND_NEWLINE
        )

    @cached_property
    def redactions(self) -> Redactions:
        """The redactions of the entries, and of the claims that only the history quotes."""
        redactions = self._entries.redactions
        if not self._dates or not self._entries.corrected.reports:
            return redactions  # of all items as they became public
        quoted = [pair for item in self._items for pair in quoted_claims(item)]
        claims, speakers = self._entries.corrected_claims(quoted), self._entries.corrected_speakers(quoted)
        return redactions._replace(claims={**redactions.claims, **claims}, speakers={**redactions.speakers, **speakers})

    @cached_property
    def _repeated(self) -> dict[AttributedClaim, AttributedClaim]:
        """For each claim that must not be quoted: a claim that may be, and had said the same until then.

        A withdrawn report that only repeated a value takes nothing from those who had said it.
        """
        repeated: dict[AttributedClaim, AttributedClaim] = {}
        quotable: dict[str, AttributedClaim] = {}
        for item in self._items:
            for key, fact in item.touched_facts.items():
                current, before = None if fact is None else fact.current, quotable.pop(key, None)
                if current is None:
                    continue
                if self.redactions.claim(current) is None:
                    quotable[key] = current
                elif before is not None and before.same(current):
                    quotable[key] = before
                    repeated.setdefault(current, before)
        return repeated

    @cached_property
    def _first_set(self) -> dict[str, int]:
        """The number of the item that is the first to set a piece which can be gone, by the name of the piece."""
        first: dict[str, int] = {}
        for item in reversed(self._items):
            facts = (f"fact:{key}" for key, fact in item.touched_facts.items() if fact is not None)
            expected = (f"expectation:{name}" for name, each in item.touched_expectations.items() if each is not None)
            first |= dict.fromkeys((*facts, *expected), item.number)
        return first

    def _pieces(self, item: PublicItem) -> dict[str, Any]:
        """Return the pieces of the state that `item` changed, by name, None if one is gone."""
        pieces: dict[str, Any] = {}
        match item.event:
            case StoryOpened(headline=headline, summary=summary) | StoryRevised(headline=headline, summary=summary):
                texts = {"headline": headline, "summary": summary}
                pieces |= {name: text for name, text in texts.items() if text is not None}
            case StoryClosed():
                pieces["status"] = "closed"
            case StoryReopened():
                pieces["status"] = "open"
            case _:
                pass
        for key, fact in item.touched_facts.items():
            if not self._entries.is_hidden(key):
                pieces[f"fact:{key}"] = None if fact is None else self.fact(key, fact)
        for name, expectation in item.touched_expectations.items():
            pieces[f"expectation:{name}"] = None if expectation is None else self.expectation(*expectation)
        return dict(sorted(pieces.items()))

    def fact(self, key: str, fact: Fact) -> dict[str, Any]:
        """Return one fact in words: its value, what its standing rests on, who says so, and who objects."""
        current, redactions, words = fact.current, self.redactions, self._entries.words
        if current is not None:
            current = self._repeated.get(current, current)
        # The origins of a development are part of its text.
        redacted = current is not None and redactions.development(current.development) is not None
        rests_on_it = current is not None and (fact.standing == "reported" or not is_corrected(current, redactions))
        stances = list(objections(fact, redactions, words))
        says = current and according_to(current, redactions, words)
        piece: dict[str, Any] = {
            "name": fact_name(key, redactions, words),
            "value": claim_value(current, redactions, words),
            "standing": standing_of_claim(fact.standing, current, fact.origins, redactions, words)
            if fact.standing and rests_on_it and not redacted and current == fact.current
            else None,
            "who": says and words.gettext("{label} {text}", label=words.inline(says.label), text=says.who),
            "as_of": current and not redacted and as_of_words(current, words),
            "otherwise": [str(stance) for stance in stances if stance.kind == "contradicts"],
            "accounts": [str(stance) for stance in stances if stance.kind == "differs"],
            "denied_by": [str(stance) for stance in stances if stance.kind == "denies"],
            "other_denials": [str(stance) for stance in stances if stance.kind == "denies_another_value"],
            "unconfirmed_by": [str(stance) for stance in stances if stance.kind == "cannot_confirm"],
            "withheld_by": [str(stance) for stance in stances if stance.kind == "withholds"],
            "verified_by": [
                str(stance)
                for stance in verifications(fact, words)
                if redactions.development(stance.development) is None  # its speakers and method are part of its text
            ],
        }
        return {name: text for name, text in piece.items() if text}

    def expectation(self, expected: Expected, status: ExpectationStatus) -> dict[str, Any]:
        """Return one expectation in words."""
        redactions, words = self.redactions, self._entries.words
        piece = {
            "what": expected_what(expected, redactions, words),
            "by": expected_by(expected, redactions, words),
            "due": expected_due(expected, redactions, words),
            "status": status,
            "status_words": status_words(status, words),
        }
        return {name: text for name, text in piece.items() if text}

    def _row(self, item: PublicItem) -> dict[str, Any]:
        """Return the row of one item."""
        plan = self._plans.get(item.number)
        redactions = self.redactions if plan is None else self.redactions.without_claims(plan.replaced_claims())
        words = self._entries.words
        lines = [text.line(words) for text in change_texts(item.changes, redactions, words)]
        row: dict[str, Any] = {"n": item.number, "at": format_instant(item.at.replace(microsecond=0))}
        dated = self._dates.get(item.number) or (plan and self._entries.dated(plan))
        if dated and dated != item.at.replace(microsecond=0):
            row["dated"] = format_instant(dated)
        if item.backfill:
            row["archive"] = True
        if plan is not None:
            row |= {"entry": plan.anchor, "title": self._entries.title(plan)}
        # A piece that is gone before it was ever public is not even named.
        pieces = {
            name: piece
            for name, piece in self._pieces(item).items()
            if piece is not None or self._first_set.get(name, item.number) < item.number
        }
        optional: Mapping[str, Any] = {"told": list(dict.fromkeys(lines)), "set": pieces}
        return row | {name: part for name, part in optional.items() if part}


def history_path(number: int) -> str:
    """Return the path of a page of `history.json` in its story's folder."""
    return f"history/{number:04}.json"

"""What an append will ask about, in few statements that travel with its lock, whatever the number of events.

Each answers several questions of the store's, which are then answered from here (events.store.postgres_connection).
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from events.store.base import MOVED, PASSED_NOTE, Expected
from events.store.postgres_connection import Answers, Questions
from events.store.postgres_events import PAGE_ROWS
from events.store.postgres_pipeline import Statement
from events.store.sql_events import NEWEST_LINK

_ALWAYS: Final = (
    "SELECT position, envelope, link, (SELECT text FROM notes WHERE name = ?), "
    "(SELECT text FROM notes WHERE name = ?), (SELECT min(next_us) FROM published), "
    "EXISTS (SELECT 1 FROM events WHERE id = ?), (SELECT coalesce(max(version), 0) FROM events WHERE story = ?) "
    "FROM (SELECT) AS always LEFT JOIN "
    "(SELECT position, envelope FROM events ORDER BY position DESC LIMIT 1) AS newest ON true LEFT JOIN links "
    "USING (position)"
)
"""What every append asks, whether its first event is recorded already, and at what version its first story is."""
_IDS: Final = "SELECT id FROM events WHERE id = ANY(?)"
_ONE: Final = "(VALUES (?::text, ?::bigint))"
"""One story, and after what. Arrays are planned each time, since their length matters; this a few times only."""
_MANY: Final = "unnest(?::text[], ?::bigint[])"
_STORIES: Final = (
    "SELECT asked.story, (SELECT coalesce(max(version), 0) FROM events WHERE story = asked.story), position, fold "
    "FROM {} AS asked (story, after) "
    "LEFT JOIN snapshots ON snapshots.story = asked.story AND version = ? AND after = 0"
)
_ROWS: Final = (  # by version within each story, for which there is an index: never by position, through all events
    "SELECT known.story, e.position, e.envelope, b.salt, b.body FROM ("
    "SELECT story, coalesce((SELECT version FROM events WHERE position = after), 0) AS version FROM ("
    "SELECT asked.story, CASE WHEN after > 0 THEN after ELSE coalesce(position, 0) END AS after "
    "FROM {} AS asked (story, after) "
    "LEFT JOIN snapshots ON snapshots.story = asked.story AND version = ?) AS folded) AS known CROSS JOIN LATERAL ("
    "SELECT position, envelope FROM events WHERE story = known.story AND version > known.version "
    "ORDER BY version LIMIT ?) AS e JOIN bodies b USING (position) ORDER BY e.position LIMIT ?"
)


class Ahead:
    """The `statements` that answer what every append asks, and what one with these events `expected` will.

    One is enough for one event of one story that is folded already; if others have added to the story meanwhile, its
    events are read then. `asking` makes what asks a connection: each of its methods begins with the question that is
    answered.
    """

    def __init__(self, expected: Expected, asking: Callable[[Questions], Any]) -> None:
        self._fold_version = expected.fold_version
        self._asking, self._questions = asking, Questions()
        self._reading = asking(self._questions)
        self._ids, self._stories = expected.ids, expected.stories
        self._first_id = self._ids[0] if self._ids else None
        self._first_story = self._stories[0][0] if self._stories else None
        self.statements = [Statement(_ALWAYS, (MOVED, PASSED_NOTE, self._first_id, self._first_story))]
        if self._ids[1:]:
            self.statements.append(Statement(_IDS, ([*self._ids[1:]],)))
        if self._stories[1:] or any(folded == 0 for _, folded in self._stories):
            asked = _MANY if self._stories[1:] else _ONE
            values = map(list, zip(*self._stories, strict=True)) if self._stories[1:] else self._stories[0]
            about = (*values, self._fold_version)
            self.statements += [
                Statement(_STORIES.format(asked), about),
                Statement(_ROWS.format(asked), (*about, PAGE_ROWS, PAGE_ROWS)),
            ]

    def answers(self, results: Sequence[list[Any]]) -> Answers:
        """Return the answer to each question, from what the statements returned."""
        (first,), *rest = results
        answers, others = self._always(first), iter(rest)
        if self._ids[1:]:
            existing = {name for (name,) in next(others)}  # these are few, and asked for one by one
            for name in {*self._ids[1:]} - existing:
                answers[self._question(lambda asking: asking.row(name))] = []  # noqa: B023
        return answers | self._of_stories(*others)

    def _always(self, row: tuple[Any, ...]) -> Answers:
        position, envelope, link, moved, passed, next_us, is_recorded, version = row
        newest = position is not None
        rows: tuple[list[Any], ...] = (
            [(position or 0,)],
            [(position, envelope)] if newest else [],
            [(link,)] if newest else [],
            [] if moved is None else [(moved,)],
            [] if passed is None else [(passed,)],
            [(next_us,)],
        )
        answers: Answers = dict(zip(_always_asked(self._asking), rows, strict=True))
        if self._first_id is not None and not is_recorded:
            answers[self._question(lambda asking: asking.row(self._first_id))] = []
        if self._first_story is not None:
            answers[self._question(lambda asking: asking.version(self._first_story))] = [(version,)]
        return answers

    def _of_stories(self, stories: Sequence[Any] = (), rows: Sequence[Any] = ()) -> Answers:
        answers: Answers = {}
        version, of_story = self._fold_version, {story: list[Any]() for story, *_ in stories}
        for story, *row in rows:
            of_story[story].append(tuple(row))
        folded = dict(self._stories)
        for story, newest, position, fold in stories:
            answers[self._question(lambda asking: asking.version(story))] = [(newest,)]  # noqa: B023
            after = folded[story] or position or 0
            if folded[story] == 0:
                question = self._question(lambda asking: asking.snapshot(story, version=version))  # noqa: B023
                answers[question] = [] if position is None else [(position, fold)]
            if len(rows) < PAGE_ROWS:  # otherwise some are missing
                question = self._question(lambda asking: next(asking.rows(story, after=after), None))  # noqa: B023
                answers[question] = of_story[story]
        return answers

    def _question(self, ask: Callable[[Any], object]) -> Statement:
        self._questions.asked.clear()
        ask(self._reading)
        return self._questions.asked[0]


@cache
def _always_asked(asking: Callable[[Questions], Any]) -> tuple[Statement, ...]:
    """Return the questions that every append asks, in the order of the columns of _ALWAYS."""
    questions = Questions()
    reading = asking(questions)
    reading.head()
    reading.newest_envelope()
    questions.execute(NEWEST_LINK)
    reading.note(MOVED)
    reading.note(PASSED_NOTE)
    reading.next_at()
    return tuple(questions.asked)

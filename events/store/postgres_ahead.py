"""What an append will ask about, in few statements that travel with its lock, whatever the number of events.

Each answers several questions of the store's, which are then answered from here (events.store.postgres_connection).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from events.store.base import MOVED, PASSED_NOTE, Expected
from events.store.postgres_connection import Answers, Questions
from events.store.postgres_events import PAGE_ROWS
from events.store.postgres_pipeline import Statement
from events.store.sql_events import NEWEST_LINK

_ALWAYS: Final = Statement(
    "SELECT position, envelope, link, (SELECT text FROM notes WHERE name = ?), "
    "(SELECT text FROM notes WHERE name = ?), (SELECT min(next_us) FROM published) FROM (SELECT) AS always LEFT JOIN "
    "(SELECT position, envelope FROM events ORDER BY position DESC LIMIT 1) AS newest ON true LEFT JOIN links "
    "USING (position)",
    (MOVED, PASSED_NOTE),
)
_ID: Final = "SELECT id FROM events WHERE id = ?"
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

    `asking` makes what asks a connection: each of its methods begins with the question that is answered.
    """

    def __init__(self, expected: Expected, asking: Callable[[Questions], Any]) -> None:
        self._expected, self._asking = expected, asking
        ids, stories = expected.ids, expected.stories
        self.statements = [_ALWAYS]
        if ids:
            self.statements.append(Statement(_ID, ids) if len(ids) == 1 else Statement(_IDS, ([*ids],)))
        if stories:
            asked = _ONE if len(stories) == 1 else _MANY
            values = stories[0] if len(stories) == 1 else map(list, zip(*stories, strict=True))
            about = (*values, expected.fold_version)
            self.statements += [
                Statement(_STORIES.format(asked), about),
                Statement(_ROWS.format(asked), (*about, PAGE_ROWS, PAGE_ROWS)),
            ]

    def answers(self, results: Sequence[list[Any]]) -> Answers:
        """Return the answer to each question, from what the statements returned."""
        rest = iter(results)
        answers = self._always(next(rest)[0])
        if self._expected.ids:
            existing = {name for (name,) in next(rest)}  # these are few, and asked for one by one
            for name in {*self._expected.ids} - existing:
                answers[self._question(lambda asking: asking.row(name))] = []  # noqa: B023
        if self._expected.stories:
            answers |= self._stories(next(rest), next(rest))
        return answers

    def _always(self, row: tuple[Any, ...]) -> Answers:
        position, envelope, link, moved, passed, next_us = row
        newest = position is not None
        return {
            self._question(lambda asking: asking.head()): [(position or 0,)],
            self._question(lambda asking: asking.newest_envelope()): [(position, envelope)] if newest else [],
            Statement(NEWEST_LINK, ()): [(link,)] if newest else [],
            self._question(lambda asking: asking.note(MOVED)): [] if moved is None else [(moved,)],
            self._question(lambda asking: asking.note(PASSED_NOTE)): [] if passed is None else [(passed,)],
            self._question(lambda asking: asking.next_at()): [(next_us,)],
        }

    def _stories(self, stories: list[Any], rows: list[Any]) -> Answers:
        answers: Answers = {}
        version, of_story = self._expected.fold_version, {story: list[Any]() for story, *_ in stories}
        for story, *row in rows:
            of_story[story].append(tuple(row))
        folded = dict(self._expected.stories)
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
        questions = Questions()
        ask(self._asking(questions))
        return questions.asked[0]

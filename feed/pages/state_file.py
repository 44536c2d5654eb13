"""`state.json`: what is known of a story in public, with its newest developments; all older ones are on numbered pages.

A page has a hundred developments, cut in the order in which they became public, so that none ever moves to another
page. It changes only with its developments (feed/README.md#state).
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import orjson

from events.fold.known_fact import KnownFact
from events.fold.state_json import development_json, step_json
from events.fold.state_parts import Development
from events.model.pictures import picture_name
from feed.entries.pictures import FOLDER
from feed.entries.story import StoryEntries
from feed.pages import paging

FORMAT: Final = 2


class StateFile:
    """`state.json` of the story of `entries`, and its pages."""

    def __init__(self, entries: StoryEntries) -> None:
        self._entries, self._story = entries, entries.story
        self._public_order = tuple(entries.reports)  # as they became public
        self.numbered = paging.full_pages(len(self._public_order))

    @cached_property
    def json(self) -> dict[str, Any]:
        """The fields of `state.json`."""
        newest = self._in_order(self._public_order[-paging.PAGE_ENTRIES :])
        older = [developments_path(number) for number in self.numbered]
        state = {"format": FORMAT, **self._story.as_json(newest, history=self._history)}
        if "developments" in state:
            state["developments"] = [*map(self._with_addresses, state["developments"])]
        return state | ({"older_developments": older} if older else {})

    @property
    def data(self) -> bytes:
        """The bytes of `state.json`."""
        return _pretty(self.json)

    def developments(self, number: int) -> Sequence[str]:
        """Return the developments of the page `number`."""
        return paging.on_page(self._public_order, number)

    def page(self, number: int) -> bytes:
        """Return the page `number`."""
        developments = self._in_order(self.developments(number))
        json = [self._with_addresses(development_json(item)) for item in developments]
        return _pretty({"story": self._story.story, "developments": json})

    def _history(self, item: KnownFact) -> list[dict[str, Any]]:
        """Return the history of a fact as JSON: most of it as the publication before had it."""
        former, steps = self._entries.steps.get(item.fact.key, ((), []))
        count = len(former) if item.history[: len(former)] == former else 0
        steps = [*steps[:count], *map(step_json, item.history[count:])]
        self._entries.steps[item.fact.key] = item.history, steps
        return steps

    def _with_addresses(self, development: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON of a development with the addresses of its pictures instead of their names."""
        if "media" not in development:
            return development

        def with_address(part: dict[str, Any]) -> dict[str, Any]:
            name = picture_name(part["url"])
            sizes = {"sizes": [*map(with_address, part["sizes"])]} if "sizes" in part else {}
            return part if name is None else {**part, **sizes, "url": f"{self._entries.page}{FOLDER}/{name}"}

        return {**development, "media": [*map(with_address, development["media"])]}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {item.id: rank for rank, item in enumerate(self._story.developments)}

    def _in_order(self, names: Iterable[str]) -> list[Development]:
        """Return these developments in the order that they have in every state, that of their reports."""
        return [self._story.developments[rank] for rank in sorted(self._ranks[name] for name in names)]


def developments_path(number: int) -> str:
    """Return the path of a page of developments in its story's folder."""
    return f"developments/{number:04}.json"


def _pretty(json: object) -> bytes:
    return orjson.dumps(json, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

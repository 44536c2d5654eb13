"""The screens of the desk, a module each: `ROUTES`, their handlers, and what their templates show.

They may import all of `feed.desk` but `feed.desk.app`, and not each other.
"""

from typing import Final

from feed.desk.screens import (
    actions,
    board,
    close,
    correct,
    drafts,
    due,
    entry,
    facts,
    inbox,
    opening,
    people,
    revise,
    story,
    take_back,
)

SCREENS: Final = (
    board, due, inbox, opening, story, revise, close, actions, correct, take_back, facts, drafts, people, entry,
)  # fmt: skip

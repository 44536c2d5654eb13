"""Remedies in the desk's own words: the ledger advises commands of a shell, and an editor has buttons. Pure."""

import re
from typing import Final

from events.errors import Problem

_ROW: Final = "“{}”, in its row of the timeline"
_STORY: Final = "“{}”, on the page of the story"
LOCATIONS: Final = {
    "stories": "the board",
    "open": "“Open a story”, on the board",
    "show": "the page of the story",
    "log": "the timeline, on the page of the story",
    "report": _STORY.format("Report"),
    "revise": _STORY.format("Revise"),
    "close": _STORY.format("Close"),
    "reopen": _STORY.format("Reopen it"),
    "undo": _STORY.format("Undo"),
    **{name: _ROW.format(name.title()) for name in ("correct", "hold", "release", "retract", "redact", "pin", "unpin")},
    "checked": "“Record the check”, on the page of the fact",
    "inbox": "the inbox",
    "drop": "“Drop it”, below the draft",
    "desk people": "the page People",
    "desk recover": "“Make a new link”, on the page People",
    "desk role": "“Change the role”, on the page People",
}
"""Where the desk has what a command does."""
OPERATOR: Final = "Tell the person who runs the server."
"""What to do where only a command helps."""
_COMMAND: Final = re.compile(
    r"(?:(?<=: )|(?<=\bRun ))writethru ((?:desk )?[a-z]+)(?: (?:'[^']*'|[^\s']+?))*?(?=\.?(?: [A-Z][a-z]|$)|, )"
)
_PHRASES: Final = {
    "look with writethru log": "look at the page of the story",
    "repeat it with the same --event-id": "send the form again, and it is recorded once",
    ", as writethru picture FILE prints it": "",
}
_SENTENCES: Final = re.compile(r"(?<=[.?!]) (?=[A-Z])")
_NOWHERE: Final = "\0"


def at_desk(problem: Problem) -> Problem:
    """Return a problem whose remedy names what the desk has."""
    message, remedy = problem.message, problem.remedy
    for phrase, instead in _PHRASES.items():
        message, remedy = message.replace(phrase, instead), remedy.replace(phrase, instead)
    remedy = _COMMAND.sub(lambda match: LOCATIONS.get(match[1], _NOWHERE), remedy)
    if _NOWHERE in remedy:
        parts = [part for part in _SENTENCES.split(remedy) if _NOWHERE not in part]
        remedy = " ".join([*parts, OPERATOR])
    return problem._replace(message=message, remedy=remedy)


def problem_words(problem: Problem) -> str:
    """Return what is wrong, and what to do about it at the desk."""
    return " ".join(filter(None, at_desk(problem)[2:]))

"""The imperatives: what an editor wants recorded, as functions. `report(story, "…")` gives a DevelopmentReported.

Each gives an event that is ready for `Ledger.append`; fields beyond the first few are those of the vocabulary, by
name, as JSON or as parts. InvalidError tells every problem.
"""

from typing import Any, TypeVar

from pydantic import ValidationError

from events.errors import InvalidError
from events.fold.state import Story
from events.model import events as model
from events.model.validation import problems_of

_Made = TypeVar("_Made", bound=model.Event)


def open_story(story: str, headline: str, **fields: Any) -> model.StoryOpened:
    """Open a story under its permanent slug."""
    return _made(model.StoryOpened, story=story, headline=headline, **fields)


def revise_story(story: str | Story, **fields: Any) -> model.StoryRevised:
    """Replace the story's headline, summary, language, subjects or origins."""
    return _made(model.StoryRevised, story=_slug(story), **fields)


def close_story(story: str | Story, **fields: Any) -> model.StoryClosed:
    """Close the story: no more reports are taken, repairs are."""
    return _made(model.StoryClosed, story=_slug(story), **fields)


def reopen_story(story: str | Story, **fields: Any) -> model.StoryReopened:
    """Let the story run again."""
    return _made(model.StoryReopened, story=_slug(story), **fields)


def report(story: str | Story, headline: str, **fields: Any) -> model.DevelopmentReported:
    """Report a development."""
    return _made(model.DevelopmentReported, story=_slug(story), headline=headline, **fields)


def correct(
    story: str | Story, development: str, changes: dict[str, Any], note: str | None = None, **fields: Any
) -> model.DevelopmentCorrected:
    """Replace fields of a report; None removes one."""
    return _made(
        model.DevelopmentCorrected, story=_slug(story), development=development, set=changes, note=note, **fields
    )


def hold(story: str | Story, development: str, **fields: Any) -> model.DevelopmentHeld:
    """Withhold a development pending checks."""
    return _made(model.DevelopmentHeld, story=_slug(story), development=development, **fields)


def release(story: str | Story, development: str, **fields: Any) -> model.DevelopmentReleased:
    """Release what is held; or, where it is not held, end its embargo."""
    return _made(model.DevelopmentReleased, story=_slug(story), development=development, **fields)


def retract(story: str | Story, development: str, reason: str, **fields: Any) -> model.DevelopmentRetracted:
    """Withdraw a development for good, or name its substitute later."""
    return _made(model.DevelopmentRetracted, story=_slug(story), development=development, reason=reason, **fields)


def pin(story: str | Story, development: str) -> model.DevelopmentPinned:
    """Keep a development on top of the story's page."""
    return _made(model.DevelopmentPinned, story=_slug(story), development=development)


def unpin(story: str | Story, development: str) -> model.DevelopmentUnpinned:
    """Let go of a pinned development."""
    return _made(model.DevelopmentUnpinned, story=_slug(story), development=development)


def redact(story: str | Story, reason: str, **fields: Any) -> model.EventRedacted:
    """Erase the bodies of one event (`event`), or of a development's reports and corrections (`development`)."""
    return _made(model.EventRedacted, story=_slug(story), reason=reason, **fields)


def _slug(story: str | Story) -> str:
    return story.story if isinstance(story, Story) else story


def _made(event: type[_Made], /, **fields: Any) -> _Made:
    try:
        return event.model_validate({name: field for name, field in fields.items() if field is not None})
    except ValidationError as error:
        raise InvalidError(*problems_of(error, event)) from None

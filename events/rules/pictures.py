"""What is refused of the pictures that a new event names."""

from collections.abc import Callable, Iterator

from events.errors import Problem
from events.model.events import AnyEvent
from events.model.pictures import media_of, pictures_of


def picture_problems(event: AnyEvent, has_picture: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield a problem for each picture of the newsroom that `event` names and that is not there."""
    for name in pictures_of(media_of(event)):
        if not has_picture(name):
            yield Problem(
                where="",
                check="media",
                message=f"there is no picture media:{name} in this newsroom.",
                remedy="Add it: writethru picture FILE. If the event is from another newsroom, copy its media/ first.",
            )

"""The newsroom's pictures as readers get them: in the folder `media` of each story that names them."""

from typing import Final

from events.fold.state import Story
from events.model.events import DevelopmentReported
from events.model.parts import Media
from events.model.pictures import pictures_of

FOLDER: Final = "media"
ROOT: Final = "\ufdd0"
"""Stands for the way to the site's root in the HTML of pages, which are in several folders. No event can hold it."""
FEED_WIDTH: Final = 960
"""How wide a picture is in the text of a feed, where readers choose no size; it links the full one."""


def picture_path(name: str, story: str) -> str:
    """Return the path of a picture in the output."""
    return f"stories/{story}/{FOLDER}/{name}"


def story_pictures(story: Story) -> tuple[str, ...]:
    """Return the paths of the pictures that readers see of a public `story`: those that its usable reports name."""
    reports = (item.report for item in story.developments if item.status == "usable" and item.report is not None)
    names = dict.fromkeys(name for report in reports if report.media for name in pictures_of(report.media))
    return tuple(picture_path(name, story.story) for name in names)


def without_former_pictures(report: DevelopmentReported, now: DevelopmentReported) -> DevelopmentReported:
    """Return an earlier state of a report without the pictures that it no longer names: their files are gone."""
    names = pictures_of(now.media).keys()
    media = tuple(item for item in report.media if pictures_of([item]).keys() <= names)
    return report if media == report.media else report.model_copy(update={"media": media})


def size_for(item: Media, width: int) -> tuple[str, int, int]:
    """Return the address, width and height of the largest size of a picture that is at most `width` wide."""
    full = item.width or 1
    sizes = [(item.url, full), *((size.url, size.width) for size in item.sizes)]
    url, chosen = max((size for size in sizes if size[1] <= width), key=lambda size: size[1], default=sizes[0])
    return url, chosen, max(1, round((item.height or 1) * chosen / full))

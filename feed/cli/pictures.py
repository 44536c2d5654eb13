"""The pictures that `--picture` brings to a report or a correction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from events.model.parts import Media
from events.model.pictures import pictures_of
from feed.cli.desk import Desk, read_input

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option(
        "--picture",
        "pictures",
        metavar="FILE",
        multiple=True,
        help="A picture of yours: a JPEG, PNG, WebP or GIF, or stdin (-). Needs --alt. Can be repeated.",
    ),
    click.option("--alt", "alts", metavar="TEXT", multiple=True, help="What the picture shows, in words."),
    click.option("--credit", "credits", metavar="NAME", multiple=True, help="Who made --picture."),
)


def picture_options(command: _Command) -> _Command:
    """Add the options of pictures to `command`, as its `pictures`, `alts` and `credits`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@contextmanager
def added_pictures(desk: Desk, fields: dict[str, Any], *, dry_run: bool) -> Iterator[list[Media]]:
    """Take the options of pictures out of `fields`, and yield the pictures, stored.

    In a dry run, and if the block fails, those that no event names are removed again.
    """
    files, alts, credits = (fields.pop(name) for name in ("pictures", "alts", "credits"))  # noqa: A001 - Python's own is for prompts
    if len(alts) != len(files):
        raise click.UsageError("Give each --picture its --alt, in the same order: what it shows.")
    if len(credits) not in {0, 1, len(files)} or (credits and not files):
        raise click.UsageError("Give one --credit for all pictures, or one for each --picture, in the same order.")
    media: list[Media] = []
    recorded = False
    try:
        for number, (file, alt) in enumerate(zip(files, alts, strict=True)):
            media.append(add_picture(desk, file, alt=alt, credit=credits[number % len(credits)] if credits else None))
        yield media
        recorded = not dry_run
    finally:
        if media and not recorded:
            with desk.ledger() as ledger:
                ledger.remove_pictures(pictures_of(media))


def add_picture(desk: Desk, file: str, *, alt: str, credit: str | None) -> Media:
    """Store the picture in a file, and return it for a report; InvalidError if it is not taken."""
    from feed.pictures import BYTES_MAX  # noqa: PLC0415 - only where there is a picture

    return desk.newsroom.add_picture(read_input(file, most=BYTES_MAX + 1), alt=alt, credit=credit, name=file)

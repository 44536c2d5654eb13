"""The command that adds a picture for files that name it."""

import click

from feed.cli.desk import Desk, command, pass_desk
from feed.cli.pictures import add_picture
from feed.cli.terminal.output import echo_json


@command()
@click.argument("file")
@click.option("--alt", required=True, metavar="TEXT", help="What it shows, for those who do not see it.")
@click.option("--credit", metavar="NAME", help="Who made it.")
@pass_desk
def picture(desk: Desk, /, file: str, *, alt: str, credit: str | None) -> None:
    """Add a picture, and print it for the media of a report.

    \b
      writethru picture quay.jpg --alt "Smoke over the quay" --credit "Ana Ruiz"

    What it prints belongs into the list `media` of a file, or behind --media. To report with a picture at once, give
    --picture to report.
    """
    media = add_picture(desk, file, alt=alt, credit=credit)
    echo_json(media.model_dump(mode="json", exclude_defaults=True))


COMMANDS = (picture,)

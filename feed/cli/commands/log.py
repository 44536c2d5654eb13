"""The commands of the public log: keygen makes the key that signs it, verify-log checks it as an outsider can."""

from pathlib import Path

import click

from events.errors import Problem, WritethruError
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.terminal.output import echo, echo_json, warn
from feed.config import KEY_NAME, LOCAL_BASE_URL
from feed.paths import CONFIG_NAME
from feed.transparency.keys import Signer, default_place, make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.verify import verify

DOES_NOT_HOLD = 1


@command()
@click.option("--key", "place", metavar="FILE", help="Where the key goes: outside the newsroom. Default: ~/.config.")
@click.option("--origin", metavar="NAME", help="What the log is called, for ever. Default: the site's address.")
@click.option("--lost", is_flag=True, help="The key before is lost. That this one is not signed by it, all can see.")
@pass_desk
def keygen(desk: Desk, place: str | None, origin: str | None, *, lost: bool) -> None:
    """Make the key that signs the public log; or a new one, signed by the key before it.

    \b
      writethru keygen
      writethru keygen --key /etc/writethru/desk.key --origin news.example/log
    """
    site = desk.site
    before = None if lost else site.signer()
    name = _origin(desk, origin, before)
    with site.ledger() as ledger:
        with ledger.store.reading() as reading:
            if reading.log_keys() and before is None and not lost:
                raise _refused(
                    "this newsroom has a key, and it is not configured.",
                    "Name it in [log], so that it can sign the new one. Where it is lost: writethru keygen --lost",
                )
        file = _free_place(str(site.config.newsroom.id)) if place is None else Path(place).absolute()
        signer = make_key(file, origin=name, newsroom=site.folder)
        by = before or signer
        with ledger.store.writing() as writing:
            writing.add_log_key(sign_note(succession(signer.key), by.key, by.sign))
    echo(f"A key for the public log {name}. Keep a copy of it where the newsroom's backups are not.")
    echo(f"Put this into {CONFIG_NAME}, in place of what [log] said before:\n")
    echo(f'[log]\nkey = "{file}"\norigin = "{name}"\n')
    echo("Tell your readers its verifier key, and not on this site alone:\n")
    echo(str(signer.key))


@command("verify-log")
@click.argument("place", metavar="URL|DIR")
@click.option("--since", metavar="CHECKPOINT", help="What you remember: a checkpoint, a feed's file, or 'SIZE ROOT'.")
@click.option("--key", metavar="KEY", help="The verifier key that you trust.")
@json_option
@click.pass_context
def verify_log(context: click.Context, place: str, since: str | None, key: str | None, *, as_json: bool) -> None:
    """Check a public log as an outsider can, from the published files alone. Needs no newsroom.

    \b
      writethru verify-log public
      writethru verify-log https://news.example/ --since checkpoint.old
    """
    try:
        report = verify(place, since=since, key=key)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        echo_json(report.as_json())
    else:
        for line in report.lines():
            echo(line)
    if report.problems:
        warn(f"{len(report.problems)} {'problem' if len(report.problems) == 1 else 'problems'} found.")
        context.exit(DOES_NOT_HOLD)


def _origin(desk: Desk, origin: str | None, before: Signer | None) -> str:
    """Return what the log is called: as its key before says, else as told, else by the site's address."""
    if before is not None:
        if origin not in {None, before.key.name}:
            raise _refused(f"this log is called {before.key.name}, for ever.", "Leave --origin out.")
        return before.key.name
    if origin is None and desk.site.config.log.origin is None and desk.site.config.site.base_url == LOCAL_BASE_URL:
        raise _refused(
            f"the log would be called after the site's address, for ever, and that is still local ({LOCAL_BASE_URL}).",
            "Set base_url first, or name the log: writethru keygen --origin news.example/log",
        )
    name = origin or desk.site.config.log_origin
    if not KEY_NAME.fullmatch(name):
        raise click.BadParameter("a name holds neither spaces nor +.", param_hint="--origin")
    return name


def _free_place(newsroom: str) -> Path:
    """Return the first default place that holds no key yet."""
    place = first = default_place(newsroom)
    number = 1
    while place.exists():
        number += 1
        place = first.with_stem(f"{first.stem}-{number}")
    return place


def _refused(message: str, remedy: str) -> WritethruError:
    return WritethruError(Problem(where="", check="keygen", message=message, remedy=remedy))


COMMANDS = (verify_log, keygen)

"""The commands of the public log: keygen makes the key that signs it, and verify-log checks it as an outsider can."""

from pathlib import Path

import click

from events.errors import Problem, WritethruError
from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.config import KEY_NAME, LOCAL_BASE_URL
from feed.ledger_table import toml_string
from feed.paths import CONFIG_NAME
from feed.transparency.chain import keys_of
from feed.transparency.keys import Signer, default_key_path, make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.recover import UNSIGNED
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.files import BYTES_MAX, SECONDS_MAX


@command()
@click.option("--key", "file", metavar="FILE", help="The new key file, outside the newsroom. Default: in ~/.config.")
@click.option("--origin", metavar="NAME", help="The permanent name of the log. Default: from the site's address.")
@click.option(
    "--lost", is_flag=True, help="Create a key that the lost one has not signed. Verifiers will see the break."
)
@pass_desk
def keygen(desk: Desk, file: str | None, origin: str | None, *, lost: bool) -> None:
    """Create the key that signs the public log.

    If the newsroom has a key, it signs the new one.

    \b
      writethru keygen
      writethru keygen --key /etc/writethru/desk.key --origin news.example/log
    """
    site = desk.site
    former = None if lost else site.signer()
    name = _origin(desk, origin, former)
    with site.ledger() as ledger:
        with ledger.store.reading() as reading:
            if reading.log_keys() and former is None and not lost:
                raise _refusal(
                    "this newsroom has a key, but the configuration does not name it.",
                    "Set `key` in [log], so that it can sign the new key. If it is lost: writethru keygen --lost",
                )
        path = _free_path(str(site.config.newsroom.id)) if file is None else Path(file).absolute()
        signer = make_key(path, origin=name, newsroom=site.folder)
        by = former or signer
        with ledger.store.writing() as writing:
            if not keys_of(writing.log_keys(), name):
                writing.put_note(UNSIGNED, name)
            writing.add_log_key(sign_note(succession(signer.key), by.key, by.sign))
    echo(f"A key for the public log {name}. Keep a copy of it apart from the newsroom's backups.")
    echo(f"Replace [log] in {CONFIG_NAME} with:\n")
    echo(f"[log]\nkey = {toml_string(str(path))}\norigin = {toml_string(name)}\n")
    echo("Publish its verifier key for your readers, and not on this site alone:\n")
    echo(str(signer.key))


@command("verify-log")
@click.argument("location", metavar="URL|DIR")
@click.option("--since", metavar="CHECKPOINT", help="What you remember: a checkpoint, a feed's file, or 'SIZE ROOT'.")
@click.option("--key", metavar="KEY", help="The verifier key that you trust.")
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=SECONDS_MAX,
    metavar="SECONDS",
    show_default=True,
    help="Stop after this time.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=BYTES_MAX,
    metavar="BYTES",
    show_default=True,
    help="Stop after reading this much.",
)
@json_option
@click.pass_context
def verify_log(
    context: click.Context,
    location: str,
    since: str | None,
    key: str | None,
    max_seconds: float,
    max_bytes: int,
    *,
    as_json: bool,
) -> None:
    """Check a public log from its published files alone.

    Anybody can do that: it needs no newsroom.

    \b
      writethru verify-log public
      writethru verify-log https://news.example/ --since checkpoint.old

    Exits with 1 for problems, and with 8 if some texts cannot be checked: the log has them, but no leaf says why they
    are not shown as they were published.
    """
    try:
        report = verify(location, since=since, key=key, max_seconds=max_seconds, max_bytes=max_bytes)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        echo_json(report.as_json())
    else:
        for line in report.lines():
            echo(line)
    if report.problems:
        warn(f"{quantity(len(report.problems), 'problem')} found.")
    context.exit(report.exit_code)


def _origin(desk: Desk, origin: str | None, former: Signer | None) -> str:
    """Return the log's name: that of its former key, otherwise `origin`, otherwise as configured."""
    if former is not None:
        if origin not in {None, former.key.name}:
            raise _refusal(f"the name of this log is {former.key.name}, and cannot change.", "Leave --origin out.")
        return former.key.name
    if origin is None and desk.site.config.log.origin is None and desk.site.config.site.base_url == LOCAL_BASE_URL:
        raise _refusal(
            f"the log's permanent name would come from the site's address, which is still local ({LOCAL_BASE_URL}).",
            "Set base_url first, or name the log: writethru keygen --origin news.example/log",
        )
    name = origin or desk.site.config.log_origin
    if not KEY_NAME.fullmatch(name):
        raise click.BadParameter("a name has no spaces and no +.", param_hint="--origin")
    return name


def _free_path(newsroom: str) -> Path:
    """Return the first default path at which no key exists."""
    path = first = default_key_path(newsroom)
    number = 1
    while path.exists():
        number += 1
        path = first.with_stem(f"{first.stem}-{number}")
    return path


def _refusal(message: str, remedy: str) -> WritethruError:
    return WritethruError(Problem(where="", check="keygen", message=message, remedy=remedy))


COMMANDS = (verify_log, keygen)

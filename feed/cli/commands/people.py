"""The commands that say who may enter the desk: desk invite, recover, role, remove, people, refusals."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import click

from events.errors import InvalidError, Problem
from events.model.edtf import format_instant
from feed.cli.desk import HELP_OPTIONS, Desk, Group, json_option, pass_desk
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.config import LOCAL_BASE_URL
from feed.paths import CONFIG_NAME
from feed.people.people import Invitation, Member, People
from feed.people.person import ROLES, Role
from feed.people.refusals import Refusals

role_choice = click.Choice(list(ROLES))


@click.group(cls=Group, context_settings={"help_option_names": HELP_OPTIONS})
def desk() -> None:
    """Manage who may enter the desk of writethru serve.

    Everybody enters with a passkey, which a link registers. A reporter writes drafts, an editor records, a chief also
    retracts, redacts and breaks embargoes.

    \b
      writethru desk invite ana --role editor
      writethru desk recover ana
      writethru desk people
      writethru desk remove ana
    """


@desk.command("invite", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("name")
@click.option("--role", type=role_choice, default="reporter", show_default=True, help="What the person may do.")
@pass_desk
def invite(desk: Desk, /, name: str, *, role: str) -> None:
    """Print a link with which a person registers a passkey, once.

    NAME is the person's name: events that they record have it as their actor.

    \b
      writethru desk invite ana --role editor
    """
    url = _desk_url(desk)
    with People(desk.folder) as people:
        _echo_link(people.invite(name, ROLES[role], desk.now), url)


@desk.command("recover", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("name")
@pass_desk
def recover(desk: Desk, /, name: str) -> None:
    """Print a link with which a person registers a new passkey.

    For a device that was lost: at once, the person's old passkeys no longer count, and all their sessions end.

    \b
      writethru desk recover ana
    """
    url = _desk_url(desk)
    with People(desk.folder) as people:
        _echo_link(people.recover(name, desk.now), url)


@desk.command("role", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("name")
@click.argument("role", type=role_choice)
@pass_desk
def role(desk: Desk, /, name: str, role: str) -> None:
    """Change what a person may do. It counts at once, also where they are signed in.

    \b
      writethru desk role ana chief
    """
    with People(desk.folder) as people:
        person = people.change_role(name, ROLES[role])
    echo(f"{person.name}: {_role_name(person.role)}.")


@desk.command("remove", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("name")
@pass_desk
def remove(desk: Desk, /, name: str) -> None:
    """Remove a person. All their sessions end at once; what they recorded stays.

    \b
      writethru desk remove ana
    """
    with People(desk.folder) as people:
        person = people.remove(name)
    echo(f"{person.name}: removed, and signed out everywhere. What {person.name} recorded stays.")


@desk.command("people", context_settings={"help_option_names": HELP_OPTIONS})
@json_option
@pass_desk
def people(desk: Desk, /, *, as_json: bool) -> None:
    """List who may enter the desk.

    \b
      writethru desk people
    """
    with People(desk.folder) as file:
        members = file.members(desk.now)
    if as_json:
        echo_json([_json(member) for member in members])
        return
    width = max((len(member.name) for member in members), default=0)
    for member in members:
        echo(f"{member.name:{width}}  {_role_name(member.role):8}  {_state(member, desk.now)}")
    if not members:
        warn("Nobody was invited. To invite somebody: writethru desk invite NAME --role editor")


@desk.command("refusals", context_settings={"help_option_names": HELP_OPTIONS})
@json_option
@pass_desk
def refusals(desk: Desk, /, *, as_json: bool) -> None:
    """List what the desk refused, oldest first: when, why, to whom, from where.

    \b
      writethru desk refusals
    """
    with People(desk.folder) as file:
        log = Refusals(file).all()
    if as_json:
        echo_json([asdict(one) | {"at": _second(one.at)} for one in log])
        return
    for one in log:
        echo(f"{_second(one.at)}  {one.line}")
    if not log:
        warn("Nothing was refused.")


COMMANDS = (desk,)


def _desk_url(desk: Desk) -> str:
    """Return the address of the desk; InvalidError if none is configured."""
    config = desk.newsroom.config
    if config.desk.url is None:
        base_url = config.site.base_url
        example = "https://news.example/" if base_url == LOCAL_BASE_URL else base_url
        message = "the desk has no address yet, and a passkey belongs to one."
        remedy = f'Write where people will open it: [desk] url = "{urljoin(example, "/desk/")}"'
        raise InvalidError(Problem(where=f"{CONFIG_NAME}: desk.url", check="desk", message=message, remedy=remedy))
    return config.desk.url


def _echo_link(invitation: Invitation, desk_url: str) -> None:
    person = invitation.person
    echo(invitation.url(desk_url))
    warn(
        f"For {person.name}, {_role_name(person.role)}. It works once, until {_second(invitation.expires_at)}:"
        f" send it only to {person.name}."
    )


def _role_name(role: Role) -> str:
    return role.name.lower()


def _second(at: datetime) -> str:
    return format_instant(at.replace(microsecond=0))


def _state(member: Member, now: datetime) -> str:
    """Return how far a person has come, and when they were here."""
    until = member.invited_until
    if until is not None:
        return f"invited: the link works until {_second(until)}" if until > now else "invited: the link has expired"
    if member.seen_at is None:
        return "not invited"
    open_ = f", {quantity(member.sessions, 'open session')}" if member.sessions else ""
    return f"last signed in at {_second(member.seen_at)}{open_}"


def _json(member: Member) -> dict[str, Any]:
    until, seen_at = member.invited_until, member.seen_at
    return {
        "name": member.name,
        "role": _role_name(member.role),
        "passkeys": member.passkeys,
        "signed_in": None if seen_at is None else _second(seen_at),
        "invited_until": None if until is None else _second(until),
        "sessions": member.sessions,
    }

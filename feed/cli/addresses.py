"""Addresses that a person names: how they are asked for, and where they may lead."""

from ipaddress import ip_network
from urllib.parse import urldefrag

import click

from events.errors import InvalidError, Problem
from events.model.addresses import ascii_url, is_web_address
from events.rules.admission import has_user_info


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise click.BadParameter(f"{text!r} is no network. Write it so: 10.0.0.0/8") from None


allow_option = click.option(
    "--allow",
    multiple=True,
    type=_network,
    metavar="NETWORK",
    help="A network without public addresses that it may lead to.",
)


def typed_address(url: str) -> str:
    """Return an address as it is asked for; InvalidError if it is none."""
    try:
        if not is_web_address(url):
            raise ValueError("it does not begin with https:// or http://.")  # noqa: TRY301 - one of several faults
        if has_user_info(url):
            raise ValueError("it contains a user name or a password.")  # noqa: TRY301 - one of several faults
        return ascii_url(urldefrag(url).url)
    except ValueError as error:
        remedy = "Write it as a browser shows it, such as https://radio.example/feed.xml"
        raise InvalidError(Problem(where=url, check="address", message=str(error), remedy=remedy)) from None

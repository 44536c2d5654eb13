"""The options of `open` and `revise` that say how facts are shown and folded: feed/README.md#settings-of-facts."""

import json
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

import click

from events.errors import InvalidError, Problem
from events.files.raw import clip, escape

_Command = TypeVar("_Command", bound=Callable[..., Any])
_INTEGER = re.compile(r"[+-]?[0-9]{1,16}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class _Option(NamedTuple):
    """An option: the setting that it changes, and what it sets if it takes a key alone."""

    name: str
    setting: str
    form: str
    help: str
    value: bool | None = None


_OPTIONS: Final = (
    _Option("label", "label", "KEY=TEXT", "What readers see instead of the key."),
    _Option("order", "order", "KEY=N", "Facts with a lower number come first."),
    _Option("lead", "lead", "KEY", "A key fact: it comes before all others.", value=True),
    _Option("no-lead", "lead", "KEY", "Stop treating it as a key fact."),
    _Option(
        "hide",
        "hidden",
        "KEY",
        "Layout only: the page leaves it out. State, feeds and history have it.",
        value=True,
    ),
    _Option("show", "hidden", "KEY", "Show it on the page again."),
    _Option("evolving", "evolving", "KEY", "It moves on: the newest account counts, from any speaker.", value=True),
    _Option("no-evolving", "evolving", "KEY", "Accounts of different speakers stand side by side again."),
    _Option("settle", "settled", "KEY=DEVELOPMENT", "The account of this development counts."),
    _Option("unsettle", "settled", "KEY", "No account counts more than the others."),
    _Option("follow", "follow", "KEY", "Publish a feed of this fact alone.", value=True),
    _Option("no-follow", "follow", "KEY", "Stop publishing its feed."),
    _Option("threshold", "threshold", "KEY=N or KEY=N%", "How far a number must move before its followers are told."),
)


def setting_options(command: _Command) -> _Command:
    """Add the options of settings of facts to `command`."""
    for option in reversed(_OPTIONS):
        decorate = click.option(f"--{option.name}", multiple=True, metavar=option.form, help=option.help)
        command = decorate(command)
    return command


def fact_settings(options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the settings of each key that `options` state. They are removed from `options`."""
    facts: dict[str, dict[str, Any]] = {}
    for option in _OPTIONS:
        for argument in options.pop(option.name.replace("-", "_")):
            key, value = _parse(option, argument)
            settings = facts.setdefault(key, {})
            if option.setting in settings:
                raise click.UsageError(f"--{option.name} {argument}: another option already sets that of {key}.")
            settings[option.setting] = value
    return facts


def _parse(option: _Option, argument: str) -> tuple[str, str | int | bool | None]:
    """Return the key and the value that an argument states; None takes the setting back."""
    key, equals, text = argument.partition("=")
    if bool(equals) is not ("=" in option.form):
        message = "a value is missing" if "=" in option.form else "this option takes a key alone"
        raise _refusal(option, argument, message)
    value = text.strip()
    if "=" not in option.form:
        return key.strip(), option.value
    if _QUOTED.fullmatch(value):
        try:
            return key.strip(), str(json.loads(value))
        except json.JSONDecodeError:
            raise _refusal(option, argument, r"write \\ for a backslash within quotes") from None
    if option.setting == "order" and _INTEGER.fullmatch(value):
        return key.strip(), int(value)
    return key.strip(), value or None


def _refusal(option: _Option, argument: str, message: str) -> InvalidError:
    back = f" To take it back: --{option.name} KEY=" if "=" in option.form and option.setting != "settled" else ""
    return InvalidError(
        Problem(
            where=f"--{option.name}",
            check="form",
            message=f"cannot read {escape(clip(argument))!r}: {message}.",
            remedy=f"Write --{option.name} {option.form}.{back}",
        )
    )

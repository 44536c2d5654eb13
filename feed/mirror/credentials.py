"""What the usual files of AWS say of the profile in use; what the environment says wins, and obstore reads that."""

from collections.abc import Mapping
from configparser import ConfigParser, Error
from pathlib import Path
from typing import Final

NAMES: Final = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
"""The name of each setting in the files, and as obstore has it."""


def aws_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the profile that AWS_PROFILE names, as obstore has them; {} if there are no such files.

    No part of a key is mixed with one of the environment: that has a whole key, or the files give it.
    """
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    section = profile if profile == "default" else f"profile {profile}"
    home = Path(environment.get("HOME", "~")).expanduser() / ".aws"
    values = _section(environment.get("AWS_CONFIG_FILE") or home / "config", section)
    values |= _section(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials", profile)
    settings = {ours: values[name] for name, ours in NAMES.items() if values.get(name)}
    if environment.get("AWS_ACCESS_KEY_ID"):
        settings = {name: value for name, value in settings.items() if name in {"region", "endpoint"}}
    for name, variables in (("region", ("AWS_REGION", "AWS_DEFAULT_REGION")), ("endpoint", ("AWS_ENDPOINT_URL",))):
        if any(environment.get(variable) for variable in variables):
            settings.pop(name, None)
    return settings


def _section(path: str | Path, name: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (Error, UnicodeDecodeError, OSError):
        return {}
    return dict(parser[name]) if parser.has_section(name) else {}

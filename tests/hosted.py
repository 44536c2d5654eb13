"""A newsroom on a machine, as the writers of files for web servers and systemd get it."""

from typing import Any

from feed.config import new_config, parse_config
from feed.hosting.newsroom import HostedNewsroom
from tests.builders import BASE_URL, NEWSROOM


def hosted(base_url: str = BASE_URL, *, tables: str = "", hub: str = "", **fields: Any) -> HostedNewsroom:
    """Return a newsroom in /srv/news; `tables` is more TOML, `fields` are those of HostedNewsroom."""
    text = new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=base_url, title="News")
    text = text.replace("# hub = ", f'hub = "{hub}"\n# ') if hub else text
    folder = fields.pop("folder", "/srv/news")
    defaults = {"root": f"{folder}/public", "program": ("/usr/bin/writethru",), "user": "desk", "version": "1"}
    return HostedNewsroom(folder=folder, config=parse_config(f"{text}\n{tables}"), **{**defaults, **fields})

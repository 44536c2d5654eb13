"""The files for systemd: a service that publishes and its timer, or a service that also serves. Pure."""

from typing import Final

from feed.hosting.newsroom import HostedNewsroom, is_plain, render

UNITS: Final = "/etc/systemd/system"
TEMPORARY: Final = ("/tmp/", "/var/tmp/")  # noqa: S108 - nothing is written there
"""A service with temporary folders of its own (PrivateTmp) sees no newsroom and no program in these."""


def publish_files(newsroom: HostedNewsroom) -> dict[str, str]:
    """Return the service that publishes once, and the timer that starts it each minute, by their paths."""
    name = f"writethru-{newsroom.name}"
    address = newsroom.config.site.base_url
    purpose = f"Publishes {address} once: {name}.timer starts it each minute."
    timer = f"{UNITS}/{name}.timer"
    return {
        **_service(newsroom, name, purpose, serves=False),
        timer: render("timer.jinja", newsroom=newsroom, name=name, path=timer, address=_plain(address)),
    }


def serve_files(newsroom: HostedNewsroom) -> dict[str, str]:
    """Return the service that serves, and publishes at once, by its path."""
    name = f"writethru-{newsroom.name}-serve"
    purpose = f"Serves, and publishes at once: systemctl enable --now {name}. It needs the extra serve."
    return _service(newsroom, name, purpose, serves=True)


def _service(newsroom: HostedNewsroom, name: str, purpose: str, *, serves: bool) -> dict[str, str]:
    path = f"{UNITS}/{name}.service"
    signal = newsroom.config.heartbeat.url or ""
    text = render(
        "service.jinja",
        newsroom=newsroom,
        path=path,
        purpose=purpose,
        address=_plain(newsroom.config.site.base_url),
        serves=serves,
        port=str(newsroom.server_port),
        is_networked=newsroom.needs_network,
        command=lambda *words: _command(newsroom, *words),
        variable=signal.removeprefix("env:") if signal.startswith("env:") else "",
        writable=[_word(newsroom.folder), *(_word(f"-{folder}") for folder in newsroom.also_written)],
        private_tmp=not any(path.startswith(TEMPORARY) for path in (newsroom.folder, *newsroom.program)),
    )
    return {path: text}


def _command(newsroom: HostedNewsroom, *words: str) -> str:
    """Return a command line, as systemd reads it. In the program's own path a dollar sign has no meaning."""
    line = [*newsroom.program, "-C", newsroom.folder, *words]
    return " ".join([_word(line[0]), *(_word(word).replace("$", "$$") for word in line[1:])])


def _word(text: str) -> str:
    """Return `text` as systemd reads it: it replaces what follows a percent sign."""
    return text if is_plain(text) else '"{}"'.format(_plain(text).replace("\\", "\\\\").replace('"', '\\"'))


def _plain(text: str) -> str:
    """Return `text` for a setting that is read whole, without quotes."""
    return text.replace("%", "%%")

"""The files for systemd: a service that publishes and its timer, and a service that serves. Pure."""

from typing import Final

from feed.hosting.newsroom import HostedNewsroom, is_plain, render

UNITS: Final = "/etc/systemd/system"
TEMPORARY: Final = ("/tmp/", "/var/tmp/")  # noqa: S108 - nothing is written there


def systemd_files(newsroom: HostedNewsroom) -> dict[str, str]:
    """Return the files by their paths."""
    name = f"writethru-{newsroom.name}"
    base_url = newsroom.config.site.base_url
    publishes = f"Publishes {base_url} once: {name}.timer starts it each minute."
    serves = f"Serves and pushes, and publishes at once: systemctl enable --now {name}-serve. It needs the extra serve."
    return {
        f"{UNITS}/{name}.service": _service(newsroom, f"{name}.service", publishes, serves=False),
        f"{UNITS}/{name}.timer": render(
            "timer.jinja", newsroom=newsroom, name=name, path=f"{UNITS}/{name}.timer", address=_plain(base_url)
        ),
        f"{UNITS}/{name}-serve.service": _service(newsroom, f"{name}-serve.service", serves, serves=True),
    }


def _service(newsroom: HostedNewsroom, name: str, purpose: str, *, serves: bool) -> str:
    signal = newsroom.config.heartbeat.url or ""
    return render(
        "service.jinja",
        newsroom=newsroom,
        path=f"{UNITS}/{name}",
        purpose=purpose,
        address=_plain(newsroom.config.site.base_url),
        serves=serves,
        port=str(newsroom.server_port),
        is_networked=newsroom.needs_network,
        command=lambda *words: _command(newsroom, *words),
        variable=signal.removeprefix("env:") if signal.startswith("env:") else "",
        writable=[_word(folder) for folder in (newsroom.folder, *newsroom.also_written)],
        private_tmp=not any(path.startswith(TEMPORARY) for path in (newsroom.folder, *newsroom.program)),
    )


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

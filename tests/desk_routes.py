"""The requests that the desk knows: the method and path of each route."""

from collections.abc import Iterator

from feed.desk.screens import SCREENS

ASSETS = "GET /assets/{name}"


def requests() -> Iterator[str]:
    """Yield such as `POST /stories/{story}/`."""
    yield ASSETS
    for screen in SCREENS:
        for route in screen.ROUTES:
            yield from (f"{method} {route.path}" for method in sorted((route.methods or set()) - {"HEAD"}))

"""The templates of the desk, and their filters. Jinja escapes everything that a template shows."""

from datetime import UTC, datetime, tzinfo
from importlib import resources
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from events.system import uuid7
from feed.desk.remedies import OPERATOR, problem_words
from feed.pages.asset import asset as public_asset

TOKENS_END: Final = "/* Ground */"
"""Where in the public pages' style sheet the colours end, which the desk has in common with them."""


class LocalClock(NamedTuple):
    """The zone in which times are shown, and what time it is."""

    zone: tzinfo
    now: datetime


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page: `template` with `context`, and what base.html.jinja needs."""
    return HTMLResponse(render(request, template, **context), status)


def render(request: Request, template: str, **context: Any) -> str:
    """Return a page, or a part of one, as text."""
    newsroom = request.app.state.newsroom
    around = {
        "site": newsroom.config.site,
        "person": getattr(request.state, "person", None),
        "root": root_of(request),
        "typed_time": f"2026-03-05 14:30{'' if newsroom.config.recording.zone else 'Z'}",
        "zone": LocalClock(newsroom.config.recording.zone or UTC, newsroom.clock()),
    }
    return ENVIRONMENT.get_template(template).render(around | context)


def problem_page(request: Request, message: str, *, status: int) -> HTMLResponse:
    """Return a page that says what is wrong, and what to do."""
    return page(request, "problem.html.jinja", status=status, message=message)


def redirect(request: Request, path: str) -> RedirectResponse:
    """Return the answer to a form that was recorded: the browser asks for a page of the desk."""
    return RedirectResponse(root_of(request) + path, 303)


def root_of(request: Request) -> str:
    """Return the relative address of the desk's first page: proxies may have cut off what is before it."""
    return "../" * (path_of(request).count("/") - 1) or "./"


def path_of(request: Request) -> str:
    """Return the path within the desk that was asked for: the gate may show another page there."""
    path: str = request.scope.get("asked_path", request.scope["path"])
    return path.removeprefix(root_path(request))


def root_path(request: Request) -> str:
    """Return the path of the desk."""
    root: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return root


def colours() -> str:
    """Return the style sheet with the colours and typefaces of the public pages."""
    return public_asset("style.css")[1].decode().partition(TOKENS_END)[0]


def icon() -> str:
    """Return the icon of the public pages."""
    return public_asset("icon.svg")[1].decode()


def asset(name: str) -> str:
    """Return the text of one of the desk's own assets."""
    return resources.files("feed.desk").joinpath("assets", name).read_text(encoding="utf-8")


def _clock_time(at: datetime, clock: LocalClock) -> str:
    """Return a time as short as it is clear: `14:30` today, `2 March, 14:30` this year, `2 March 2025, 14:30`."""
    local, today = at.astimezone(clock.zone), clock.now.astimezone(clock.zone)
    time = f"{local:%H:%M}"
    if local.date() == today.date():
        return time
    return f"{local.day} {local:%B}{'' if local.year == today.year else f' {local:%Y}'}, {time}"


def _utc_time(at: datetime, clock: LocalClock) -> str:
    """Return `14:30:05 UTC`, with the date if it is not today."""
    return f"{_clock_time(at, LocalClock(UTC, clock.now))}:{at:%S} UTC"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ENVIRONMENT: Final = Environment(
    loader=PackageLoader("feed.desk", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
ENVIRONMENT.globals |= {
    "new_id": lambda: str(uuid7()),
    "operator": OPERATOR,
    "marks_hint": "It may go on with marks: Two hurt @Ana Ruiz, chief (Port) #hurt=2:people",
}
ENVIRONMENT.filters |= {"clock_time": _clock_time, "iso": _iso, "utc_time": _utc_time, "words": problem_words}

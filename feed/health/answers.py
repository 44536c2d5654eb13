"""A web server's answer to a request of a published file, and what is wrong with it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from events.errors import Problem

TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    ".atom": ("application/atom+xml", "application/xml", "text/xml"),
    ".rss": ("application/rss+xml", "application/x-rss+xml", "application/xml", "text/xml"),
    ".json": ("application/json", "application/feed+json"),
    ".html": ("text/html",),
    ".css": ("text/css",),
    ".js": ("text/javascript", "application/javascript"),
    ".png": ("image/png",),
    ".svg": ("image/svg+xml",),
}
"""The types that readers and browsers take, by the end of the path. Other files may have any type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the status, the headers by lower-case name, and the start of the body, decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def age(self) -> int | None:
        """For how many seconds a cache has kept it; None if no cache answered."""
        return _seconds(self.headers.get("age", ""))

    @property
    def lifetime(self) -> int | None:
        """For how many seconds a cache may keep it; None if the server does not say."""
        words = [word.strip().lower().partition("=") for word in self.headers.get("cache-control", "").split(",")]
        values = {name: _seconds(value) for name, _, value in words}
        return values.get("s-maxage", values.get("max-age"))


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def answer_problems(path: str, answer: Answer) -> Iterator[Problem]:
    """Yield what is wrong with the status, the type and the age of an answer."""
    if answer.status in {301, 302, 303, 307, 308}:
        message, remedy = "the server redirects.", "Set site.base_url to the address to which it redirects."
        yield Problem(where=path, check="missing", message=message, remedy=remedy)
    elif answer.status != 200:
        message, remedy = (
            f"the server answers {answer.status}.",
            "Is the whole output there, and may the server read it?",
        )
        yield Problem(where=path, check="missing", message=message, remedy=remedy)
    else:
        yield from _type_problems(path, answer)
        if answer.age is not None and answer.lifetime is not None and answer.age > answer.lifetime:
            message = f"a cache has served its copy for longer than the {answer.lifetime} s that it may."
            yield Problem(where=path, check="age", message=message, remedy="Empty the cache, and look why it is stuck.")


def is_poll(path: str) -> bool:
    """Return True if readers ask for a file again and again."""
    return path.endswith((".atom", ".rss")) or path.rpartition("/")[2] in {"feed.json", "corrections.json"}


def poll_problem(path: str, answer: Answer, ask: Callable[..., Answer]) -> Iterator[Problem]:
    """Yield whether a reader that asks again gets a short answer; `ask` requests the same with other `headers`."""
    names = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
    validators = {asks: answer.headers[name] for name, asks in names if name in answer.headers}
    if not validators:
        message = "the answer has neither ETag nor Last-Modified: each poll gets the whole feed."
        yield Problem(where=path, check="conditional", message=message, remedy="Let the web server send one of them.")
    elif (status := ask(headers=validators).status) != 304:
        message = f"a conditional request is answered with {status}, not with 304: each poll gets the whole feed."
        remedy = "Let the web server answer conditional requests, also of what it compresses."
        yield Problem(where=path, check="conditional", message=message, remedy=remedy)


def _type_problems(path: str, answer: Answer) -> Iterator[Problem]:
    extension = f".{path.rpartition('.')[2]}"
    kind, _, parameters = answer.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(" \"'")
    if kind.strip() not in TYPES.get(extension, (kind.strip(),)):
        message = f"files that end in {extension} are served as {kind.strip() or 'no type'}."
        remedy = f"Let the web server call them {TYPES[extension][0]}."
        yield Problem(where=path, check="type", message=message, remedy=remedy)
    if charset not in {"", "utf-8"}:
        message = f"it is served as {charset}, and is UTF-8."
        yield Problem(where=path, check="type", message=message, remedy="Let the web server say charset=utf-8.")

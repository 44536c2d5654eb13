"""An editor's browser without script, and without a server between: it asks the desk, and sends its forms."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
from starlette.types import ASGIApp

from feed.desk.app import desk_app
from feed.newsroom import Newsroom

ORIGIN = "http://localhost:8000"
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Screen:
    """An answer: the address that was asked, its status, headers and text."""

    address: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        return " ".join("".join(self.main.itertext()).split())

    @property
    def main(self) -> lxml.html.HtmlElement:
        """What the screen is about. html5lib would take longer to read it than the desk to make it."""
        return lxml.html.document_fromstring(self.text).find(".//main")


@dataclass(frozen=True)
class Editor:
    """Asks the desk of a newsroom. `headers` go with each request."""

    application: ASGIApp
    headers: Mapping[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1"
    http_version: str = "1.1"

    def get(self, path: str, **headers: str) -> Screen:
        return asyncio.run(self._ask("GET", urljoin("/desk/", path), b"", headers))

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Screen:
        """Send a form as the desk's own page does, unless `headers` say otherwise."""
        sent = {"Origin": ORIGIN, "Content_Type": "application/x-www-form-urlencoded", **headers}
        return asyncio.run(self._ask("POST", urljoin("/desk/", path), urlencode(fields).encode(), sent))

    def post_at_once(self, forms: Mapping[str, Mapping[str, str]]) -> list[Screen]:
        """Send forms by their paths, all before any is answered."""
        sent = {"Origin": ORIGIN, "Content_Type": "application/x-www-form-urlencoded"}

        async def send_all() -> list[Screen]:
            bodies = {path: urlencode(fields).encode() for path, fields in forms.items()}
            asked = (self._ask("POST", urljoin("/desk/", path), body, sent) for path, body in bodies.items())
            return await asyncio.gather(*asked)

        return asyncio.run(send_all())

    def upload(self, path: str, fields: Mapping[str, str], picture: bytes, *, file: str = "quay.jpg") -> Screen:
        """Send a form with a file, as a browser does."""
        parts = [
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode() for name, text in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="picture"; filename="{file}"\r\nContent-Type: image/jpeg\r\n\r\n'
        body = b"".join(b"--BOUNDARY\r\n" + part + b"\r\n" for part in (*parts, head.encode() + picture))
        sent = {"Origin": ORIGIN, "Content_Type": "multipart/form-data; boundary=BOUNDARY"}
        return asyncio.run(self._ask("POST", urljoin("/desk/", path), body + b"--BOUNDARY--\r\n", sent))

    def leave(self, path: str, content_type: str) -> list[Any]:
        """Begin to send a form, go away before its end, and return what is answered all the same."""
        scope = self._scope("POST", urljoin("/desk/", path), {"Origin": ORIGIN, "Content_Type": content_type})
        received: list[dict[str, Any]] = [
            {"type": "http.disconnect"},
            {"type": "http.request", "body": b"--B\r\n", "more_body": True},
        ]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return received.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.application(scope, receive, send))  # type: ignore[arg-type] # a coroutine
        return sent

    async def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Screen:
        scope = self._scope(method, address, headers)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        text = b"".join(message.get("body", b"") for message in sent).decode()
        answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Screen(address, sent[0]["status"], answered, text)

    def _scope(self, method: str, address: str, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(address)
        named = {"Host": urlsplit(ORIGIN).netloc, **self.headers, **headers}
        return {
            "type": "http",
            "http_version": self.http_version,
            "scheme": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "root_path": "/desk",
            "query_string": parts.query.encode(),
            "headers": [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in named.items()],
            "client": (self.client, 50_000),
            "server": ("127.0.0.1", 8000),
        }


def editor_at(newsroom: Newsroom, *, host: str = "127.0.0.1", **options: Any) -> Editor:
    """Return an editor who sits at the machine of the newsroom."""
    return Editor(desk_app(newsroom, host), **options)

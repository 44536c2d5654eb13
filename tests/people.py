"""People of a desk, in tests."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from feed.desk.app import desk_app
from feed.newsroom import Newsroom
from feed.people.people import People
from feed.people.person import ROLES
from tests.authenticator import Authenticator
from tests.desk import DeskRunner
from tests.editor import ORIGIN, Editor, Screen

DESK_URL = "https://desk.example/desk/"


class PeopleDesk(DeskRunner):
    """A newsroom whose desk has an address."""

    def __init__(self, folder: Path, url: str = DESK_URL) -> None:
        super().__init__(folder)
        config = self.site.folder / "writethru.toml"
        config.write_text(f'{config.read_text(encoding="utf-8")}\n[desk]\nurl = "{url}"\n', encoding="utf-8")

    def invite(self, name: str = "ana", role: str = "editor") -> str:
        """Invite somebody, and return the secret part of the link."""
        link = self.output("desk", "invite", name, "--role", role).strip()
        prefix = f"{DESK_URL}invitation/"
        assert link.startswith(prefix)
        return link.removeprefix(prefix)


LOCAL_URL = f"{ORIGIN}/desk/"
COOKIE = re.compile(r"__Host-writethru=([^;]+);")
OPTIONS = re.compile(r'data-options="([^"]+)"')


def with_address(newsroom: Newsroom, url: str = LOCAL_URL) -> Newsroom:
    """Return the newsroom with an address of its desk."""
    settings = f'{newsroom.config_text}\n[desk]\nurl = "{url}"\n'
    return Newsroom(newsroom.folder, settings, clock=newsroom.clock)


@dataclass(frozen=True)
class Visitor:
    """A browser at the desk, with a passkey: `editor` is who asks, with the cookie if they are signed in."""

    editor: Editor
    passkey: Authenticator

    def get(self, path: str, **headers: str) -> Screen:
        return self.editor.get(path, **headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Screen:
        return self.editor.post(path, fields or {}, **headers)

    def options(self, path: str) -> str:
        """Return what a page asks of a passkey."""
        return html.unescape(OPTIONS.findall(self.get(path).text)[0])

    def entered(self, screen: Screen) -> "Visitor":
        """Return the browser with the cookie of an answer."""
        [token] = COOKIE.findall(screen.headers["set-cookie"])
        return self.with_cookie(token)

    def with_cookie(self, token: str) -> "Visitor":
        headers = {**self.editor.headers, "Cookie": f"__Host-writethru={token}"}
        return replace(self, editor=replace(self.editor, headers=headers))

    @property
    def token(self) -> str:
        return self.editor.headers["Cookie"].partition("=")[2]

    def sign_in(self, **fields: str) -> Screen:
        return self.post("sign-in", {"answer": self.passkey.sign(self.options("sign-in")), **fields})

    def confirm(self) -> Screen:
        return self.post("confirm", {"answer": self.passkey.sign(self.options("confirm"))})


def stranger_at(newsroom: Newsroom) -> Visitor:
    """Return a browser that nobody has invited. `newsroom` has an address of its desk."""
    return Visitor(Editor(desk_app(newsroom, "127.0.0.1")), Authenticator(ORIGIN))


def person_at(newsroom: Newsroom, name: str, role: str) -> Visitor:
    """Return the browser of somebody who was invited, has made a passkey, and is signed in."""
    with People(newsroom.folder) as people:
        link = people.invite(name, ROLES[role], newsroom.clock()).token
    visitor = Visitor(Editor(desk_app(newsroom, "127.0.0.1")), Authenticator(ORIGIN, name.encode()))
    path = f"invitation/{link}"
    return visitor.entered(visitor.post(path, {"answer": visitor.passkey.register(visitor.options(path))}))

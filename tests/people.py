"""People of a desk, in tests."""

from pathlib import Path

from tests.desk import DeskRunner

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

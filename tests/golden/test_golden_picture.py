"""A story with a picture as readers get it: its page, its feeds, and what programs are told that share or frame it."""

from hashlib import sha256
from pathlib import Path

from events import commands
from tests.conftest import Golden
from tests.sites import a_site, record

SIZES = {700: b"a picture of 700 pixels", 480: b"the same of 480 pixels"}
"""Nothing decodes what is stored: the bytes may be any."""


def picture(width: int) -> str:
    return f"media:{sha256(SIZES[width]).hexdigest()}.jpg"


def test_picture_is_published_as_in_the_golden_file(tmp_path: Path, golden: Golden) -> None:
    site, _ = a_site(tmp_path / "newsroom", "fire")
    for width, data in SIZES.items():
        site.media.add(data, picture(width).removeprefix("media:"))
    medium = {
        "url": picture(700), "type": "image/jpeg", "alt": 'Smoke "over" the quay', "credit": "Ana Ruiz",
        "width": 700, "height": 350, "length": len(SIZES[700]), "sizes": [{"url": picture(480), "width": 480}],
    }  # fmt: skip
    record(site, commands.report("fire", "Smoke over the quay", media=[medium]))
    assert site.publish().failed == ()
    golden("".join(f"## {path}\n{text}\n\n" for path, text in shown_in(site.root / "stories/fire")), "picture.txt")


def shown_in(folder: Path) -> list[tuple[str, str]]:
    """Return what each file of the story has of pictures."""
    names = ("index.html", "feed.atom", "feed.rss", "feed.json", "embed.html", "oembed.json")
    return [(name, lines_of((folder / name).read_text(encoding="utf-8"))) for name in names]


def lines_of(text: str) -> str:
    """Return the lines that show a picture. Those for search engines have ids, which are random."""
    lines = [line.strip() for line in text.splitlines() if "/media/" in line or "thumbnail" in line]
    return "\n".join(line for line in lines if not line.startswith("<script"))

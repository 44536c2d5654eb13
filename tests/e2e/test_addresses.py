"""Addresses beyond ASCII: each output carries them as URIs, and no id depends on how they are written."""

import re
from pathlib import Path

from events import commands
from tests.builders import Clock, newsroom
from tests.sites import NOW, output, record

PICTURE = {"url": "https://bücher.example/пожар.jpg", "type": "image/jpeg", "alt": "Smoke", "length": 5}
SOURCE = {"name": "Wire", "url": "https://straße.de/ä?b=ü#ö"}
BODY = "See [the list](https://пожар.рф/список) and <https://bücher.example/ß>."
ENCODED = (
    "https://xn--bcher-kva.example/%D0%BF%D0%BE%D0%B6%D0%B0%D1%80.jpg",
    "https://xn--strae-oqa.de/%C3%A4?b=%C3%BC#%C3%B6",
    "https://xn--80alxdi.xn--p1ai/%D1%81%D0%BF%D0%B8%D1%81%D0%BE%D0%BA",
    "https://xn--exmple-cua.com/t%C3%A4st/stories/fire/",
)
ADDRESS = re.compile(r"https?://[^\s\"'<>\\]*[^\x00-\x7f]")


def test_every_output_carries_encoded_addresses(tmp_path: Path) -> None:
    site = newsroom(tmp_path, Clock(NOW), base_url="https://exämple.com/täst/")
    report = commands.report("fire", "Two hurt", development="d1", body=BODY, media=[PICTURE], sources=[SOURCE])
    record(site, commands.open_story("fire", "Fire"), report)
    record(site, commands.correct("fire", "d1", {"sources": [SOURCE | {"title": "A title"}]}, "It had no title."))
    site.publish()
    files = {path: data.decode(errors="replace") for path, data in output(site).items() if path[:4] != "log/"}
    carried = {path: set(ADDRESS.findall(text)) for path, text in files.items()}
    assert carried.pop("stories/fire/updates.jsonl")  # what the log commits to
    assert carried.pop("stories/fire/state.json") <= set(re.findall(r"https[^)>]*", BODY))  # the text as it was written
    assert set().union(*carried.values()) == {"https://bücher.example/ß"}  # the words of a link, not its address
    for path in (
        "stories/fire/feed.rss",
        "stories/fire/feed.atom",
        "stories/fire/feed.json",
        "stories/fire/index.html",
    ):
        for url in ENCODED:
            assert url.replace("&", "&amp;") in files[path], (path, url)
    assert list(site.output_problems(None)) == []

"""The headers of published files: each file has a kind, and hubs find the feeds that name them."""

import pytest

from feed.output.headers import ALWAYS_ASK, BRIEFLY, FOR_EVER, KINDS, hub_link, kind_of
from tests.sites import HUB, every_kind_of_file, output


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return output(every_kind_of_file(tmp_path_factory.mktemp("kinds") / "newsroom"))


@pytest.mark.slow
def test_every_published_file_has_a_kind(files: dict[str, bytes]) -> None:
    kinds = {kind_of(path) for path in files}
    assert None not in kinds
    assert set(KINDS) == kinds


@pytest.mark.slow
def test_topics_are_the_files_that_name_the_hub(files: dict[str, bytes]) -> None:
    naming = {path for path, data in files.items() if HUB.encode() in data}
    assert naming == {path for path in files if (kind := kind_of(path)) and kind.is_topic}


@pytest.mark.parametrize(
    ("path", "content_type", "cache_control"),
    [
        ("index.html", "text/html; charset=utf-8", BRIEFLY),
        ("stories/a-1/index.html", "text/html; charset=utf-8", BRIEFLY),
        ("feed.json", "application/feed+json; charset=utf-8", BRIEFLY),
        ("stories/a-1/state.json", "application/json; charset=utf-8", BRIEFLY),
        ("stories/a-1/facts/x.feed.atom", "application/atom+xml; charset=utf-8", BRIEFLY),
        ("assets/style-1234abcd.css", "text/css; charset=utf-8", FOR_EVER),
        ("share.png", "image/png", BRIEFLY),
        ("log/checkpoint", "text/plain; charset=utf-8", ALWAYS_ASK),
        ("log/tile/0/000.p/22", "application/octet-stream", FOR_EVER),
    ],
)
def test_kind_of_a_file_is_by_its_path(path: str, content_type: str, cache_control: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    assert (kind.content_type, kind.cache_control) == (content_type, cache_control)


@pytest.mark.parametrize("path", [".writethru", "robots.txt", "atom", "log/checkpoint.old", "x/feed.json\n"])
def test_other_files_have_no_kind(path: str) -> None:
    assert kind_of(path) is None


def test_text_is_compressed_and_pictures_are_not() -> None:
    paths = ["feed.atom", "assets/icon-1.svg", "share.png", "log/tile/0/000"]
    assert [kind.is_text for path in paths if (kind := kind_of(path))] == [True, True, False, False]


def test_hub_link_names_the_hub_and_the_feed() -> None:
    link = hub_link("https://news.example/feed.atom", "https://hub.example/")
    assert link == '<https://hub.example/>; rel="hub", <https://news.example/feed.atom>; rel="self"'


@pytest.mark.parametrize("pattern", [kind.pattern for kind in KINDS])
def test_pattern_is_read_alike_by_other_engines(pattern: str) -> None:
    """RE2 has no lookaround and no references; nginx would read braces, semicolons, quotes and spaces itself."""
    assert not set(pattern) & set("{};\"'$ ")
    assert "(?" not in pattern.replace("(?:", "")

"""The file for Caddy. tests/hosting runs a real one with it."""

from typing import Any

import pytest

from events.errors import InvalidError
from feed.hosting.caddy import caddy_files
from feed.output.headers import KINDS
from tests.hosted import hosted


def text_of(*arguments: str, **fields: Any) -> str:
    (text,) = caddy_files(hosted(*arguments, **fields)).values()
    return text


def test_file_is_named_for_the_newsroom() -> None:
    assert list(caddy_files(hosted(folder="/srv/Night Desk"))) == ["/etc/caddy/conf.d/night-desk.caddyfile"]


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://news.example/", "news.example"),
        ("https://news.example:8443/", "news.example:8443"),
        ("http://news.example/a/", "http://news.example"),
        ("http://[::1]:81/", "http://[::1]:81"),
    ],
)
def test_site_is_at_its_address(base_url: str, address: str) -> None:
    assert f"\n{address} {{\n" in text_of(base_url)


def test_each_kind_has_a_block_in_order() -> None:
    text = text_of()
    positions = [text.index(f"path_regexp `^/{kind.pattern}") for kind in KINDS if ".html" not in kind.pattern]
    assert positions == sorted(positions)
    assert r"path_regexp `^/(?:.+\.html|(?:.+/)?)$`" in text


def test_feeds_name_the_hub_if_there_is_one() -> None:
    link = 'header Link `<https://hub.example/>; rel="hub", <https://news.example/a{path}>; rel="self"`'
    text = text_of("https://news.example/a/", hub="https://hub.example/")
    assert text.count(link) == sum(kind.is_topic for kind in KINDS)
    assert "Link" not in text_of()


def test_odd_characters_are_quoted() -> None:
    text = text_of("https://news.example/a%22%60%7Bb%7D%20c/", folder='/srv/"$HOME"; #x')
    assert '\troot * `/srv/"$HOME"; #x/public`\n' in text
    assert r"@newsroom path_regexp " "`" r'^/a"\x60\x7bb\x7d\ c/' "`" in text
    assert "uri strip_prefix `/a%22%60%7Bb%7D%20c`" in text
    assert r'root * "/srv/`\"x/public"' in text_of(folder='/srv/`"x')


@pytest.mark.parametrize("folder", ["/srv/{path}", "/srv/a}", "/srv/`a\\"])
def test_folder_that_caddy_cannot_name_is_refused(folder: str) -> None:
    with pytest.raises(InvalidError, match="a Caddyfile cannot name this path"):
        text_of(folder=folder)


@pytest.mark.parametrize(
    ("url", "address", "path"),
    [
        ("https://news.example/desk/", "", "`/desk/*`"),
        ("https://desk.example:8443/live/desk/", "desk.example:8443 {", "`/live/desk/*`"),
        ("http://localhost:8000/desk/", "http://localhost:8000 {", "`/desk/*`"),
    ],
)
def test_desk_is_passed_on_before_the_site(url: str, address: str, path: str) -> None:
    text = text_of(desk_url=url)
    assert f"@desk path {path}" in text
    assert address in text
    assert (text.index("@desk path") < text.index("@newsroom")) == (not address)
    assert ("uri strip_prefix /live" in text) == ("/live/" in url)

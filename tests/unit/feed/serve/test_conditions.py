"""What a request says of the answer that it wants."""

import pytest

from feed.serve.addresses import folder_address, tree_paths
from feed.serve.conditions import accepts_gzip
from feed.serve.hosts import Hosts, is_loopback


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (b"gzip", True),
        (b"br, GZIP ;q=0.1", True),
        (b"*", True),
        (b"*;q=0", False),
        (b"gzip;q=0, *", False),
        (b"gzip; q=0.000", False),
        (b"gzip;q=0.001", True),
        (b"identity", False),
        (b"br", False),
        (b"", False),
    ],
)
def test_gzip_is_sent_to_those_who_accept_it(header: bytes, accepted: bool) -> None:  # noqa: FBT001
    assert accepts_gzip(header) is accepted


@pytest.mark.parametrize(
    ("path", "prefix", "files"),
    [
        ("/", "/", ["index.html"]),
        ("/stories/a/", "/", ["stories/a/index.html"]),
        ("/updates/feed.atom", "/updates/", ["feed.atom", "updates/feed.atom"]),
        ("/stories/a/", "/stories/", ["a/index.html", "stories/a/index.html"]),
        ("/updates", "/updates/", ["updates"]),
        ("*", "/", []),
        ("/a/.b", "/", []),
        ("/a//b", "/", []),
        ("/a%2fb", "/", []),
    ],
)
def test_request_means_files_with_and_without_the_prefix(path: str, prefix: str, files: list[str]) -> None:
    assert list(tree_paths(path, path.encode(), prefix)) == files


def test_address_of_a_folder_is_encoded_and_keeps_its_query() -> None:
    assert folder_address("/a ü", b"x=%20") == "/a%20%C3%BC/?x=%20"


@pytest.mark.parametrize(
    ("header", "allowed"),
    [(b"News.example:80", True), (b"192.0.2.7", True), (b"[::1]", True), (b"192.0.2.8", False), (b"a b", False)],
)
def test_host_is_of_the_site_of_this_machine_or_called(header: bytes, allowed: bool) -> None:  # noqa: FBT001
    assert Hosts.of(["news.example"]).allow(header, "192.0.2.7") is allowed


def test_only_loopback_addresses_are_of_this_machine_alone() -> None:
    hosts = ["localhost", "127.0.0.2", "::1", "0.0.0.0", "::", "192.0.2.1", "news.example"]
    assert [host for host in hosts if is_loopback(host)] == hosts[:3]

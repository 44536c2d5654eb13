"""The file for nginx. tests/hosting runs a real one with it."""

import re
from typing import Any

import pytest

from feed.hosting.nginx import nginx_files
from feed.output.headers import KINDS
from tests.hosted import hosted


def text_of(*arguments: str, **fields: Any) -> str:
    (text,) = nginx_files(hosted(*arguments, **fields)).values()
    return text


def test_file_is_named_for_the_newsroom() -> None:
    assert list(nginx_files(hosted(folder="/srv/Night Desk"))) == ["/etc/nginx/sites-available/night-desk"]


def test_each_kind_has_a_block_in_order() -> None:
    text = text_of()
    positions = [text.index(f'({kind.pattern.replace(chr(92), chr(92) * 2)})$"') for kind in KINDS]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("base_url", "port"),
    [
        ("https://news.example/", 80),
        ("https://news.example:443/", 80),
        ("http://news.example/", 80),
        ("http://a.example:81/", 81),
    ],
)
def test_port_is_that_of_the_address_or_certbot_adds_it(base_url: str, port: int) -> None:
    text = text_of(base_url)
    assert re.findall("listen (.*);", text) == [str(port)]
    assert ("certbot" in text) == base_url.startswith("https")


def test_https_on_another_port_has_a_certificate() -> None:
    text = text_of("https://news.example:8443/", ipv6=True)
    assert re.findall("listen (.*);", text) == ["8443 ssl", "[::]:8443 ssl"]
    assert re.findall(r"ssl_certificate\S* (.*);", text) == [
        f"/etc/letsencrypt/live/news.example/{name}.pem" for name in ("fullchain", "privkey")
    ]
    assert "certbot certonly -d news.example" in text
    assert "certbot --nginx" not in text
    assert "ssl" not in text_of("http://news.example:81/") + text_of()


def test_ipv6_is_listened_to_where_there_is_any() -> None:
    assert re.findall("listen (.*);", text_of(ipv6=True)) == ["80", "[::]:80"]


def test_feeds_name_the_hub_if_there_is_one() -> None:
    link = r'add_header Link "<https://hub.example/>; rel=\"hub\", <https://news.example/$1>; rel=\"self\"";'
    assert text_of(hub="https://hub.example/").count(link) == sum(kind.is_topic for kind in KINDS)
    assert "Link" not in text_of()


def test_dollars_are_written_by_a_variable() -> None:
    text = text_of("https://news.example/$a/", folder='/srv/"$HOME" \\x', hub="https://hub.example/$b")
    assert 'geo $dollar { default "$"; }' in text
    assert r'alias "/srv/\"${dollar}HOME\" \\x/public/";' in text
    assert r"<https://hub.example/${dollar}b>" in text
    assert r"<https://news.example/${dollar}a/$1>" in text
    assert 'location ^~ "/$a/"' in text
    assert r'location ~ "^/\\$a/(.*/)?\\." { return 404; }' in text
    assert "geo" not in text_of()


def test_site_below_a_path_is_entered_with_and_without_slash() -> None:
    text = text_of("https://news.example/n%C3%A9ws/")
    assert 'location = "/néws" { return 301 "/n%C3%A9ws/"; }' in text
    assert "proxy_pass http://127.0.0.1:8000/~events;" in text


def test_desk_is_passed_on_at_the_host_of_the_site() -> None:
    text = text_of("https://news.example/live/", desk_url="https://news.example/live/desk/")
    assert text.count("location ^~ /live/desk/ {") == text.count("server {") == 1
    assert "proxy_pass http://127.0.0.1:8000/desk/;" in text
    assert "desk" not in text_of("https://news.example/live/")


@pytest.mark.parametrize(
    ("url", "listens", "certificates"),
    [
        ("https://desk.example/desk/", "80", []),
        ("http://localhost:8080/desk/", "8080", []),
        ("https://desk.example:8443/desk/", "8443 ssl", ["fullchain", "privkey"]),
    ],
)
def test_desk_at_a_host_of_its_own_has_its_own_server(url: str, listens: str, certificates: list[str]) -> None:
    site, desk = text_of(desk_url=url).split("# The desk has a host of its own")
    assert "location ^~ /desk/" not in site
    assert re.findall("listen (.*);", desk) == [listens]
    assert re.findall(r"ssl_certificate\S* /etc/letsencrypt/live/desk.example/(\w+).pem;", desk) == certificates
    assert ("certbot --nginx -d desk.example" in desk) == (url == "https://desk.example/desk/")

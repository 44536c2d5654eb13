"""Addresses as URIs of ASCII: hosts as browsers encode them, the rest by percent signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.addresses import ascii_url, public_url

ENCODED = {
    "https://exämple.com/täst/": "https://xn--exmple-cua.com/t%C3%A4st/",
    "https://news.example/пожар.jpg": "https://news.example/%D0%BF%D0%BE%D0%B6%D0%B0%D1%80.jpg",
    "https://straße.de/": "https://xn--strae-oqa.de/",  # by IDNA 2003 another host, strasse.de
    "https://EXÄMPLE.com:8080?q=ä#ü": "https://xn--exmple-cua.com:8080?q=%C3%A4#%C3%BC",
    "https://пожар。рф/": "https://xn--80alxdi.xn--p1ai/",
    "https://日本.jp/a/../b": "https://xn--wgv71a.jp/a/../b",
    "https://my_host.example/a b": "https://my_host.example/a%20b",
    "https://a.example/%C3%A4%zz[1]": "https://a.example/%C3%A4%25zz%5B1%5D",
    "https://a.example/#a#b": "https://a.example/#a%23b",
    "http://[::1]:80/x": "http://[::1]:80/x",
    "HTTP://A.example/?a=1&b=(2)!*'": "HTTP://A.example/?a=1&b=(2)!*'",
}


@pytest.mark.parametrize("url", ENCODED)
def test_address_is_encoded_once(url: str) -> None:
    assert ascii_url(url) == public_url(url) == ENCODED[url]
    assert ascii_url(ENCODED[url]) == ENCODED[url]


REFUSED = {
    "https://i❤.ws/": "the host of the address is not a name of the internet",
    "https://\u202ea.example/": "the host of the address is not a name of the internet",
    "https://a.example:port/": "the port of the address is not a number",
    "https:///x": "the address has no host",
}


@pytest.mark.parametrize("url", REFUSED)
def test_address_without_such_a_form_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[url]):
        ascii_url(url)
    assert public_url(url).isascii()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_address_of_an_old_ledger_is_ascii(text: str) -> None:
    url = public_url(f"https://{text}")
    assert url.isascii()
    assert public_url(url) == url

"""What the HTML of an entry may contain."""

from xml.etree import ElementTree as ET

import html5lib

ALLOWED_URLS = ("http://", "https://")
ELEMENTS = {
    *("p", "strong", "em", "a", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "h4", "h5", "h6"),
    *("figure", "figcaption", "img", "table", "tbody", "tr", "th", "td", "del", "ins", "small", "bdi"),
}
ATTRIBUTES = {"href", "src", "alt", "title", "type", "scope", "align", "width", "height", "start", "class", "dir"}


def elements(html: str) -> list[ET.Element]:
    """Return every element that a browser makes of `html`; it must parse without an error."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    fragment = parser.parseFragment(html)
    assert parser.errors == []
    return [element for element in fragment.iter() if element.tag != "DOCUMENT_FRAGMENT"]


def assert_harmless(html: str) -> None:
    for element in elements(html):
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
        for name in ("href", "src"):
            assert element.get(name, "http://").lower().startswith(ALLOWED_URLS)

"""Every story's feed as OPML 2.0 (opml.org/spec2.opml): one file with which a reader subscribes to all of them."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from feed.config import Config


def opml(config: Config, stories: Iterable[tuple[str, str]], *, updated: datetime) -> bytes:
    """Return the OPML document of `stories`, which are (slug, headline). `updated` is when the list changed, in UTC."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = config.site.title
    ET.SubElement(head, "dateModified").text = format_datetime(updated.replace(microsecond=0), usegmt=True)
    body = ET.SubElement(root, "body")
    for story, headline in sorted(stories):
        page = f"{config.site.base_url}stories/{story}/"
        ET.SubElement(
            body, "outline", type="rss", text=headline, title=headline, xmlUrl=f"{page}feed.rss", htmlUrl=page
        )
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"

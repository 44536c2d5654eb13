"""Files of other programs: our own texts, in the shapes that these programs write."""

# ruff: noqa: E501 - a row of a table reads best whole

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.model.typed_times import TypedTimes
from feed.importers.kinds import read_foreign
from feed.importers.model import ForeignFile

NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
BERLIN: Final = TypedTimes(zone=ZoneInfo("Europe/Berlin"))

TIMELINE: Final = """\
Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit,Media Caption,Type,Group
,,,,,,,,,The mill,<p>How the <b>mill</b> burned.</p>,,,,title,
1899,,,,,,,,the turn of the century,Mill opens,It opens.,https://pics.example/mill.jpg,A. Photographer,The mill from the south,,Mills
2015,1,21,10:30,2015,1,22,,,Talks in <i>Town</i>,"Two days.<br>See <a href=""https://a.example/x"">this</a>.",https://film.example/1,,,,
"""
INCIDENTS: Final[dict[str, Any]] = {
    "page": {"id": "p1", "name": "Acme Status"},
    "incidents": [
        {
            "id": "cp306", "name": "API errors", "status": "resolved", "shortlink": "https://st.example/1",
            "created_at": "2025-05-14T14:22:39-06:00", "resolved_at": "2025-05-14T14:35:21-06:00",
            "components": [{"name": "API"}],
            "incident_updates": [
                {"id": "u2", "status": "resolved", "body": "All is well.", "display_at": "2025-05-14T14:35:21-06:00"},
                {"id": "u1", "status": "investigating", "body": "We look.\nStill.", "created_at": "2025-05-14T14:22:40-06:00"},
            ],
        }
    ],
}  # fmt: skip
MAINTENANCE: Final[dict[str, Any]] = {
    "page": {"name": "Acme Status"},
    "scheduled_maintenances": [
        {
            "id": "m1", "name": "New disks", "status": "completed",
            "scheduled_for": "2025-05-03T00:00:00Z", "scheduled_until": "2025-05-03T04:00:00Z",
            "created_at": "2025-05-01T00:00:00Z", "updated_at": "2025-05-03T02:00:00Z",
            "incident_updates": [
                {"id": "a", "status": "scheduled", "body": "We swap disks.", "created_at": "2025-05-01T00:00:00Z"},
                {"id": "b", "status": "completed", "body": "Done.", "created_at": "2025-05-03T02:00:00Z"},
            ],
        }
    ],
}  # fmt: skip
ISSUE: Final = """\
---
title: Outage of the API
date: 2020-04-12 14:22:25
resolved: true
resolvedWhen: 2020-04-12 16:58:00
affected:
  - API
  - Web
---
*Resolved* - All is back. {{< track "2020-04-12 16:58:00" >}}

*Investigating* - We are looking.

It is slow.
{{< track "2020-04-12 14:25:00" >}}
"""
RSS: Final = """\
<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>https://h.example/</link>
<description>All of it</description><language>en</language>
<item><title>Second &amp; last</title><guid>g2</guid><link>https://h.example/2</link>
<pubDate>Tue, 06 Jan 2015 10:00:00 GMT</pubDate>
<description>&lt;p&gt;Text &lt;b&gt;bold&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><title>First</title><guid>g1</guid><pubDate>Mon, 05 Jan 2015 10:00:00 GMT</pubDate></item>
</channel></rss>
"""
ATOM: Final = """\
<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour News</title><id>urn:f</id><updated>2015-01-06T10:00:00Z</updated>
<entry><title>First</title><id>urn:1</id><published>2015-01-05T10:00:00Z</published><updated>2015-01-06T10:00:00Z</updated>
<content type="html">&lt;ul&gt;&lt;li&gt;One&lt;/li&gt;&lt;li&gt;Two&lt;/li&gt;&lt;/ul&gt;</content></entry></feed>
"""
JSON_FEED: Final[dict[str, Any]] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour News",
    "items": [{"id": "1", "title": "First", "content_text": "Plain * text", "date_published": "2015-01-05T10:00:00Z"}],
}


def read(kind: str, data: str | bytes, *, name: str = "file", times: TypedTimes | None = None) -> ForeignFile:
    """Return what a file says."""
    raw = data.encode() if isinstance(data, str) else data
    return read_foreign(kind, raw, name=name, times=times or TypedTimes(), now=NOW)

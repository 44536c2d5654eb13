"""A table at an address: its bytes, and their format, unless it has not changed."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from feed.fetch import Access, Answer, fault, fetch
from feed.sync.tables import FORMATS, MEDIA_TYPES, TABLE_BYTES_MAX, Format, Source, format_of

SECONDS_MAX: Final = 60


def fetch_table(url: str, *, validators: Mapping[str, str], allow: Sequence[str], contact: str) -> Source | None:
    """Return the table, None if it has not changed since `validators` were given. InvalidError if there is none."""
    access = Access(
        contact=contact,
        bytes_max=TABLE_BYTES_MAX,
        seconds_max=SECONDS_MAX,
        allow=allow,
        how_to_allow='If this machine should read it: allow = ["NETWORK"] in the map.',
        too_large="Divide it into several tables.",
    )
    answer = fetch(url, access, validators)
    if answer.status == 304:
        return None
    if answer.status != 200:
        raise fault(url, f"the server answers {answer.status}.", _remedy(answer))
    return Source(answer.body, _format(url, answer.media_type), answer.validators)


def _format(url: str, media_type: str) -> Format:
    """Return the format: as the server says, else as the address says, else CSV."""
    if media_type == "text/html":
        remedy = "Of a Google Sheet: File, Share, Publish to web, as comma-separated values."
        raise fault(url, "this is a web page, not a table.", remedy)
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    named = [FORMATS.get(f".{values[0]}") for name in ("output", "format") if (values := asked.get(name))]
    says = (MEDIA_TYPES.get(media_type), format_of(parts.path), *named)
    return next((form for form in says if form is not None), "csv")


def _remedy(answer: Answer) -> str:
    after = answer.headers.get("Retry-After", "")
    if answer.status in {429, 503} and after:
        return f"It asks to be left alone for {after[:40]}: run sync less often."
    return "Check the address: is the table still published?"

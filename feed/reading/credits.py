"""A paragraph → the outlets that it credits: a line of sources, or the agency of a dateline. Pure; English."""

import re
from typing import Final

from feed.reading.text import OUTLET, dateline

# "Sources: Reuters, ABC News / Photo Credit: Channel 4": what is after the colon, without credits of pictures
_SOURCES: Final = re.compile(r"(?:Sources?|Credits?):\s*(?P<names>.+)", re.IGNORECASE)
_PICTURE: Final = re.compile(r"(?:photos?|images?|pictures?|video|graphics?|illustration)\b.*", re.IGNORECASE)
# "Reporting by the Harbour Post; additional reporting by Atlantic Press": people are credited so, too
_REPORTING: Final = re.compile(
    r"(?:additional |with )?(?:reporting|files|information) (?:by|from) (?P<names>[^;.]+)", re.IGNORECASE
)
# "Additional material: Norda": somebody of one name is no person
_MATERIAL: Final = re.compile(r"Additional (?:reporting|material|information): (?P<names>[^;:.]+)\.?", re.IGNORECASE)
# An outlet that contributed to this report.
_CONTRIBUTED: Final = re.compile(r"(?P<names>[A-Z][^.;:]{1,120}?) contributed to this (?:report|story|article)\.?")
# "the Harbour Post's Jo Lind", "Atlantic Press reporter Jo Lind in Hamra", "AW staff in Hamra"
_STAFF: Final = re.compile(
    r"^(?:and|the)\s+|['’]s(?: [A-Z][\w.'’-]*)+$"
    r"|(?: (?:staff )?(?:writer|reporter|correspondent|photographer)s?\b.*| staff\b.*)$"
)
_FIRST: Final = re.compile(
    r"This (?:article|story|report) (?:was )?(?:first|originally) (?:appeared|published|ran) (?:in|on|by|with) "
    r"(?P<names>[^.;]+)\.?"
)


def credited(paragraph: str) -> tuple[list[str], str]:
    """Return the outlets that a paragraph credits, and the rule that read them."""
    paragraph = paragraph.removeprefix("(").removesuffix(")") if paragraph.startswith("(") else paragraph
    if match := _SOURCES.fullmatch(paragraph):
        parts = [part for part in re.split(r"\s+/\s+", match["names"]) if not _PICTURE.match(part)]
        return _names(" , ".join(parts)), "line of sources"
    if agency := dateline(paragraph).agency:
        return _names(agency), "agency of the dateline"
    if match := _CONTRIBUTED.fullmatch(paragraph) or _FIRST.fullmatch(paragraph):
        return _outlets(match["names"]), "line of credits"
    if match := _MATERIAL.fullmatch(paragraph):
        return [name for name in _names(match["names"]) if " " not in name or OUTLET.search(name)], "line of credits"
    if _REPORTING.match(paragraph):
        return _outlets(", ".join(match["names"] for match in _REPORTING.finditer(paragraph))), "line of credits"
    return [], ""


def without_acronyms(names: list[str]) -> list[str]:
    """Return names of outlets without the acronyms of others of them: "MP" of "Meridian Press"."""
    initials = {"".join(word[0] for word in name.split() if word[0].isupper()) for name in names if " " in name}
    return [name for name in names if name not in initials]


def _names(text: str) -> list[str]:
    parts = re.split(r"\s*[,;]\s*|\s+and\s+|\s+/\s+", text.strip().rstrip("."))
    return [name for part in parts if (name := _STAFF.sub("", part.strip()))]


def _outlets(text: str) -> list[str]:
    """Return the names that are of outlets, rather than of people."""
    return [name for name in _names(text) if OUTLET.search(name)]

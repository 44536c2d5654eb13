"""What a story says of itself, as an editor types it, and what others have changed of that."""

from typing import Final

from events.errors import UnknownStoryError
from events.fold.story import fold_of
from events.fold.undone import at_version
from events.ledger import Ledger
from events.model.events import StoryOpened

FIELDS: Final = {
    "headline": "Headline",
    "summary": "Summary",
    "subjects": "Topics",
    "language": "Language",
    "origins": "Who speaks for whom",
}


def header_texts(ledger: Ledger, slug: str, version: int = 0) -> dict[str, str]:
    """Return the fields of a story's header as they are typed: as of a `version`, or now; UnknownStoryError."""
    header = _header(ledger, slug, version)
    return {
        "headline": header.headline,
        "summary": (header.summary or "").strip(),
        "subjects": ", ".join(header.subjects),
        "language": header.language or "",
        "origins": "\n".join(f"{origin}={', '.join(names)}" for origin, names in header.origins.items()),
    }


def header_changes(ledger: Ledger, slug: str, seen: int) -> tuple[str, ...]:
    """Return in words what has changed of a header since a version of its story."""
    was, now = header_texts(ledger, slug, seen), header_texts(ledger, slug)
    return tuple(
        f"{name}: {was[field] or 'none'} → {now[field] or 'none'}"
        for field, name in FIELDS.items()
        if was[field] != now[field]
    )


def _header(ledger: Ledger, slug: str, version: int) -> StoryOpened:
    if version:
        header = fold_of(slug, at_version(ledger.events(slug), version)).header
    else:
        with ledger.store.reading() as reading:
            header = ledger.folds.of(reading, slug).header
    if header is None:
        raise UnknownStoryError(slug, stories=ledger.stories())
    return header

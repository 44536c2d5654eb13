"""Short files of events, and the messages with which bad ones are refused."""

from datetime import UTC, datetime

import pytest

from events.errors import InvalidError
from events.files.importer import Format, Incoming, read_events
from events.model.events import AnyEvent, Erased, Recorded
from events.model.validation import EVENT_TYPES

RECORDED = datetime(2015, 1, 12, 14, 30, tzinfo=UTC)
OPENED = '{"type":"story_opened","story":"cuba-53","headline":"Prisoners"}'
OPENED_YAML = "- type: story_opened\n  story: cuba-53\n  headline: Prisoners\n"
OPENED_ID = "sha256:2bbc2fd04d7ab2a271eadcf7992a0a9d"
TYPES = ", ".join(EVENT_TYPES)
OPENED_FIELDS = (
    "id, story, reported_at, published_at, embargoed_until, actor, type, headline, summary, language, subjects, "
    "origins, facts"
)
NO_FRONT_MATTER = (
    "F:1: front_matter: there is no front matter in line 1.\n"
    "  Begin the file with a line ---, then fields such as headline: Two hurt, then another line ---, then the text."
)
EMPTY = "F:1: empty: the file holds no events.\n  See: writethru import --help"
NO_EVENT = (
    "shape: an event is an object with fields such as type and story.\n"
    "  Each line, or each item of a YAML list, is one event."
)


def not_plain(text: str, *, plain: str = "digits, such as 7.8") -> str:
    return f"{text} is not a plain number such as 53 or 7.8.\n  Write {plain}, or a text in quotes."


def read(text: str | bytes, form: Format = "jsonl") -> list[Incoming]:
    return read_events(text.encode() if isinstance(text, str) else text, name="F", format=form)


def refused(text: str | bytes, form: Format = "jsonl") -> list[str]:
    with pytest.raises(InvalidError) as caught:
        read(text, form)
    return [str(problem) for problem in caught.value.problems]


def with_field(json_field: str) -> str:
    return f"{OPENED[:-1]},{json_field}}}"


def recorded(event: AnyEvent | Erased, *, position: int = 7) -> Recorded:
    return Recorded(position, 3, RECORDED, event)

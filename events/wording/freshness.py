"""How fresh a fact is, in words: `Last changed 2 March 2026, last checked 5 March 2026 by Ana Ruiz (Port)`."""

from typing import Final

from events.fold.freshness import CheckedValue, FactCheck, changed_at, confirmed_at
from events.fold.known_fact import KnownFact
from events.wording.catalogue import comma_list, day_words
from events.wording.language import ENGLISH, Term, Words
from events.wording.values import speakers_words, when_words

_NOTES: Final[dict[CheckedValue, Term | None]] = {
    "current": None,
    "former": Term("what was checked", "before the change"),
    "another": Term("what was checked", "without confirming this value"),
}


def freshness_line(item: KnownFact, check: FactCheck | None, words: Words = ENGLISH) -> str:
    """Return when a fact changed last, was confirmed last and was checked last, as far as it was."""
    confirmed = confirmed_at(item)
    dates = [
        words.gettext("last changed {day}", day=day_words(changed_at(item), words)),
        "" if confirmed is None else words.gettext("last confirmed {day}", day=day_words(confirmed, words)),
        "" if check is None else check_words(check, item, words),
    ]
    return words.sentence(comma_list(dates, words))


def check_words(check: FactCheck, item: KnownFact, words: Words = ENGLISH) -> str:
    """Return when a fact was checked last, and by whom; and if not the current value was checked, that."""
    day, who, note = when_words(check.on, words), speakers_words(check.said_by, words), _NOTES[check.about(item)]
    text = words.gettext("last checked {day} by {who}", day=day, who=who) if who else ""
    text = text or words.gettext("last checked {day}", day=day)
    return text if note is None else words.gettext("{text}, {item}", text=text, item=words.term(note))

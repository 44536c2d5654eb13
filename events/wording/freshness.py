"""How fresh a fact is, in words: `Last changed 2 March 2026, last checked 5 March 2026 by Ana Ruiz (Port)`."""

from events.fold.facts import KnownFact
from events.fold.freshness import FactCheck, changed_at, confirmed_at
from events.wording.catalogue import comma_list, day_words
from events.wording.language import ENGLISH, Words
from events.wording.values import speakers_words, when_words


def freshness_line(item: KnownFact, check: FactCheck | None, words: Words = ENGLISH) -> str:
    """Return when a fact changed last, was confirmed last and was checked last, as far as it was."""
    confirmed = confirmed_at(item)
    dates = [
        words.gettext("last changed {day}", day=day_words(changed_at(item), words)),
        "" if confirmed is None else words.gettext("last confirmed {day}", day=day_words(confirmed, words)),
        "" if check is None else check_words(check, words),
    ]
    return words.sentence(comma_list(dates, words))


def check_words(check: FactCheck, words: Words = ENGLISH) -> str:
    """Return when a fact was checked last, and by whom."""
    day, who = when_words(check.on, words), speakers_words(check.said_by, words)
    if not who:
        return words.gettext("last checked {day}", day=day)
    return words.gettext("last checked {day} by {who}", day=day, who=who)

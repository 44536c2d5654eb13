"""Lists of words, written as text. Pure."""


def word_list(words: str) -> tuple[str, ...]:
    """Return the words of a text, in its order."""
    return tuple(words.split())


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())

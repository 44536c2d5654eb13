"""The direction of a page, from its language tag (BCP 47)."""

_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "nkoo", "syrc", "thaa"})


def direction(language: str) -> str:
    """Return "rtl" or "ltr", the direction in which a language is written; by its script if the tag names one."""
    primary, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    to_left = primary in _RIGHT_TO_LEFT if script is None else script in _SCRIPTS
    return "rtl" if to_left else "ltr"

"""Writes feed/languages/cldr.jsonl: how languages write numbers, dates and lists, from Unicode's CLDR through Babel.

It is run by hand, `python -m tests.cldr`, when a language is to be added or CLDR has corrected one. What is published
does not depend on the version of Babel.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.localedata import locale_identifiers

FILE: Final = Path(__file__).parents[1] / "feed/languages/cldr.jsonl"
SPECIAL: Final = ("ckb", "fil", "pt_PT", "sr_Latn", "uz_Cyrl", "yue", "zh_Hant")
"""Locales besides those of two letters: large languages, and variants that write otherwise than their language."""
_FIELD = re.compile(r"'([^']*)'|(G+)|(y+)|(M+)|(L+)|(d+)|(H+)|(m+)|([^A-Za-z']+)")


class UnusableError(Exception):
    """CLDR has a field in a pattern that we do not write."""


def languages() -> list[str]:
    """Return the locales to write."""
    names = [name for name in locale_identifiers() if re.fullmatch("[a-z]{2}", name) and name != "en"]
    return sorted([*names, *SPECIAL])


def pattern(cldr: str, locale: Locale, dates: str = "") -> str:
    """Return a CLDR pattern as one of ours: `d 'de' MMMM` → `{d} de {MMMM}`; of one of two `dates`, `{0[d]}`."""

    def field(match: re.Match[str]) -> str:
        quoted, era, year, month, alone, day, hour, minute, text = match.groups()
        if text is not None:
            return text
        if quoted is not None:
            return quoted or "'"
        if era:
            return str(locale.eras["abbreviated"][1])
        name = {
            year: "y", month: "MMMM" if month and len(month) > 2 else month, day: day, hour: hour, minute: minute,
            alone: "LLLL" if alone and len(alone) > 2 else (alone or "").replace("L", "M"),
        }[year or month or alone or day or hour or minute]  # fmt: skip
        return f"{{{dates}[{name}]}}" if dates else f"{{{name}}}"

    if _FIELD.sub("", cldr):
        raise UnusableError(cldr)
    return _FIELD.sub(field, cldr)


def interval(locale: Locale, skeletons: tuple[str, ...], difference: str) -> str:
    """Return the pattern of two dates whose greatest difference is in the year, month or day."""
    formats = locale.interval_formats
    for skeleton in skeletons:
        parts = (formats.get(skeleton) or {}).get(difference)
        if parts and len(parts) == 2:
            return pattern(parts[0], locale, "0") + pattern(parts[1], locale, "1")
    raise UnusableError(f"no interval of {skeletons}")


def patterns(name: str) -> Mapping[str, Any]:
    """Return the fields of `events.wording.language.Patterns` for one locale."""
    locale = Locale.parse(name)
    if locale.months["format"]["wide"][1] == "M01":
        raise UnusableError("CLDR has no names of months")
    months, symbols, lists = locale.months, locale.number_symbols["latn"], locale.list_patterns["standard"]
    digits = locale.decimal_formats[None].pattern.split(";")[0]
    sizes = [len(part) for part in digits.partition(".")[0].split(",")[:0:-1]] or [3]
    percent = re.sub("[#0,.]+", "{0}", locale.percent_formats[None].pattern.split(";")[0])
    mark = "\u200e" if symbols["minusSign"].startswith(("\u200e", "\u200f")) else ""
    return {
        "language": name.replace("_", "-").lower(),
        "months": [months["format"]["wide"][number] for number in range(1, 13)],
        "months_alone": [months["stand-alone"]["wide"][number] for number in range(1, 13)],
        "year": pattern(locale.datetime_skeletons["y"].pattern, locale),
        "month": pattern(locale.datetime_skeletons["yMMMM"].pattern, locale),
        "day": pattern(locale.date_formats["long"].pattern, locale),
        "time": pattern(locale.datetime_skeletons["Hm"].pattern, locale),
        "years": interval(locale, ("y",), "y"),
        "months_of_year": interval(locale, ("yMMMM", "yMMM"), "M"),
        "days_of_month": interval(locale, ("yMMMMd", "yMMMd"), "d"),
        "days_of_year": interval(locale, ("yMMMMd", "yMMMd"), "M"),
        "between": locale.interval_formats[None],
        "pair": lists["2"],
        "start": lists["start"],
        "middle": lists["middle"],
        "end": lists["end"],
        "numbers": [symbols["decimal"], symbols["group"], f"{mark}−"],
        "groups": [sizes[0], sizes[1] if len(sizes) > 1 else sizes[0]],
        "percent": percent.replace("%", symbols["percentSign"]),
    }


def text() -> str:
    """Return the file: a line for each language."""
    lines = []
    for name in languages():
        try:
            lines.append(json.dumps(patterns(name), ensure_ascii=False, separators=(",", ":")))
        except (UnusableError, KeyError, AttributeError) as error:
            print(f"{name} is left out: {error}")  # noqa: T201
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

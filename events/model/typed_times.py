"""Times as people type them → RFC 3339 and EDTF (events/README.md#typed-times).

People leave out the seconds, the zone, or today's date, and write months as words. What is stored stays strict, and a
text that could mean two times is refused. Pure: the caller passes the zone and the current time. A refusal is a
`ValueError` of one sentence that says what to write.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, NamedTuple

from events.model.edtf import format_instant, instant, is_strange, refusal

_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR, _DAY = r"(?P<year>[0-9]{4})", r"(?P<day>[0-9]{1,2})"
# Not compiled here: only a time that somebody has typed needs them.
_NAMED_DATE = rf"(?:{_DAY}\s+)?{_MONTH}\s+{_YEAR}|"
_NAMED_DATE_US = rf"{_MONTH}\s+{_DAY},\s*{_YEAR}"
_TIME_OF_DAY = (
    r"(?:(?P<date>.*?[0-9])(?:[Tt]|,?\s+))?(?P<clock>(?:[01]?[0-9]|2[0-3]):[0-5][0-9])"
    r"(?P<seconds>:[0-5][0-9](?:\.[0-9]{1,6})?)?\s*(?P<zone>[Zz]|UTC|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _no_notice(text: str, reading: str) -> None:
    """Say nothing."""


class TypedTimes(NamedTuple):
    """How typed times are read.

    zone: the zone of a time that states none; without it, such a time is refused
    now: its day is the day of a time without a date; without it, such a time is refused
    notice: is called with a text and its reading if something was added to the text
    example: a date and a time as a form asks for them; its refusals name it, where those of programs name RFC 3339
    """

    zone: tzinfo | None = None
    now: datetime | None = None
    notice: Callable[[str, str], None] = _no_notice
    example: str = ""

    def instant(self, text: str) -> datetime:
        """Return the instant that `text` states."""
        bare = text.strip()
        stated = self._rfc3339(bare)
        if stated is None and self.example:
            raise refusal(text, f"is not a date and a time: write them as in {self.example}")
        return instant(stated or _iso_date(bare) or text)

    def edtf(self, text: str) -> str:
        """Return the EDTF of a typed date, time, or interval of them; what is neither is returned as it is."""
        return "/".join(map(self._edtf_end, text.split("/")))

    def day(self, text: str) -> str:
        """Return the ISO date of a day that is typed with its month as a word; any other text as it is."""
        return _iso_date(text) or text

    def _edtf_end(self, text: str) -> str:
        bare = text.strip()
        qualifier = bare[-1] if bare.endswith(("?", "~", "%")) else ""
        bare = bare.removesuffix(qualifier).rstrip()
        if date := _iso_date(bare):
            self.notice(text, date + qualifier)
            return date + qualifier
        stated = self._rfc3339(bare)
        if stated is None and self.example and is_strange(bare):
            day = self.example.partition(" ")[0]
            raise refusal(text, f"is not a date: write it as in {day}, or with its time, as in {self.example}")
        return text if stated is None else stated + qualifier

    def _rfc3339(self, text: str) -> str | None:
        """Return a date and a time with seconds and zone; None if `text` is not a time of day, or needs nothing."""
        parts = re.fullmatch(_TIME_OF_DAY, text)
        if parts is None:
            return None
        date, seconds, stated = parts["date"], parts["seconds"] or ":00", parts["zone"]
        if date is not None and not re.fullmatch(_ISO_DAY, date):
            date = _iso_date(date)
            if date is None or not re.fullmatch(_ISO_DAY, date):
                return None
        zone = self._zone(text, stated)
        if date is None:
            if self.now is None:
                raise ValueError(f'"{text}" has no date: write it too, as in 2015-01-21T{text}.')
            date = self.now.astimezone(zone).date().isoformat()
        at = f"{date}T{parts['clock']:0>5}{seconds}"
        reading = f"{at}{'Z' if stated in {'Z', 'z', 'UTC'} else stated}" if stated else _in_zone(text, at, zone)
        if not stated or parts["date"] != date:
            self.notice(text, reading)
        return reading

    def _zone(self, text: str, stated: str | None) -> tzinfo:
        if stated in {"Z", "z", "UTC"}:
            return UTC
        if stated is not None:
            hours, minutes = int(stated[1:3]), int(stated[4:])
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if stated[0] == "-" else offset)
        if self.zone is None:
            settings = ', or set recording.time_zone in writethru.toml, such as "Europe/Berlin"'
            raise ValueError(
                f'"{text}" has no time zone: write {text}Z for UTC, {text}+02:00 for another zone'
                f"{'' if self.example else settings}."
            )
        return self.zone


def _iso_date(text: str) -> str | None:
    """Return the ISO date of "27 Nov 2026", "Nov 27, 2026" or "November 2026", None if `text` is no such date."""
    parts = re.fullmatch(_NAMED_DATE, text, re.IGNORECASE) or re.fullmatch(_NAMED_DATE_US, text, re.IGNORECASE)
    if parts is None or parts["month"] is None:
        return None
    month = _MONTHS.index(parts["month"][:3].lower()) + 1
    date = f"{parts['year']}-{month:02}"
    return f"{date}-{int(parts['day']):02}" if parts["day"] else date


def _in_zone(text: str, at: str, zone: tzinfo) -> str:
    """Return RFC 3339 text of the local time `at`; ValueError if clocks are put back or forward at that time."""
    try:
        local = datetime.fromisoformat(at)
    except ValueError:
        return f"{at}Z"  # no day of the calendar: the strict parser says so
    try:
        early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if early != late:
            readings = " or ".join(_with_offset(moment, zone) for moment in sorted((early, late)))
            fault = "occurs twice" if early < late else "does not exist"
            raise ValueError(f'"{text}" {fault} in {zone}, because clocks are changed then: write {readings}.')
    except OverflowError:
        raise ValueError(f'"{text}" falls outside the years 0001 to 9999 in UTC: write it in UTC.') from None
    return _with_offset(early, zone)


def _with_offset(moment: datetime, zone: tzinfo) -> str:
    """Return `moment` as RFC 3339 with the offset of `zone`; in UTC if the offset is not whole minutes."""
    local = moment.astimezone(zone)
    offset = local.utcoffset()
    return format_instant(moment) if offset is None or offset.seconds % 60 else local.isoformat()


def is_day_in_words(text: str) -> bool:
    """Return True if `text` is a day whose month is a word, with or without a year: 5 December, Dec 5, 2026."""
    dated = text if re.search("[0-9]{4}", text) else f"{text}{',' * text[-1:].isdigit()} 2000"
    return re.search("[0-9]", text) is not None and _iso_date(dated) is not None

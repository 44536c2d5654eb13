"""Times as people type them: what is added, and what is refused because it could mean two times."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from events.model.edtf import instant, parse_when
from events.model.typed_times import TypedTimes

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)  # in Berlin it is the 29th already
AT_HOME = TypedTimes(zone=BERLIN, now=NOW)
IN_FILES = TypedTimes()

INSTANTS = {
    "2026-11-28T14:30:00Z": "2026-11-28T14:30:00Z",
    "2026-11-28T14:30Z": "2026-11-28T14:30:00Z",
    "2026-11-28 14:30:15.5+02:00": "2026-11-28T12:30:15.5Z",
    "2026-11-28T14:30": "2026-11-28T13:30:00Z",
    "2026-07-28 14:30": "2026-07-28T12:30:00Z",
    "14:30": "2026-11-29T13:30:00Z",
    "9:30": "2026-11-29T08:30:00Z",
    "14:00Z": "2026-11-28T14:00:00Z",
    "14:00 UTC": "2026-11-28T14:00:00Z",
    "14:30-05:00": "2026-11-28T19:30:00Z",
    "27 Nov 2026 14:30": "2026-11-27T13:30:00Z",
    "27 november 2026, 14:30Z": "2026-11-27T14:30:00Z",
    "Sept. 1, 2026 14:30Z": "2026-09-01T14:30:00Z",
    "1880-01-01T10:00": "1880-01-01T09:06:32Z",  # an offset of 53 minutes and 28 seconds
}


@pytest.mark.parametrize("text", INSTANTS)
def test_typed_time_is_an_instant(text: str) -> None:
    assert AT_HOME.instant(text) == instant(INSTANTS[text])


DATES = {
    "27 Nov 2026": "2026-11-27",
    "November 27, 2026": "2026-11-27",
    "Nov 2026~": "2026-11~",
    "26 Nov 2026/27 Nov 2026": "2026-11-26/2026-11-27",
    "../14:30": "../2026-11-29T14:30:00+01:00",
    "2026-11-28T14:30?": "2026-11-28T14:30:00+01:00?",
    "2026": "2026",
    "2026-11-28T14:30:00Z": "2026-11-28T14:30:00Z",
}


@pytest.mark.parametrize("text", DATES)
def test_typed_date_is_edtf(text: str) -> None:
    edtf = AT_HOME.edtf(text)
    assert edtf == DATES[text]
    assert parse_when(edtf).edtf == edtf


def test_time_without_zone_is_refused_with_the_forms() -> None:
    for text in ("14:30", "2026-11-28T14:30", "27 Nov 2026 14:30"):
        with pytest.raises(ValueError, match="has no time zone") as caught:
            TypedTimes(now=NOW).instant(text)
        assert str(caught.value) == (
            f'"{text}" has no time zone: write {text}Z for UTC, {text}+02:00 for another zone, '
            'or set recording.time_zone in writethru.toml, such as "Europe/Berlin".'
        )
        assert TypedTimes(now=NOW).instant(f"{text}Z") != TypedTimes(now=NOW).instant(f"{text}+02:00")


def test_time_without_day_is_refused_where_none_is_today() -> None:
    with pytest.raises(ValueError, match=r'"14:30Z" has no date: write it too, as in 2015-01-21T14:30Z\.'):
        IN_FILES.instant("14:30Z")
    assert IN_FILES.instant("2015-01-21T14:30Z") == instant("2015-01-21T14:30:00Z")


CLOCK_CHANGES = {
    "2026-10-25T02:30": "occurs twice in Europe/Berlin, because clocks are changed then: "
    "write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00.",
    "2026-03-29 02:30": "does not exist in Europe/Berlin, because clocks are changed then: "
    "write 2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00.",
}


@pytest.mark.parametrize("text", CLOCK_CHANGES)
def test_time_at_a_change_of_clocks_is_refused(text: str) -> None:
    for read in (AT_HOME.instant, AT_HOME.edtf):
        with pytest.raises(ValueError, match="clocks are changed") as caught:
            read(text)
        assert str(caught.value) == f'"{text}" {CLOCK_CHANGES[text]}'


REFUSED = [
    "tomorrow",
    "25:00",
    "2:30 pm",
    "2026-02-30T10:00",
    "32 Nov 2026 10:00",
    "27 Nov 2026",
    "Nov 2026 10:00",
    "0001-01-01T00:10",
]


@pytest.mark.parametrize("text", REFUSED)
def test_other_words_are_refused_with_a_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as|as in|correct its|write it in UTC"):
        AT_HOME.instant(text)


def test_what_is_added_is_noticed_and_nothing_else() -> None:
    readings: list[tuple[str, str]] = []
    times = TypedTimes(zone=BERLIN, now=NOW, notice=lambda text, reading: readings.append((text, reading)))
    for text in ("2026-11-28T14:30Z", "2026-11-28", "14:00Z", "14:30", "27 Nov 2026"):
        times.edtf(text)
    assert readings == [
        ("14:00Z", "2026-11-28T14:00:00Z"),
        ("14:30", "2026-11-29T14:30:00+01:00"),
        ("27 Nov 2026", "2026-11-27"),
    ]

"""Charts: a number that moves is drawn as it moved; what is no number, or does not move, is not drawn."""

from collections.abc import Sequence
from typing import Any

import pytest

from events.wording.expectations import promise_names
from feed.pages.charts import HEIGHT, STEPS_MAX, WIDTH, Chart, Schedule, chart, schedule
from tests.builders import Scenario, claim

RANGE = claim("freed", {"min": 1, "max": 52})
HALF, ALL = claim("freed", 26), claim("freed", 53)
DAYS = ("2026-03-06", "2026-03-08", "2026-03-12", "2026-03-13", "2026-03-14")


def charted(*claims: dict[str, Any], reported: Sequence[str] = DAYS) -> Chart | None:
    story = Scenario()
    for number, (stated, at) in enumerate(zip(claims, reported, strict=False)):
        story.report(f"d{number}", stated, by="Ann (Port)", at=at)
    return chart(story.state().facts["freed"])


def drawn(*claims: dict[str, Any], reported: Sequence[str] = DAYS) -> Chart:
    made = charted(*claims, reported=reported)
    assert made is not None
    return made


def test_range_is_a_band_and_the_exact_value_a_step() -> None:
    made = drawn(RANGE, HALF, ALL)
    one, two, three = made.marks
    assert one.bottom - one.top > 100
    assert (two.bottom, three.bottom) == (two.top, three.top)
    assert one.top < one.y < one.bottom
    assert (one.x, three.x) == (8, WIDTH - 8)
    assert three.y == made.ceiling < made.base == one.bottom <= HEIGHT
    assert made.line == f"M{one.x} {one.y}H{two.x}V{two.y}H{three.x}V{three.y}H{WIDTH - 8.0}"
    assert (made.first, made.last, made.least, made.most) == ("6 March 2026", "12 March 2026", "1", "53")
    assert [mark.words for mark in made.marks] == [
        "6 March 2026, 12:00 UTC: 1–52, Ann (Port)",
        "8 March 2026, 12:00 UTC: 26, Ann (Port)",
        "12 March 2026, 12:00 UTC: 53, Ann (Port)",
    ]


def test_readings_of_one_day_are_apart_and_have_hours() -> None:
    today = [f"2026-03-06T{hour:02}:00:00Z" for hour in (8, 10, 16)]
    made = drawn(*(claim("freed", n, as_of="2026-03-06") for n in (3, 5, 9)), reported=today)
    one, two, three = made.marks
    assert three.x - two.x == pytest.approx(3 * (two.x - one.x), abs=0.2)
    assert (made.first, made.last) == ("6 March 2026, 08:00 UTC", "6 March 2026, 16:00 UTC")


def test_chart_of_three_days_or_more_has_days_alone() -> None:
    ends = ("2026-03-06T12:00:00Z", "2026-03-07", "2026-03-09T11:59:00Z")
    assert drawn(RANGE, HALF, ALL, reported=ends).last == "9 March 2026, 11:59 UTC"
    assert drawn(RANGE, HALF, ALL, reported=(*ends[:2], "2026-03-09T12:00:00Z")).last == "9 March 2026"


def test_report_of_an_earlier_time_that_came_late_is_not_drawn() -> None:
    days = [claim("freed", n, as_of=f"2026-03-0{n}") for n in (2, 4, 5)]
    made = drawn(*days, claim("freed", 3, as_of="2026-03-03"))
    assert [mark.words.partition(": ")[2] for mark in made.marks] == ["2, Ann (Port)", "4, Ann (Port)", "5, Ann (Port)"]


def test_decimals_and_open_ranges_are_drawn() -> None:
    made = drawn(
        claim("freed", {"decimal": "7.5"}), claim("freed", {"min": 9}), claim("freed", {"min": "2.5", "max": 4})
    )
    assert (made.least, made.most) == ("2.5", "9")


@pytest.mark.parametrize(
    "claims",
    [
        [ALL],
        [RANGE, ALL],
        [ALL, ALL, ALL],
        [RANGE, HALF, claim("freed", value=True)],
        [RANGE, HALF, claim("freed", "a spark")],
        [RANGE, HALF, claim("freed", {"date": "2015"})],
        [RANGE, HALF, claim("freed", stance="denies")],
    ],
)
def test_other_facts_have_no_chart(claims: list[dict[str, Any]]) -> None:
    assert charted(*claims) is None


def test_fact_that_nobody_asserts_is_not_drawn() -> None:
    assert charted(claim("freed", stance="withholds")) is None


def scheduled(**dues: object) -> Schedule | None:
    expects = [{"id": name, "what": f"It is {name}", **({"due": due} if due else {})} for name, due in dues.items()]
    state = Scenario().report("d1", expects=expects).state("2026-03-03")
    awaited = ((expected, state.status_of(expected)) for expected in state.by_urgency)
    return schedule(awaited, promise_names(state))


def test_schedule_has_a_bar_for_each_window_on_one_scale() -> None:
    made = scheduled(
        late="2026-03-01", soon="2026-03-03/2026-03-05", open="2026-03-10/..", undated=None, worded={"literal": "soon"}
    )
    assert made is not None
    late, soon, open_ = made.bars
    assert (late.x, late.status, late.words) == (8, "overdue", "It is late")
    assert soon.width == pytest.approx(3 * late.width, abs=0.3)
    assert open_.x + open_.width == pytest.approx(WIDTH - 8, abs=0.3)
    assert (made.first, made.last) == ("1 March 2026", "10 March 2026")
    assert late.y < soon.y < open_.y < made.height


def test_one_date_alone_is_no_schedule() -> None:
    assert scheduled(soon="2026-03-03", undated=None) is None


def test_chart_has_one_unit_and_names_it() -> None:
    units = ("acres", "acres", "hectares", "Acres")
    areas = (12_000, 12_300, 5_000, 12_600)
    made = drawn(*(claim("freed", area, unit=unit) for area, unit in zip(areas, units, strict=True)))
    assert (made.least, made.most, len(made.marks)) == ("12,000 Acres", "12,600 Acres", 3)


def test_chart_has_no_claim_without_the_unit() -> None:
    percents = [claim("freed", n, unit="%") for n in (12, 14, 16)]
    assert charted(claim("freed", 7), *percents[:2]) is None
    made = drawn(claim("freed", 7), *percents)
    assert [mark.words.partition(": ")[2] for mark in made.marks] == [
        "12%, Ann (Port)",
        "14%, Ann (Port)",
        "16%, Ann (Port)",
    ]
    assert (made.least, made.most) == ("12%", "16%")


def test_chart_has_the_last_steps_of_a_number_that_moves_on_and_on() -> None:
    count = STEPS_MAX + 3
    days = [f"2026-{3 + number // 28:02}-{1 + number % 28:02}T12:00:00Z" for number in range(10, 10 + count)]
    made = drawn(*(claim("freed", number) for number in range(count)), reported=days)
    assert len(made.marks) == STEPS_MAX

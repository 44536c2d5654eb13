"""Charts: a number that moves is drawn as it moved; what is no number, or does not move, is not drawn."""

from typing import Any

import pytest

from feed.pages.charts import HEIGHT, WIDTH, Chart, Schedule, chart, schedule
from tests.builders import Scenario, claim

RANGE = claim("freed", {"min": 1, "max": 52}, as_of="2015-01-06")
ALL = claim("freed", 53, as_of="2015-01-12")


def charted(*claims: dict[str, Any]) -> Chart | None:
    story = Scenario()
    for number, stated in enumerate(claims):
        story.report(f"d{number}", stated, by="Ann (Port)")
    return chart(story.state().facts["freed"])


def drawn(*claims: dict[str, Any]) -> Chart:
    made = charted(*claims)
    assert made is not None
    return made


def test_range_is_a_band_and_the_exact_value_a_step() -> None:
    made = drawn(RANGE, ALL)
    one, two = made.marks
    assert one.bottom - one.top > 100
    assert two.bottom == two.top
    assert one.top < one.y < one.bottom
    assert (one.x, two.x) == (8, WIDTH - 8)
    assert two.y == made.ceiling < made.base == one.bottom <= HEIGHT
    assert made.line == f"M{one.x} {one.y}H{two.x}V{two.y}H{WIDTH - 8.0}"
    assert (made.first, made.last, made.least, made.most) == ("6 January 2015", "12 January 2015", "1", "53")
    assert [mark.words for mark in made.marks] == [
        "6 January 2015: 1–52, Ann (Port)",
        "12 January 2015: 53, Ann (Port)",
    ]


def test_steps_are_in_the_order_of_which_they_speak() -> None:
    assert [mark.words for mark in drawn(ALL, RANGE).marks] == [mark.words for mark in drawn(RANGE, ALL).marks]


def test_instants_of_one_day_are_apart() -> None:
    hours = [claim("freed", hour, as_of=f"2026-03-01T{hour:02}:00:00Z") for hour in (8, 10, 16)]
    one, two, three = drawn(*hours).marks
    assert three.x - two.x == pytest.approx(3 * (two.x - one.x), abs=0.2)


def test_decimals_open_ranges_and_wide_times_are_drawn() -> None:
    made = drawn(
        claim("freed", {"decimal": "7.5"}, as_of="2025-03"),
        claim("freed", {"min": 9}, as_of={"edtf": "2025-04-02", "literal": "Thursday"}),
        claim("freed", {"min": "2.5", "max": 4}, as_of="2025-04-05/.."),
    )
    assert (made.first, made.least, made.most) == ("31 March 2025", "2.5", "9")


def test_value_that_stays_has_a_level_line() -> None:
    one, two = drawn(claim("freed", 3, as_of="2026-02-02"), claim("freed", 3, as_of="2026-02-04")).marks
    assert one.y == two.y


@pytest.mark.parametrize(
    "claims",
    [
        [ALL],
        [ALL, ALL],
        [RANGE, claim("freed", value=True, as_of="2015-01-12")],
        [RANGE, claim("freed", "a spark", as_of="2015-01-12")],
        [RANGE, claim("freed", {"date": "2015"}, as_of="2015-01-12")],
        [RANGE, claim("freed", stance="denies", as_of="2015-01-12")],
    ],
)
def test_other_facts_have_no_chart(claims: list[dict[str, Any]]) -> None:
    assert charted(*claims) is None


def test_fact_that_nobody_asserts_is_not_drawn() -> None:
    assert charted(claim("freed", stance="withholds")) is None


def scheduled(**dues: object) -> Schedule | None:
    expects = [{"id": name, "what": f"It is {name}", **({"due": due} if due else {})} for name, due in dues.items()]
    state = Scenario().report("d1", expects=expects).state("2026-03-03")
    return schedule((expected, state.status_of(expected)) for expected in state.by_urgency)


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
    acres = [claim("area", n, unit="acres", as_of=f"2026-02-0{day}") for day, n in ((1, 12_000), (3, 12_600))]
    hectares = claim("area", 5_000, unit="hectares", as_of="2026-02-02")
    story = Scenario().report("d1", acres[0]).report("d2", hectares).report("d3", acres[1] | {"unit": "Acres"})
    made = chart(story.state().facts["area"])
    assert made is not None
    assert (made.least, made.most, len(made.marks)) == ("12,000 Acres", "12,600 Acres", 2)


def test_chart_has_no_claim_without_the_unit() -> None:
    plain, percent = claim("hurt", 7, as_of="2026-02-01"), claim("hurt", 12, unit="%", as_of="2026-02-02")
    more = percent | {"value": 14, "as_of": "2026-02-03"}
    story = Scenario().report("d1", plain, by="Bo (Port)").report("d2", percent, by="Ann (Clinic)")
    assert chart(story.state().facts["hurt"]) is None
    made = chart(story.report("d3", more, by="Ann (Clinic)").state().facts["hurt"])
    assert made is not None
    assert [mark.words for mark in made.marks] == [
        "2 February 2026: 12%, Ann (Clinic)",
        "3 February 2026: 14%, Ann (Clinic)",
    ]
    assert (made.least, made.most) == ("12%", "14%")

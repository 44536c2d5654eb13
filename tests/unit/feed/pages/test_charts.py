"""Charts: a number that moves is drawn as it moved; whatever is no number, or does not move, is not."""

from typing import Any

import pytest

from feed.pages.charts import HEIGHT, WIDTH, Chart, chart, schedule

RANGE = {"value": {"min": 1, "max": 52}, "as_of": "2015-01-06", "relation": "new"}
ALL = {"value": 53, "as_of": "2015-01-12", "relation": "advances"}


def drawn(*history: dict[str, Any]) -> Chart:
    made = chart(history, [f"step {number}" for number in range(len(history))])
    assert made is not None
    return made


def test_range_is_a_band_and_the_exact_value_a_step() -> None:
    made = drawn(RANGE, ALL)
    one, two = made.marks
    assert (one.bottom - one.top > 100, two.bottom - two.top) == (True, 0)
    assert one.top < one.y < one.bottom
    assert (one.x, two.x) == (8, WIDTH - 8)
    assert two.y == made.ceiling < made.base == one.bottom <= HEIGHT
    assert made.line == f"M{one.x} {one.y}H{two.x}V{two.y}H{WIDTH - 8.0}"
    assert (made.first, made.last, made.least, made.most) == ("6 January 2015", "12 January 2015", "1", "53")
    assert [mark.words for mark in made.marks] == ["step 0", "step 1"]


def test_steps_stand_in_the_order_of_which_they_speak() -> None:
    assert [mark.words for mark in drawn(ALL, RANGE).marks] == ["step 1", "step 0"]


def test_instants_of_one_day_part_steps() -> None:
    hours = [{"value": hour, "as_of": f"2026-03-02T{hour:02}:00:00Z"} for hour in (8, 10, 16)]
    one, two, three = drawn(*hours).marks
    assert three.x - two.x == pytest.approx(3 * (two.x - one.x), abs=0.2)


def test_decimals_open_ranges_and_wide_times_are_drawn() -> None:
    made = drawn(
        {"value": {"decimal": "7.5"}, "as_of": "2026-03"},
        {"value": {"min": 9}, "as_of": {"edtf": "2026-04-02", "literal": "Thursday"}},
        {"value": {"min": {"decimal": "2.5"}, "max": 4}, "as_of": "2026-04-05/.."},
    )
    assert (made.first, made.least, made.most) == ("31 March 2026", "2.5", "9")


def test_value_that_stays_has_a_level_line() -> None:
    one, two = drawn({"value": 3, "as_of": "2026-03-02"}, {"value": 3, "as_of": "2026-03-04"}).marks
    assert one.y == two.y


@pytest.mark.parametrize(
    "history",
    [
        [],
        [ALL],
        [ALL, ALL],
        [RANGE, {"value": True, "as_of": "2015-01-12"}],
        [RANGE, {"value": "a spark", "as_of": "2015-01-12"}],
        [RANGE, {"value": {"date": "2015"}, "as_of": "2015-01-12"}],
        [RANGE, {"value": 4}],
        [RANGE, {"value": 4, "as_of": {"literal": "lately"}}],
        [RANGE, {**ALL, "relation": "withdrawn"}],
        [RANGE, {"value": {"min": "a", "max": 4}, "as_of": "2015-01-12"}],
    ],
)
def test_what_is_no_number_that_moves_is_not_drawn(history: list[dict[str, Any]]) -> None:
    assert chart(history, [""] * len(history)) is None


def awaited(name: str, due: object, status: str = "pending") -> dict[str, Any]:
    return {"id": name, "what": f"It is {name}", "status": status, "due": due}


def test_schedule_has_a_bar_for_each_window_on_one_scale() -> None:
    made = schedule(
        [
            awaited("late", "2026-03-01", "overdue"),
            awaited("soon", {"edtf": "2026-03-03/2026-03-05"}),
            awaited("open", "2026-03-10/.."),
            awaited("undated", None),
            awaited("worded", {"literal": "soon"}),
        ]
    )
    assert made is not None
    late, soon, open_ = made.bars
    assert (late.x, late.status, late.words) == (8, "overdue", "It is late")
    assert soon.width == pytest.approx(3 * late.width, abs=0.3)
    assert open_.x + open_.width == pytest.approx(WIDTH - 8, abs=0.3)
    assert (made.first, made.last) == ("1 March 2026", "10 March 2026")
    assert late.y < soon.y < open_.y < made.height


def test_one_date_alone_is_no_schedule() -> None:
    assert schedule([awaited("soon", "2026-03-03"), awaited("undated", None)]) is None

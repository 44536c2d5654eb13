"""Random dates, instants and texts of EDTF."""

from datetime import UTC, date, timedelta, timezone

from hypothesis import strategies as st

from events.model.edtf import Bounds, format_instant, parse_edtf

dates = st.dates()
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(timezones=st.just(UTC))
points = st.one_of(
    dates.map(lambda day: f"{day.year:04}"),
    dates.map(lambda day: day.isoformat()[:7]),
    dates.map(date.isoformat),
    instants.map(format_instant),
)
qualified = st.builds(str.__add__, points, st.sampled_from(["", "?", "~", "%"]))


@st.composite
def edtf_texts(draw: st.DrawFn) -> str:
    one, other = sorted([draw(qualified), draw(qualified)], key=lambda text: text[:4])
    form = draw(st.sampled_from(["{0}", "../{0}", "{0}/..", "{0}/{1}"]))
    # Within one year the ends may be in the wrong order; then one of them alone will do.
    return form.format(one, other) if one[:4] != other[:4] or "{1}" not in form else one


def bounds_of(text: str) -> Bounds:
    return parse_edtf(text).bounds


bounds = edtf_texts().map(bounds_of)

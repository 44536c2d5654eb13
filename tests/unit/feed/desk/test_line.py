"""One line as it is typed: what is headline, and what is a short form."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.desk.line import Line, in_quotes, parse_line

LINES = {
    "Two hurt": Line("Two hurt"),
    "Two hurt @Ana Ruiz, chief (Port) #hurt=2:people !ferries=met": Line(
        "Two hurt", ("Ana Ruiz, chief (Port)",), ("hurt=2:people",), ("ferries=met",)
    ),
    "Clinic treats three @-, doctor (City Clinic)": Line("Clinic treats three", ("-, doctor (City Clinic)",)),
    "#hurt=2 #dead=0 Two hurt": Line("", facts=("hurt=2", "dead=0 Two hurt")),
    'At large #status="at #1 large"@2026-01-02': Line("At large", facts=('status="at #1 large"@2026-01-02',)),
    "Line denies it #hurt!denies=2 #crew.safe!cannot_confirm": Line(
        "Line denies it", facts=("hurt!denies=2", "crew.safe!cannot_confirm")
    ),
    "السفن تعود @رئيس الميناء (الميناء)": Line("السفن تعود", ("رئيس الميناء (الميناء)",)),
    "#MeToo rally at #10 with @jdoe, a@b.example & C# @ 5pm!": Line(
        "#MeToo rally at #10 with @jdoe, a@b.example & C# @ 5pm!"
    ),
    "Yes! He said !important things": Line("Yes! He said !important things"),
    '"He wrote #hurt=2 @Home"': Line("He wrote #hurt=2 @Home"),
    r'"He wrote \"#hurt=2\" @Home"': Line('He wrote "#hurt=2" @Home'),
    "  ": Line(""),
}


@pytest.mark.parametrize("text", LINES)
def test_line_is_read_as_typed(text: str) -> None:
    assert parse_line(text) == LINES[text]


@pytest.mark.slow
@given(st.text(alphabet='ab @#!="', max_size=40) | st.text())
def test_line_loses_nothing_but_its_marks(text: str) -> None:
    line = parse_line(text)
    parts = "".join((line.headline, *line.said_by, *line.facts, *line.resolves))
    lost = Counter("".join(text.split())) - Counter("".join(parts.split()))
    in_quotes_whole = text.strip().startswith('"')  # where a \ only escapes
    assert set(lost) <= set('@#!"\\' if in_quotes_whole else '@#!"')


@given(st.text(alphabet='ab @#!="\\', max_size=40) | st.text())
def test_line_in_quotes_is_its_headline_whole(text: str) -> None:
    assert parse_line(in_quotes(text)) == Line(text)

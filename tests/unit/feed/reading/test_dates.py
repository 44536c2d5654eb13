"""Dated phrases → EDTF. Where no year, or no side of today, is provable, there is none."""

import re
from calendar import month_name
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.edtf import parse_edtf
from feed.reading import tense
from feed.reading.dates import dated_phrases, months_that_are_names
from feed.reading.text import Stretch

TUESDAY = date(2015, 1, 6)


def edtf(sentence: str, published: date | None = TUESDAY) -> list[str]:
    return [phrase.edtf for phrase in dated_phrases(sentence, published)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("They met on Tuesday.", "2015-01-06"),
        ("They met on Monday.", "2015-01-05"),
        ("They met early Friday.", "2015-01-02"),
        ("They will meet on Friday.", "2015-01-09"),
        ("They are due to meet on Saturday morning.", "2015-01-10"),
        ("The port expects ferries to run on Thursday.", "2015-01-08"),
        ("He will visit the United States on Friday.", "2015-01-09"),
        ("A hundred people will march on Friday.", "2015-01-09"),
        ("He will indeed need a bed on Friday.", "2015-01-09"),
        ("The port will meet its need for speed on Friday.", "2015-01-09"),
        ("The Red Cross will cross the red line on Friday.", "2015-01-09"),
        ("He will visit the flooded town on Friday.", "2015-01-09"),
        ("He shall visit wounded soldiers on Friday.", "2015-01-09"),
        ("He will meet three displaced families on Friday.", "2015-01-09"),
        ("Families displaced by the flood will return on Friday.", "2015-01-09"),
        ("Prices rose ahead of a vote on Friday.", "2015-01-09"),
        ("The strike was moved to Friday.", "2015-01-09"),
        ("It has to be paid by Friday.", "2015-01-09"),
        ("He said the vote on Friday will be close.", "2015-01-09"),
        ("He said Friday's vote will be close.", "2015-01-09"),
        ("On Friday, the damaged port will reopen.", "2015-01-09"),
        ("Ahmed meets the mayor on Friday.", "2015-01-09"),
        ("Arrested on Friday, he sat in a cell.", "2015-01-02"),
        ("The road was closed by police on Friday.", "2015-01-02"),
        ("The road was closed due to flooding on Friday.", "2015-01-02"),
        ("A car burned next to the port on Friday.", "2015-01-02"),
        ("The meeting is scheduled for Friday.", "2015-01-09"),
        ("The meeting, which is set for Friday, will be held.", "2015-01-09"),
        ("The vote planned for Friday will go ahead.", "2015-01-09"),
        ("The report is due on Friday and was announced late.", "2015-01-09"),
        ("They agreed Friday to meet.", "2015-01-02"),
        ("The bridge, which will be sold, closed on Friday.", "2015-01-02"),
        ("He will speak after ministers agreed on Friday.", "2015-01-02"),
        ("She could not be reached on Friday.", "2015-01-02"),
        ("They may have died on Friday.", "2015-01-02"),
        ("He told reporters on Friday that it will reopen.", "2015-01-02"),
        ("They met this morning.", "2015-01-06"),
        ("They meet tonight.", "2015-01-06"),
        ("It shut in the night from Sunday to Monday.", "2015-01-04/2015-01-05"),
        ("It is shut until Thursday.", "2015-01-08"),
        ("They had until Thursday.", "2015-01-08"),
        ("It was not reported until Sunday.", "2015-01-04"),
        ("It was forecast to return by Thursday.", "2015-01-08"),
        ("It will be inspected before the end of March.", "2015-03-31"),
        ("It was agreed at the end of December.", "2014-12-31"),
        ("They drilled in early 2013.", "2013-01/2013-04"),
        ("They drilled in mid-2013.", "2013-05/2013-08"),
        ("They drilled in late 2013.", "2013-09/2013-12"),
        ("A 2013 report by the survey was lost.", "2013"),
        ("As recently as 2013 it was open.", "2013"),
        ("They lost it in the brief war of 2013.", "2013"),
        ("It was written on Tue 6 Jan. 2015.", "2015-01-06"),
        ("They had been identified by Tuesday.", "2015-01-06"),
        ("They met last Thursday.", "2015-01-01"),
        ("It was announced on Dec. 17.", "2014-12-17"),
        ("It was announced on 17 December.", "2014-12-17"),
        ("It was announced on Dec. 30, 2013.", "2013-12-30"),
        ("It was announced on 2013-12-30.", "2013-12-30"),
        ("They will resume on Jan. 21 and 22.", "2015-01-21/2015-01-22"),
        ("They will resume on 21–22 January.", "2015-01-21/2015-01-22"),
        ("It runs from Dec. 30 to Jan. 2, 2016.", ""),
        ("It runs from March 9 to April 2, 2016.", "2016-03-09/2016-04-02"),
        ("It was announced in mid December.", "2014-12-11/2014-12-20"),
        ("It was announced in late November.", "2014-11-21/2014-11-30"),
        ("It sits in early February.", "2015-02-01/2015-02-10"),
        ("It was announced last month.", "2014-12"),
        ("They meet later this month.", "2015-01-07/2015-01-31"),
        ("They met earlier this week.", "2015-01-05/2015-01-06"),
        ("They meet next week.", "2015-01-12/2015-01-18"),
        ("It ended last year.", "2014"),
        ("It ended yesterday.", "2015-01-05"),
        ("It ended three days ago.", "2015-01-03"),
        ("It ended 2 weeks ago.", "2014-12-23~"),
        ("It ended a month ago.", "2014-12~"),
        ("It ended in November.", "2014-11"),
        ("It is expected in March.", "2015-03"),
        ("It ended in March 1903.", "1903-03"),
        ("It began in 2009.", "2009"),
        ("It was opened Sunday, October 29, 2017.", "2017-10-29"),
        ("It was opened on Wednesday, Dec. 17.", "2014-12-17"),
    ],
)
def test_phrase_is_read_as_its_interval(sentence: str, expected: str) -> None:
    assert edtf(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "The plant was closed on May 20.",  # 2014 and 2015 are about as near
        "He was released on Feb. 3.",  # in the past, and Feb. 3 is to come
        "It must be signed by Dec. 31.",  # to come, and Dec. 31 is over
        "It was opened on Monday, Dec. 17.",  # a Wednesday
        "It was opened on Feb. 29.",
        "It was opened on April 31, 2014.",
        "They meet on Tuesday next week.",
        "They meet next Tuesday.",
        "They met last Monday.",
        "On Friday, the port.",
        "The closed port reopens on Friday.",
        "He will inspect the ship damaged on Friday.",
        "The court will hear a case filed by miners on Friday.",
        "They agreed to meet on Friday.",
        "She demanded a reply by Friday.",
        "They called on the mayor for a talk on Friday.",
        "They met before the vote on Friday.",
        "They pledged to pay all of it by Monday.",
        "The party was due on Friday.",
        "It was shut by the city until Friday.",
        "They will discuss Friday's vote.",
        "It called on its members to march on Friday.",
        "The meeting scheduled for Sunday did not take place.",
        "The meeting, planned for Sunday, was called off.",
        "The vote set for Friday was cancelled.",
        "The hearing slated for Friday was postponed.",
        "The meeting that was to be held on Friday was cancelled.",
        "He had planned to leave on Friday.",
        "Voters go to the polls on Saturday.",
        "The meeting, which is set for Friday, was not announced.",
        "Ferries due to sail on Friday were cancelled.",
        "The man who shot the guard appears in court on Friday.",
        "He said the ferry sails on Friday.",
        "Trains were cancelled due to snow on Friday.",
        "He made a strong start on Friday.",
        "He was going to school on Friday.",
    ],
)
def test_phrase_that_proves_no_day_is_a_question(sentence: str) -> None:
    [phrase] = dated_phrases(sentence, TUESDAY)
    assert (phrase.edtf, bool(phrase.why)) == ("", True)


@pytest.mark.parametrize("verb", ["that opened on Sunday close", "closed on Sunday reopen"])
def test_present_after_a_clause_of_the_past_leaves_the_day_open(verb: str) -> None:
    assert edtf(f"The polls {verb} on Friday.") == ["2015-01-04", ""]


def test_marks_of_a_sentence_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    class Marks:
        def finditer(self, sentence: str, *ends: int) -> Iterator[re.Match[str]]:
            calls.append(sentence)
            return marks.finditer(sentence, *ends)

    marks = tense._MARK
    monkeypatch.setattr(tense, "_MARK", Marks())
    assert len(edtf("They said that it closed in the town" + " on Tuesday and" * 100)) == 100
    assert len(calls) == 1


@pytest.mark.parametrize("phrase", ["on Tuesday", "on Dec. 17", "last month", "yesterday", "in mid December"])
def test_no_date_is_chosen_without_a_day_of_publication(phrase: str) -> None:
    assert edtf(f"It was announced {phrase}.", None) == [""]
    assert edtf(f"It was announced {phrase}, after Dec. 30, 2014.", None) == ["", "2014-12-30"]


def test_relative_phrase_in_a_quote_is_a_question() -> None:
    sentence = "“We met yesterday, and in 2012,” she said on Monday."
    quote = (Stretch(1, sentence.index("”")),)
    assert [phrase.edtf for phrase in dated_phrases(sentence, TUESDAY, quote)] == ["", "2012", "2015-01-05"]


@pytest.mark.parametrize(
    "sentence",
    [
        "It is open every Monday.",
        "On Black Friday it was open.",
        "She told the Sunday Times.",
        "They march, and we may go.",
        "Some of 2000 people left.",
        "In 1990 homes, power failed.",
        "A 2000 metre run was held.",
        "They sell Sunday Best soup.",
        "Shares of August Valley fell.",
        "Of 53 people, 2015 are known.",
    ],
)
def test_words_that_only_look_like_dates_are_left(sentence: str) -> None:
    assert edtf(sentence) == []


def test_count_of_people_is_no_day() -> None:
    assert edtf("In December 20 people were freed.") == ["2014-12"]


def test_month_that_is_a_name_is_a_question() -> None:
    names = months_that_are_names("Roz May left. On March 3, April Weil spoke in June. Then August Valley fell.")
    assert names == {"May", "April", "August"}
    [phrase] = dated_phrases("Shares in May fell.", TUESDAY, names=names)
    assert (phrase.edtf, phrase.why) == ("", "“May” is a name in this article, too")
    assert dated_phrases("It will end by the end of May 2015.", TUESDAY, names=names)[0].edtf == "2015-05-31"


_days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
_names = st.sampled_from(month_name[1:])


@given(_days, _names, st.integers(1, 31), st.sampled_from(["was opened on", "will be opened on"]))
def test_day_without_a_year_is_within_four_months_or_open(published: date, month: str, day: int, verb: str) -> None:
    [found] = dated_phrases(f"It {verb} {month} {day}.", published)
    number = list(month_name).index(month)
    near = [published + timedelta(days) for days in range(-120, 121)]
    at = next((other for other in near if (other.month, other.day) == (number, day)), None)
    is_possible = at is not None and ((at <= published) if verb.startswith("was") else (at >= published))
    assert found.edtf == (str(at) if is_possible else "")


@given(_days, st.sampled_from(["met on", "will meet on"]), st.sampled_from(["Monday", "Thursday", "Saturday"]))
def test_weekday_is_the_nearest_on_its_side(published: date, verb: str, weekday: str) -> None:
    [found] = dated_phrases(f"They {verb} {weekday}.", published)
    at = date.fromisoformat(found.edtf)
    assert f"{at:%A}" == weekday
    assert timedelta(0) <= (published - at if verb == "met on" else at - published) < timedelta(7)


@given(_days, st.sampled_from(["mid June", "last week", "later this year", "two years ago", "in May", "next month"]))
def test_what_is_read_is_edtf(published: date, phrase: str) -> None:
    [text] = edtf(f"It was said {phrase}.", published)
    assert not text or parse_edtf(text)
    assert text or phrase in {"mid June", "in May", "later this year"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("She fell ill on Dec. 30 and died six days later.", "2015-01-05"),
        ("It sank on Dec. 30, and two weeks later it was raised.", "2015-01-13~"),
        ("It shut on Friday but reopened a day later.", "2015-01-03"),
    ],
)
def test_days_later_count_from_a_day_of_the_same_clause(sentence: str, expected: str) -> None:
    assert edtf(sentence)[1:] == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "It said on Friday that it had shut two days later.",
        "It reported a leak on Friday and said it had shut two days later.",
        "It shut on Friday and reopened about two days later.",
        "It shut on Friday and reopened two or three days later.",
        "It shut on Friday and reopened two to three days later.",
        "It shut on Friday. The port reopened two days later.",
        "It shut last week and reopened two days later.",
    ],
)
def test_days_later_than_another_day_are_not_counted(sentence: str) -> None:
    assert len(edtf(sentence)) == 1

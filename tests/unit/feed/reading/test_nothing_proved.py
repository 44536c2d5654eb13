"""Sentences of everyday news that prove neither a day nor a speaker: nothing is filled."""

from datetime import date
from typing import Final

import pytest

from feed.reading.model import Field
from feed.reading.reading import read_paragraphs

DAY: Final = date(2015, 1, 6)
ENGLISH: Final = "It is in the port that the men of the crew had to be, and it was on the quay that some of them were."
NOTHING: Final = (
    "May Brandt joined the board of the company.",
    "The march ended at the gates of the parliament.",
    "The troops may march on the capital.",
    "Shares of August Valley fell to a new low.",
    "April Weil won the race by a second.",
    "June Pires is the new mayor of the town.",
    "The Sunday Times has more readers than the Post.",
    "Its Sunday Best soup is sold in tins.",
    "Every Friday the market fills with people.",
    "The shop is closed on Mondays.",
    "The team won 2000 fans in a decade.",
    "Some 1900 homes lost power in the storm.",
    "The road is 2015 metres above the sea.",
    "Call 2010 for help with the form.",
    "The second half was better than the first.",
    "The flat costs 1,950 crowns a month.",
    "He sat in the chair for a minute and left.",
    "The minute hand of the clock is broken.",
    "The week was long and the weather was poor.",
    "The days are short in the north of the country.",
    "The deal was dead in the water.",
    "The United States is the largest buyer.",
    "It is easier said than done.",
    "She was told to wait in the hall.",
    "The rest is up to the voters of the town.",
    "He played the villain in “The Long Road Home”.",
    "The so-called “fever passes” are worthless.",
    "They call the rapid “the Widowmaker”.",
    "The ship is named “Aurelia” after his mother.",
    "A ‘Born in Calderwick’ leaflet lay on the mat.",
    "The rock ’n’ roll museum and the dockers’ hall are closed.",
    "Nobody said that it was easy to live there.",
    "The report says little of the cause.",
    "It is unclear who told them of the plan.",
    "Two of them are enough.",
    "The Treaty of March is a book for children.",
)


@pytest.mark.parametrize("sentence", NOTHING)
def test_sentence_of_everyday_news_fills_nothing(sentence: str) -> None:
    fields: list[Field] = list(read_paragraphs((ENGLISH, sentence), DAY))
    assert [field for field in fields if field.name != "question"] == []

"""Invented articles: of one event by several outlets, each in its own words, and reprints of one of them.

Outlets share what news shares: names, numbers, and the same words of the same officials.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

_PLACES: Final = [
    "Kirvana",
    "Hamra",
    "Valda",
    "Lorvao",
    "Tarn",
    "Sorrel",
    "Brackwater",
    "Teshna",
    "Cold Ridge",
    "Ansel",
]
_PEOPLE: Final = ["Ana Pires", "Ivo Brandt", "Salla Reino", "Marek Holub", "Odile Farren", "Rui Almada", "Vesna Kolar"]
_THINGS: Final = [
    "ferry",
    "mine",
    "dam",
    "bridge",
    "power station",
    "hospital",
    "refinery",
    "archive",
    "railway",
    "port",
]
_EVENTS: Final = [
    ["was shut", "had to close", "stopped work", "went out of service", "was taken offline"],
    ["after a fire", "following a blaze", "when flames spread", "because fire broke out", "as a fire took hold"],
    [
        "in its oldest part",
        "in the part built first",
        "in the original building",
        "where it is oldest",
        "in the old wing",
    ],
]
_SENTENCES: Final = [
    [
        "The {thing} in {place} {shut} {fire} {part} on Tuesday, and {few} of the {total} people there were hurt.",
        "{few} people were injured in {place} before dawn on Tuesday, when the {thing} {shut} {fire} {part}.",
        "Of {total} people who were at work in {place}, {few} needed treatment; the {thing} {shut} {fire} {part}.",
        "{place} woke to smoke on Tuesday: the {thing} {shut} {fire} {part}, leaving {few} of {total} workers hurt.",
        "It began shortly after four in the morning {part} of the {thing} of {place}, which {shut} {fire}.",
    ],
    [
        "Rescuers needed {hours} hours to reach the last of them, who had been waiting on a roof.",
        "The last to be rescued had sat on a roof for {hours} hours before a ladder reached them.",
        "It took crews {hours} hours until everybody who had fled to the roof was on the ground.",
        "For {hours} hours some stayed on top of the building, out of reach of the first crews.",
        "Only after {hours} hours had the crews brought down all who had climbed to the top.",
    ],
    [
        "Nobody could say at first what had caused it, and experts were expected from the capital.",
        "What set it off is not yet clear; investigators from the capital are on their way.",
        "The cause is unknown so far, and the capital is sending people to look for it.",
        "Investigators have not begun, so there is no word on how it started.",
        "How it started will be for specialists to find out, who have yet to arrive.",
    ],
    [
        "An inspection last year had found fault with the alarms, but no date was set for repairs.",
        "The alarms had failed a test twelve months ago, and nobody was told to mend them.",
        "When it was last inspected, its warning system was criticised, without consequence.",
        "Officials knew since the last inspection that alarms did not work throughout the site.",
        "Its alarm system was marked as deficient in a report a year earlier, records show.",
    ],
    [
        "Neighbours opened their doors to those who could not go home, and a school became a kitchen.",
        "A school nearby served meals, and many people were taken in by families in the street.",
        "Those without a bed for the night were put up next door or in the gym of a school.",
        "Volunteers cooked in a classroom while residents offered rooms to everyone needing one.",
        "By noon a gym had been filled with beds, and soup was being handed out at the gate.",
    ],
    [
        "The owner did not answer calls. Its shares had already lost a tenth of their value this year.",
        "Calls to the company that owns it went unanswered on Tuesday.",
        "No comment came from the owners, who bought it four years ago for an undisclosed sum.",
        "The operating company said that it would speak when it knew more.",
        "Its owner, a fund abroad, referred questions to a lawyer, who sent none of the answers.",
    ],
    [
        "Work may resume within weeks if the walls hold, engineers believe.",
        "Engineers who looked at the walls think that it could open again in some weeks.",
        "Whether the walls can be saved decides if it opens in weeks or in years.",
        "If it must be torn down, which nobody rules out, there will be none here for years.",
        "A first look at the walls gave engineers hope that nothing needs to be torn down.",
    ],
    [
        "Some {jobs} families live from it, in a town where there is little else.",
        "In a town with few employers, about {jobs} households depend on it.",
        "It feeds {jobs} families, and the town has no other employer of that size.",
        "Nothing else in the area employs as many: {jobs} jobs are at stake.",
        "Losing it would cost {jobs} jobs in a place that has not many to lose.",
    ],
]
_QUOTES: Final = [
    ("We heard the alarm only when we already saw the smoke under the door", "a night guard"),
    ("I will not speculate about the cause before the experts have seen it", "the mayor"),
    ("Everyone who was in there is out, and that is what counts this morning", "the fire chief"),
    ("They promised us new alarms three times and we are still waiting for them", "a union leader"),
    ("This town has seen worse and it will be working again before the summer", "a shopkeeper"),
    ("We are going to rebuild it exactly where it stood for a hundred years", "the owner's spokesman"),
]
_SAID: Final = ["said {who}, {role}.", "{who}, {role}, said.", "{who} told reporters.", "{who} said on Tuesday."]
_SYNONYMS: Final = {
    "early": "soon", "said": "stated", "people": "persons", "needed": "required", "found": "discovered",
    "some": "a few", "began": "started", "looked": "peered", "hope": "optimism", "families": "households",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """What happened: its names and numbers, and what its officials said."""

    seed: int

    def article(self, outlet: int) -> str:
        """Return what an outlet writes of it: its own words, and two to four of the same quotes."""
        of_event, own = Random(self.seed), Random(f"{self.seed} {outlet}")
        place, thing = of_event.choice(_PLACES), of_event.choice(_THINGS)
        total = of_event.randint(40, 400)
        numbers = {"few": of_event.randint(2, 30), "total": total, "hours": of_event.randint(2, 9), "jobs": 10 * total}
        people = of_event.sample(_PEOPLE, 6)
        shut, fire, part = (own.choice(words) for words in _EVENTS)
        order = [0, *own.sample(range(1, len(_SENTENCES)), len(_SENTENCES) - 1)]
        paragraphs = [
            _SENTENCES[index][(outlet + self.seed + index) % 5].format(
                place=place, thing=thing, shut=shut, fire=fire, part=part, **numbers
            )
            for index in order
        ]
        quotes = own.sample(range(len(_QUOTES)), own.randint(2, 4))
        for index in quotes:
            words, role = _QUOTES[index]
            said = own.choice(_SAID).format(who=people[index], role=role)
            paragraphs.insert(own.randint(1, len(paragraphs)), f"“{words},” {said}")
        return "\n\n".join(paragraphs)


def reprint(text: str, seed: int) -> str:
    """Return another printing: cut to six paragraphs, with a line before it, lightly edited, or all of that."""
    own = Random(seed)
    paragraphs = text.split("\n\n")
    if own.random() < 0.6:
        paragraphs = paragraphs[:6]
    if own.random() < 0.5:
        paragraphs.insert(0, own.choice(["Our correspondent reports from the scene.", "This is what we know so far."]))
    changed = own.choice([0, 0.03, 0.06, 0.1])
    words = [
        " ".join(_edited(word, own) if own.random() < changed else word for word in paragraph.split(" "))
        for paragraph in paragraphs
    ]
    return "\n\n".join(words)


def _edited(word: str, own: Random) -> str:
    """Return a word that an editor changed: another one, two, or none."""
    return own.choice([_SYNONYMS.get(word, "indeed"), f"{word} also", word.upper() if word.isupper() else "the"])

"""Long stories in other languages, and readers of the words in what is published of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import html5lib

from events import commands
from events.model.events import AnyEvent
from feed.site import Site
from tests.builders import Clock, claim, newsroom, reconfigured

STORY: Final = "story"
UPDATES: Final = 300
WORD = re.compile(r"[A-Za-z]{2,}")
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
SHOWN_ATTRIBUTES: Final = ("alt", "aria-label", "placeholder", "title")


@dataclass(frozen=True)
class Texts:
    """What the desk of a newsroom writes, without a letter of the Latin alphabet."""

    language: str
    headline: str
    person: str
    role: str
    people: str
    places: tuple[str, str, str]
    note: str
    unit: str
    labels: tuple[str, str]


ARABIC = Texts(
    language="ar", headline="حريق في المرفأ", person="سامي حداد", role="قائد الإطفاء", people="بلدية المدينة",
    places=("المرفأ", "المستشفى", "الشرطة"), note="أخطأنا في العدد.", unit="أشخاص", labels=("الجرحى", "السبب"),
)  # fmt: skip
JAPANESE = Texts(
    language="ja", headline="港で火災", person="山田太郎", role="消防長", people="市役所",
    places=("港湾局", "市民病院", "県警"), note="人数に誤りがあった。", unit="人", labels=("負傷者", "原因"),
)  # fmt: skip
PAGE_TEXTS = {"ar": ARABIC, "ja": JAPANESE}


def long_story(texts: Texts, folder: Path, *, updates: int = UPDATES) -> Site:
    """Record a story of so many updates of every kind in a newsroom of one language, publish it, and return it."""
    clock = Clock("2026-03-02T08:00:00Z")
    site = newsroom(folder, clock, title=texts.people)
    site = reconfigured(site, 'language = "en"', f'language = "{texts.language}"')
    site = reconfigured(site, 'author = "The news desk"', f'author = "{texts.people}"')
    described = next(line for line in site.config_text.splitlines() if line.startswith("description"))
    site = reconfigured(site, described, f'description = "{texts.headline}"')
    facts: dict[str, dict[str, Any]] = {
        "hurt": {"label": texts.labels[0], "lead": True},
        "cause": {"label": texts.labels[1]},
    }
    with site.ledger() as ledger:
        ledger.append(
            commands.open_story(STORY, texts.headline, language=texts.language, subjects=[texts.places[0]], facts=facts)
        )
        for number in range(1, updates):
            clock.go("2026-03-02T08:00:00Z")
            clock.now = clock.now.replace(day=2 + number // 20, hour=number % 20, minute=number % 60)
            for event in _update(texts, number):
                ledger.append(event)
    clock.go("2026-04-02T08:00:00Z")
    site.publish()
    return site


def _update(texts: Texts, number: int) -> list[AnyEvent]:
    """Return the events of one update: twelve kinds in turn."""
    who: dict[str, Any] = {"name": texts.person, "role": texts.role, "org": texts.places[number % 3]}
    fields: dict[str, Any] = {"development": f"d{number}", "said_by": [who]}
    kind = number % 12
    if kind in {0, 7, 8, 9, 10}:
        return _amended(texts, number, fields)
    return [commands.report(STORY, f"{texts.headline} {number}", **fields | _report_fields(texts, number, kind, who))]


def _report_fields(texts: Texts, number: int, kind: int, who: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says: a number, a range, a denial, a promise, a check, an outcome or a doubt."""
    before = f"d{number - 1}"
    match kind:
        case 1:
            return {"facts": [claim("hurt", number, unit=texts.unit)], "body": texts.note, "urgency": 1}
        case 2:
            ranged = claim("hurt", {"min": number, "max": number + 20_000}, unit=texts.unit, literal=texts.note)
            other = {"role": texts.role, "named": False, "org": texts.places[1]}
            return {"said_by": [other, who], "facts": [ranged]}
        case 3:
            return {"disputes": [{"development": before, "kind": "denies", "statement": texts.note}]}
        case 4:
            promise = {"id": f"e{number}", "what": texts.note, "by": texts.people, "condition": texts.role}
            return {"expects": [promise | {"due": f"2026-03-{3 + number // 20:02}"}]}
        case 5:
            return {"corroborates": [{"development": f"d{number - 4}", "verification": True, "method": texts.note}]}
        case 6:
            outcome = ("met", "missed", "partly_met", "cancelled")[number // 12 % 4]
            return {"resolves": [{"expectation": f"e{number - 2}", "outcome": outcome}]}
        case _:
            doubt = {"development": before, "kind": "cannot_confirm"}
            return {"disputes": [doubt], "quotes": [{"text": texts.note, "speaker": who}]}


def _amended(texts: Texts, number: int, fields: dict[str, Any]) -> list[AnyEvent]:
    """Return a report, and what the desk does to it or to the one before: it corrects, holds, releases, withdraws."""
    name, before, headline = f"d{number}", f"d{number - 1}", f"{texts.headline} {number}"
    match number % 12:
        case 7:
            wrong = {"facts": [claim("hurt", number + 10_000, unit=texts.unit)]}
            report = commands.report(STORY, headline, **fields, facts=[claim("hurt", number, unit=texts.unit)])
            return [report, commands.correct(STORY, name, wrong, texts.note)]
        case 8:
            return [commands.report(STORY, headline, **fields), commands.hold(STORY, name)]
        case 9:
            return [commands.release(STORY, before), commands.report(STORY, headline, **fields)]
        case 10:
            source = {"name": texts.people, "title": texts.note, "url": "https://a.example/x", "via": [texts.places[2]]}
            report = commands.report(STORY, headline, **fields, facts=[claim("cause", texts.note)], sources=[source])
            return [report, commands.retract(STORY, before, texts.note)]
        case _:
            fixed = {"headline": f"{headline} {texts.role}"}
            return [
                commands.report(STORY, headline, **fields, facts=[claim("arrived", {"date": "2026-03-02~"})]),
                commands.correct(STORY, name, fixed, texts.note, level="clarification"),
                commands.redact(STORY, texts.note, development=f"d{number - 3}"),
            ]


def shown_words(html: str, language: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield each text that a reader of HTML sees or hears, with the language that it says to be in."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
    yield from _texts(tree, language or "")


def _texts(element: ET.Element, language: str) -> Iterator[tuple[str, str]]:
    language = element.get("lang") or element.get(XML_LANG) or language
    if element.tag in {"script", "style", "link"} or not isinstance(element.tag, str):
        return
    if element.tag == "meta":
        name = element.get("name") or element.get("property") or ""
        if name in {"description", "og:title", "og:description"}:
            yield element.get("content") or "", language
        return
    for name in SHOWN_ATTRIBUTES:
        if element.get(name):
            yield element.get(name) or "", language
    yield element.text or "", language
    for child in element:
        yield from _texts(child, language)
        yield child.tail or "", language


def latin_words(texts: Iterator[tuple[str, str]]) -> set[str]:
    """Return the words in Latin letters that do not say that they are English."""
    return {word for text, language in texts if language != "en" for word in WORD.findall(text)}

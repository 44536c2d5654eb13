"""The sites that validators read: the worked stories, and one whose texts, addresses, media and languages are odd."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from events import commands
from feed.site import Site
from tests.builders import Clock, newsroom, reconfigured, signing
from tests.golden.stories import story
from tests.sites import NOW, record

ODD_TEXTS = (
    "<script>alert(1)</script> & \"quotes\" 'single' ]]> &amp; <!-- c --> {{ 7 }}",
    "A380 يهبط في بيروت",
    "שלום \u2067abc\u2069 (עולם) 53%",
    "火災で2人負傷、消防長",
    "👩\u200d🚒 e\u0301 \u2028 \ufeff ﷽ \U0001f1e9\U0001f1ea",
    "[a]: b\n\n> > - 1. *x* [l](https://пожар.рф/я?a[]=1) `code` ![i](https://a.example/i.png)",
    "| a | b |\n| --- | --- |\n| c | d |\n\n```html x\n<b>\n```\n\n# H\n\n- - - a\n\n***\n\n1) one\n7) two",
    "x" * 290,
)
LANGUAGES = (None, "en", "ar", "he", "pt-BR", "zh-Hant-TW", "de-CH-1996", "sr-Latn", "en-x-desk", "fa", "ja")
ADDRESSES = (
    "https://bücher.example/пожар.jpg?a=1&b=[2]#ö#x",
    "HTTP://A.example:8080/%zz/'x'(y)!*,;",
    "https://a.example/" + "p" * 300,
    "http://192.0.2.1/a?b=%20&amp;c",
)
MEDIA_TYPES = ("image/jpeg", "audio/mpeg", "video/mp4", "application/x-odd+xml", "image/svg+xml")


def line(text: str) -> str:
    return " ".join(text.split())[:290]


def golden_site(name: str, folder: Path) -> Site:
    """Publish a worked story, with an archive, numbered pages and pictures for sharing."""
    site = reconfigured(story(name).record(folder / "newsroom").site, "entries = 50", "entries = 10")
    site = reconfigured(site, "share_images = false", "share_images = true")
    assert site.publish().failed == ()
    return site


def odd_site(folder: Path) -> Site:
    """Publish stories whose every text, address, medium and language is odd."""
    clock = Clock(NOW)
    site = newsroom(folder / "newsroom", clock, base_url="https://exämple.com/täst/", title=line(ODD_TEXTS[0]))
    site = signing(site, folder / "key")
    for number, language in enumerate(LANGUAGES):
        record(site, *_story(f"story-{number}", number, language))
        clock.go(timedelta(hours=1))
    record(site, *_long_lists("long-lists"))
    clock.go(timedelta(days=30))
    assert site.publish().failed == ()
    return site


def _story(slug: str, number: int, language: str | None) -> list[Any]:
    text = [ODD_TEXTS[(number + step) % len(ODD_TEXTS)] for step in range(len(ODD_TEXTS))]
    opening = commands.open_story(
        slug, line(text[0]), summary=text[1], language=language, subjects=[line(item) for item in text[:3]]
    )
    reports = [_report(slug, f"d{step}", text[step:] + text[:step], step) for step in range(1, 6)]
    correction = commands.correct(
        slug, "d1", {"body": text[2], "headline": line(text[3]), "facts": [{"key": "hurt", "value": 4}]}, text[4]
    )
    return [
        opening,
        *reports,
        correction,
        commands.correct(slug, "d2", {"body": text[1]}, text[0], level="clarification"),
        commands.hold(slug, "d3"),
        commands.retract(slug, "d4", text[5], substitute="d5"),
        commands.pin(slug, "d5"),
        commands.redact(slug, text[6], development="d2"),
        commands.report(slug, line(text[7]), resolves=[{"expectation": "e1", "outcome": "met"}]),
    ]


def _long_lists(slug: str) -> list[Any]:
    """Return a story in which fifteen deny, doubt, verify and differ (events/README.md#long-lists)."""
    said: list[Any] = [{"key": key, "value": 9} for key in ("hurt", "dead", "missing", "rescued")]
    objections: list[dict[str, Any]] = [
        {"key": "rescued", "value": 9, "stance": "denies"},
        {"key": "dead", "stance": "cannot_confirm"},
        {"key": "missing", "stance": "withholds"},
    ]
    others = [
        commands.report(
            slug,
            f"Report {number}",
            development=f"d{number}",
            said_by=[{"name": line(ODD_TEXTS[number % len(ODD_TEXTS)])[:80], "org": f"City <{number}> & Sons"}],
            facts=[*objections, {"key": "cause", "value": f"<b>{number}</b>"}],
            disputes=[{"development": "first", "kind": "disagrees"}],
            corroborates=[{"development": "first", "keys": ["hurt"], "verification": True}],
        )
        for number in range(15)
    ]
    first = commands.report(slug, "First", development="first", said_by=["Ann (Port)"], facts=said)
    return [commands.open_story(slug, "Long lists"), first, *others]


def _report(slug: str, name: str, text: list[str], step: int) -> Any:
    media: list[dict[str, Any]] = [
        {
            "url": url,
            "type": MEDIA_TYPES[(step + index) % len(MEDIA_TYPES)],
            "alt": text[index],
            "credit": line(text[0]),
        }
        for index, url in enumerate(ADDRESSES)
    ]
    media[0] = media[0] | {"width": 640, "height": 480, "length": 12345}
    who: list[dict[str, Any]] = [{"name": line(text[0]), "role": line(text[1]), "org": f"Org {step}"}]
    facts: list[dict[str, Any]] = [
        {"key": "hurt", "value": step, "unit": line(text[2]), "as_of": f"2026-02-{10 + step:02}"},
        {"key": "status.of-it", "value": text[3]},
        {"key": "mag", "value": {"decimal": f"{step}.50"}, "of": {"min": 1, "max": "9.5"}},
        {"key": "open", "value": step % 2 == 0},
        {"key": "when", "value": {"date": "2026-02~"}},
    ]
    return commands.report(
        slug,
        line(text[0]),
        development=name,
        body=text[1] + "\n\n" + text[5],
        said_by=who,
        facts=facts,
        media=media,
        quotes=[{"text": text[4], "speaker": who[0]}],
        sources=[
            {"name": line(text[2]), "title": line(text[3]), "url": url, "via": [line(text[6])]} for url in ADDRESSES
        ],
        expects=[{"what": line(text[5]), "due": f"2026-03-{step + 3:02}", "by": line(text[6]), "condition": text[7]}],
        urgency=step,
        disputes=[{"development": "d1", "kind": "denies", "statement": text[3]}] if step == 3 else [],
        corroborates=[{"development": "d1", "keys": ["mag"]}] if step == 5 else [],
    )


def published_site(name: str, folder: Path) -> Site:
    """Publish the site of that name in `folder`."""
    return odd_site(folder) if name == "odd" else golden_site(name, folder)

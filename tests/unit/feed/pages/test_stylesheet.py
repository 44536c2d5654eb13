"""The stylesheet: named by its content, and readable by everyone."""

import re
from collections.abc import Iterator

import pytest

from feed.pages.asset import asset


def test_stylesheet_is_named_by_its_content() -> None:
    path, css = asset("style.css")
    assert re.fullmatch(r"assets/style-[0-9a-f]{8}\.css", path)
    assert css.endswith(b"}\n")
    assert b"url(" not in css
    assert b"@import" not in css


def colours(css: str) -> Iterator[dict[str, str]]:
    """Yield the light palette, then the dark one."""
    for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]:
        yield dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["paper", "sheet", "flash"])
def test_text_has_the_contrast_that_wcag_asks_for(ground: str) -> None:
    palettes = list(colours(asset("style.css")[1].decode()))
    assert len(palettes) == 2
    for palette in palettes:
        for text in ("ink", "soft", "link", "plain", "good", "bad", "late"):
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)

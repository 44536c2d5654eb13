"""The picture of a page that is shared: 1200 × 630 pixels, with the headline and the key number of the story.

It is an extra, since it needs Pillow, and off unless configured (`output.share_images`), since its bytes depend on the
version of Pillow. A story whose script the font lacks has the site's picture.
"""

import unicodedata
from functools import cache
from importlib import resources
from importlib.util import find_spec
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING

from events.errors import Problem, WritethruError
from events.fold.prominence import by_prominence
from events.fold.state import Story
from events.model.settings import NO_SETTINGS
from events.wording.language import ENGLISH, Words
from events.wording.names import fact_names
from events.wording.values import value_words

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
PAPER, INK, SOFT, RULE = "#fdfcfa", "#1c1a17", "#5a554c", "#d8d2c6"
HEADLINE_PX, VALUE_PX, SMALL_PX, LINES_MAX = 64, 84, 32, 4
SITE_IMAGE = "share.png"
_RIGHT_TO_LEFT = {"R", "AL", "RLE", "RLO", "RLI"}


def check_drawing() -> None:
    """Raise WritethruError if Pillow is missing."""
    if find_spec("PIL") is None:
        raise WritethruError(
            Problem(
                where="output.share_images",
                check="share",
                message="pictures for sharing need the package Pillow.",
                remedy="Install it, in your clone of writethru: pip install '.[share]'. Or set share_images = false.",
            )
        )


def site_image(title: str, description: str) -> bytes:
    """Return the site's picture, as PNG."""
    drawing = _Drawing()
    if drawing.can_write(title):
        drawing.headline(title)
    if drawing.can_write(description):
        drawing.below("", " ".join(description.split()))
    return drawing.png()


def story_image(site_title: str, story: Story, words: Words = ENGLISH) -> bytes | None:
    """Return the picture of a story, as PNG; None if the font lacks its script."""
    drawing = _Drawing()
    number = _key_number(story, words)
    texts = (story.headline, site_title, *(number or ()))
    if not all(drawing.can_write(text) for text in texts):
        return None
    drawing.headline(story.headline)
    drawing.below(*(number or ("", "")))
    drawing.foot(site_title)
    return drawing.png()


def _key_number(story: Story, words: Words = ENGLISH) -> tuple[str, str] | None:
    """Return the value and the name of the number that the desk leads with, or that has changed most often."""
    numbers = [
        (story.settings.get(item.fact.key, NO_SETTINGS).lead, len(item.history), item.fact.key, current)
        for item in by_prominence(story)
        if (current := item.fact.current) is not None and not isinstance(current.value, bool | str | None)
    ]
    if not numbers:
        return None
    _, _, key, claim = max(numbers, key=itemgetter(0, 1))
    return value_words(claim.value, claim.unit, claim.of, words=words), fact_names(story).name(key)


class _Drawing:
    """A picture that is being drawn."""

    def __init__(self) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra

        self._image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._draw.rectangle((0, 0, WIDTH, 16), fill=INK)

    def can_write(self, text: str) -> bool:
        """Return True if the font has every character, and the text is written from left to right."""
        return not any(
            unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or (not char.isspace() and _lacks(char)) for char in text
        )

    def headline(self, text: str) -> None:
        font, top = _font(HEADLINE_PX), MARGIN
        for line in _wrapped(text, font, LINES_MAX):
            self._draw.text((MARGIN, top), line, font=font, fill=INK)
            top += round(HEADLINE_PX * 1.22)

    def below(self, value: str, words: str) -> None:
        if value:
            self._draw.text((MARGIN, HEIGHT - 246), _fitted(value, _font(VALUE_PX)), font=_font(VALUE_PX), fill=INK)
        self._draw.text((MARGIN, HEIGHT - 140), _fitted(words, _font(SMALL_PX)), font=_font(SMALL_PX), fill=SOFT)

    def foot(self, site_title: str) -> None:
        self._draw.line((MARGIN, HEIGHT - 88, WIDTH - MARGIN, HEIGHT - 88), fill=RULE, width=2)
        self._draw.text((MARGIN, HEIGHT - 70), _fitted(site_title, _font(SMALL_PX)), font=_font(SMALL_PX), fill=SOFT)

    def png(self) -> bytes:
        out = BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()


@cache
def _font(size: int) -> "FreeTypeFont":
    from PIL import ImageFont  # noqa: PLC0415 - an extra

    data = resources.files("feed.pages").joinpath("assets/fonts/DejaVuSerif-Bold.ttf").read_bytes()
    return ImageFont.truetype(BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _lacks(char: str) -> bool:
    """Return True if the font draws `char` as the box for a missing character."""
    font = _font(SMALL_PX)
    return bytes(font.getmask(char)) == bytes(font.getmask("\U0010fffd"))


def _wrapped(text: str, font: "FreeTypeFont", most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    lines = [_fitted(line, font) for line in lines if line]
    return lines if len(lines) <= most else [*lines[: most - 1], _fitted(f"{lines[most - 1]} …", font)]


def _fitted(text: str, font: "FreeTypeFont") -> str:
    """Cut `text` to one line."""
    if font.getlength(text) <= WIDTH - 2 * MARGIN:
        return text
    while font.getlength(f"{text}…") > WIDTH - 2 * MARGIN:
        text = text[:-1].rstrip(" …")
    return f"{text}…"

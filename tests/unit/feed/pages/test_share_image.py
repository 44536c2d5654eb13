"""Pictures for sharing: headline and key number, where the font can write them; else the site's own."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from events import commands
from events.errors import WritethruError
from events.fold.state import Story
from feed.output.tree import TreeFiles
from feed.pages import share_image as share
from feed.site import Site
from tests.builders import STORY, Scenario, claim, newsroom, reconfigured


def a_story(*claims: dict[str, Any], headline: str = "Fire at the harbour") -> Story:
    scenario = Scenario(headline=headline)
    for stated in claims:
        scenario.report(None, stated)
    return scenario.state()


def pixels(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_picture_has_the_expected_size_and_is_not_blank() -> None:
    image = pixels(share.site_image("The desk", "What is known."))
    assert (image.size, image.format) == ((1200, 630), "PNG")
    assert len(image.crop((72, 72, 1128, 200)).getcolors() or ()) > 10


def test_number_that_moved_most_is_the_key_number() -> None:
    moved = [claim("hurt", 2, unit="people"), claim("hurt", 5, unit="people")]
    once, no_number = claim("ships", {"min": 1, "max": 3}), [claim("open", value=True), claim("cause", "a spark")]
    assert share._key_number(a_story(*moved, once, *no_number)) == ("5 people", "Hurt")
    assert share._key_number(a_story(*no_number, claim("dead", stance="withholds"))) is None
    assert share.story_image("Desk", a_story(*moved)) != share.story_image("Desk", a_story())


@pytest.mark.parametrize(
    "headline", ["Λιμάνι στις φλόγες", "Пожар в порту", "Brand im Hafen: Größe", "Œuvre “intacte” – 5 €"]
)
def test_what_the_font_has_is_written(headline: str) -> None:
    assert share.story_image("Desk", a_story(headline=headline)) is not None


@pytest.mark.parametrize(
    "headline", ["حريق في الميناء", "שריפה בנמל", "港で火災", "부두 화재", "Fire \u202eeht ta\u202c"]
)
def test_what_the_font_lacks_has_the_sites_picture(headline: str) -> None:
    assert share.story_image("Desk", a_story(headline=headline)) is None
    assert pixels(share.site_image(headline, headline)).size == (1200, 630)


def test_long_words_and_headlines_are_cut_to_the_picture() -> None:
    font = share._font(share.HEADLINE_PX)
    lines = share._wrapped(f"{'W' * 80} {'long words ' * 40}", font, share.LINES_MAX)
    assert len(lines) == share.LINES_MAX
    assert lines[0].endswith("…")
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= share.WIDTH - 2 * share.MARGIN for line in lines)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = reconfigured(newsroom(tmp_path), "share_images = false", "share_images = true")
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two", facts=[claim("hurt", 2)]))
        ledger.append(commands.open_story("minato", "港で火災"), commands.report("minato", "Two"))
    return site


@pytest.mark.slow
def test_pages_name_their_picture(site: Site) -> None:
    site.publish()
    files = dict(TreeFiles(site.root))
    assert {path for path in files if path.endswith("share.png")} == {"share.png", f"stories/{STORY}/share.png"}
    named = 'property="og:image" content="https://news.example/'
    assert f"{named}stories/{STORY}/share.png" in files[f"stories/{STORY}/index.html"].decode()
    assert f"{named}share.png" in files["stories/minato/index.html"].decode()
    assert f"{named}share.png" in files["index.html"].decode()
    assert site.verify_rebuild() == ()
    plain = reconfigured(site, "share_images = true", "share_images = false")
    plain.publish()
    assert not [path for path in TreeFiles(plain.root) if path.endswith("share.png")]


def test_without_pillow_it_says_what_to_install(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "find_spec", lambda _: None)
    with pytest.raises(WritethruError, match="need the package Pillow"):
        site.publish()


def test_pillow_that_is_there_is_no_problem() -> None:
    share.check_drawing()

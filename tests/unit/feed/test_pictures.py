"""Pictures as they are taken: drawn again, freed of what the file says, and refused where they could do harm."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from events.errors import InvalidError
from feed.pictures import BYTES_MAX, PIXELS_MAX, SIDE_MAX, as_media, encode
from tests.pictures import camera_bytes, opened, picture_bytes, saved

GREEN = (32, 160, 64)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 600, height: int = 400) -> bytes:
    """Return a PNG with `chunks` before its data, which is all black, and ends after a megabyte of it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(min((width + 1) * height, 2**20))))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + data + chunk(b"IEND", b"")


def near(one: object, other: tuple[int, ...]) -> bool:
    return isinstance(one, tuple) and all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_camera_says_is_gone(kind: str) -> None:
    data = camera_bytes(1000, 700, kind=kind)
    assert b"Secret Camera" in data, "otherwise this tests nothing"
    for size in encode(data):
        assert b"Secret Camera" not in size.data
        assert not opened(size.data).getexif()
        assert opened(size.data).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive",
                                                 "progression"}  # fmt: skip


def test_comment_profile_text_and_what_follows_are_gone() -> None:
    profile = opened(picture_bytes(kind="PNG")).info.get("icc_profile", b"not a profile SECRET")
    jpeg = picture_bytes(comment=b"SECRET", icc_profile=profile) + b"SECRET<script>alert(1)</script>"
    text = png(chunk(b"tEXt", b"Author\0SECRET"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"))
    for data in (jpeg, text):
        assert b"SECRET" in data
        assert all(b"SECRET" not in size.data for size in encode(data))


@pytest.mark.parametrize(
    ("orientation", "size", "corner"), [(1, (600, 400), (0, 0)), (3, (600, 400), (1, 1)), (6, (400, 600), (1, 0)),
                                        (8, (400, 600), (0, 1)), (2, (600, 400), (1, 0))]
)  # fmt: skip
def test_picture_is_turned_as_the_camera_says(orientation: int, size: tuple[int, int], corner: tuple[int, int]) -> None:
    full = encode(camera_bytes(orientation=orientation))[0]
    assert (full.width, full.height) == size
    x, y = (5 if at == 0 else length - 5 for at, length in zip(corner, size, strict=True))
    assert near(opened(full.data).getpixel((x, y)), GREEN)


@pytest.mark.slow
def test_sizes_are_made_and_named_by_their_bytes() -> None:
    encoded = encode(picture_bytes(2400, 1800))
    assert [(item.width, item.height) for item in encoded] == [(SIDE_MAX, 1536), (480, 360), (960, 720), (1440, 1080)]
    assert all(opened(item.data).size == (item.width, item.height) for item in encoded)
    media = as_media(encoded, alt="Smoke", credit="Ana")
    assert (media.url, media.width, media.length) == (f"media:{encoded[0].name}", SIDE_MAX, len(encoded[0].data))
    assert [size.url for size in media.sizes] == [f"media:{item.name}" for item in encoded[1:]]
    assert encode(picture_bytes(500, 300))[1:] == (), "480 is hardly smaller than 500"


def test_what_shows_through_stays_so() -> None:
    half = saved(Image.new("RGBA", (700, 400), (10, 20, 30, 100)), "WEBP", lossless=True)
    full, size = encode(half)
    assert (full.ending, size.ending, opened(size.data).getpixel((9, 9))) == ("png", "png", (10, 20, 30, 100))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA", "YCbCr"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_colour_is_taken(kind: str, mode: str) -> None:
    white = (
        Image.new("I;16", (600, 40), 65535) if mode == "I;16" else Image.new("RGB", (600, 40), "white").convert(mode)
    )
    try:
        data = saved(white, kind)
    except (OSError, ValueError):
        pytest.skip(f"Pillow writes no {kind} of {mode}")
    full = encode(data)[0]
    assert near(opened(full.data).convert("RGB").getpixel((300, 20)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_only_the_first_picture_of_a_moving_one_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "lime", "blue")]
    full = opened(encode(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50))[0].data)
    assert getattr(full, "n_frames", 1) == 1
    assert near(full.convert("RGB").getpixel((30, 20)), (255, 0, 0))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "nothing": (b"", "none of the kinds"),
    "svg": (SVG, "none of the kinds"),
    "html": (b"<!doctype html><script>alert(1)</script>", "none of the kinds"),
    "another kind": (picture_bytes(kind="BMP"), "none of the kinds"),
    "tiff": (picture_bytes(kind="TIFF"), "none of the kinds"),
    "cut off": (picture_bytes(kind="JPEG")[:2000], "damaged"),
    "a png cut off": (picture_bytes(kind="PNG")[:200], "damaged"),
    "a beginning alone": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "damaged"),
    "a bomb": (png(width=60_000, height=60_000), "pixels"),
    "just too many pixels": (png(width=7_072, height=7_071), "50,000,000 pixels"),
    "a wide one": (png(width=2_000_000_000, height=1), "pixels"),
    "a gif bomb": (b"GIF89a\xff\xff\xff\xff\x00\x00\x00" + picture_bytes(kind="GIF")[13:], "pixels"),
    "a text that unpacks": (png(chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(3_000_000)))), ""),
    "too large": (picture_bytes() + bytes(BYTES_MAX), "bytes"),
    "too many passes": (picture_bytes() + b"\xff\xda" * 200, "passes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_picture_is_refused(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(InvalidError) as caught:
        encode(data, name="quay.jpg")
    [problem] = caught.value.problems
    assert (problem.where, problem.check) == ("quay.jpg", "picture")
    assert words in problem.message
    assert problem.remedy


def test_kind_is_decided_by_content_and_polyglots_lose_the_rest(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    archive.write_bytes(picture_bytes(kind="GIF") + b"PK\x03\x04/*<script>*/")
    [full] = encode(archive.read_bytes(), name="quay.svg")[:1]
    assert full.data.startswith((b"\x89PNG", b"\xff\xd8"))
    assert b"script" not in full.data


def test_webp_has_a_limit_of_its_own() -> None:
    """A file of 36 bytes that would take a gigabyte to read."""
    header = struct.pack("<I", 4_999 | 5_000 << 14)
    with pytest.raises(InvalidError, match="25,000,000 pixels"):
        encode(b"RIFF" + struct.pack("<I", 28) + b"WEBPVP8L" + struct.pack("<I", 16) + b"/" + header + bytes(11))


def test_memory_that_runs_out_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageOps, "exif_transpose", raising(MemoryError()))
    with pytest.raises(InvalidError, match="too much memory"):
        encode(picture_bytes())


def raising(error: BaseException) -> Callable[[object], None]:
    def raise_(_: object) -> None:
        raise error

    return raise_


def test_limits_leave_room_for_a_camera() -> None:
    assert PIXELS_MAX > 8064 * 6048, "a phone of 48 megapixels"


@pytest.mark.parametrize("alt", ["", "x" * 2001, "\x00"])
def test_wrong_text_alternative_is_refused(alt: str) -> None:
    with pytest.raises(InvalidError, match=r"p\.jpg"):
        as_media(encode(picture_bytes()), alt=alt, name="p.jpg")

"""Pictures that somebody brings: checked, freed of all that the file says beside the picture, and made in some sizes.

The one module that decodes pictures (Pillow). What it returns is stored and never encoded again: other versions of
Pillow write other bytes. The rules: feed/README.md#pictures.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from events.errors import InvalidError, Problem, WritethruError
from events.model.parts import PICTURE_TYPES, Media, PictureSize
from events.model.pictures import SCHEME
from events.model.validation import problems_of

if TYPE_CHECKING:
    from PIL.Image import Image

BYTES_MAX: Final = 20 * 1024 * 1024
PIXELS_MAX: Final = 50_000_000
"""A phone of 48 megapixels. To read one takes half a gigabyte, but for a JPEG."""
WEBP_PIXELS_MAX: Final = 25_000_000
"""Its decoder has the picture in memory five times."""
SMOOTH: Final = {"RGB", "RGBA", "CMYK", "YCbCr", "L", "LA"}
"""The modes of pictures that can be made smaller as they are: those of others are no colours but numbers of colours."""
SCANS_MAX: Final = 100
"""A progressive JPEG has about ten. For each, be it a few bytes, the decoder passes over the whole picture."""
SIDE_MAX: Final = 2048
WIDTHS: Final = (480, 960, 1440)
NEXT_SIZE: Final = 0.8
"""A size that is hardly smaller than the full one is not made."""
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_START_OF_SCAN: Final = b"\xff\xda"
_LOSSLESS: Final = {"PNG", "GIF"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it is stored: its bytes, the ending of its type, and its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """What it is called: the digest of its bytes, and the ending."""
        return f"{sha256(self.data).hexdigest()}.{self.ending}"


def as_media(encoded: Sequence[Encoded], *, alt: str, credit: str | None = None, name: str = "picture") -> Media:
    """Return what a report says of the sizes of a picture, the full one first; InvalidError if the texts are wrong."""
    full, *smaller = encoded
    try:
        return Media(
            url=f"{SCHEME}{full.name}",
            type=PICTURE_TYPES[full.ending],
            alt=alt,
            credit=credit,
            width=full.width,
            height=full.height,
            length=len(full.data),
            sizes=tuple(PictureSize(url=f"{SCHEME}{size.name}", width=size.width) for size in smaller),
        )
    except ValidationError as error:
        raise InvalidError(*(problem.at(name) for problem in problems_of(error, Media))) from None


def check_pillow(what: str, *, where: str, check: str, otherwise: str = "") -> None:
    """Raise WritethruError if Pillow, which `what` needs, is missing."""
    if find_spec("PIL") is None:
        message = f"{what} need the package Pillow."
        remedy = f"Install it, in your clone of writethru: pip install '.[share]'.{otherwise}"
        raise WritethruError(Problem(where=where, check=check, message=message, remedy=remedy))


def encode(data: bytes, *, name: str = "picture") -> tuple[Encoded, ...]:
    """Return the picture in `data`, at most SIDE_MAX pixels high and wide, and then in its smaller sizes.

    InvalidError, about `name`, if it is none that is taken.
    """
    check_pillow("pictures", where=name, check="picture")
    if len(data) > BYTES_MAX:
        raise _refusal(name, f"the file has {len(data):,} bytes; the limit is {BYTES_MAX:,}.", "Make it smaller.")
    if data.count(_START_OF_SCAN) > SCANS_MAX and data.startswith(b"\xff\xd8"):
        raise _refusal(name, "the picture is stored in too many passes.", "Save it again as an ordinary JPEG.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is refused here, and of what nobody can act on
        try:
            image, kind = _decode(data, name)
            return tuple(_sizes(image, lossless=kind in _LOSSLESS))
        except MemoryError:
            raise _refusal(name, "the picture takes too much memory to read.", "Make it smaller.") from None


def _decode(data: bytes, name: str) -> tuple["Image", str]:
    """Return the first picture of a file as it is meant to be seen, and the format of the file."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - an extra

    pixels_max = WEBP_PIXELS_MAX if data[8:12] == b"WEBP" else PIXELS_MAX
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > pixels_max:
                raise Image.DecompressionBombError  # noqa: TRY301 - as Pillow does at a higher limit
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # of a large JPEG no more is decoded than is needed
            opened.load()
            if opened.mode in SMOOTH and "transparency" not in opened.info:
                _shrink(opened)  # first, so that what follows takes no memory to speak of
            image = _in_rgb(ImageOps.exif_transpose(opened))
            _shrink(image)
            return image, opened.format or ""
    except MemoryError:
        raise
    except Image.DecompressionBombError:
        raise _refusal(name, f"the picture has more than {pixels_max:,} pixels.", "Make it smaller.") from None
    except UnidentifiedImageError:
        remedy = "Give a JPEG, PNG, WebP or GIF. Draw an SVG as PNG."
        raise _refusal(name, "this is none of the kinds of pictures that are taken.", remedy) from None
    except Exception as error:
        raise _refusal(name, "the picture is damaged, or cut off.", "Save it again, or get another copy.") from error


def _shrink(image: "Image") -> None:
    from PIL import Image  # noqa: PLC0415 - an extra

    image.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_rgb(image: "Image") -> "Image":
    """Return a picture in sRGB, with transparency only if it shows any, and without all that its file said."""
    from PIL import ImageCms  # noqa: PLC0415 - an extra

    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda grey: grey * (1 / 256)).convert("L")
    transparent = image.has_transparency_data
    if image.mode not in {"RGB", "RGBA", "CMYK", "L"} or transparent:
        image = image.convert("RGBA" if transparent else "RGB")
    if profile:
        try:
            source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            output = "RGBA" if transparent else "RGB"
            image = ImageCms.profileToProfile(image, source, srgb, outputMode=output) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile of something else, or a damaged one
    if transparent and image.getchannel("A").getextrema()[0] == 255:
        transparent = False
    image = image.convert("RGBA" if transparent else "RGB")
    image.info.clear()
    return image


def _sizes(image: "Image", *, lossless: bool) -> Iterator[Encoded]:
    """Yield the picture in its full size, then in the smaller ones, the largest last."""
    from PIL import Image  # noqa: PLC0415 - an extra

    first = _encode(image, ending="png" if image.mode == "RGBA" else "jpg")
    if lossless and first.ending == "jpg":  # drawings and screenshots are sharper as PNG, and often smaller
        first = min(_encode(image, ending="png"), first, key=lambda encoded: len(encoded.data))
    yield first
    for width in WIDTHS:
        if width < image.width * NEXT_SIZE:
            size = (width, max(1, round(image.height * width / image.width)))
            smaller = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            yield _encode(smaller, ending=first.ending)


def _encode(image: "Image", *, ending: str) -> Encoded:
    file = BytesIO()
    if ending == "png":
        image.save(file, "PNG")
    else:
        image.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Encoded(file.getvalue(), ending, image.width, image.height)


def _refusal(name: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=name, check="picture", message=message, remedy=remedy))

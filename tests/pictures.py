"""Pictures for tests, as files of cameras and of attackers."""

from io import BytesIO
from typing import Any

from PIL import Image

from events.model.parts import Media
from events.model.pictures import pictures_of
from feed.output.tree import files_of
from feed.site import Site

POSITION = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112


def picture_bytes(
    width: int = 600, height: int = 400, *, kind: str = "JPEG", color: str = "#c03020", **to: Any
) -> bytes:
    """Return a picture: of one colour, with a green corner at the top left."""
    image = Image.new("RGB", (width, height), color)
    image.paste("#20a040", (0, 0, width // 2, height // 2))
    return saved(image, kind, **to)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the file of a picture."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def camera_bytes(width: int = 600, height: int = 400, *, orientation: int = 1, kind: str = "JPEG") -> bytes:
    """Return a picture whose file says where it was taken, with what, and how it is to be turned."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[GPS], exif[MAKER] = orientation, POSITION, "Secret Camera"
    return picture_bytes(width, height, kind=kind, exif=exif)


def opened(data: bytes) -> Image.Image:
    """Return a picture, decoded."""
    return Image.open(BytesIO(data))


def added(site: Site, color: str = "#c03020", *, alt: str = "Smoke over the quay", width: int = 700) -> Media:
    """Add a picture to a newsroom: of 700 pixels, so that there is one of 480 too."""
    return site.add_picture(picture_bytes(width, width // 2, color=color), alt=alt)


def stored(site: Site) -> set[str]:
    """Return the names of all pictures in the newsroom."""
    return {path.name for path in site.media.root.glob("*")}


def shown(site: Site) -> set[str]:
    """Return the names of all pictures in the output."""
    return {path.rpartition("/")[2] for path in files_of(site.root) if "/media/" in path}


def names(*media: Media) -> set[str]:
    """Return the names of pictures in all their sizes."""
    return {*pictures_of(media)}

"""What a picture of the newsroom must say of itself (events/README.md#pictures-of-the-newsroom)."""

from typing import Any

import pytest
from pydantic import ValidationError

from events.model.parts import Media

NAME = f"media:{'a' * 64}"
PICTURE: dict[str, Any] = {
    "url": f"{NAME}.jpg",
    "type": "image/jpeg",
    "alt": "A quay",
    "width": 2000,
    "height": 1000,
    "length": 9000,
    "sizes": [{"url": f"media:{'b' * 64}.jpg", "width": 480}],
}


def test_picture_with_its_sizes_is_taken() -> None:
    assert Media.model_validate(PICTURE).sizes[0].width == 480


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "https://pictures.example/quay.jpg"}, "only a picture of the newsroom"),
        ({"width": None}, "needs its width and height"),
        ({"height": None}, "needs its width and height"),
        ({"type": "image/png"}, "is image/jpeg"),
        ({"width": 480}, "are smaller than the picture"),
    ],
)
def test_picture_that_contradicts_itself_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Media.model_validate(PICTURE | wrong)

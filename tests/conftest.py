"""What all tests share: golden files, which are read by a person before they are committed."""

from difflib import unified_diff
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the tests now give")


class Golden:
    """Compares a text with a file under tests/golden: `golden(text, "show/cuba-53.txt")`."""

    def __init__(self, *, update: bool) -> None:
        self.update = update

    def __call__(self, text: str, name: str) -> None:
        place = GOLDEN / name
        if self.update:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        expected = place.read_bytes().decode() if place.exists() else ""
        difference = "".join(
            unified_diff(
                expected.splitlines(keepends=True), text.splitlines(keepends=True), f"tests/golden/{name}", "this run"
            )
        )
        remedy = f"If this is what it should be: pytest --update-golden, then read git diff tests/golden/{name}"
        assert text == expected, f"{difference}\n{remedy}"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))

"""What a short form of the command line says of what it does not take."""

from collections.abc import Callable

import pytest

from events.errors import InvalidError


def refused(read: Callable[[str], object], text: str) -> str:
    """Read what is no such form, and give the message."""
    with pytest.raises(InvalidError) as caught:
        read(text)
    [problem] = caught.value.problems
    assert problem.remedy.startswith(f"Example: {problem.where} ")
    assert problem.check == "form"
    return f"{problem.where}: {problem.message}"

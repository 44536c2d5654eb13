"""The refusals of short forms."""

from collections.abc import Callable

import pytest

from events.errors import InvalidError


def refused(parse: Callable[[str], object], text: str) -> str:
    """Parse a form that is wrong, and return the message."""
    with pytest.raises(InvalidError) as caught:
        parse(text)
    [problem] = caught.value.problems
    assert problem.remedy.startswith(f"Example: {problem.where} ")
    assert problem.check == "form"
    return f"{problem.where}: {problem.message}"

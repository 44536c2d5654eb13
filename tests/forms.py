"""What short forms are parsed as, and their refusals."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from events.errors import InvalidError
from events.model.parts import Part

KEY_FORM = 'must be lower-case words joined by ".", "_" or "-": prisoners.released'
NO_DATE = "is not a date such as 2015, 2015-01, 2015-01-21, 2015-01-21T15:00:00Z or 2015/2016"


def as_json(part: Part) -> dict[str, Any]:
    """Return the fields of the form, as JSON."""
    fields: dict[str, Any] = json.loads(json.dumps(part.model_dump(exclude_defaults=True)))
    return fields


def refused(parse: Callable[[str], object], text: str) -> str:
    """Parse a form that is wrong, and return the message."""
    with pytest.raises(InvalidError) as caught:
        parse(text)
    [problem] = caught.value.problems
    assert problem.remedy.startswith(f"Example: {problem.where} ")
    assert problem.check == "form"
    return f"{problem.where}: {problem.message}"

"""A ledger of one story, and its clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.ledger import Ledger
from tests.builders import Clock
from tests.ledgers import OPENED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.create(tmp_path, actor="Desk", clock=clock) as made:
        made.append(OPENED)
        yield made

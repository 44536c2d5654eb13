"""A file of the output before it is written."""

from datetime import datetime
from typing import NamedTuple


class File(NamedTuple):
    """One file of the output: its path in the tree, its bytes, and when its content last changed.

    `grows` if it is a file of lines that is appended to, where what it had is as it was.
    """

    path: str
    data: bytes
    updated: datetime
    grows: bool = False

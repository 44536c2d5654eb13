"""The golden stories are recorded and published with either store, and are the same."""

from collections.abc import Iterator

import pytest

from tests.stores import ledgers_in


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow(server="postgres"))])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let ledgers be made in files, and in PostgreSQL."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    with ledgers_in(server and server.url):
        yield request.param

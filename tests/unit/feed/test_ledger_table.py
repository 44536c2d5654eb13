"""The table [ledger]: which addresses it may hold, and how it is written into a configuration."""

import tomllib

import pytest

from feed.ledger_table import checked_schema, checked_url, ledger_table, with_ledger

OTHERS = '# ours\n[site]\ntitle = "Desk"\n\n[output]\nentries = 9\n'
TABLE = ledger_table('postgresql:///news?application_name="q"', "harbour")
LEDGER = {"url": 'postgresql:///news?application_name="q"', "schema": "harbour"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///news",
        "postgres://desk@db.example:5433/news",
        "postgresql://desk@one.example:1,two.example:2/news?target_session_attrs=read-write",
        "postgresql:///?service=news",
        "postgresql:///news?host=/run/postgresql&passfile=/etc/pass",
    ],
)
def test_address_without_a_password_is_taken(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:secret@db/news",
        "postgres://desk:@db/news",
        "postgresql://desk:secret@one,two/news",
        "postgresql:///news?password=secret",
        "postgresql:///news?p%61ssword=secret",
        "postgresql:///news?user=desk&password=",
        "postgresql:///news?sslpassword=secret",
    ],
)
def test_address_with_a_password_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"contains a password, .* PGPASSFILE") as caught:
        checked_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://db/news", "news", "host=db dbname=news", "http://db/news"])
def test_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be the address of a PostgreSQL database"):
        checked_url(url)


def test_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not an address"):
        checked_url("postgresql://[db/news")


@pytest.mark.parametrize("name", ["", "Harbour", "9th", "a-b", 'a"b', "pg_news", "x" * 64, "é"])
def test_schema_that_needs_quotes_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be a name of a-z, 0-9 and _"):
        checked_schema(name)


def test_schema_of_plain_letters_is_taken() -> None:
    assert checked_schema("harbour_2") == "harbour_2"


@pytest.mark.parametrize(
    "before", [OTHERS, f"{TABLE}\n{OTHERS}", f"{OTHERS}[ ledger ]\nurl = 'postgres://x'\n", f"{OTHERS}\n{TABLE}# end\n"]
)
def test_table_is_written_and_removed_again(before: str) -> None:
    written = with_ledger(before, TABLE)
    others = tomllib.loads(OTHERS)
    assert tomllib.loads(written) == others | {"ledger": LEDGER}
    assert tomllib.loads(with_ledger(written, "")) == others


def test_table_that_is_removed_leaves_comments() -> None:
    text = f"{TABLE}# a remark\n\n# [metrics]\n# file = 'x'\n{OTHERS}"
    assert with_ledger(text, "") == f"# a remark\n\n# [metrics]\n# file = 'x'\n{OTHERS}"
    assert with_ledger(OTHERS, "") == OTHERS

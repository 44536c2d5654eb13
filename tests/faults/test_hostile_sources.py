"""Hostile feeds, pages and addresses: no request to a private address, little memory and time, a sentence each."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.builders import Clock, newsroom
from tests.certificates import certificate
from tests.faults.hostile_answers import addresses, answers
from tests.faults.processes import run_python
from tests.server import answering, sends
from tests.sources import item, rss

pytestmark = pytest.mark.slow

SECONDS_MAX, GROWN_MB_MAX = 10, 64
"""The seconds that may be waited, and those of the processor: a machine may be busy."""
FETCH_SECONDS, FETCH_SECONDS_LONG = 1.5, 6
READ = {
    "declarations without an end", "external DTD", "JSON of no items", "many items", "mixed", "tags without an end",
    "unknown encoding",
}  # fmt: skip
"""What is hostile only in part: a feed is read of it."""
ADDED = {
    "cut short", "endless headers", "endless provisional answers", "no HTTP", "no answer", "no gzip", "slow bytes",
    "slow bytes, https", "slow header", "slow headers", "wrong chunks",
}  # fmt: skip
"""What may be otherwise another time: these are added, and named."""
SLOW = {"endless provisional answers", "no answer", "slow bytes", "slow bytes, https", "slow header", "slow headers"}


def outcomes(folder: Path, cases: dict[str, str], seconds: float, pem: Path) -> dict[str, dict[str, Any]]:
    """Add each address as a source; return what came of it. The certificate `pem` is trusted."""
    ran = run_python(
        *("-m", "tests.faults.hostile_sources", str(folder), str(seconds)),
        timeout_s=600,
        stdin="".join(f"{json.dumps(case)}\n" for case in cases.items()),
        SSL_CERT_FILE=str(pem),
    )
    assert ran.returncode == 0, ran.stderr
    return {outcome["name"]: outcome for outcome in map(json.loads, ran.stdout.splitlines())}


def test_hostile_source_gets_a_sentence_and_no_private_request(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    seconds = FETCH_SECONDS_LONG if request.config.getoption("--long") else FETCH_SECONDS
    site, pem = newsroom(tmp_path, Clock()), certificate(tmp_path)
    with answering(sends(rss(item(1))), "127.0.0.2") as (private, private_requests):
        inside = int(private.split(":")[2].partition("/")[0])
        hostile = answers(inside)

        def answer(handler: BaseHTTPRequestHandler) -> None:
            hostile.get(unquote(handler.path[1:]), sends(b"", 404))(handler)

        with answering(answer) as (public, _), answering(answer, certificate=pem) as (secure, _):
            port = public.split(":")[2].partition("/")[0]
            cases = addresses(inside) | {name: public.replace("/pub", f"/{quote(name)}") for name in hostile}
            cases |= {
                "rebinds": f"http://rebinds.example:{port}/rebinds",
                "mixed": f"http://mixed.example:{port}/mixed",
                "slow bytes, https": secure.replace("/pub", f"/{quote('slow bytes')}"),
            }
            results = outcomes(site.folder, cases, seconds, pem)
    assert private_requests == []
    assert results.keys() == cases.keys()
    for name, result in results.items():
        expected = (0, "draft") if name in READ else (0, "added. It is tried again") if name in ADDED else (1, ".\n  ")
        assert (name, result["code"]) == (name, expected[0]), result
        assert expected[1] in result["output"], result
        assert (name in SLOW) == ("it takes more than" in result["output"]), result
        assert "Traceback" not in result["output"], result
        assert set(result["connections"]) <= {"127.0.0.1"}, result
        assert seconds + result["seconds"] <= SECONDS_MAX, result
        assert result["grown_mb"] <= GROWN_MB_MAX, result
    grown, slowest = (max(one[key] for one in results.values()) for key in ("grown_mb", "seconds"))
    spent = f"at most {grown:.0f} MB more, {seconds:.1f} s of waiting and {slowest:.1f} s of processor time"
    record_property("counted", f"{len(cases)} hostile sources: {spent}")

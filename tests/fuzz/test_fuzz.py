"""The quick tier of fuzzing: each parser reads every seed, changed seeds, and random bytes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS
from tests.properties.strategies import runs

SEEDS = Path(__file__).with_name("seeds")


def seeds(target: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((SEEDS / target).iterdir())]


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_is_read_or_refused(target: str) -> None:
    found = seeds(target)
    assert found
    for seed in found:
        TARGETS[target](seed)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
@runs(60, 5_000)
@given(data=st.data())
def test_changed_seeds_and_random_bytes_are_read_or_refused(target: str, data: st.DataObject) -> None:
    seed = data.draw(st.one_of(st.sampled_from(seeds(target)), st.binary(max_size=200)))
    begin, end = sorted((data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))))
    between = data.draw(st.one_of(st.binary(max_size=6), st.just(seed[begin:end] * 2), st.sampled_from(NASTY)))
    TARGETS[target](seed[:begin] + between + seed[end:])


NASTY = (
    b"\x00",
    b"\xff",
    b"\xe2\x80\xae",
    b"9" * 400,
    b"[" * 400,
    b'"',
    b"\n",
    b"-",
    b"/..",
    b"e999",
    b"\xed\xa0\x80",
    b"&a *a",
)

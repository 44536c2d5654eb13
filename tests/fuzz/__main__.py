"""Coverage-guided fuzzing of the parsers of foreign bytes, with atheris (libFuzzer for Python).

    pip install atheris
    python -m tests.fuzz                          an hour, shared by all targets
    python -m tests.fuzz --seconds 60 jsonl note  a minute, shared by two

Each target runs in a process of its own, from the seeds in tests/fuzz/seeds. It stops at the first crash, at an input
that takes over ten seconds, and at a gigabyte of memory. `--corpus` gets each input that reached new code: copy from
there what should become a seed. Prints a line for each target; exit code 1 if one failed.
"""

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SEEDS = Path(__file__).with_name("seeds")
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=8192", "-print_final_stats=1")
CHILD = """
import sys, atheris
with atheris.instrument_imports(include=["events", "feed"]):
    from tests.fuzz.targets import TARGETS
name = sys.argv.pop(1)
TARGETS[name](b"")  # imports and caches, which are not what the limit of time is for
atheris.Setup(sys.argv, TARGETS[name])
atheris.Fuzz()
"""


def main() -> int:
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - the children instrument its imports

    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("targets", nargs="*", default=[*TARGETS], help=f"of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--seconds", type=int, default=3_600, help="for all targets together; default: an hour")
    parser.add_argument("--corpus", type=Path, help="keep what was found there; default: nowhere")
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed: pip install atheris")
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder)
        failed = [name for name in options.targets if not fuzz(name, corpus, options.seconds // len(options.targets))]
    return 1 if failed else 0


def fuzz(name: str, corpus: Path, seconds: int) -> bool:
    """Fuzz one target for that many seconds, print the result, and return True if nothing failed."""
    inputs, seeds = corpus / name, SEEDS / name
    inputs.mkdir(parents=True, exist_ok=True)
    child = _child(name, f"-max_total_time={seconds}", f"-artifact_prefix={inputs}/failed-", inputs, seeds)
    units = re.search(r"number_of_executed_units: (\d+)", child.stderr)
    runs = f"{int(units[1]):,} runs" if units else "no count"
    if child.returncode == 0:
        _print(f"{name}: {runs} in {seconds} s, nothing found")
        return True
    _print(f"{name}: {runs}, FAILED\n{child.stdout[-2_000:]}{child.stderr[-700:]}")
    return False


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _child(name: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, name, *LIMITS, *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


if __name__ == "__main__":
    sys.exit(main())

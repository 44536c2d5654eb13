"""Coverage-guided fuzzing of the parsers of outside bytes, with atheris (libFuzzer for Python).

    pip install atheris
    python -m tests.fuzz                          an hour, shared by all targets
    python -m tests.fuzz --seconds 60 jsonl note  a minute, shared by two

Each target runs in a process of its own, from the seeds in tests/fuzz/seeds, and stops at the first crash, at an input
that takes over ten seconds, and at a gigabyte of memory. Whatever reached something new is
kept in `--corpus`: copy from there what is to be a seed. Prints a line for each target; exit code 1 where any failed.
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
TARGETS[name](b"")  # what it makes once is not what is timed
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
    """Fuzz one target for so many seconds, print what came of it, and tell whether all went well."""
    found, seeds = corpus / name, SEEDS / name
    found.mkdir(parents=True, exist_ok=True)
    done = _child(name, f"-max_total_time={seconds}", f"-artifact_prefix={found}/failed-", found, seeds)
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    told = f"{int(runs[1]):,} runs" if runs else "no count"
    if done.returncode == 0:
        _say(f"{name}: {told} in {seconds} s, nothing found")
        return True
    _say(f"{name}: {told}, FAILED\n{done.stdout[-2_000:]}{done.stderr[-700:]}")
    return False


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _child(name: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, name, *LIMITS, *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


if __name__ == "__main__":
    sys.exit(main())

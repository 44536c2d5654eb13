"""The command line of the check: python3 -m verifier URL|DIR."""

import argparse
import json
import sys

from .check import verify
from .files import BYTES_MAX, SECONDS_MAX


def main(arguments: list[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Check a public log of writethru from its published files alone.")
    parser.add_argument("location", metavar="URL|DIR", help="the output: the folder that has log/checkpoint in it")
    parser.add_argument("--since", metavar="CHECKPOINT", help="what you remember: a checkpoint, a feed, or 'SIZE ROOT'")
    parser.add_argument("--key", help="the verifier key that you trust")
    parser.add_argument("--max-seconds", type=float, default=SECONDS_MAX, help="the most time (default: %(default)s)")
    parser.add_argument("--max-bytes", type=int, default=BYTES_MAX, help="the most to read (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    options = parser.parse_args(arguments)
    limits = {"max_seconds": options.max_seconds, "max_bytes": options.max_bytes}
    try:
        report = verify(options.location, since=options.since, key=options.key, **limits)
    except ValueError as error:
        parser.error(str(error))
    text = json.dumps(report.as_json(), indent=2) if options.json else "\n".join(report.lines())
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())

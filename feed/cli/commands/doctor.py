"""The command that looks whether a newsroom is alive: doctor."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import click

from feed.cli.desk import Desk, command, json_option, pass_desk
from feed.cli.exit_codes import REFUSED
from feed.cli.terminal.output import ALARM, DOUBT, GOOD, echo_json
from feed.cli.terminal.tables import Cell, print_table
from feed.health.doctor import examine
from feed.health.finding import Finding

STYLES = {"ok": GOOD, "warning": DOUBT, "bad": ALARM}


@command()
@json_option
@click.pass_context
@pass_desk
def doctor(desk: Desk, /, context: click.Context, *, as_json: bool) -> None:
    """Find what stops publishing, and say what to do.

    \b
      writethru doctor
      writethru doctor --json | jq -r .status

    Each line is ok, a warning, or bad. The exit code is 1 if anything is bad. Nothing is changed.
    """
    findings = tuple(examine(desk.folder, desk.clock or (lambda: desk.now)))
    counts = Counter(finding.status for finding in findings)
    worst = next(status for status in ("bad", "warning", "ok") if counts[status])
    if as_json:
        echo_json({"status": worst, "checks": [asdict(finding) for finding in findings]})
    else:
        _print(findings)
    if counts["bad"]:
        context.exit(REFUSED)


def _print(findings: Iterable[Finding]) -> None:
    rows = [
        (Cell(item.status, STYLES[item.status]), Cell(item.check), Cell(item.message, aside=item.remedy))
        for item in findings
    ]
    print_table(rows, whole=True)


COMMANDS = (doctor,)

"""Publishing, as commands do it. It imports no click, which would take a twentieth of the time of cron's line."""

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from events.errors import Problem, WritethruError
from events.system import utc_now
from feed.cli.exit_codes import DONE, INTERRUPTED, SOME_FAILED
from feed.cli.failures import report_failure
from feed.cli.imports import fast_imports
from feed.cli.terminal.output import warn
from feed.cli.terminal.progress import progress_bar

if TYPE_CHECKING:
    from feed.cli.mirroring import Mirroring
    from feed.health.hub import HubCalls
    from feed.health.reporting import Reporter
    from feed.site import Published, Site

BAR_STEPS_MIN: Final = 40
"""Two steps a story: less work takes a second or two, and shows no bar."""


def publish_due(folder: str) -> int:
    """Publish what is due in the newsroom `folder`, as `writethru publish` does, and return the exit code."""
    try:
        with fast_imports():
            from feed.site import Site  # noqa: PLC0415 - all that publishes is imported by this, without searches for garbage
        with progress_bar("Publishing", steps_min=BAR_STEPS_MIN) as progress:
            publication = publish_site(Site.open(Path(folder), clock=utc_now), progress=progress)
    except KeyboardInterrupt:
        warn("")  # the shell's prompt comes on a line of its own
        return INTERRUPTED
    except (WritethruError, OSError) as error:
        return report_failure(error)
    return report_failures(publication)


def publish_site(
    site: "Site",
    *,
    reporter: "Reporter | None" = None,
    calls: "HubCalls | None" = None,
    mirroring: "Mirroring | None" = None,
    **options: Any,
) -> "Published":
    """Publish, put it into the mirror, let the hub know, and report it where the newsroom wants that.

    A process that publishes again and again has a `reporter`, `calls` and `mirroring` of its own; otherwise wait.
    """
    from feed.health.hub import HubCalls  # noqa: PLC0415 - only here

    if options.get("dry_run"):
        return site.publish(**options)
    hub_calls, problems = calls or HubCalls(warn), list[Problem]()

    def pass_on(site: "Site") -> None:
        """Put what was published into the mirror, and then let the hub know: it reads the feeds at once."""
        if site.config.mirror.url is not None:
            from feed.cli.mirroring import Mirroring  # noqa: PLC0415 - most newsrooms have none

            problems.extend((mirroring or Mirroring()).run(site, wait=options.get("wait", False)))
        hub_calls.begin(site)

    if site.config.reports_to:
        from feed.health.reporting import Reporter  # noqa: PLC0415 - most newsrooms report nothing

        publication = (reporter or Reporter(warn)).publish(site, then=pass_on, **options)
    else:
        publication = site.publish(**options)
        pass_on(site)
    if calls is None:
        hub_calls.settle(wait_s=inf)
    return publication._replace(problems=(*publication.problems, *problems))


def report_failures(publication: "Published") -> int:
    """Print what a publication had to leave out, and return the exit code."""
    for problem in publication.problems:
        warn(str(problem))
    for story, why in publication.failed:
        warn(f"{story}: not published: {why}\n  The other stories were published. See: writethru show {story}")
    return SOME_FAILED if publication.failed or publication.problems else DONE

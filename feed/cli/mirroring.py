"""What publishing does about the mirror. That it lacks something is a problem to print, never a failed publication."""

from typing import TYPE_CHECKING

from events.errors import BusyError, Problem, WritethruError
from feed.cli.extras import mirror_problem
from feed.site import Site

if TYPE_CHECKING:
    from feed.mirror.run import Mirror, Mirrored

LATER = "Publishing succeeded, and a later run tries again. See: writethru doctor"


class Mirroring:
    """The mirror of one process: what is wrong is said once. One that `is_resident` puts a slice, and goes on later."""

    def __init__(self, *, is_resident: bool = False) -> None:
        self._is_resident = is_resident
        self._mirror: Mirror | None = None
        self._site: Site | None = None
        self._why = ""

    def run(self, site: Site, *, wait: bool) -> tuple[Problem, ...]:
        """Put what waits, and return what is to be said."""
        missing = mirror_problem()
        if missing is not None:
            return self._once(missing)
        from feed.mirror.run import Mirror  # noqa: PLC0415 - obstore takes 40 ms, and most newsrooms have no mirror

        self._mirror, self._site = self._mirror or Mirror(), site
        try:
            mirrored = self._mirror.run(site, wait=wait, stopped=lambda: self._is_resident)
        except BusyError:
            return ()  # the run that has the lock goes on, or the next one
        except (WritethruError, OSError) as error:
            return self._once(Problem(where="mirror", check="mirror", message=str(error)))
        return self._after(site, mirrored)

    def go_on(self) -> tuple[Problem, ...]:
        """Put another slice, if there is more."""
        if self._mirror is None or self._site is None or not self._mirror.is_unfinished:
            return ()
        return self.run(self._site, wait=False)

    def _after(self, site: Site, mirrored: "Mirrored") -> tuple[Problem, ...]:
        if mirrored.waiting is not None and site.config.metrics.file is not None:
            from feed.health.metrics import write_mirror_metrics  # noqa: PLC0415 - most newsrooms have none

            write_mirror_metrics(site, files=mirrored.waiting, is_failure=mirrored.why != "")
        if not mirrored.why:
            self._why = "" if mirrored.waiting is not None else self._why
            return ()
        problem = Problem(where="mirror", check="mirror", message=f"{mirrored.why}.", remedy=mirrored.remedy or LATER)
        return self._once(problem) if mirrored.is_news else ()

    def _once(self, problem: Problem) -> tuple[Problem, ...]:
        former, self._why = self._why, problem.message
        return () if former == problem.message else (problem,)

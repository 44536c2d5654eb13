"""Writes the workflow that publishes a newsroom on GitHub Pages, into the repository around it."""

from importlib.metadata import distribution, version
from pathlib import Path

from events.errors import Problem, WritethruError
from events.system import write_atomically
from feed.config import OutputSettings
from feed.hosting.pages import WORKFLOW, ignore_file, package, workflow
from feed.newsroom import Newsroom
from feed.paths import CONFIG_NAME


def check_workflow(folder: Path) -> None:
    """Raise WritethruError if a workflow for a newsroom in `folder` exists, cannot name it, or cannot commit it."""
    path, config = _repository(folder) / WORKFLOW, folder / CONFIG_NAME
    if path.exists():
        message, remedy = (
            "there is a workflow already; nothing was changed.",
            "Edit it, or remove it to write a new one.",
        )
        raise WritethruError(Problem(where=str(path), check="init", message=message, remedy=remedy))
    if config.exists() and Newsroom.open(folder).config.ledger.url is not None:
        message = "the ledger is in a database, and the workflow commits the ledger."
        remedy = "Publish from a machine that reaches the database, or: writethru move --to ledger.db"
        raise WritethruError(Problem(where=str(config), check="init", message=message, remedy=remedy))
    _workflow(folder, OutputSettings().folder)


def write_workflow(folder: Path) -> Path:
    """Write the workflow for the newsroom in `folder`, and keep its keys out of git. Return the workflow's path."""
    path, ignored = _repository(folder) / WORKFLOW, folder / ".gitignore"
    texts = {
        ignored: ignore_file(ignored.read_text(encoding="utf-8") if ignored.exists() else ""),
        path: _workflow(folder, Newsroom.open(folder).config.output.folder),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        with write_atomically(file) as part:
            part.write_text(text, encoding="utf-8")
    return path


def package_source() -> str:
    """Return the commit of writethru that is installed, as pip installs it in the workflow; empty if it is unknown."""
    return package(distribution("writethru").read_text("direct_url.json"))


def _workflow(folder: Path, output: str) -> str:
    relative = folder.resolve().relative_to(_repository(folder))
    return workflow(str(relative), str(relative / output), version=version("writethru"), source=package_source())


def _repository(folder: Path) -> Path:
    """Return the top of the git repository around `folder`, or the folder itself if there is none."""
    start = folder.resolve()
    return next((path for path in (start, *start.parents) if (path / ".git").exists()), start)

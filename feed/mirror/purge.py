"""Has a CDN drop its copies of what showed text that was taken back: feed/README.md#mirror-purge."""

import os
import shlex
import signal
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from feed.mirror.bucket import MirrorError
from feed.output.headers import INDEX

SECONDS_MAX: Final = 10.0


def purge(command: str, paths: Collection[str], *, base_url: str, folder: Path) -> None:
    """Run a command with the URLs of the files on its input, one a line. MirrorError if it fails, or takes too long."""
    urls = "".join(f"{url}\n" for path in sorted(paths) for url in urls_of(path, base_url))
    words = shlex.split(command)
    try:
        _run(words, urls.encode(), folder)
    except subprocess.TimeoutExpired:
        raise MirrorError(f"the command of mirror.purge did not end within {SECONDS_MAX:g} s") from None
    except subprocess.CalledProcessError as error:
        complaint = error.stderr.decode(errors="replace").strip().partition("\n")[0][:200]
        why = f"the command of mirror.purge failed ({error.returncode}){complaint and f': {complaint}'}"
        raise MirrorError(why) from None
    except OSError as error:
        raise MirrorError(f"the command of mirror.purge does not start: {words[0]}: {error.strerror}") from None


def _run(words: list[str], data: bytes, folder: Path) -> None:
    """Run a command. If it takes too long, end what it has started too."""
    with subprocess.Popen(  # noqa: S603 - the newsroom's own command
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            _, complaint = process.communicate(data, SECONDS_MAX)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, stderr=complaint)


def urls_of(path: str, base_url: str) -> Iterator[str]:
    """Yield the URLs of a file: that of an index is also that of its folder."""
    yield base_url + path
    if path.rpartition("/")[2] == INDEX:
        yield base_url + path.removesuffix(INDEX)

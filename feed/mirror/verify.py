"""Compares a mirror with the output: feed/README.md#mirror-verify."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from events.errors import Problem
from feed.mirror.bucket import Bucket, tag_in
from feed.mirror.slice import THREADS, headers_of
from feed.output.tree import Tree
from feed.publishing.changed_files import is_mirrored
from feed.publishing.mirror_queue import UNKNOWN, tag_of
from feed.site import Site

PUT, PUT_ALL = "To put it: writethru mirror", "To put all files again: writethru mirror --everything"

LEFT = "This newsroom did not put it, and leaves it."


def mirror_problems(site: Site) -> Iterator[Problem]:
    """Yield what is missing, different or too much in the mirror. MirrorError if it cannot be read.

    Others may publish meanwhile. So what differs is compared once more, while nobody does.
    """
    bucket, tree = Bucket(site.config, site.folder), Tree(site.root)
    paths = {*bucket.tags(), *filter(is_mirrored, tree.files(""))}
    suspects = sorted(problem.where for problem in _compare(bucket, tree, paths))
    if suspects:
        with site.publishing(wait=True):
            yield from sorted(_compare(bucket, tree, dict.fromkeys(suspects)), key=lambda problem: problem.where)


def _compare(bucket: Bucket, tree: Tree, paths: Iterable[str]) -> Iterator[Problem]:
    with ThreadPoolExecutor(THREADS) as pool:
        for problems in pool.map(lambda path: list(_problems(bucket, tree, path)), paths):
            yield from problems


def _problems(bucket: Bucket, tree: Tree, path: str) -> Iterator[Problem]:
    data = tree.read(path) if is_mirrored(path) else None
    remote = bucket.look(path)
    if remote is None:
        if data is not None:
            yield Problem(where=path, check="missing", message="the mirror does not have it.", remedy=PUT)
        return
    if data is None:
        remedy = "To delete it: writethru mirror" if bucket.has_put(remote) else LEFT
        yield Problem(where=path, check="extra", message="the output does not have it.", remedy=remedy)
        return
    if tag_in(remote.tag) == UNKNOWN:
        remote = bucket.look(path, is_whole=True) or remote
    if tag_in(remote.tag) != tag_of(data) and remote.data != data:
        yield Problem(where=path, check="different", message="the mirror has other bytes.", remedy=PUT)
        return
    for header, check in (("Content-Type", "type"), ("Cache-Control", "cache")) if bucket.has_attributes else ():
        expected, actual = headers_of(path)[header], remote.attributes.get(header, "")
        if actual != expected:
            message = f"its {header} is {actual or 'missing'}, not {expected}."
            yield Problem(where=path, check=check, message=message, remedy=PUT_ALL)

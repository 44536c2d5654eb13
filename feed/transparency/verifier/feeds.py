"""The feeds: their checkpoints against the tree, and the list of stories against the leaves."""

from array import array
from dataclasses import dataclass

from .errors import LogError, MissingError, leaf_count
from .files import Files
from .merkle import Heads
from .parsers import json_checkpoint, listed_stories, xml_checkpoint
from .report import Report

STORY_LIST = "stories.opml"
FEEDS = ("feed.atom", "feed.rss", "feed.json")
SITE_FEEDS = (*FEEDS, "corrections.atom", "corrections.rss", "corrections.json")


@dataclass(frozen=True)
class FeedCheck:
    """Checks that the checkpoint of each feed is of this log, and that the list of stories has those of the log."""

    files: Files
    report: Report
    heads: Heads
    signed: bool

    def check(self, stories: "dict[str, array[int]]", lost: set[str]) -> None:
        """Check all feeds and the list. Nobody needs to list the stories that are `lost`."""
        if stories:
            self._check_list(set(stories), lost)
        for path in (*SITE_FEEDS, *(f"stories/{story}/{name}" for story in sorted(stories) for name in FEEDS)):
            try:
                self._check_feed(path)
            except MissingError:
                pass  # a mirror of the log alone has none
            except LogError as error:
                self.report.add(path, error.message)
            except ValueError as error:
                self.report.add(path, str(error))

    def _check_feed(self, path: str) -> None:
        start = self.files.start(path)
        parse = json_checkpoint if path.endswith(".json") else xml_checkpoint
        try:
            head, at_entries = parse(start)
        except ValueError:
            head, at_entries = None, False
        if head is None and not at_entries:  # what comes first is long, or something is wrong
            head, at_entries = parse(self.files.read(path), whole=True)
        if head is None and at_entries and self.signed:
            self.report.add(path, "has no checkpoint, although the log is signed")
        if head is None:
            return
        log = self.report.head
        if not self.signed:
            self.report.add(path, "has a checkpoint, as only feeds of a signed log have; the log is not signed")
        elif log is not None and head.origin != log.origin:
            self.report.add(path, f"its checkpoint is of {head.origin}")
        elif head.size > len(self.heads):
            self.report.add(path, f"its checkpoint has {leaf_count(head.size)}; the log has {len(self.heads)}")
        elif self.heads.root(head.size) != head.root:
            self.report.add(path, f"its checkpoint is not that of the first {leaf_count(head.size)}")

    def _check_list(self, stories: set[str], lost: set[str]) -> None:
        try:
            listed = listed_stories(self.files.read(STORY_LIST))
        except LogError as error:
            self.report.add(error.where, error.message)
            return
        except ValueError as error:
            self.report.add(STORY_LIST, str(error))
            return
        for story in sorted(stories - lost - listed):
            self.report.add(STORY_LIST, f"does not list the story {story}, which is in the log")
        for story in sorted(listed - stories):
            self.report.add(STORY_LIST, f"lists the story {story}, which is not in the log")

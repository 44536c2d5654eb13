"""What is shown of somebody was said by them: in every state, and in the words of every output.

The oracle is the plain list of events: each version of a report, with its position (`Said`). Nothing of the fold is
used to know who said what; names of origins are those of the story's map.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from html import unescape
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from events.fold.attribution import OriginMap, origins_of
from events.fold.claims import AttributedClaim, claim_implies
from events.fold.development import correct, erase
from events.fold.facts import Fact
from events.fold.story import StoryFold, fold_of
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased, Recorded
from events.model.parts import Claim, Speaker
from events.wording.claims import attribution
from events.wording.values import value_words
from feed.cli.terminal.story_view import show_story
from tests.builders import STORY, Scenario
from tests.properties.disputes import disputed_stories
from tests.properties.growth import files_of
from tests.properties.strategies import NOWS, runs

TEXTS = re.compile(r"\.(html|atom|rss|json|jsonl)$")
MARKS = re.compile(r"\((withdrawn|withheld|not shown|corrected: [^)]*)\)|\[removed\]")


class Said(NamedTuple):
    """A report as it was from the event at `position` on."""

    position: int
    development: str
    report: DevelopmentReported


class Statement(NamedTuple):
    """What a report says of a key: itself, or of the report that it disputes."""

    said: Said
    claim: Claim
    stance: str
    speakers: tuple[Speaker, ...]
    against: str | None = None


def versions_of(events: Iterable[Recorded], *, exact: bool) -> list[Said]:
    """Return every version of every report, by position.

    If not `exact`, also those that the public may have seen: an embargo can let a correction come without one before.
    """
    reports: dict[str, list[DevelopmentReported]] = {}
    versions: list[Said] = []
    for item in events:
        name = item.development or ""
        before = reports.get(name, [])[-1 if exact else 0 :]
        match item.event:
            case DevelopmentReported() as report:
                made = [report]
            case DevelopmentCorrected() as correction:
                made = [correct(version, correction) for version in before]
            case Erased(was="development_corrected") as erased:
                made = [erase(version, erased) for version in before]
            case _:
                continue
        reports.setdefault(name, []).extend(made)
        versions += [Said(item.position, name, version) for version in made]
    return versions


class Oracle:
    """Who said what in `events`. `exact`: a report is taken as it was when it was answered; otherwise as ever before.

    The public may have seen an older version than the desk: a correction under embargo.
    """

    def __init__(self, events: Sequence[Recorded], *, exact: bool) -> None:
        self.versions = versions_of(events, exact=exact)
        self.exact = exact
        self.statements = list(self._statements())

    def then(self, development: str, said: Said) -> list[DevelopmentReported]:
        """Return `development` as it may have been when `said` was recorded."""
        earlier = [item.report for item in self.versions if item.development == development]
        before = [
            item.report for item in self.versions if item.development == development and item.position < said.position
        ]
        return (before[-1:] if self.exact else before) or earlier[:1]

    def _statements(self) -> Iterator[Statement]:
        for said in self.versions:
            for claim in said.report.facts:
                speakers = claim.said_by or said.report.said_by
                yield Statement(said, claim, claim.stance, speakers)
                if _is_unnamed(claim):
                    yield from self._named(said, claim, speakers)
            for dispute in said.report.disputes:
                for report in self.then(dispute.development, self.first(said, dispute)):
                    for claim in report.facts:
                        if claim.stance == "asserts" and (not dispute.keys or claim.key in dispute.keys):
                            yield Statement(said, claim, dispute.kind, said.report.said_by, dispute.development)

    def _named(self, said: Said, doubt: Claim, speakers: tuple[Speaker, ...]) -> Iterator[Statement]:
        """Yield what a denial or doubt without a value may be about: what others said of its key by then."""
        first = self.first(said, doubt)
        for name in {item.development for item in self.versions if item.development != said.development}:
            for report in self.then(name, first):
                for claim in report.facts:
                    if claim.stance == "asserts" and claim.key == doubt.key:
                        yield Statement(said, claim, doubt.stance, speakers, name)

    def first(self, said: Said, aim: object) -> Said:
        """Return the first version of a report from which on it has had `aim`."""
        first = said
        for item in reversed([item for item in self.versions if item.development == said.development]):
            if item.position <= said.position:
                unnamed = [_who_of(claim) for claim in item.report.facts if _is_unnamed(claim)]
                made = _who_of(aim) in unnamed if isinstance(aim, Claim) else aim in _aims_of(item.report)
                if not made:
                    break
                first = item
        return first

    def says(self, key: str, shown: AttributedClaim) -> bool:
        """Return True if the speakers of a shown claim said that, with this unit."""
        return any(
            item.claim.key == key
            and item.stance == shown.stance
            and item.against == shown.against
            and item.said.development == shown.development
            and item.speakers == shown.said_by
            and (item.claim.value, item.claim.unit, item.claim.of) == (shown.value, shown.unit, shown.of)
            for item in self.statements
        )

    def supports(self, key: str, origin: str, current: AttributedClaim, names: OriginMap) -> bool:
        """Return True if `origin` asserted a value that implies the one shown, or corroborated one that did then."""
        for said in self.versions:
            for claim in said.report.facts:
                asserts = claim.key == key and claim.stance == "asserts" and claim_implies(claim, current)
                if asserts and origin in _origins(claim.said_by or said.report.said_by, said.report, names):
                    return True
            for aim in said.report.corroborates:
                if origin in _origins(said.report.said_by, said.report, names) and any(
                    claim.key == key and claim.stance == "asserts" and claim_implies(claim, current)
                    for report in self.then(aim.development, self.first(said, aim))
                    if not aim.keys or key in aim.keys
                    for claim in report.facts
                ):
                    return True
        return False


def _is_unnamed(claim: Claim) -> bool:
    return claim.value is None and claim.stance in {"denies", "cannot_confirm"}


def _who_of(claim: Claim) -> tuple[object, ...]:
    return claim.key, claim.stance, claim.said_by


def _aims_of(report: DevelopmentReported) -> tuple[object, ...]:
    return (*report.disputes, *report.corroborates)


def _origins(speakers: tuple[Speaker, ...], report: DevelopmentReported, names: OriginMap) -> set[str]:
    return {
        origin.name
        for explicit in (False, True)
        for origin in origins_of(speakers, report.sources, names, explicit=explicit)
    }


def check_fact(oracle: Oracle, fold: StoryFold, fact: Fact) -> None:
    """Check all that is known of one key."""
    assert fold.header is not None
    names = OriginMap(fold.header.origins)
    for claim in fact.claims:
        assert oracle.says(fact.key, claim), claim
        record = fold.records[claim.development]
        assert record.usable is not None
    if fact.current is not None:
        for origin in fact.origins:
            assert oracle.supports(fact.key, origin, fact.current, names), (origin, fact.current)
        for denial in fact.denied_by:
            assert denial.value is None or fact.current.implies(denial)
        assert (fact.standing == "disputed") == bool(fact.contradicted_by or fact.denied_by)


@runs(300, 6_000)
@given(disputed_stories(), st.sampled_from(NOWS))
def test_what_is_known_of_a_speaker_was_said_by_them(scenario: Scenario, now: datetime) -> None:
    desk = fold_of(STORY, scenario.recorded)
    for key, item in desk.facts().items():
        oracle = Oracle(scenario.recorded, exact=True)
        check_fact(oracle, desk, item.fact)
        for step in item.history:
            assert oracle.says(key, step.claim)
    public = scenario.public(now)
    oracle = Oracle(scenario.recorded, exact=False)
    for shown in public.items:
        for fact in shown.touched_facts.values():
            for claim in fact.claims if fact else ():
                assert oracle.says(fact.key if fact else "", claim)


@runs(100, 6_000)
@given(disputed_stories(), st.sampled_from(NOWS))
def test_disputes_name_what_was_disputed(scenario: Scenario, now: datetime) -> None:
    for state, exact in ((scenario.state(now), True), (scenario.public(now).state, False)):
        oracle = Oracle(scenario.recorded, exact=exact)
        for dispute in state.disputes if state else ():
            assert any(
                said.development == dispute.by_development
                and any(
                    (aim.development, aim.kind, aim.keys) == (dispute.development, dispute.kind, dispute.target.keys)
                    and any(
                        _target_of(report, dispute.target.keys, dispute.target)
                        for report in oracle.then(aim.development, oracle.first(said, aim))
                    )
                    for aim in said.report.disputes
                )
                for said in oracle.versions
            ), dispute


def _target_of(report: DevelopmentReported, keys: tuple[str, ...], target: object) -> bool:
    claims = tuple(claim for claim in report.facts if claim.stance == "asserts" and claim.key in keys)
    return (getattr(target, "headline", None), getattr(target, "claims", None)) == (report.headline, claims)


LABELS = re.compile(
    r"ontradicted by |iffering account by | says otherwise: | gives another account: |enied by | denies: |, says "
)


@runs(60, 6_000)
@given(disputed_stories(), st.sampled_from(NOWS))
def test_words_of_every_output_are_those_of_a_speaker(scenario: Scenario, now: datetime) -> None:
    """Each sentence about somebody's stance is one that a statement of theirs makes."""
    oracle, maps = Oracle(scenario.recorded, exact=False), _maps(scenario)
    sentences = {line for names in maps for item in oracle.statements for line in _sentences(item, names)}
    for name, text in texts_of(scenario, now):
        for found in LABELS.finditer(text):
            around = text[max(0, found.start() - 300) : found.end() + 300]
            if MARKS.search(text[max(0, found.start() - 120) : found.end() + 200]):
                continue  # what was taken back is not quoted
            assert any(sentence in around for sentence in sentences), (name, around)


def _maps(scenario: Scenario) -> list[OriginMap]:
    """Return the story's maps of origins, as they were over time."""
    found = [getattr(item.event, "origins", None) for item in scenario.recorded]
    return [OriginMap({}), *(OriginMap(origins) for origins in found if origins)]


def _sentences(item: Statement, names: OriginMap) -> Iterator[str]:
    """Yield the sentences, or their beginnings, that a statement may make."""
    claim, speakers = item.claim, item.speakers
    value = "" if claim.value is None else _plain(value_words(claim.value, claim.unit, claim.of))
    for explicit in (False, True):
        who = attribution(speakers, origins_of(speakers, item.said.report.sources, names, explicit=explicit))
        if item.stance == "asserts":
            yield from (f"ontradicted by {who}: {value}", f"iffering account by {who}: {value}", f"{value}, says {who}")
            yield from (f"{who}{no} says otherwise: {value}" for no in ("", " no longer"))
            yield from (f"{who}{no} gives another account: {value}" for no in ("", " no longer"))
        elif item.stance == "denies":
            yield from (f"enied by {who}", f"{who} denies: {value}", f"{who} no longer denies: {value}")


def texts_of(scenario: Scenario, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the words of each output: the public files, and what the desk is shown."""
    for file in files_of(scenario.public(now)):
        if TEXTS.search(file.path):
            text = file.data.decode()
            if file.path.endswith((".json", ".jsonl")):
                text = text.encode().decode("unicode_escape", "ignore") if "\\u" in text else text
            yield file.path, _plain(text)
    with redirect_stdout(io.StringIO()) as out, patch.dict("os.environ", {"COLUMNS": "1000"}):
        show_story(scenario.state(now))
    yield "show", _plain(out.getvalue())


def _plain(text: str) -> str:
    text = unescape(unescape(re.sub(r"<[^>]*>", "", unescape(text))))
    return " ".join(re.sub("[\u2066-\u2069]", "", text).split())

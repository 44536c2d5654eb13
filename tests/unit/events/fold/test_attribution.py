"""The origins of claims (events/README.md#origins), and the standing that they give to a fact."""

from typing import Any

import pytest

from events.commands import revise_story
from events.fold.attribution import Origin, OriginMap, origins_of, stated_names
from events.model.parts import Source, Speaker
from tests.builders import STORY, Scenario, claim
from tests.facts import ANN, BEN, CY, MON, TUE, WED, aimed, fact_of, hurt

KEY = "hurt"
US = {"US government": ["State Department", "White House", "Jen Psaki"]}


def origins(*speakers: dict[str, Any] | str, sources: list[dict[str, Any]] | None = None, **fields: Any) -> set[Origin]:
    return set(
        origins_of(
            tuple(Speaker.model_validate(speaker) for speaker in speakers),
            tuple(Source.model_validate(source) for source in sources or ()),
            OriginMap(fields.get("origins", {})),
            explicit=fields.get("explicit", False),
        )
    )


def stated(name: str) -> Origin:
    return Origin(stated=True, folded_name=name.casefold(), name=name)


def unstated(name: str) -> Origin:
    return Origin(stated=False, folded_name=name.casefold(), name=name)


class TestSpeakers:
    @pytest.mark.parametrize(
        ("speaker", "origin"),
        [
            ({"name": "Ann", "org": "Port"}, stated("Port")),
            ({"name": "Ann", "org": "Port", "origin": "City"}, stated("City")),
            ({"name": "Ann", "org": "White House"}, stated("US government")),
            ({"name": "Ann", "org": " white  house"}, stated("US government")),
            ({"name": "Jen Psaki"}, stated("US government")),
            ({"name": "Jen Psaki", "org": "Some Club"}, stated("US government")),
            ({"name": "Ann", "org": "US Government"}, stated("US government")),
            ({"name": "Ann", "org": "White House", "origin": "Ann herself"}, stated("Ann herself")),
            ({"named": False, "role": "official", "org": "Port"}, stated("Port")),
            ({"name": "Ann"}, unstated("Ann")),
            ({"named": False, "role": "official"}, unstated("official")),
        ],
    )
    def test_speaker_has_its_own_origin_or_the_maps_or_its_org(self, speaker: dict[str, Any], origin: Origin) -> None:
        assert origins(speaker, origins=US) == {origin}

    def test_speaker_without_origin_has_the_one_of_the_sources(self) -> None:
        wire = {"name": "Wire", "origin": "Port"}
        assert origins({"name": "Ann"}, sources=[wire]) == {stated("Port")}
        assert origins({"name": "Ann"}, sources=[wire, {"name": "Other"}]) == {stated("Port")}
        assert origins({"name": "Ann"}, sources=[wire, {"name": "Other", "origin": "City"}]) == {unstated("Ann")}
        assert origins({"name": "Ann", "org": "Club"}, sources=[wire]) == {stated("Club")}

    def test_anonymous_speaker_without_org_counts_as_the_outlet(self) -> None:
        official = {"named": False, "role": "official"}
        assert origins(official, sources=[{"name": "Wire"}, {"name": "Other"}]) == {unstated("Wire")}

    def test_sources_do_not_count_beside_speakers(self) -> None:
        assert origins("Ann (Port)", sources=[{"name": "Wire", "origin": "Wire"}], explicit=True) == {stated("Port")}

    def test_joint_statement_has_the_origins_of_all(self) -> None:
        assert origins("Ann (Port)", "Ben (City)", {"name": "Cy"}) == {stated("Port"), stated("City"), unstated("Cy")}
        assert origins("Ann (White House)", "Ben (State Department)", origins=US) == {stated("US government")}


class TestSources:
    def test_several_sources_are_one_unstated_origin(self) -> None:
        assert origins(sources=[{"name": "Wire"}, {"name": "Other"}]) == {unstated("Wire")}

    def test_source_with_a_stated_origin_counts_as_that(self) -> None:
        assert origins(sources=[{"name": "Wire", "origin": "Port"}, {"name": "Other"}]) == {stated("Port")}

    def test_report_of_nobody_has_an_origin_without_name(self) -> None:
        assert origins() == {unstated("")}
        assert origins(explicit=True) == {unstated("")}

    def test_explicit_source_is_the_first_that_credits_nobody(self) -> None:
        copied = {"name": "Copy", "via": ["Wire"]}
        assert origins(sources=[{"name": "Wire"}], explicit=True) == {stated("Wire")}
        assert origins(sources=[copied, {"name": "Wire"}], explicit=True) == {stated("Wire")}
        assert origins(sources=[copied], explicit=True) == {unstated("Copy")}
        assert origins(sources=[{"name": "Wire", "origin": "Port"}], explicit=True) == {stated("Port")}


class TestNames:
    def test_stated_names_are_unique_sorted_and_in_one_spelling(self) -> None:
        spelt = [Origin(stated=True, folded_name="port", name=name) for name in ("port", "Port", "PORT")]
        others = [stated("City"), unstated("Ann")]
        assert stated_names([*spelt, *others]) == stated_names([*others, *reversed(spelt)]) == ("City", "PORT")

    def test_stated_origin_differs_from_an_unstated_one(self) -> None:
        assert stated("Port") != unstated("Port")

    def test_map_does_not_depend_on_its_order(self) -> None:
        both = {"B": ["X"], "A": ["X"]}
        assert OriginMap(both).of("X") == OriginMap(dict(sorted(both.items()))).of("X") == "A"

    def test_map_looks_up_the_org_before_the_name(self) -> None:
        mapping = OriginMap({"A": ["Ann"], "B": ["Port"]})
        assert mapping.of("Port", "Ann") == "B"
        assert mapping.of(None, "Ann") == "A"
        assert mapping.of("Nobody", None) is None


class TestInAStory:
    def test_new_map_applies_to_earlier_reports(self) -> None:
        story = Scenario().report("a", hurt(2), by="Ann (Harbour Office)")
        story.report("b", hurt(2), by="Ben (Port)")
        assert fact_of(story).origins == ("Harbour Office", "Port")
        story.record(revise_story(STORY, origins={"City": ["Port", "Harbour Office"]}))
        assert fact_of(story).origins == ("City",)
        story.record(revise_story(STORY, headline="Another headline"))
        assert fact_of(story).origins == ("City",)

    def test_two_outlets_quoting_one_spokesman_are_one_origin(self) -> None:
        story = Scenario().report("a", hurt(2), by="Ann (Port)", source="Wire")
        story.report("b", hurt(2), by="Ann (Port)", source="Daily")
        assert fact_of(story).origins == ("Port",)

    def test_two_outlets_do_not_corroborate_each_other(self) -> None:
        story = Scenario().report("a", hurt(2), source="Wire").report("b", hurt(2), source="Daily")
        assert fact_of(story).origins == ()


class TestStanding:
    def test_two_stated_origins_corroborate_an_implied_value(self) -> None:
        story = Scenario().report("a", hurt({"min": 1, "max": 9}), by=ANN).report("b", hurt(5), by=BEN)
        assert (fact_of(story).origins, fact_of(story).standing) == (("City",), "reported")
        story.report("c", hurt(5), by=ANN)
        assert (fact_of(story).origins, fact_of(story).standing) == (("City", "Port"), "corroborated")

    @pytest.mark.parametrize("second", [ANN, {"name": "Ben"}, {"role": "official", "named": False}])
    def test_same_or_unstated_origins_do_not_corroborate(self, second: Any) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(2, said_by=[second]))
        assert (fact_of(story).origins, fact_of(story).standing) == (("Port",), "reported")

    def test_corroboration_counts_for_the_keys_that_it_names(self) -> None:
        story = Scenario().report("a", hurt(2), claim("dead", 1), by=ANN)
        story.report("b", by=CY, corroborates=aimed("a", keys=[KEY]))
        assert (fact_of(story).standing, fact_of(story, "dead").standing) == ("corroborated", "reported")

    def test_corroboration_without_speaker_counts_by_name(self) -> None:
        story = Scenario().report("a", hurt(2), claim("dead", 1), source="Wire")
        story.report("b", source="Daily", corroborates=aimed("a", keys=[KEY]))
        assert (fact_of(story).origins, fact_of(story).standing) == (("Daily", "Wire"), "corroborated")
        assert fact_of(story, "dead").origins == ()

    def test_corroboration_that_is_corrected_away_is_gone(self) -> None:
        story = Scenario().report("a", hurt(2), source="Wire").report("x", hurt(9), source="Late", at=MON)
        story.report("b", source="Daily", corroborates=aimed("a")).correct("b", corroborates=aimed("x"))
        story.retract("x")
        assert (fact_of(story).origins, fact_of(story).standing) == ((), "reported")

    def test_outlet_that_credits_another_does_not_count(self) -> None:
        story = Scenario().report("a", hurt(2), source="Wire")
        story.report("b", source={"name": "Daily", "via": ["Wire"]}, corroborates=aimed("a"))
        assert (fact_of(story).origins, fact_of(story).standing) == ((), "reported")

    def test_repeated_claim_keeps_its_corroboration(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", by=CY, corroborates=aimed("a"))
        story.report("c", hurt(2), by=ANN)
        assert (fact_of(story).origins, fact_of(story).standing) == (("Port", "UN"), "corroborated")
        story.report("d", hurt(3), by=ANN)
        assert (fact_of(story).origins, fact_of(story).standing) == (("Port",), "reported")

    @pytest.mark.parametrize(
        ("later", "standing"),
        [
            (hurt(stance="cannot_confirm"), "reported"),
            (hurt(2, stance="denies"), "disputed"),
            (hurt(7, as_of="2026-03-01"), "corroborated"),
            (hurt(7, as_of=TUE), "reported"),
            (hurt({"min": 1, "max": 9}), "corroborated"),
            (hurt(7, unit="boats"), "corroborated"),
            (hurt(9, stance="denies"), "corroborated"),
        ],
    )
    def test_corroboration_can_be_withdrawn(self, later: Any, standing: str) -> None:
        story = Scenario().report("a", hurt(2, unit="men"), by=ANN, at=MON)
        story.report("b", by=CY, at=MON, corroborates=aimed("a")).report("c", later, by=CY, at=TUE)
        story.report("d", hurt(2, unit="men"), by=ANN, at=WED)
        assert fact_of(story).standing == standing

    def test_dispute_outweighs_any_number_of_origins(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(2), by=CY)
        story.report("no", hurt(stance="denies"), by=BEN)
        assert fact_of(story).standing == "disputed"


@pytest.mark.parametrize(
    ("claimant", "verifier", "own_side", "independent"),
    [
        (ANN, ANN, True, False),
        (ANN, CY, False, True),
        (ANN, [ANN, CY], True, False),
        (ANN, "Dee", False, False),
        ("Dee", CY, False, False),
    ],
)
def test_verification_is_listed_with_its_side(
    claimant: str, verifier: Any, *, own_side: bool, independent: bool
) -> None:
    story = Scenario().report("a", hurt(2), by=claimant)
    story.report("b", by=verifier, corroborates=aimed("a", verification=True, method="on-site check"))
    story.report("c", by=CY, corroborates=aimed("a"))
    [verification] = fact_of(story).verified_by
    assert (verification.support.by, verification.support.method) == ("b", "on-site check")
    assert (verification.own_side, verification.independent) == (own_side, independent)

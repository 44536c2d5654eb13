"""Checks of facts, and how fresh a fact is: events/README.md#freshness."""

from typing import Any

import pytest

from events import commands
from events.errors import InvalidError, RefusedError
from events.files.importer import read_events
from events.model.codec import body_of
from events.model.events import AnyEvent
from events.public.sequence import PublicStory
from events.wording.freshness import freshness_line
from feed.entries.builder import Address
from feed.entries.story import StoryEntries
from feed.pages.history import History
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim

PORT, CLINIC = "Ana Ruiz (Port)", "Ben Okoye (Clinic)"
SECRET = "2026-03-05T00:00:00Z"


def check(key: str = "hurt", **fields: Any) -> AnyEvent:
    return commands.check_fact(STORY, key, **fields)


def hurt(value: int = 2) -> Scenario:
    return Scenario().report("d1", claim("hurt", value), by=PORT, at="2026-03-02T09:00:00Z")


def dates(story: Scenario, key: str = "hurt", now: str | None = None) -> dict[str, Any]:
    """Return the dates of a fact in the public state."""
    state = story.public(now).state
    assert state is not None
    fact = state.as_json()["facts"][key]
    return {
        name: fact[name] for name in ("last_changed", "last_confirmed", "last_checked", "checked_by") if name in fact
    }


CHANGED = {"last_changed": "2026-03-02T09:00:00Z"}


class TestFreshness:
    def test_first_report_confirms_nothing(self) -> None:
        assert dates(hurt()) == CHANGED

    @pytest.mark.parametrize("by", [PORT, CLINIC])
    def test_value_said_again_is_confirmed_not_changed(self, by: str) -> None:
        story = hurt().report("d2", claim("hurt", 2), by=by, at="2026-03-03")
        assert dates(story) == CHANGED | {"last_confirmed": "2026-03-03T12:00:00Z"}

    def test_corroboration_confirms(self) -> None:
        story = hurt().report("d2", by=CLINIC, corroborates=[{"development": "d1"}], at="2026-03-03")
        assert dates(story) == CHANGED | {"last_confirmed": "2026-03-03T12:00:00Z"}
        assert dates(story.retract("d2")) == CHANGED

    def test_new_value_is_changed_and_no_longer_confirmed(self) -> None:
        story = hurt().report("d2", claim("hurt", 2), by=PORT, at="2026-03-03")
        story.report("d3", claim("hurt", 3), by=PORT, at="2026-03-04")
        assert dates(story) == {"last_changed": "2026-03-04T12:00:00Z"}

    def test_wider_value_does_not_confirm(self) -> None:
        story = hurt().report("d2", claim("hurt", {"min": 1, "max": 5}), by=PORT, at="2026-03-03")
        assert dates(story) == CHANGED

    def test_value_that_was_taken_back_has_a_date_of_change(self) -> None:
        story = hurt().report("d2", "hurt!cannot_confirm", by=PORT, at="2026-03-03")
        assert dates(story) == {"last_changed": "2026-03-03T12:00:00Z"}


class TestChecks:
    def test_check_is_the_third_date_and_moves_no_other(self) -> None:
        story = hurt().record(check(checked_on="2026-03-04", said_by=[PORT]), at="2026-03-05")
        assert dates(story) == CHANGED | {
            "last_checked": "2026-03-04", "checked_by": [{"name": "Ana Ruiz", "org": "Port"}],
        }  # fmt: skip

    def test_check_without_date_was_made_on_the_day_of_its_report(self) -> None:
        assert dates(hurt().record(check(), at="2026-03-05"))["last_checked"] == "2026-03-05"
        assert (
            dates(hurt().record(check(reported_at="2026-03-03T23:00:00Z"), at="2026-03-05"))["last_checked"]
            == "2026-03-03"
        )

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_latest_check_counts_in_any_order(self, order: tuple[int, ...]) -> None:
        days = ("2026-03-03", "2026-03-04T10:00:00Z", "2026-03-04")
        story = hurt()
        for index in order:
            story.record(check(checked_on=days[index]), at="2026-03-06")
        assert dates(story)["last_checked"] == "2026-03-04"

    def test_check_is_no_item_and_no_update(self) -> None:
        before, after = hurt(), hurt().record(check(), at="2026-03-05")
        assert after.public(MAY).items == before.public(MAY).items
        assert rendered(after.public(MAY)) == rendered(before.public(MAY))
        one, other = before.state(MAY), after.state(MAY)
        assert (one.updated_at, one.by_urgency, one.facts) == (other.updated_at, other.by_urgency, other.facts)

    def test_check_under_embargo_is_public_at_its_instant(self) -> None:
        story = hurt().record(check(embargoed_until=SECRET), at="2026-03-03")
        assert dates(story, now="2026-03-04T23:59:59Z") == CHANGED
        assert story.public("2026-03-04").next_at == story.public(SECRET).items[0].at.replace(day=5, hour=0)
        assert dates(story, now=SECRET)["last_checked"] == "2026-03-03"

    def test_check_of_a_secret_fact_shows_with_the_fact(self) -> None:
        story = hurt().report("d2", claim("bids", 3), embargoed_until=SECRET).record(check("bids"))
        state = story.public("2026-03-04").state
        assert state is not None
        assert "bids" not in str(state.as_json())
        assert dates(story, "bids", SECRET)["last_checked"] == "2026-03-02"

    def test_view_of_the_past_has_the_checks_of_then(self) -> None:
        story = hurt().record(check(), at="2026-03-03").record(check(), at="2026-03-05")
        assert {key: item.on.edtf for key, item in story.state(as_of="2026-03-04").checks.items()} == {
            "hurt": "2026-03-03"
        }
        assert story.state(as_of="2026-03-02").checks == {}


class TestWhatWasChecked:
    @pytest.mark.parametrize(
        ("checked_on", "note"),
        [("2026-03-03", ", before the change"), ("2026-03-04T13:00:00Z", ""), ("2026-03-05", "")],
    )
    def test_check_of_a_former_value_says_so(self, checked_on: str, note: str) -> None:
        story = hurt().report("d2", claim("hurt", 3), by=PORT, at="2026-03-04")
        story.record(check(checked_on=checked_on, said_by=["Ed Ash (Courier)"]), at="2026-03-06")
        assert checked_line(story).endswith(f"by Ed Ash (Courier){note}")
        assert checked_value(story) == ("former" if note else None)

    def test_check_of_that_day_ends_with_its_report(self) -> None:
        story = hurt().record(check(said_by=["Ed Ash (Courier)"]), at="2026-03-04T08:00:00Z")
        story.report("d2", claim("hurt", 3), by=PORT, at="2026-03-04T20:00:00Z")
        assert checked_value(story) == "former"

    @pytest.mark.parametrize(
        ("said", "value"),
        [
            (claim("hurt", 5), "another"),
            (claim("hurt", {"min": 1, "max": 5}), "another"),
            (claim("hurt", 2, stance="denies"), "another"),
            (claim("hurt", stance="cannot_confirm"), "another"),
            (claim("hurt", 7, stance="denies"), None),
            (claim("hurt", stance="withholds"), None),
            (claim("hurt", 2), None),
        ],
    )
    def test_checker_confirms_no_value_but_their_own(self, said: dict[str, Any], value: str | None) -> None:
        story = hurt().report("d2", said, by=CLINIC, at="2026-03-03")
        story.report("d3", claim("hurt", 2), by=PORT, at="2026-03-04")
        story.record(check(said_by=[CLINIC]), at="2026-03-05")
        assert (checked_value(story), "without confirming" in checked_line(story)) == (value, value is not None)

    def test_account_of_the_checker_is_not_the_one_shown(self) -> None:
        story = Scenario().report("d1", claim("cause", "wind"), by=CLINIC).report("d2", claim("cause", "fog"), by=PORT)
        story.record(check("cause", said_by=[CLINIC]), at="2026-03-05")
        line = "last checked 5 March 2026 by Ben Okoye (Clinic), without confirming this value"
        assert checked_line(story, "cause") == f"Last changed 2 March 2026, {line}"


def checked_line(story: Scenario, key: str = "hurt") -> str:
    state = story.state()
    return freshness_line(state.facts[key], state.checks.get(key))


def checked_value(story: Scenario) -> Any:
    return story.state().as_json()["facts"]["hurt"].get("checked_value")


class TestRefusals:
    def test_check_of_an_unknown_fact_names_the_nearest(self) -> None:
        with pytest.raises(RefusedError, match=r"no report speaks of hurtt\.\n  Did you mean hurt\?"):
            hurt().record(check("hurtt"))
        with pytest.raises(RefusedError, match="To see the facts: writethru show harbour-fire"):
            hurt().record(check("zzz"))
        with pytest.raises(RefusedError, match="Check a fact once it is reported"):
            Scenario().record(check())

    @pytest.mark.parametrize("day", ["2026-03-07", "2026-03-05T12:00:01Z"])
    def test_check_in_the_future_is_refused(self, day: str) -> None:
        with pytest.raises(RefusedError, match="is after it was reported, or in the future"):
            hurt().record(check(checked_on=day), at="2026-03-05")

    def test_day_that_has_begun_somewhere_is_taken(self) -> None:
        assert dates(hurt().record(check(checked_on="2026-03-06"), at="2026-03-05"))["last_checked"] == "2026-03-06"

    @pytest.mark.parametrize("when", ["2026-03", "2026", "2026-03-01/2026-03-02", "2026-03-01~", {"literal": "today"}])
    def test_imprecise_date_is_refused(self, when: Any) -> None:
        with pytest.raises(InvalidError, match="must be a day or an instant"):
            check(checked_on=when)


def test_check_comes_from_a_file() -> None:
    line = (
        b'{"type": "fact_checked", "story": "a", "key": "hurt", "checked_on": "2026-03-04", "said_by": ["- (Port)"]}\n'
    )
    [item] = read_events(line.replace(b'"- (Port)"', b'"(Port)"'), name="f.jsonl")
    assert body_of(item.event) == b'{"checked_on":"2026-03-04","key":"hurt","said_by":[{"org":"Port"}]}'


MAY = "2026-05-01T00:00:00Z"


def rendered(public: PublicStory) -> tuple[Any, ...]:
    """Return what feeds and history are made of."""
    entries = StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL))
    return entries.newest(), History(entries, public).data

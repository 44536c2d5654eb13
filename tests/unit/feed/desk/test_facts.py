"""Facts at the desk: every voice, how each is shown, and what else is said of it."""

from pathlib import Path

import pytest

from events import commands
from tests.desk_forms import Sheet, sheet
from tests.desk_rooms import STORY, BusyRoom
from tests.sites import record

CHECK, VOICE, SETTINGS = range(3)


class Room(BusyRoom):
    """A busy newsroom, and the forms of one fact."""

    def sheet(self, number: int, key: str = "hurt") -> Sheet:
        return sheet(self.editor, f"stories/{STORY}/facts/{key}", number)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


def test_facts_are_listed_with_what_they_rest_on(room: Room) -> None:
    words = room.editor.get(f"stories/{STORY}/facts").words
    assert "Hurt: 5 people Disputed: 2 people, says Ana Ruiz, fire chief (Port Authority)" in words
    assert "last checked 1 March 2026" in words


def test_fact_names_every_voice_its_origin_and_since_when(room: Room) -> None:
    words = room.editor.get(f"stories/{STORY}/facts/hurt").words
    voice = "Counts: 5 people · Ben Ito, spokesman (City Hospital) origin: City Hospital · as of 2 March 2026 · since"
    assert voice in words
    assert "Contradicts: 2 people · Ana Ruiz, fire chief (Port Authority) origin: Port Authority" in words


def test_settings_that_changed_are_recorded_and_no_others(room: Room) -> None:
    form = room.sheet(SETTINGS)
    assert form.send(label="People hurt", lead="yes", order="-2", threshold="10%", settled="d1").status == 303
    settings = room.story.settings["hurt"].in_force
    assert {name: str(value) for name, value in settings.items()} == {
        "label": "People hurt",
        "order": "-2",
        "lead": "True",
        "settled": "d1",
        "threshold": "10%",
    }
    values = room.sheet(SETTINGS).values
    assert (values["label"], values["threshold"], values["settled"]) == ("People hurt", "10%", "d1")


def test_settings_that_were_saved_can_be_undone_beside_them(room: Room) -> None:
    room.site.publish()
    answer = room.sheet(SETTINGS).send(label="People hurt")
    screen = room.editor.get(f"stories/{STORY}/facts/{answer.headers['location'].rpartition('/')[2]}")
    assert "Not published yet The revision of the story" in screen.words
    assert screen.text.count('data-key="u"') == 1
    assert room.editor.post(f"stories/{STORY}/undo", Sheet(room.editor, screen).values).status == 303
    assert "hurt" not in room.story.settings


def test_account_that_came_later_than_the_settled_one_is_set_aside(room: Room) -> None:
    room.sheet(SETTINGS).send(settled="d1")
    words = room.editor.get(f"stories/{STORY}/facts/hurt").words
    assert "Set aside, since another account is settled: 5 people · Ben Ito" in words


def test_setting_is_taken_back(room: Room) -> None:
    record(room.site, commands.revise_story(STORY, facts={"hurt": {"label": "People hurt", "lead": True}}))
    form = room.sheet(SETTINGS)
    without = Sheet(room.editor, form.screen, SETTINGS).values
    del without["lead"]
    assert room.editor.post(form.screen.address, {**without, "label": ""}).status == 303
    assert "hurt" not in room.story.settings


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"order": "first"}, "is not a whole number"),
        ({"threshold": "much"}, "is not a number"),
        ({"label": "x\u202ey"}, "U+202E"),
        ({}, "changes nothing"),
    ],
)
def test_settings_that_the_rules_refuse_keep_what_was_typed(room: Room, fields: dict[str, str], words: str) -> None:
    screen = room.sheet(SETTINGS).send(**fields)
    assert (screen.status, words in screen.words) == (422, True), screen.words
    values = Sheet(room.editor, screen, SETTINGS).values
    assert {name: values[name] for name in fields} == fields


def test_fact_is_checked_today(room: Room) -> None:
    assert room.sheet(CHECK).send(checked_by="Ana Ruiz, fire chief (Port Authority)").status == 303
    check = room.story.checks["hurt"]
    assert (check.on.edtf, check.said_by[0].name) == ("2026-03-02", "Ana Ruiz")


def test_check_in_the_future_is_refused_beside_its_field(room: Room) -> None:
    screen = room.sheet(CHECK).send(checked_on="2027-01-01")
    assert (screen.status, 'id="checked_on-problem"' in screen.text) == (422, True)
    month = room.sheet(CHECK).send(checked_on="2026-02").words
    assert "must be a day, or a day and a time, as in 2026-03-02 18:00Z" in month


def test_somebody_says_the_same(room: Room) -> None:
    assert room.sheet(VOICE).send(kind="again", headline="City counts five", said_by="Jo Li (City)").status == 303
    assert room.story.facts["hurt"].fact.origins == ("City", "City Hospital")


def test_somebody_denies_it(room: Room) -> None:
    screen = room.sheet(VOICE, "cause").send(kind="denies", headline="No fault, says owner", said_by="Al Po (Owner)")
    assert screen.status == 303
    assert room.story.facts["cause"].fact.standing == "disputed"


@pytest.mark.parametrize(
    ("fields", "problem"), [({"headline": "Five"}, "kind"), ({"kind": "again", "headline": ""}, "headline")]
)
def test_voice_without_what_the_rules_demand_is_refused(room: Room, fields: dict[str, str], problem: str) -> None:
    screen = room.sheet(VOICE).send(**fields, said_by="Jo Li (City)")
    assert (screen.status, f'id="{problem}-problem"' in screen.text) == (422, True)
    assert Sheet(room.editor, screen, VOICE).values["said_by"] == "Jo Li (City)"


def test_fact_that_changed_meanwhile_shows_that(room: Room) -> None:
    form = room.sheet(VOICE)
    record(room.site, commands.report(STORY, "Six hurt", facts=[{"key": "hurt", "value": 6, "unit": "people"}]))
    screen = form.send(kind="again", headline="City counts five", said_by="Jo Li (City)")
    assert (screen.status, "Hurt: 5 people → 6 people" in screen.words) == (409, True)
    assert Sheet(room.editor, screen, VOICE).values["headline"] == "City counts five"


def test_settings_in_conflict_keep_what_others_have_set(room: Room) -> None:
    form = room.sheet(SETTINGS)
    record(room.site, commands.revise_story(STORY, facts={"hurt": {"label": "People hurt", "lead": True}}))
    screen = form.send(threshold="10%")
    again = Sheet(room.editor, screen, SETTINGS)
    assert (screen.status, again.values["label"], again.values["lead"]) == (409, "People hurt", "yes")
    assert again.send().status == 303
    settings = room.story.settings["hurt"]
    assert (settings.label, settings.lead, str(settings.threshold)) == ("People hurt", True, "10%")


def test_another_fact_that_changed_is_no_conflict(room: Room) -> None:
    form = room.sheet(CHECK)
    record(room.site, commands.report(STORY, "Open again", facts=[{"key": "quay.open", "value": True}]))
    assert form.send().status == 303


def test_unknown_fact_is_not_found(room: Room) -> None:
    assert room.editor.get(f"stories/{STORY}/facts/none").status == 404


def test_form_that_does_nothing_known_is_refused(room: Room) -> None:
    assert room.editor.post(f"stories/{STORY}/facts/hurt", {"act": "delete"}).status == 400


def test_embargo_is_marked_and_its_settings_can_have_it_too(room: Room) -> None:
    form = room.sheet(SETTINGS, "charges")
    assert "under embargo until 3 March, 08:00" in form.screen.words
    screen = form.send(label="Charges brought")
    assert (screen.status, "its settings would reveal it" in screen.words) == (422, True)
    again = Sheet(room.editor, screen, SETTINGS)
    assert again.send(embargoed_until="2026-03-04T00:00:00Z").status == 303

"""A story's screen: one line is enough, the preview, what waits, and what is refused."""

import re
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from events import commands
from feed.newsroom import Newsroom
from feed.site import Site
from tests.builders import Clock, reconfigured
from tests.desk_forms import Sheet, sheet
from tests.editor import Editor, editor_at
from tests.sites import a_site, record

LINE = "Two hurt @Ana Ruiz, chief (Port) #hurt=2:people !ferries=met"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site, clock = a_site(tmp_path / "room", "fire")
    record(site, commands.report("fire", "Ferries stop", expects=[{"id": "ferries", "what": "ferries run again"}]))
    clock.go(timedelta(seconds=5))
    return Newsroom.open(site.folder, clock=site.clock)


@pytest.fixture
def editor(room: Newsroom) -> Editor:
    return editor_at(room)


def test_ledger_that_is_gone_is_said_until_it_is_back(room: Newsroom, editor: Editor) -> None:
    ledger, away = room.folder / "ledger.db", room.folder / "away.db"
    assert editor.get("stories/fire/").status == 200
    ledger.rename(away)
    screen = editor.get("stories/fire/")
    assert (screen.status, "ledger.db" in screen.words) == (503, True)
    away.rename(ledger)
    assert editor.get("stories/fire/").status == 200


def test_embargo_that_is_over_is_refused(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    over = {"headline": "Owner charged", "embargoed_until": "2020-03-05T14:30Z"}
    assert "This embargo is already over" in editor.post("stories/fire/preview?part", form.values | over).text
    screen = form.send(**over)
    assert (screen.status, 'id="embargoed_until-problem"' in screen.text) == (422, True)
    assert "Owner charged" not in editor.get("stories/fire/").words
    assert form.send(**over, archive="yes").status == 303


def test_one_line_records_a_report(room: Newsroom, editor: Editor) -> None:
    answer = sheet(editor, "stories/fire/").send(headline=LINE)
    assert (answer.status, answer.headers["location"]) == (303, "../../stories/fire/")
    with room.ledger() as ledger:
        story = ledger.story("fire")
    report = story.developments[-1].report
    assert report is not None
    assert (report.headline, [speaker.org for speaker in report.said_by]) == ("Two hurt", ["Port"])
    assert (story.facts["hurt"].fact.current or report).value == 2  # type: ignore[union-attr]
    assert story.expectations[0].outcome == "met"


def test_preview_says_how_a_line_is_read_and_what_it_changes(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    for path in ("stories/fire/preview?part", "stories/fire/preview"):
        text = " ".join(editor.post(path, form.values | {"headline": LINE}).text.split())
        assert "role: chief · organisation: Port" in text
        assert "Hurt: 2 people (one origin: Port; not independently confirmed)" in text
        assert "ferries run again" in text
    assert LINE in editor.post(path, form.values | {"headline": LINE}).words


def test_report_is_undone_before_it_is_published(room: Newsroom, editor: Editor) -> None:
    Site.open(room.folder, clock=room.clock).publish()
    sheet(editor, "stories/fire/").send(headline="Nine hurt")
    screen = editor.get("stories/fire/")
    assert "Not published yet The report d3: Nine hurt" in screen.words
    answer = editor.post("stories/fire/undo", {"development": "d3"})
    assert answer.status == 303
    assert "Nine hurt" not in editor.get("stories/fire/").words


def test_undo_of_a_correction_says_what_it_took_back(room: Newsroom, editor: Editor) -> None:
    Site.open(room.folder, clock=room.clock).publish()
    form = sheet(editor, "stories/fire/d2/correct")
    assert form.send(headline="Ferries stop at noon", level="clarification", note="Since when.").status == 303
    answer = editor.post("stories/fire/undo", {"event": form.values["event_id"]})
    screen = editor.get(answer.headers["location"].removeprefix("../../"))
    assert "Undone: the correction of d2." in screen.words
    assert f'data-undone="{form.values["event_id"]}"' in screen.text
    assert "Undone" not in editor.get("stories/fire/?undone=1").words


def test_undone_opening_is_in_its_form_again(editor: Editor) -> None:
    texts = {"headline": "Cuba's embassy opens", "story": "embassy", "summary": "It opens.", "subjects": "cuba, us"}
    form = sheet(editor, "open")
    assert form.send(**texts).headers["location"] == "./stories/embassy/"
    answer = editor.post("stories/embassy/undo", {"event": form.values["event_id"]})
    again = sheet(editor, answer.headers["location"].removeprefix("../../"))
    assert (again.screen.status, "Undone: the opening of the story." in again.screen.words) == (200, True)
    assert {name: again.values[name] for name in texts} == texts
    assert sheet(editor, "open?undone=1").values["headline"] == ""


@pytest.mark.parametrize("headline", ["Cuba's embassy opens", "Cuba’s embassy opens"])
def test_name_of_a_story_is_made_without_apostrophes(editor: Editor, headline: str) -> None:
    assert sheet(editor, "open").send(headline=headline).headers["location"] == "./stories/cubas-embassy-opens/"


def test_preview_and_row_say_what_a_report_confirms_doubts_and_settles(editor: Editor) -> None:
    aims = {"corroborates": "d1", "disputes": "d2=cannot_confirm", "facts": "hurt!cannot_confirm"}
    fields = {"headline": "Ferries run !ferries=met", **aims}
    form = sheet(editor, "stories/fire/")
    words = " ".join(editor.post("stories/fire/preview?part", form.values | fields).text.split())
    assert "<dt>Confirms</dt><dd><bdi>d1</bdi>" in words
    assert "<dt>Cannot confirm</dt><dd><bdi>d2</bdi>" in words
    assert "<dt>Hurt</dt><dd><bdi>cannot confirm</bdi>" in words
    form.send(**fields)
    assert "Hurt: cannot confirm · ferries run again: met" in editor.get("stories/fire/").words


def test_what_is_published_can_no_longer_be_undone(room: Newsroom, editor: Editor) -> None:
    sheet(editor, "stories/fire/").send(headline="Two hurt")
    clock = cast("Clock", room.clock)
    clock.go(timedelta(seconds=10))
    Site.open(room.folder, clock=clock).publish()
    assert "The report d3" not in editor.get("stories/fire/").words
    answer = editor.post("stories/fire/undo", {"development": "d3"})
    assert (answer.status, "Too late to undo: it was published by " in answer.words) == (422, True)
    assert f"{clock.now:%H:%M:%S} UTC." in answer.words
    assert 'href="../../stories/fire/d3/correct"' in answer.text
    assert not any(
        words in answer.words for words in ("Nothing was recorded", "you typed", "writethru undo", "--reason")
    )


def test_late_undo_of_what_has_no_report_leads_to_none(room: Newsroom, editor: Editor) -> None:
    sheet(editor, "stories/fire/close").send()
    [event] = re.findall(r'name="event" value="([^"]+)"', editor.get("stories/fire/").text)
    clock = cast("Clock", room.clock)
    clock.go(timedelta(seconds=10))
    Site.open(room.folder, clock=clock).publish()
    clock.go(timedelta(days=1))
    answer = editor.post("stories/fire/undo", {"event": event})
    assert (answer.status, "Too late to undo: it was published by " in answer.words) == (422, True)
    assert "/correct" not in answer.text


def test_undo_that_is_refused_for_another_reason_says_so(editor: Editor) -> None:
    answer = editor.post("stories/fire/undo", {"development": "d9"})
    assert (answer.status, "Too late" in answer.words) == (422, False)
    assert "you typed" not in answer.words


def test_report_under_embargo_is_not_said_to_go_out_now(editor: Editor) -> None:
    sheet(editor, "stories/fire/").send(headline="Owner charged #charges=3", embargoed_until="2030-03-05T14:30Z")
    words = editor.get("stories/fire/").words
    assert "to be published" not in words
    assert "embargoed until 5 March 2030, 14:30 · can be undone until" in words
    assert "Charges 3" in words
    assert "embargoed until 5 March 2030, 14:30" in words.partition("Charges 3")[2][:120]
    for page in ("stories/fire/facts", "stories/fire/facts/charges"):
        assert "· embargoed until 5 March 2030, 14:30" in editor.get(page).words


def test_correction_of_what_is_under_embargo_says_so_too(editor: Editor) -> None:
    sheet(editor, "stories/fire/").send(headline="Owner charged", embargoed_until="2030-03-05T14:30Z")
    name = re.findall(r'href="([^"/]+)/correct"', editor.get("stories/fire/").text)[0]
    form = sheet(editor, f"stories/fire/{name}/correct")
    assert form.send(headline="Owners charged", level="correction", note="Two are.").status == 303
    assert "to be published" not in editor.get("stories/fire/").words


def test_hold_that_is_due_is_being_published(room: Newsroom, editor: Editor) -> None:
    Site.open(room.folder, clock=room.clock).publish()
    sheet(editor, "stories/fire/d2/hold").send(reason="One source.")
    screen = editor.get("stories/fire/")
    assert re.search(r"The hold of d2 \w* · being published now Timeline", screen.words)  # and no Undo
    assert "data-due" in screen.text
    Site.open(room.folder, clock=room.clock).publish()
    assert "being published" not in editor.get("stories/fire/").words


def test_form_sent_twice_records_once(room: Newsroom, editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    answers = [form.send(headline=LINE) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    with room.ledger() as ledger:
        assert len(ledger.story("fire").developments) == 3


def test_report_over_a_fact_that_has_changed_shows_what_changed(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    sheet(editor, "stories/fire/").send(headline="Three hurt #hurt=3:people")
    answer = form.send(headline="Two hurt #hurt=2:people")
    assert (answer.status, "Hurt: 3 people" in answer.words) == (409, True)
    again = Sheet(editor, answer)
    assert again.values["headline"] == "Two hurt #hurt=2:people"
    assert again.send().status == 303


def test_report_over_a_fact_whose_report_was_undone_shows_what_changed(room: Newsroom, editor: Editor) -> None:
    sheet(editor, "stories/fire/").send(headline="Two hurt #hurt=2:people")
    sheet(editor, "stories/fire/").send(headline="Three hurt #hurt=3:people")
    form = sheet(editor, "stories/fire/")
    with room.ledger() as ledger:
        ledger.append(commands.undo("fire"))
    answer = form.send(headline="Four hurt #hurt=4:people")
    assert (answer.status, "Hurt: 3 people → 2 people" in answer.words) == (409, True)


def test_report_of_something_else_meets_no_conflict(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    sheet(editor, "stories/fire/").send(headline="Three hurt #hurt=3:people")
    assert form.send(headline="One dead #dead=1:people").status == 303


def test_row_of_a_fact_has_its_unit_and_its_kind(room: Newsroom, editor: Editor) -> None:
    sheet(editor, "stories/fire/").send(headline='Blaze #hurt=3:people #status="at large"')
    sheet(editor, "stories/fire/").send(**{"headline": "More", "fact:hurt": "4", "fact:status": 'out "now"'})
    with room.ledger() as ledger:
        report = ledger.story("fire").developments[-1].report
    assert report is not None
    assert [(claim.value, claim.unit) for claim in report.facts] == [(4, "people"), ('out "now"', None)]


def test_board_shows_what_is_late_and_what_waits(room: Newsroom, editor: Editor) -> None:
    with room.ledger() as ledger:
        ledger.append(
            commands.report("fire", "Late", expects=[{"id": "late", "what": "a list", "due": "2026-01-01"}]),
            commands.hold("fire", "d1", reason="One source."),
            commands.report("fire", "Budget", embargoed_until="2026-03-05T00:00:00Z"),
        )
    words = editor.get("").words
    for part in ("Story fire", "overdue · due 1 January 2026", "First report fire d1 · One source.", "5 March, 00:00"):
        assert part in words


def test_story_is_opened_with_a_headline_alone(room: Newsroom, editor: Editor) -> None:
    answer = sheet(editor, "open").send(headline="Rail strike: talks tomorrow")
    assert answer.headers["location"] == "./stories/rail-strike-talks-tomorrow/"
    with room.ledger() as ledger:
        assert ledger.story("rail-strike-talks-tomorrow").headline == "Rail strike: talks tomorrow"


def test_hint_of_a_time_is_read_as_it_stands(room: Newsroom, editor: Editor) -> None:
    hint = "2026-03-05 14:30Z"
    for path in ("stories/fire/", "stories/fire/d2/correct", "open"):
        assert hint in editor.get(path).words, path
    assert sheet(editor, "stories/fire/").send(headline="Two hurt", happened=hint).status == 303
    reconfigured(Site.open(room.folder, clock=room.clock), "[recording]", '[recording]\ntime_zone = "Europe/Berlin"')
    zoned = editor_at(Newsroom.open(room.folder, clock=room.clock))
    assert hint not in zoned.get("stories/fire/").words
    assert sheet(zoned, "stories/fire/").send(headline="Three hurt", happened=hint.removesuffix("Z")).status == 303


@pytest.mark.parametrize("zone", ["", "Europe/Berlin"])
@pytest.mark.parametrize("text", ["tomorrow 6pm", "2026-03-05", "2026-03-05 6pm", "soon", "5 March"])
def test_time_that_cannot_be_read_is_refused_with_one_of_today(room: Newsroom, zone: str, text: str) -> None:
    if zone:
        reconfigured(Site.open(room.folder, clock=room.clock), "[recording]", f'[recording]\ntime_zone = "{zone}"')
    editor = editor_at(Newsroom.open(room.folder, clock=room.clock))
    example = "2026-03-02 18:00" if zone else "2026-03-02 18:00Z"
    for path in ("stories/fire/", "open", "stories/fire/revise"):
        form = sheet(editor, path)
        words = form.send(headline="Two hurt", embargoed_until=text).words
        assert f'"{text}" is not a date and a time: write them as in {example}.' in words, path
        assert form.send(headline="Two hurt", embargoed_until=example).status == 303, path


@pytest.mark.parametrize("text", ["tomorrow 6pm", "next week", "2026-03-05 6pm"])
def test_date_that_cannot_be_read_is_refused_with_one_of_today(editor: Editor, text: str) -> None:
    refusal = f'"{text}" is not a date: write it as in 2026-03-02, or with its time, as in 2026-03-02 18:00Z.'
    form = sheet(editor, "stories/fire/")
    for fields in ({"happened": text}, {"said_on": text}):
        assert refusal in form.send(headline="Two hurt", **fields).words
    for line in (f"Two hurt #hurt=2@{text}", f"Two hurt #day=date:{text}"):
        assert refusal.removesuffix(".") in form.send(headline=line).words


@pytest.mark.slow
def test_date_may_be_less_exact(editor: Editor) -> None:
    for name in ("2026-03-02", "2026-03-02 18:00Z", "2026-03", "2 Mar 2026", "2026-03-01/..", "2026-03-02~"):
        assert sheet(editor, "stories/fire/").send(headline=f"On {name}", happened=name).status == 303, name


def test_short_form_is_refused_without_words_of_the_shell(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/").values | {"headline": "Two hurt #hurt=0 ?evac"}
    words = editor.post("stories/fire/preview?part", form).text
    assert "Example: prisoners.released=53/53:people" in words
    assert "--fact" not in words


def test_field_that_is_wrong_is_marked_and_no_other(editor: Editor) -> None:
    for name in ("headline", "happened"):
        answer = sheet(editor, "stories/fire/").send(**{"headline": "Two hurt", name: "Two hurt #hurt=?"})
        assert re.findall('name="([a-z]+)"[^>]*aria-invalid', answer.text)[:1] == [name]


def test_story_leads_to_its_public_page_once_there_is_one(room: Newsroom, editor: Editor) -> None:
    assert "Public page" not in editor.get("stories/fire/").words
    Site.open(room.folder, clock=room.clock).publish()
    assert '<a href="../../../stories/fire/">Public page</a>' in editor.get("stories/fire/").text


def test_withdrawn_report_says_so_in_the_timeline(room: Newsroom, editor: Editor) -> None:
    with room.ledger() as ledger:
        ledger.append(commands.retract("fire", "d2", "It was another port."))
    assert "retracted Its text is withdrawn." in editor.get("stories/fire/").words


def test_preview_of_a_dispute_offers_that_the_fact_moves_on(room: Newsroom, editor: Editor) -> None:
    hurt = {"key": "hurt", "value": 2, "unit": "people"}
    with room.ledger() as ledger:
        ledger.append(commands.report("fire", "Two hurt", said_by=["Ana Ruiz (Port)"], facts=[hurt]))
    line = sheet(editor, "stories/fire/").values | {"headline": "Three hurt @Ben Ito (Clinic) #hurt=3:people"}
    offer = "Has Hurt only moved on?"
    assert f"{offer.replace('Hurt', '<bdi>Hurt</bdi>')}" in editor.post("stories/fire/preview?part", line).text
    with room.ledger() as ledger:
        ledger.append(commands.revise_story("fire", facts={"hurt": {"evolving": True}}))
    assert "moved on" not in editor.post("stories/fire/preview?part", line).text


def test_form_that_opens_a_story_shows_its_headline_first(editor: Editor) -> None:
    assert "<details>" in editor.get("open").text
    screen = sheet(editor, "open").send(headline="Fire", language="Klingon!")
    assert (screen.status, "<details open>" in screen.text) == (422, True)


UNDONE = {
    "headline": "Two hurt !ferries=met",
    "said_by": "Ana Ruiz, chief (Port)",
    "facts": 'hurt=2..3:people\nstatus="at \\"large\\""\nout=true\nsince=date:2026-03-01@2026-03-02\ndead!denies',
    "quotes": "Ana Ruiz (Port): We are safe.",
    "sources": "Harbour Radio https://radio.example/1 via AP",
    "body": "On the *quay*.\n\nSmoke.",
    "embargoed_until": "2026-03-05T14:30:00Z",
    "urgency": "2",
    "media": '{"url": "https://news.example/quay.jpg", "type": "image/jpeg", "alt": "Smoke", "credit": "Ana"}',
}


@pytest.mark.slow
def test_text_of_an_undone_report_is_in_the_form_again(room: Newsroom, editor: Editor) -> None:
    sent = sheet(editor, "stories/fire/").send(**UNDONE)
    assert sent.status == 303, sent.words
    with room.ledger() as ledger:
        name = ledger.story("fire").developments[-1].id
    answer = editor.post("stories/fire/undo", {"development": name})
    assert answer.status == 303, answer.words
    address = answer.headers["location"].removeprefix("../../")
    form = sheet(editor, address)
    assert {name: form.values[name] for name in UNDONE} == UNDONE
    assert [form.values[name] for name in ("development", "reported_at")] == ["", ""]
    assert "<details open>" in form.screen.text
    assert form.send().status == 303
    with room.ledger() as ledger:
        assert len(ledger.story("fire").developments) == 3
    other = address.replace("fire", "mill")
    with room.ledger() as ledger:
        ledger.append(commands.open_story("mill", "Fire at the mill"))
    assert sheet(editor, other).values["headline"] == ""


def test_undone_headline_with_a_mark_is_quoted_again(editor: Editor) -> None:
    fields = {
        "headline": '"Two hurt #hurt=2"',
        "resolve:ferries": "met",
        "facts": "hurt=2:people",
        "development": "two",
    }
    sheet(editor, "stories/fire/").send(**fields)
    answer = editor.post("stories/fire/undo", {"development": "two"})
    form = sheet(editor, answer.headers["location"].removeprefix("../../"))
    assert {name: form.values[name] for name in fields} == fields


@pytest.mark.parametrize("headline", ['"We stop"', '"Stop" #hurt=2 trends', 'A \\"mark\\" @Home'])
def test_undone_headline_with_quotes_is_sent_as_it_was(room: Newsroom, editor: Editor, headline: str) -> None:
    with room.ledger() as ledger:
        ledger.append(commands.report("fire", headline, development="d3"))
    answer = editor.post("stories/fire/undo", {"development": "d3"})
    assert sheet(editor, f"stories/fire/{answer.headers['location'].rpartition('/')[2]}").send().status == 303
    with room.ledger() as ledger:
        report = ledger.story("fire").developments[-1].report
    assert report is not None
    assert report.headline == headline


def test_text_that_was_redacted_after_its_undo_is_gone(room: Newsroom, editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    form.send(headline="Ben Ito is hurt")
    answer = editor.post("stories/fire/undo", {"development": "d3"})
    with room.ledger() as ledger:
        ledger.append(commands.redact("fire", "A name.", event=form.values["event_id"]))
    screen = editor.get(answer.headers["location"].removeprefix("../../"))
    assert (screen.status, "Ben Ito" in screen.text) == (200, False)

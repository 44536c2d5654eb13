"""What all outputs say that somebody denied or confirmed: the page, the feeds, the terminal and the state."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.desk import DeskRunner

GROUNDED = "Container ship aground across the canal"


class Output:
    """A newsroom's story `canal`, and what each output says of it."""

    def __init__(self, folder: Path) -> None:
        self.desk = DeskRunner(folder)
        self.desk.output("open", "canal", "Canal blocked")

    def take(self, *lines: str) -> "Output":
        """Run commands; `|` separates arguments."""
        for line in lines:
            name, *arguments = (part.strip() for part in line.split("|"))
            self.desk.output(name, "canal", *arguments)
        self.desk.site.publish()
        return self

    def file(self, name: str) -> str:
        return (self.desk.site.folder / "public" / "stories" / "canal" / name).read_text(encoding="utf-8")

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.file("state.json"))
        return state

    @property
    def history(self) -> dict[str, Any]:
        history: dict[str, Any] = json.loads(self.file("history.json"))
        return history

    @property
    def texts(self) -> dict[str, str]:
        """Each output as plain words."""
        texts = {name: _words(self.file(name)) for name in ("index.html", "feed.atom", "feed.rss", "feed.json")}
        return {**texts, "show": _words(self.desk.output("show", "canal"))}


def _words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", unescape(text)).split())


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(tmp_path / "newsroom")


GAC = f'report | {GROUNDED} | --said-by | Ruiz (GAC) | --fact | cause="blackout" | --fact | ships=1'
BSM = "dispute | d1 | Managers see no blackout | --kind | denies | --key | cause | --said-by | Vane (BSM)"


def test_denial_of_a_key_is_about_that_claim(output: Output) -> None:
    output.take(GAC, BSM)
    for name, text in output.texts.items():
        assert re.search(r"(Denies:|denies this:?) Cause: blackout", text), name
        assert f"Denies: {GROUNDED}" not in text, name
        assert f"denies this: {GROUNDED}" not in text, name
    assert "[disputed]" not in output.texts["show"]
    state = output.state
    assert state["disputes"][0]["claims"] == [{"key": "cause", "value": "blackout"}]
    assert [item["standing"] for item in state["developments"]] == ["reported", "reported"]
    assert [state["facts"][key]["standing"] for key in ("cause", "ships")] == ["disputed", "reported"]


def test_denial_stays_when_the_value_is_another(output: Output) -> None:
    output.take(GAC, BSM, 'report | Wind, says GAC | --said-by | Ruiz (GAC) | --fact | cause="wind"')
    for name, text in output.texts.items():
        assert re.search("[Dd]enied by Vane \\(BSM\\), as to blackout", text), name
    cause = output.state["facts"]["cause"]
    assert (cause["value"], cause["standing"], "denied_by" in cause) == ("wind", "reported", False)
    assert [(item["org"], item["value"]) for item in cause["other_denials"]] == [("BSM", "blackout")]
    output.take("retract | d2 | --reason | BSM took it back.")
    assert "other_denials" not in output.state["facts"]["cause"]


@pytest.mark.parametrize(("kind", "words"), [("cannot_confirm", "Cannot confirm"), ("disagrees", "Disagrees with")])
def test_doubt_about_a_key_is_about_that_claim(output: Output, kind: str, words: str) -> None:
    output.take(GAC, BSM.replace("denies", kind))
    assert f"{words}: Cause: blackout" in output.texts["feed.atom"]
    assert f"{words}: {GROUNDED}" not in output.texts["feed.atom"]
    assert output.state["disputes"][0]["claims"] == [{"key": "cause", "value": "blackout"}]


@pytest.mark.parametrize(
    ("corrected", "confirmed"),
    [
        ({"value": 4, "unit": "people"}, False),
        ({"value": 30, "unit": "people"}, False),
        ({"value": 3, "unit": "crew"}, False),
        ({"value": 3, "of": 5, "unit": "people"}, False),
        ({"value": {"min": 3, "max": 30}, "unit": "people"}, True),  # who confirmed three has said as much
    ],
)
def test_confirmation_is_of_what_was_said_then(output: Output, corrected: dict[str, Any], *, confirmed: bool) -> None:
    output.take(
        "report | Port counts three hurt | --said-by | Ruiz (Port) | --fact | hurt=3/9:people",
        "corroborate | d1 | Clinic confirms it | --said-by | Okoye (City Clinic)",
    )
    assert output.state["facts"]["hurt"]["origins"] == ["City Clinic", "Port"]
    claims = json.dumps([{"key": "hurt", **corrected}])
    output.take(f"correct | d1 | --set | facts={claims} | --note | The port miscounted.")
    assert output.state["facts"]["hurt"]["origins"] == (["City Clinic", "Port"] if confirmed else ["Port"])
    assert output.state["developments"][0]["standing"] == ("corroborated" if confirmed else "reported")
    texts = output.texts
    assert ("Confirmed by City Clinic and Port" in texts["show"]) is confirmed
    assert "Confirms: Port counts three hurt (corrected since)" in texts["feed.atom"]


def test_value_corrected_since_was_not_confirmed_or_denied(output: Output) -> None:
    output.take(
        "revise | --lead | hurt",
        "report | Port counts three hurt | --said-by | Ruiz (Port) | --fact | hurt=3",
        "corroborate | d1 | Clinic confirms it | --said-by | Okoye (City Clinic)",
        "dispute | d1 | Line denies it | --kind | denies | --said-by | Vane (Blue Line)",
        "correct | d1 | --fact | hurt=30 | --note | The port miscounted.",
    )
    texts = output.texts
    assert "Hurt (corrected since): confirmed by two origins: City Clinic and Port" in texts["feed.atom"]
    assert "Hurt (corrected since): disputed" in texts["feed.atom"]
    for name, text in texts.items():
        assert not re.search(r"\(corrected: 30\)\W+(confirmed by two|disputed)", text), name
    rows = [row["set"]["fact:hurt"] for row in output.history["items"] if "fact:hurt" in row.get("set", {})]
    assert [(row["value"], row.get("standing", "")[:10]) for row in rows] == [
        ("(corrected: 30)", "one origin"),
        ("(corrected: 30)", ""),
        ("(corrected: 30)", ""),
        ("30", "one origin"),
    ]


def test_speaker_corrected_since_is_named_nowhere_but_in_the_correction(output: Output) -> None:
    output.take(
        "revise | --follow | hurt",
        "report | Port counts three hurt | --said-by | Ruiz (Port) | --fact | hurt=3",
        "report | Clinic counts five | --said-by | Okoye (City Clinic) | --fact | hurt=5",
        "dispute | d1 | Line denies it | --kind | denies | --said-by | Vane (Blue Line)",
        'correct | d1 | --set | said_by=["Lee (Harbour)"] | --note | It was Lee.',
        "correct | d3 | --set | said_by= | --note | It was nobody from Blue Line.",
    )
    assert "(corrected: Lee (Harbour)) says otherwise: 3" in output.texts["feed.atom"]
    assert "denied by (corrected: an unattributed report), as to 3" in output.texts["feed.atom"]
    texts = {"history": json.dumps(output.history["items"][:-2]), "fact": _words(output.file("facts/hurt.atom"))}
    for entry in json.loads(output.file("feed.json"))["items"]:
        texts[entry["title"]] = entry["content_html"] if not entry["title"].startswith("Correction") else ""
    for name, text in texts.items():
        assert not re.search(r"Vane|one origin: Port|\w by Ruiz|Ruiz \(Port\) says", text), (name, text)


def test_instants_of_one_day_do_not_repeat_each_other(output: Output) -> None:
    fact = '{{"key": "last.contact", "value": {{"date": "2015-01-24T{}:00Z"}}}}'
    output.take(
        *(
            f"report | Contact lost | --said-by | Lee (Airline) | --fact | {fact.format(at)}"
            for at in ("02:40", "01:19")
        )
    )
    contact = output.state["facts"]["last.contact"]
    assert [item["relation"] for item in contact["history"]] == ["new", "corrects"]
    output.take(f"report | Army saw it later | --said-by | Daud (Army) | --fact | {fact.format('05:00')}")
    contact = output.state["facts"]["last.contact"]
    assert (contact["standing"], contact["origins"]) == ("disputed", ["Army"])
    assert [item["value"]["date"]["edtf"] for item in contact["contradicted_by"]] == ["2015-01-24T01:19:00Z"]


def test_accounts_that_differ_are_shown_side_by_side(output: Output) -> None:
    output.take(GAC, 'report | Wind, says SCA | --said-by | Said (SCA) | --fact | cause="wind"')
    texts = output.texts
    for name, text in texts.items():
        assert re.search(r"[Dd]iffering account by Ruiz \(GAC\): blackout|blackout According to Ruiz \(GAC\)", text), (
            name
        )
        assert "blackout → wind" not in text, name
    assert "wind According to Said (SCA)" in texts["index.html"]
    assert "Accounts differ: blackout, says Ruiz (GAC)" in texts["index.html"]
    assert "ACCOUNTS DIFFER: Cause" in texts["show"]
    check = output.desk.run("check").output
    assert "canal:3: accounts: accounts of cause differ: wind (Said (SCA), d2); blackout (Ruiz (GAC), d1)." in check
    cause = output.state["facts"]["cause"]
    assert (cause["value"], cause["standing"]) == ("wind", "reported")
    assert [(item["value"], item["said_by"][0]["org"]) for item in cause["differing_accounts"]] == [("blackout", "GAC")]
    settled = output.take("revise | --settle | cause=d1").state["facts"]["cause"]
    assert (settled["value"], settled["settled"], "differing_accounts" in settled) == ("blackout", "d1", False)
    assert "accounts" not in output.desk.run("check").output


def test_account_that_evolves_replaces_the_older_one(output: Output) -> None:
    output.take("revise | --evolving | cause", GAC)
    output.take('report | Wind, says SCA | --said-by | Said (SCA) | --fact | cause="wind"')
    cause = output.state["facts"]["cause"]
    assert (cause["value"], "differing_accounts" in cause) == ("wind", False)
    assert [item["relation"] for item in cause["history"]] == ["new", "advances"]

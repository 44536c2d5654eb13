"""Who may send which request to the desk: the table of feed/README.md#desk-people, row by row."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from events import commands
from feed.newsroom import Newsroom
from feed.people.people import People
from feed.people.person import ROLES, Role
from tests.docs import Document
from tests.people import Visitor, person_at, stranger_at, with_address
from tests.sites import a_site

TABLE = Document("feed/README.md").table("People of the desk")
PATHS: Mapping[str, str] = {"action": "invite", "name": "desk.css", "key": "hurt"}
SECRET = "The port will close"
VISITORS = ("nobody", *ROLES)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    site, _ = a_site(tmp_path_factory.mktemp("room"), "fire")
    embargo = site.clock() + timedelta(days=1)
    facts = [{"key": "closed", "value": SECRET}]
    with site.ledger() as ledger:
        ledger.append(commands.report("fire", SECRET, embargoed_until=embargo, facts=facts))
        ledger.append(commands.open_story("budget", headline=SECRET, embargoed_until=embargo))
        ledger.append(commands.open_story("pier", "Fire at the pier"))
    return with_address(Newsroom.open(site.folder, clock=site.clock))


@pytest.fixture(scope="module")
def visitors(room: Newsroom) -> dict[str, Visitor]:
    return {"nobody": stranger_at(room), **{role: person_at(room, role, role) for role in ROLES}}


def sent(visitor: Visitor, room: Newsroom, method: str, path: str) -> tuple[int, str]:
    """Return the status and the words of the answer to a request of the table."""
    development = reported(room, is_held=path.endswith("/release"))  # to end an embargo is a chief's
    with People(room.folder) as people:
        link = people.invite("newcomer", Role.REPORTER, room.clock()).token
    story = "pier" if path.endswith(("/close", "/reopen")) else "fire"
    values = {**PATHS, "story": story, "link": link, "development": development}
    address = re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], "x"), path)[1:]
    if method == "GET":
        screen = visitor.get(address)
    elif path in {"/sign-in", "/confirm", "/invitation/{link}"}:
        return ceremony(visitor, address)
    else:
        screen = visitor.post(address)
    return screen.status, screen.text


def reported(room: Newsroom, *, is_held: bool) -> str:
    """Report something, and return the development."""
    with room.ledger() as ledger:
        [appended] = ledger.append(commands.report("fire", "Row"))
        development = str(appended.recorded.event.development)  # type: ignore[union-attr] # a report has one
        if is_held:
            ledger.append(commands.hold("fire", development))
    return development


def ceremony(visitor: Visitor, address: str) -> tuple[int, str]:
    """Use a passkey, if the page asks for one."""
    page = visitor.get(address)
    if page.status != 200:
        screen = visitor.post(address)
        return screen.status, screen.text
    return 303, ""  # tests/unit/feed/desk/test_entry.py goes on


@pytest.mark.slow
@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("request_", TABLE)
def test_request_is_for_whom_the_table_says(
    room: Newsroom, visitors: dict[str, Visitor], request_: str, visitor: str
) -> None:
    cell = TABLE[request_].cells[1 + VISITORS.index(visitor)]
    method, path = request_.strip("`").split(" ")
    browser = visitors[visitor]
    if path == "/sign-out":  # its session ends
        browser = person_at(room, f"{visitor} who leaves", visitor) if visitor in ROLES else browser
    status, text = sent(browser, room, method, path)
    assert visitor in {"editor", "chief"} or not re.search(f"{SECRET}|budget", text)
    match cell:
        case "403":
            assert status == 403
        case "passkey":
            assert (status, "Your passkey, please" in text) == (403, True)
        case "its drafts":
            assert status == 303
        case _:
            assert (cell, status in {401, 403}) == ("yes", False)


def test_reporter_may_do_nothing_that_no_row_names(visitors: dict[str, Visitor]) -> None:
    for path in ("inbox/", "due/", "stories/fire/preview", "stories/fire/d1/redact", "live"):
        assert visitors["reporter"].get(path).status == 403
        assert visitors["reporter"].post(path).status == 403


def test_story_offers_only_what_a_role_may_do(visitors: Mapping[str, Visitor], room: Newsroom) -> None:
    with room.ledger() as ledger:
        ledger.append(commands.report("fire", "Offered", embargoed_until=room.clock() + timedelta(days=1)))
    screens = {role: visitors[role].get("stories/fire/").text for role in ("editor", "chief")}
    for words in (">Retract</a>", ">Redact</a>", ">End embargo</button>"):
        assert words not in screens["editor"]
        assert words in screens["chief"]
    assert ">Hold</a>" in screens["editor"]


def test_refusal_of_a_role_says_whom_to_ask(visitors: Mapping[str, Visitor]) -> None:
    assert "This is not for editors. Ask a chief: they retract" in visitors["editor"].get("people/").text

"""Reprints are found, and other articles on the same event are not taken for them."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.intake.drafts import TextDraft
from feed.intake.inbox import CANDIDATES, Inbox, Printing
from feed.reading.model import Text
from feed.reading.reprints import REPRINT_MIN, SHINGLES_MIN, containment, sample, shingles
from tests.reprint_curve import curve, pair_shares, reprint_shares
from tests.reprints import Event, reprint

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOOK_UP_S_MAX = 0.05


def text(number: int, body: str, link: str = "") -> Text:
    return Text(kind="article", address=f"{number}.txt", name=f"{number}.txt", title="Fire", link=link, text=body)


def printings(folder: Path, *texts: Text) -> list[Printing]:
    """Return what the last of some texts is another printing of."""
    with Inbox(folder) as box:
        numbers = [box.add(item, story="", at=NOW) for item in texts]
        draft = box.version(texts[-1])
        assert numbers[-1] == draft.number
        return box.printings(draft)


def test_reprints_are_found() -> None:
    assert sum(share >= REPRINT_MIN for share in reprint_shares()) >= 95


def test_other_articles_on_the_event_are_not_flagged() -> None:
    assert [share for share in pair_shares() if share >= REPRINT_MIN] == []


def test_quotes_that_two_articles_share_do_not_count() -> None:
    quotes = "\n\n".join(f"“{' '.join(f'w{n}{m}' for m in range(60))},” said {n}." for n in range(9))
    one, other = (f"{Event(1).article(outlet)}\n\n{quotes}" for outlet in (0, 1))
    assert containment(shingles(one), shingles(other)) < REPRINT_MIN / 2


@pytest.mark.slow
def test_manual_shows_the_curve_as_it_is() -> None:
    assert "\n".join(curve()) in (Path(__file__).parents[4] / "docs/inbox.md").read_text(encoding="utf-8")


def test_text_that_is_too_short_says_nothing() -> None:
    assert shingles(" ".join(map(str, range(SHINGLES_MIN + 3)))) == frozenset()
    assert len(shingles(" ".join(map(str, range(SHINGLES_MIN + 4))))) == SHINGLES_MIN
    assert containment(frozenset(), frozenset({1})) == 0


def test_reprint_names_the_draft_that_it_reprints(tmp_path: Path) -> None:
    whole = Event(7).article(2)
    others = [text(number, Event(7).article(number)) for number in (0, 1, 3)]
    [printing] = printings(tmp_path, *others, text(8, whole), text(9, reprint(whole, 9)))
    assert (printing.draft.number, printing.share >= REPRINT_MIN) == (4, True)


def test_same_link_or_name_is_no_other_printing(tmp_path: Path) -> None:
    whole = Event(7).article(2)
    assert printings(tmp_path, text(1, whole), text(1, f"{whole} And so on.")) == []
    link = "https://post.example/1"
    assert [item.draft.number for item in printings(tmp_path, text(2, whole, link), text(3, whole, link))] == [2, 1]


def test_printing_is_found_among_many_others_that_are_none(tmp_path: Path) -> None:
    whole, link = Event(7).article(2), "https://post.example/1"
    cut, many = reprint(whole, 9), range(CANDIDATES + 1)
    versions = [replace(text(2, f"{cut} Version {number}."), link=f"{link}#{number}") for number in many]
    linked = [text(100 + number, cut, link) for number in many]
    dropped = [text(200 + number, cut) for number in many]
    with Inbox(tmp_path) as box:
        for item in (text(1, whole), *versions, *linked, *dropped):
            box.add(item, story="", at=NOW)
        for item in dropped:
            box.mark(box.version(item), "dropped")
        last = text(2, f"{cut} The last version.", link)
        box.add(last, story="", at=NOW)
        assert [printing.draft.number for printing in box.printings(box.version(last))] == [1]


def test_dropped_and_purged_texts_are_not_compared(tmp_path: Path) -> None:
    whole = Event(7).article(2)
    with Inbox(tmp_path) as box:
        for number in range(2):
            box.add(text(number, whole), story="", at=NOW)
        box.mark(box.draft(1), "dropped")
        draft = box.version(text(1, whole))
        assert box.printings(draft) == []
        box.purge(datetime(2027, 1, 1, tzinfo=UTC))
        assert box.connection.execute("SELECT count(*) FROM shingles").fetchone() == (0,)
        assert box.printings(draft) == []


@pytest.mark.slow
def test_one_text_is_looked_up_among_ten_thousand_fast(tmp_path: Path) -> None:
    with Inbox(tmp_path) as box:
        with box.writing():
            for number in range(10_000):
                box.add(text(number, Event(number // 5).article(number % 5)), story="", at=NOW)
        box.add(text(-1, reprint(Event(77).article(3), 1)), story="", at=NOW)
        draft = next(item for item in box.drafts() if isinstance(item, TextDraft) and item.number == 10_001)
        times: list[float] = []
        alike: list[Printing] = []
        for _ in range(5):
            begin = time.process_time()
            alike = box.printings(draft)
            times.append(time.process_time() - begin)
    assert alike[0].draft.number == 77 * 5 + 3 + 1
    assert min(times) <= LOOK_UP_S_MAX


@given(st.text(max_size=400), st.text(max_size=400))
def test_share_is_symmetric_and_whole_of_itself(one: str, other: str) -> None:
    assert containment(shingles(one), shingles(other)) == containment(shingles(other), shingles(one))
    assert containment(shingles(one), shingles(one)) == bool(shingles(one))
    assert set(sample(shingles(one))) <= shingles(one)

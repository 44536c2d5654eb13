"""Texts are cut between what readers see as characters."""

import pytest

from feed.entries.graphemes import cut
from feed.entries.html import SUMMARY_CHARS_MAX, summary
from feed.pages.templating import DESCRIPTION_CHARS_MAX, _teaser

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1e9\U0001f1f0"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
CLUSTERS = {
    "family": FAMILY,
    "flag": FLAG,
    "tags": ENGLAND,
    "skin": "\U0001f44d\U0001f3fd",
    "heart": "\u2764\ufe0f\u200d\U0001f525",
    "keycap": "1\ufe0f\u20e3",
    "accents": "e\u0301\u0323",
    "conjunct": "\u0928\u094d\u0926\u0940",
    "jamo": "\u1112\u1161\u11ab",
    "syllable": "\uac00\u11a8\u11a8",
    "break": "\r\n",
}


@pytest.mark.parametrize("cluster", CLUSTERS.values(), ids=CLUSTERS)
@pytest.mark.parametrize("before", ["", "a", "\U0001f468"])
def test_clusters_are_never_cut(cluster: str, before: str) -> None:
    text = before + cluster * 8
    whole = {before + cluster * number for number in range(9)}
    for most in range(len(before) + len(cluster), len(text) + 1):
        assert cut(text, most) in whole
        assert len(cut(text, most)) > most - len(cluster)


def test_letters_are_cut_anywhere_and_piled_marks_at_the_limit() -> None:
    assert cut("abc", 2) == "ab"
    assert cut("a" + "\u0301" * 9, 4) == "a" + "\u0301" * 3


@pytest.mark.parametrize("cluster", [FAMILY, FLAG, ENGLAND])
def test_summary_and_description_end_with_a_whole_cluster(cluster: str) -> None:
    for words, most in ((summary(cluster * 200), SUMMARY_CHARS_MAX), (_teaser(cluster * 200), DESCRIPTION_CHARS_MAX)):
        text = words.removesuffix(" …")
        assert text
        assert len(text) <= most
        assert not text.replace(cluster, "")

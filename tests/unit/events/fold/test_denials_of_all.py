"""Reports that deny all before them are folded once each: the work grows with what they say, and no faster."""

from unittest.mock import patch

from events.fold.contributions import AttributedReport
from tests.builders import Scenario, claim

REPORTS = 20


def test_denial_is_attributed_once_however_many_follow() -> None:
    story = Scenario()
    denied = AttributedReport.doubting_claims
    with patch.object(AttributedReport, "doubting_claims", autospec=True, side_effect=denied) as attributed:
        for number in range(REPORTS):
            before = [{"development": f"d{earlier}", "kind": "denies"} for earlier in range(number)]
            story.report(f"d{number}", claim("hurt", number), disputes=before)
    assert attributed.call_count == REPORTS - 1  # the first denies nothing

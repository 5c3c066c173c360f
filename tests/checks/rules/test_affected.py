"""How many predictions a day an alarm is about, and when nobody can say."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.counts.windows import Window
from checks.rules.affected import per_day
from checks.statistics.intervals import Proportion

END = datetime(2026, 3, 29, 6, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)


def test_a_share_of_a_week_is_told_by_the_day() -> None:
    told = per_day(Proportion(0.02, 2_000, 1_200), 7_000, WEEK)

    assert told is not None
    assert told.value == pytest.approx(20)
    assert told.low == pytest.approx(15, abs=1)
    assert told.high == pytest.approx(27, abs=1)


@pytest.mark.parametrize(
    "share",
    [
        None,  # not known
        Proportion(0.0, 500, 500),  # none was seen: it may be none
        Proportion(3 / 500, 500, 500),  # three were: by these it may be one in a thousand as well as one in fifty
    ],
)
def test_a_number_that_the_evidence_does_not_carry_is_not_told(share: Proportion | None) -> None:
    assert per_day(share, 7_000, WEEK) is None

"""Spans by the clocks of a zone, also in the night in which those are changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.routing.spans import Weekly, covered_until, last_end

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "zone", "begins", "ends"),
    [
        # Clocks go from 02:00 to 03:00 at 01:00 UTC on 2026-03-29: that night is an hour shorter.
        (time(22), time(7), BERLIN, "2026-03-28T21:00", "2026-03-29T05:00"),
        (time(2, 30), time(3, 15), BERLIN, "2026-03-29T01:00", "2026-03-29T01:15"),
        (time(1), time(2, 30), BERLIN, "2026-03-29T00:00", "2026-03-29T01:00"),
        # They go from 03:00 to 02:00 at 01:00 UTC on 2026-10-25: that one is an hour longer.
        (time(22), time(7), BERLIN, "2026-10-24T20:00", "2026-10-25T06:00"),
        (time(2, 30), time(3, 15), BERLIN, "2026-10-25T00:30", "2026-10-25T02:15"),
        (time(22), time(6), NEW_YORK, "2026-03-08T03:00", "2026-03-08T10:00"),
        # By half an hour, from 02:00 to 02:30, at 15:30 UTC.
        (time(2, 10), time(4), LORD_HOWE, "2026-10-03T15:30", "2026-10-03T17:00"),
    ],
)
def test_a_night_in_which_clocks_change_is_held_back_from_its_first_second_to_its_last(
    start: time, end: time, zone: ZoneInfo, begins: str, ends: str
) -> None:
    spans, first, over = [Weekly(start, end, zone)], utc(begins), utc(ends)
    second = timedelta(seconds=1)
    assert covered_until(spans, first) == over
    assert covered_until(spans, over - second) == over
    assert covered_until(spans, first - second) is None
    assert covered_until(spans, over) is None
    assert last_end(spans, over) == over


def test_a_span_that_lies_in_the_hour_that_clocks_skip_does_not_come() -> None:
    skipped = [Weekly(time(2, 10), time(2, 50), BERLIN)]
    for at in ("00:30", "01:00", "01:30"):
        assert covered_until(skipped, utc(f"2026-03-29T{at}")) is None
    assert covered_until(skipped, utc("2026-03-30T00:30")) == utc("2026-03-30T00:50")

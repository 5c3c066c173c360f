from datetime import UTC, datetime, timedelta

import pytest

from checks.counts.windows import Notice
from monitor.cycle.log_notices import noticed
from monitor.log.counts import LogNotice

NOW = datetime(2026, 3, 29, 6, tzinfo=UTC)
WRITTEN = {"/logs/old.parquet": NOW - timedelta(days=1), "/logs/new.parquet": NOW - timedelta(minutes=5)}
SKIPPED = LogNotice("skipped_file", 2, 9, ("old.parquet is not whole", "new.parquet is not whole"))


@pytest.mark.parametrize(
    ("notice", "clock", "told"),
    [
        # what is being written may be whole in the next look; what nobody wrote to for a day will not be
        (SKIPPED, NOW, Notice("skipped_file", 1, 9, ("old.parquet is not whole",))),
        # once nobody writes to it any more, it is lost too
        (SKIPPED, NOW + timedelta(hours=2), Notice("skipped_file", 2, 9, SKIPPED.examples)),
        # with an empty file nothing is lost
        (LogNotice("skipped_file", 1, 9, ("old.parquet is empty",)), NOW, Notice("skipped_file", 0, 9)),
        # a simulated look does not know what is being written now
        (SKIPPED, None, Notice("skipped_file", 0, 9)),
        # more than are named
        (LogNotice("skipped_file", 5, 9, ("new.parquet is not whole",)), NOW, Notice("skipped_file", 4, 9)),
        (
            LogNotice("recoded_file", 1, 9, ("new.parquet is in latin-1",)),
            NOW,
            Notice("recoded_file", 1, 9, ("new.parquet is in latin-1",)),
        ),
    ],
)
def test_files_that_are_just_being_written_are_no_fault(
    notice: LogNotice, clock: datetime | None, told: Notice
) -> None:
    assert noticed((notice,), WRITTEN, clock) == (told,)

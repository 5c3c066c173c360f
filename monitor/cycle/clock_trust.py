"""What time it is where the history has a look that is dated after the present clock: one of the two is wrong.

A second clock decides. For a history in PostgreSQL that is the server's. Else it is what the log says: its newest rows
and files were dated by other programs, mostly on other machines. Only where it agrees with the present clock are the
later looks set aside; where nothing agrees nobody but a person knows, and nothing is written.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.history import Dated, History
from monitor.log.prediction_log import PredictionLog

AGREES: Final = timedelta(days=1)
"""What two clocks may differ by: a zone that was left out, a log that is a night old."""

SKEW: Final = timedelta(minutes=1)
"""What two readings may differ by without either being wrong: two machines, or a clock that is being slewed."""

ODD_SHARE, ODD_ROWS = 0.01, 10
"""Part of the rows, and number of them, that may be dated wrongly themselves: the newest say nothing alone."""


@dataclass(frozen=True, slots=True)
class SecondClock:
    """What else says what time it is, and who says so (`name`); `at` is None where nothing does."""

    name: str
    at: datetime | None

    def agrees(self, now: datetime) -> bool:
        """Whether two clocks agree within a day."""
        return self.at is not None and abs(self.at - now) <= AGREES


def was_dated_ahead(last: Dated, now: datetime) -> bool:
    """Whether the last look was dated after its own present, as `once --as-of` does, and that present is past."""
    if last.looked_at is None:
        return False
    return last.as_of - last.looked_at > SKEW and last.looked_at - now <= SKEW


def second_clock(history: History, log: PredictionLog, since: datetime, last: datetime) -> SecondClock:
    """The clock of the history's server, or else the newest time of the log from `since` up to `last`."""
    served = history.clock()
    if served is not None:
        return SecondClock("the clocks of the history's server", served)
    found = [*_newest_rows(log, since, last), *log.file_times().values()]
    return SecondClock("the newest rows and files of the log", max(found, default=None))


def _newest_rows(log: PredictionLog, since: datetime, last: datetime) -> tuple[datetime, ...]:
    """Of the predictions and of the labels, the newest bucket but for a few odd rows."""
    marks = log.fingerprints(since, last)
    newest = (_newest({start: mark.rows for start, mark in each.items()}) for each in (marks.predictions, marks.labels))
    return tuple(at for at in newest if at is not None)


def _newest(rows: dict[int, int]) -> datetime | None:
    """The bucket that holds the newest row after the odd ones are left out."""
    left = min(int(sum(rows.values()) * ODD_SHARE), ODD_ROWS)
    for start in sorted(rows, reverse=True):
        left -= rows[start]
        if left < 0:
            return datetime.fromtimestamp(start, tz=UTC)
    return None


def contradiction(monitor: str, last: datetime, now: datetime, second: SecondClock) -> str:
    """Why no look is made, and what to do."""
    says = "say nothing" if second.at is None else f"say {second.at:%Y-%m-%d %H:%M} UTC"
    return (
        f"{monitor}: the history has a look as of {last:%Y-%m-%d %H:%M:%S} UTC, and this machine's clock says "
        f"{now:%Y-%m-%d %H:%M:%S}; {second.name} {says}. Set the clock right; if it is right, run tunewatch history "
        "repair, which sets the later looks aside"
    )

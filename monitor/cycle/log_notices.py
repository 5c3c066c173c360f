"""What of the notices of the log is a fault of it, and what is a file that somebody is just writing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from checks.counts.windows import Notice
from checks.rules.log_faults import SKIPPED
from monitor.log.counts import LogNotice

STILL_WRITTEN: Final = timedelta(hours=1)
"""A file that was written to this lately may well be whole in the next look."""

EMPTY: Final = " is empty"
"""How the reason of a file without a byte ends: nothing is lost with it."""


def noticed(
    notices: Iterable[LogNotice], written: Mapping[str, datetime], clock: datetime | None
) -> tuple[Notice, ...]:
    """The notices for the checks, without files that are empty or were written to in the last hour of the `clock`.

    Without a clock (the look is simulated) every file that is not read counts as still being written.
    """
    names = {Path(name).name: time for name, time in written.items()}
    return tuple(_of(notice, names, clock) for notice in notices)


def _of(notice: LogNotice, written: Mapping[str, datetime], clock: datetime | None) -> Notice:
    plain = Notice(*astuple(notice))
    if notice.kind != SKIPPED.kind:
        return plain
    left = tuple(_lasting(notice.examples, written, clock))
    gone = len(notice.examples) - len(left)
    return replace(plain, n=notice.n - gone, examples=left)


def _lasting(examples: Iterable[str], written: Mapping[str, datetime], clock: datetime | None) -> Iterator[str]:
    for example in examples:
        times = [time for name, time in written.items() if example.startswith(f"{name} ")]
        is_fresh = clock is None or any(clock - time < STILL_WRITTEN for time in times)
        if not is_fresh and not example.endswith(EMPTY):
            yield example

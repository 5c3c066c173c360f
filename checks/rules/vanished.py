"""Rows that vanish from the middle of a log: what was counted of them is kept, and somebody must know why they went."""

from collections.abc import Iterator
from datetime import datetime

from checks.counts.windows import Missing

SUBJECT = "vanished"
"""Subject of the finding."""

FEWEST_GONE = 5
"""Rows under which a loss is no incident: somebody's own message, erased by hand."""


def vanished(missing: Missing) -> str:
    """What is missing, since when, and what to do about it; "" where nothing or next to nothing newly is."""
    counts = {"predictions": missing.new_predictions, "labels": missing.new_labels}
    if max(counts.values()) < FEWEST_GONE or missing.since is None:
        return ""
    what = " and ".join(f"{n:,} {name}" for name, n in counts.items() if n)
    return (
        f"{what} that were counted are no longer in the log, found missing at {_time(missing.since)} UTC: most are of "
        f"{', '.join(map(_time, missing.hours))}. Their counts are kept, so that no figure changes. Put the files or "
        f"rows back; if they were erased on purpose, tunewatch history forget {' '.join(_span(missing))} lets their "
        "counts go"
    )


def _span(missing: Missing) -> Iterator[str]:
    for option, at in (("--from", missing.start), ("--to", missing.end)):
        if at is not None:
            yield f"{option} {at:%Y-%m-%dT%H:%M}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"

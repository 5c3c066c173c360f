"""Numbers and times as a tired person reads them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from alerts.messages.figures import LABELS, days, interval, milliseconds, percent, points, support
from checks.rules.finding import Finding
from checks.rules.registry import BY_NAME
from checks.rules.row import Unit

NONE = "unknown"


def hours(value: float) -> str:
    """A span in hours, in days from two of them on.

    >>> hours(3.46), hours(90)
    ('3.5 h', '3.8 d')
    """
    return f"{value / 24:.1f} d" if value >= 48 else f"{value:.1f} h"  # noqa: PLR2004 - two days


def ratio(value: float) -> str:
    """A multiple of the usual.

    >>> ratio(0.25), ratio(12.0)
    ('0.25 times', '12 times')
    """
    return f"{value:.2g} times"


def score(value: float) -> str:
    """A mean score in [0, 1].

    >>> score(0.7)
    '0.70'
    """
    return f"{value:.2f}"


def number(value: float) -> str:
    """A number of unknown unit.

    >>> number(0.12345), number(15300)
    ('0.123', '15,300')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004 - where thousands separators begin


Format = Callable[[float], str]

_FORMATS: Final[dict[Unit, Format]] = {
    Unit.SHARE: percent,
    Unit.POINTS: points,
    Unit.SCORE: score,
    Unit.MILLISECONDS: milliseconds,
    Unit.HOURS: hours,
    Unit.TIMES: ratio,
    Unit.DAYS: days,
}


def format_of(finding: Finding) -> Format:
    """How the numbers of a finding are written: in the unit of its check, plain where that is not known."""
    row = BY_NAME.get(finding.check)
    return number if row is None else _FORMATS[row.unit_of(finding.subject)]


def estimate(finding: Finding) -> str:
    """Value, interval and support of a finding: `12% (4–31%, n=61)`; "unknown" without a value."""
    if finding.value is None:
        return NONE
    written = format_of(finding)
    inside = [span(finding.low, finding.high, written)] if finding.low is not None and finding.high is not None else []
    inside += [support(finding.n, _counted(finding))] if finding.n else []
    return written(finding.value) + (f" ({', '.join(inside)})" if inside else "")


def _counted(finding: Finding) -> str:
    row = BY_NAME.get(finding.check)
    return LABELS if row is None else row.counted


def span(low: float, high: float, written: Format) -> str:
    """An interval with its unit once: `4–31%`.

    >>> span(0.04, 0.31, percent), span(900, 20_000, milliseconds)
    ('4–31%', '900 ms–20.0 s')
    """
    return interval(written(low), written(high))


def when(at: datetime) -> str:
    """A time in UTC, to the minute.

    >>> when(datetime(2026, 3, 29, 6, tzinfo=UTC))
    '2026-03-29 06:00 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def window(start: datetime, end: datetime) -> str:
    """A half-open span in UTC.

    >>> window(datetime(2026, 3, 22, 6, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC))
    '2026-03-22 06:00 to 2026-03-29 06:00 UTC'
    """
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M} to {when(end)}"

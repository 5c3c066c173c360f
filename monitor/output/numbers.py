"""Numbers as a person reads them."""

from datetime import UTC, datetime

from checks.estimate import Estimate

MISSING = "-"


def percent(value: float | None) -> str:
    """A share in [0, 1] with as many digits as it takes to tell 99.6% from all.

    >>> percent(0.1249), percent(0.996), percent(None)
    ('12.5%', '99.6%', '-')
    """
    return MISSING if value is None else f"{100 * value:.1f}%"


def milliseconds(value: float | None) -> str:
    """A latency.

    >>> milliseconds(312.4), milliseconds(2140), milliseconds(None)
    ('312 ms', '2.14 s', '-')
    """
    if value is None:
        return MISSING
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.2f} s"  # noqa: PLR2004 - ms in a second


def count(value: int) -> str:
    """A count with thousands apart.

    >>> count(25200)
    '25,200'
    """
    return f"{value:,}"


def share(estimate: Estimate | None) -> str:
    """A share with its interval and the labelled rows that it rests on: `12.0% (6.1-21.9, n 61)`."""
    if estimate is None or estimate.value is None:
        return MISSING if estimate is None else f"{MISSING} (n {count(estimate.n_labelled)})"
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = f"{100 * estimate.low:.1f}-{100 * estimate.high:.1f}, "
    return f"{percent(estimate.value)} ({interval}n {count(estimate.n_labelled)})"


def moment(time: datetime) -> str:
    """A time to the minute, in UTC.

    >>> moment(datetime(2026, 3, 29, 6, tzinfo=UTC))
    '2026-03-29 06:00 UTC'
    """
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

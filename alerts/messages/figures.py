"""Shares, bounds and lengths of time for a person: the one form that each has, wherever it is read."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from checks.statistics.intervals import Proportion

LABELS = "labels"
"""What n counts unless it is said."""


LEAST: Final = 0.05  # percent


def percent(share: float) -> str:
    """A share in [0, 1] as a percentage; small and almost full ones keep the digits that matter.

    >>> [percent(x) for x in (0.124, 0.0431, 0.004, 0.9987, 0.0, 1.0, 0.0002, 0.9998, 0.1 * 3 / 0.3)]
    ['12%', '4%', '0.4%', '99.9%', '0%', '100%', '<0.1%', '>99.9%', '100%']
    """
    value = round(100 * share, 9)  # a sum of floats may miss 100 by as little
    if 0 < value < LEAST or 100 - LEAST <= value < 100:  # noqa: PLR2004 - what one digit would write as 0.0% or 100.0%
        return f"<{2 * LEAST}%" if value < LEAST else f">{100 - 2 * LEAST}%"
    near_an_end = 0 < value < 1 or 99 < value < 100  # noqa: PLR2004 - where whole percents say 0% or 100%
    return f"{value:.1f}%" if near_an_end else f"{value:.0f}%"


def milliseconds(value: float) -> str:
    """A latency in ms, in seconds from ten of them on.

    >>> milliseconds(2900.4), milliseconds(12_345)
    ('2,900 ms', '12.3 s')
    """
    return f"{value / 1000:.1f} s" if value >= 10_000 else f"{value:,.0f} ms"  # noqa: PLR2004 - see the docstring


def interval(low: str, high: str) -> str:
    """Two written bounds, with their unit once where it is the same.

    >>> interval("4%", "31%"), interval("900 ms", "20.0 s")
    ('4–31%', '900 ms–20.0 s')
    """
    for unit in ("%", " points", " ms", " s", " h", " d", " times"):
        if low.endswith(unit) and high.endswith(unit):
            low = low.removesuffix(unit)
            break
    return f"{low}–{high}"


def support(n: int, unit: str = LABELS) -> str:
    """What a figure rests on; labels are not named, as most figures rest on them.

    >>> support(1200), support(757, "pairs")
    ('n=1,200', 'n=757 pairs')
    """
    return f"n={n:,}" if unit == LABELS else f"n={n:,} {unit}"


def measured(share: Proportion, unit: str = LABELS) -> str:
    """A share with its 95% interval and the rows that it rests on.

    >>> measured(Proportion(0.13, 61, 61)), measured(Proportion(0.48, 700, 757), "pairs")
    ('13% (6–23%, n=61)', '48% (44–52%, n=757 pairs)')
    """
    low, high = share.interval()
    return f"{percent(share.value)} ({interval(percent(low), percent(high))}, {support(share.n, unit)})"


def lasting(span: timedelta) -> str:
    """A length of time, in days from two of them on.

    >>> lasting(timedelta(hours=12)), lasting(timedelta(days=7)), lasting(timedelta(hours=62))
    ('12 h', '7 d', '2.6 d')
    """
    hours = span.total_seconds() / 3600
    value, unit = (hours / 24, "d") if hours >= 48 else (hours, "h")  # noqa: PLR2004 - two days
    return f"{value:.1f}".removesuffix(".0") + f" {unit}"


def days(count: float) -> str:
    """A number of whole days.

    >>> days(30), days(1), days(-3)
    ('30 days', '1 day', '-3 days')
    """
    return f"{count:,.0f} day" + ("" if round(count) == 1 else "s")


def signed_points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign.

    >>> signed_points(-0.0412), signed_points(0.13), signed_points(-0.0001)
    ('-4.1', '+13.0', '0.0')
    """
    return f"{difference * 100:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")


def points(difference: float) -> str:
    """A difference of shares in percentage points; what it is of says which way it goes.

    >>> points(0.0412), points(-0.13)
    ('4.1 points', '-13.0 points')
    """
    return f"{signed_points(difference).removeprefix('+')} points"


def once(sentences: Sequence[str], before: str = "") -> tuple[str, ...]:
    """The sentences of one message; a measured figure that was told whole, in them or `before`, is only named again.

    >>> once(["recall is 75% (70–80%, n=90) with p1", "it was 75% (70–80%, n=90), and is 8% (2–20%, n=30)"])
    ('recall is 75% (70–80%, n=90) with p1', 'it was 75%, and is 8% (2–20%, n=30)')
    """
    told = set(_MEASURED.findall(before))
    return tuple(_MEASURED.sub(lambda found: _first_whole(found, told), sentence) for sentence in sentences)


def _first_whole(found: re.Match[str], told: set[tuple[str, str]]) -> str:
    if (figure := (found[1], found[2])) in told:
        return found[1]
    told.add(figure)
    return found[0]


_MEASURED: Final = re.compile(r"(\S+) (\([^()]+, n=[\d,]+[^()]*\))")
"""A figure, and its interval and support."""

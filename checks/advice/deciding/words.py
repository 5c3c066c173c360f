"""Words that reasons are made of."""

from collections.abc import Sequence
from datetime import datetime


def points(gap: float) -> str:
    """A difference of two shares, in percentage points.

    >>> points(0.787), points(0.01)
    ('79 points', '1 point')
    """
    whole = round(100 * gap)
    return f"{whole} point" if abs(whole) == 1 else f"{whole} points"


def between(low: float, high: float) -> str:
    """Bounds of a difference of two shares.

    >>> between(0.67, 0.88), between(-0.15, 0.126)
    ('67 to 88 points', '-15 to 13 points')
    """
    return f"{round(100 * low)} to {points(high)}"


def capital(text: str) -> str:
    """A sentence's first letter."""
    return text[:1].upper() + text[1:]


def moment(at: datetime) -> str:
    """A UTC time to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def listed(names: Sequence[str]) -> str:
    """Names in a row, the last one after "and".

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)

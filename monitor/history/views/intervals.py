"""Intervals in SQL."""

from typing import Final

_Z2: Final = "3.8414588"
"""Square of the 97.5% quantile of the normal distribution."""


def wilson_bound(sign: str, value: str, n: str) -> str:
    """A bound of Wilson's 95% interval (1927) of a share `value` of `n`; all of [0, 1] where `n` is 0.

    `sign` is "-" or "+". `value` and `n` are double precision, and may be NULL where `n` is 0.
    """
    edge = "0.0" if sign == "-" else "1.0"
    z2 = f"({_Z2} / {n})"
    return f"""CASE WHEN {n} > 0 THEN ({value} + {z2} / 2 {sign} SQRT({z2} * ({value} * (1 - {value}) + {z2} / 4)))
                   / (1 + {z2}) ELSE CAST({edge} AS DOUBLE PRECISION) END"""

"""Cluster test of days: do current days differ from earlier days by more than days differ among themselves?

Messages of one day are not independent: a campaign, an outage or a holiday moves all of them. So the unit is the day.
Each row is a point in a space of features (its words, its class, where its number lies), each day the mean of its rows,
and current days are compared with the reference's days of the same weekday. The statistic is that of Dempster (1960, "A
significance test for the separation of two highly multivariate small samples"), which works with more features than
days:

    Q = h |difference of means|^2 / trace(S),      1/h = 1/W_current + 1/W_reference

with S the covariance of the reference's days around their weekday's mean: a change within the current days must not
hide itself in the noise. With nothing but chance, Q is a ratio of weighted chi-squares: its weights are the eigenvalues
of S. Their upper tail is found by the saddlepoint formula of Lugannani and Rice (1980) as Lieberman (1994) gives it for
ratios of quadratic forms; no simulation could reach the small levels that looking for years asks for. With one feature
it is the t test.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from checks.statistics import special
from checks.statistics.arithmetic import bisect, safe_divide

Floats = NDArray[np.float64]

LEAST_FREEDOM = 6
"""Days of the reference beyond one for each weekday, under which it is not known how much days differ."""

HIDDEN_COUNT = 3.0
"""What has not been seen in n rows may still be 3/n of all (the rule of three): the least variance of a row."""

_FAINT = 1e-4  # eigenvalues under this part of the trace change no tail


@dataclass(frozen=True, slots=True)
class DayContrast:
    """How far the current days are from the reference's.

    `statistic` is Q (>= 0, near 1 by chance). `spectrum` are the eigenvalues of S as parts of its trace, the greatest
    first. `freedom` is the number of days that S rests on. `noise` is the standard error of the difference along its
    own direction, as a part of its length.
    """

    statistic: float
    spectrum: tuple[float, ...]
    freedom: int
    noise: float

    @property
    def p_value(self) -> float:
        """Chance of a Q at least as great, where nothing changed: the p-value."""
        return _tail(self.statistic, np.array(self.spectrum), self.freedom)

    def critical(self, level: float) -> float:
        """The Q that chance reaches with probability `level`, in (0, 0.1]."""
        return _critical(self.spectrum, self.freedom, level)

    @property
    def shrinkage(self) -> float:
        """Part of the difference's length that chance does not explain: a plug-in distance is too long on average."""
        return sqrt(max(1 - 1 / self.statistic, 0.0)) if self.statistic else 0.0


@dataclass(frozen=True, slots=True)
class Days:
    """Means of features by day: `means` is D x K, `rows` (D) are the rows behind each, all > 0.

    `weekday` (D) says which days are alike; `current` (D) which of them are now.
    """

    means: Floats
    rows: Floats
    weekday: NDArray[np.intp]
    current: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "Days":
        """Some of the days."""
        return Days(self.means[kept], self.rows[kept], self.weekday[kept], self.current[kept])


@dataclass(frozen=True, slots=True)
class Difference:
    """Means of the features then and now (K each), like weekdays weighted alike, and how sure their difference is."""

    now: Floats
    then: Floats
    contrast: DayContrast


def compare_days(days: Days, *, worth: float = 1.0) -> Difference | None:
    """Compare the current days with the reference's; None where the reference has too few days of the same weekdays.

    A day's weight is its rows, but no day weighs more than the median day of the reference: where days differ in
    themselves, many rows of one day do not tell more of it. `worth` in (0, 1] is the part of the days that count as
    independent, where a statistic uses them twice.
    """
    days = days.only(np.isin(days.weekday, days.weekday[~days.current]))
    reference = days.only(~days.current)
    strata, place = np.unique(reference.weekday, return_inverse=True)
    freedom = len(place) - len(strata)
    if freedom < LEAST_FREEDOM or not days.current.any():
        return None
    weights = np.minimum(days.rows, np.median(reference.rows))
    then, heavy_then = _by_weekday(days, weights, strata, ~days.current)
    now, heavy_now = _by_weekday(days, weights, strata, days.current)
    both = safe_divide(heavy_now * heavy_then, heavy_now + heavy_then)
    here, there = both @ now / both.sum(), both @ then / both.sum()
    residuals = (reference.means - then[place]) * np.sqrt(weights[~days.current] / freedom)[:, None]
    hidden = HIDDEN_COUNT / reference.rows.sum()
    return Difference(here, there, _contrast(here - there, residuals, worth * both.sum(), freedom, hidden))


def _by_weekday(
    days: Days, weights: Floats, strata: NDArray[np.intp], kept: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Mean of the features (S x K) and weight (S) of the kept days of each weekday; 0 where there are none."""
    member = (days.weekday[None, :] == strata[:, None]) * (weights * kept)[None, :]
    total = member.sum(axis=1)
    return member @ days.means / np.maximum(total, 1e-300)[:, None], total


def _contrast(difference: Floats, residuals: Floats, weight: float, freedom: int, hidden: float) -> DayContrast:
    """The test of a difference (K) by the residuals (D x K, scaled so that their squares sum up to S)."""
    eigenvalues = np.append(np.linalg.eigvalsh(residuals @ residuals.T), hidden)
    trace = float(eigenvalues.sum())
    spectrum = sorted((float(part) for part in eigenvalues / trace if part > _FAINT), reverse=True)
    length = float(np.linalg.norm(difference))
    along = np.linalg.norm(residuals @ difference) / length if length else 0.0
    return DayContrast(
        statistic=weight * length**2 / trace,
        spectrum=tuple(spectrum),
        freedom=freedom,
        noise=float(np.sqrt((along**2 + hidden) / weight) / length) if length else inf,
    )


def _tail(q: float, weights: Floats, freedom: int) -> float:
    """P(sum_i w_i X_i / sum_i w_i Y_i > q), X_i chi-square(1) and Y_i chi-square(freedom) / freedom, independent."""
    if q <= weights.sum():  # at or below the mean: the formula is not needed there, and singular at the mean itself
        return 0.5 if q > 0 else 1.0
    below = q * weights / freedom

    def slope(t: float) -> float:
        return float(np.sum(weights / (1 - 2 * t * weights)) - freedom * np.sum(below / (1 + 2 * t * below)))

    t, _ = bisect(lambda t: slope(t) <= 0, 0.0, 1 / (2 * float(weights.max())))
    up, down = 1 - 2 * t * weights, 1 + 2 * t * below
    cumulant = -0.5 * np.log(up).sum() - freedom / 2 * np.log(down).sum()
    curvature = 2 * np.sum((weights / up) ** 2) + 2 * freedom * np.sum((below / down) ** 2)
    w, v = sqrt(max(-2 * cumulant, 0.0)), t * sqrt(curvature)
    if w < 1e-6 or v <= 0:  # noqa: PLR2004 - so near the mean that the two terms cancel
        return 0.5
    return float(min(special.ndtr(-(w + log(v / w) / w)), 0.5))


@lru_cache(maxsize=256)  # a study is judged at every look until the next one
def _critical(spectrum: tuple[float, ...], freedom: int, level: float) -> float:
    """Bisect on a scale of ratios, to a thousandth: a critical Q is somewhere between 1 and a million."""
    weights = np.array(spectrum)
    _, high = bisect(lambda q: _tail(exp(q), weights, freedom) > level, 0.0, log(1e6), halves=14)
    return exp(high)

"""Change-point test: did a metric fall at the change of version, or at another time near it?

Whoever deploys on Monday is blamed for what broke on Tuesday, and part of Monday's data is good. So before a change is
blamed, it is weighed against every other moment at which the history can cut the two versions' data. With hits h and
misses m, a stretch of data at one unknown level has the marginal likelihood B(h + 1/2, m + 1/2) / B(1/2, 1/2) under
Jeffreys' prior. A fall at the change is two stretches cut at the change; a fall at another moment is two stretches cut
there. The ratio of the two is the Bayes factor of a change point (Kass and Raftery 1995, "Bayes factors"); that of
"another moment" is the mean over the moments, each as likely as the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from checks.advice.comparing.metrics import Metric
from checks.advice.comparing.parts import Part, split, whole
from checks.advice.deciding.weights import CHANGES_BREAK
from checks.counts.windows import VersionRun, Window, Windows
from checks.statistics import special
from checks.statistics.intervals import Proportion

Counts = tuple[float, float]  # hits and misses, effective numbers


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The moment other than the change at which a fall fits best: `before` and `after` it, within one version's run."""

    at: datetime
    within: VersionRun
    before: Proportion
    after: Proportion


@dataclass(frozen=True, slots=True)
class Onset:
    """`at_change` is the probability in [0, 1] that the fall lies at the change; `elsewhere` the best other moment."""

    at_change: float
    elsewhere: Elsewhere | None


@dataclass(frozen=True, slots=True)
class _Cut:
    log_factor: float  # of a fall here against one at the change
    moment: Elsewhere


def locate(older: VersionRun, newer: VersionRun, metric: Metric, windows: Windows) -> Onset:
    """Weigh the change from `older` to `newer` against the other moments near it.

    The prior is CHANGES_BREAK for the change. Moments between which and the change nothing was labelled cannot be told
    from it, and count as it.
    """
    cuts = [*_later(older, newer, metric, windows), *_earlier(older, newer, metric, windows)]
    if not cuts:
        return Onset(1.0, None)
    others = special.logsumexp([cut.log_factor for cut in cuts]) - np.log(len(cuts))
    odds = np.log(CHANGES_BREAK) - np.log1p(-CHANGES_BREAK) - others
    best = max(cuts, key=lambda cut: cut.log_factor)
    return Onset(float(special.expit(odds)), best.moment)


def _later(older: VersionRun, newer: VersionRun, metric: Metric, windows: Windows) -> Iterator[_Cut]:
    """Cuts within the newer version: its data before them are as good as the older version's."""
    was = metric.of(whole(older))
    for window in _cuts(windows):
        early, late = _shares(newer, window, metric)
        if was is not None and early is not None and late is not None and window.start > newer.first_seen:
            one = _likelihood(was, early) + _likelihood(late)
            other = _likelihood(was) + _likelihood(early, late)
            yield _Cut(one - other, Elsewhere(window.start, newer, early, late))


def _earlier(older: VersionRun, newer: VersionRun, metric: Metric, windows: Windows) -> Iterator[_Cut]:
    """Cuts within the older version: its data after them are as bad as the newer version's."""
    now = metric.of(whole(newer))
    for window in _cuts(windows):
        early, late = _shares(older, window, metric)
        if now is not None and early is not None and late is not None and window.start < newer.first_seen:
            one = _likelihood(early) + _likelihood(late, now)
            other = _likelihood(early, late) + _likelihood(now)
            yield _Cut(one - other, Elsewhere(window.start, older, early, late))


def _cuts(windows: Windows) -> Iterable[Window]:
    """Windows that end now, each beginning at a moment of its own."""
    every = (*(start.since for start in windows.starts), windows.current, *windows.recent)
    return {window.start: window for window in every}.values()


def _shares(run: VersionRun, window: Window, metric: Metric) -> tuple[Proportion | None, Proportion | None]:
    early, late = split(run, window)
    return _known(metric, early), _known(metric, late)


def _known(metric: Metric, part: Part) -> Proportion | None:
    share = metric.of(part)
    return share if share is not None and share.effective_n > 0 else None


def _likelihood(*shares: Proportion) -> float:
    """Logarithm of the marginal likelihood of data at one level, but for a constant."""
    hits = sum(share.value * share.effective_n for share in shares)
    misses = sum((1 - share.value) * share.effective_n for share in shares)
    return float(special.betaln(hits + 0.5, misses + 0.5))

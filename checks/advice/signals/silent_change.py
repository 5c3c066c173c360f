"""Signal of a silent change: did the bot's behaviour step while no version and no message changed?

A provider that replaces the model behind a name does not tell the log. But confidences and latencies step then, on
the same kind of messages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from checks.advice.comparing.parts import Part, live, named, split
from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import BEHAVIOUR_SHIFT, MIN_ANSWERS
from checks.advice.signals.new_topic import is_new
from checks.clauses.clause import Clauses, clause
from checks.counts.cells import BAND_EDGES, NO_BAND, OutcomeCell
from checks.counts.confusion import Floats
from checks.counts.outcomes import Outcomes
from checks.counts.windows import VersionRun, Windows
from checks.estimates.quantiles import Histogram

NAME, FAMILY = "silent_change", "change"


@dataclass(frozen=True, slots=True)
class _Shift:
    """How behaviour moved within a run: `confidence` is a total variation in [0, 1], `latency` a ratio of medians.

    `max_ratio` > 1 is the ratio that the check of latency tolerates.
    """

    run: VersionRun
    confidence: float
    latency: float
    max_ratio: float

    @property
    def size(self) -> float:
        """The greater of the two, in units of its limit."""
        slower = abs(np.log(self.latency)) / np.log(self.max_ratio)
        return max(self.confidence / BEHAVIOUR_SHIFT, float(slower))


def silent_change_signal(windows: Windows, policy: AdvicePolicy) -> Signal[Clauses]:
    """Whether confidence or latency stepped within a version that answers now, with messages as before.

    Each version's data before each window that ends now are compared with its data in it. Both parts need MIN_ANSWERS.
    Without the text of the messages it cannot be told: new messages make a model less sure too.
    """
    shifts = [shift for run in live(windows) for shift in _shifts(run, windows, policy.max_ratio)]
    worst = max(shifts, key=lambda shift: shift.size, default=None)
    if worst is None:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.BEHAVIOUR_UNKNOWN),))
    numbers = (("confidence_shift", worst.confidence), ("latency_ratio", worst.latency))
    if worst.size < 1:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.BEHAVIOUR_AS_BEFORE),), numbers=numbers)
    topic = windows.study.new_topic if windows.study is not None else None
    if topic is None or is_new(topic):
        kind = SignalClause.STEPPED_UNKNOWN if topic is None else SignalClause.STEPPED_WITH_MESSAGES
        return Signal(NAME, FAMILY, None, (clause(kind, moved=_moved(worst), run=named(worst.run)),), numbers)
    said = clause(SignalClause.BEHAVIOUR_STEPPED, moved=_moved(worst), run=named(worst.run))
    return Signal(NAME, FAMILY, holds=True, sentence=(said,), numbers=numbers)


def _shifts(run: VersionRun, windows: Windows, max_ratio: float) -> Iterable[_Shift]:
    for window in (windows.current, *windows.recent):
        early, late = split(run, window)
        before, after = _bands(early.outcomes), _bands(late.outcomes)
        confidence = 0.0
        if min(before.sum(), after.sum()) >= MIN_ANSWERS:
            confidence = float(np.abs(before / before.sum() - after / after.sum()).sum() / 2)
        yield _Shift(run, confidence, _ratio(early, late), max_ratio)


def _bands(outcomes: Sequence[OutcomeCell]) -> Floats:
    cells = Outcomes.of(outcomes)
    counts = np.bincount(cells.band - NO_BAND, cells.n, len(BAND_EDGES) + 2)
    return np.asarray(counts[1:], dtype=float)  # the first is of those without a band


def _ratio(early: Part, late: Part) -> float:
    before, after = Histogram.of(early.latency), Histogram.of(late.latency)
    if min(before.n, after.n) < MIN_ANSWERS:
        return 1.0
    return after.quantile(0.5) / before.quantile(0.5)


def _moved(shift: _Shift) -> Clauses:
    parts = []
    if shift.confidence >= BEHAVIOUR_SHIFT:
        parts.append(clause(SignalClause.CONFIDENCE_MOVED, share=shift.confidence))
    if abs(np.log(shift.latency)) >= np.log(shift.max_ratio):
        parts.append(clause(SignalClause.LATENCY_MOVED, times=shift.latency))
    return tuple(parts)

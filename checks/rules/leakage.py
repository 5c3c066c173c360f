"""Leakage: are figures flattered by messages that the model was trained on or evaluated with?"""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.clauses.clause import Clauses, clause
from checks.counts.studied.overlap import Overlap
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.shares import MIN_LABELS
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import CONFIDENCE, difference


@dataclass(frozen=True, slots=True)
class Leakage:
    """Registered training and evaluation messages of each model version against the labelled log, from the study.

    It warns where a share of the messages beyond `max_overlap` was in the set, beyond doubt, and those are answered
    better than the others, beyond doubt: then accuracy is what the model remembers. A model that answers known and new
    messages alike has not been flattered, however many it knew. `budget` is what false alarms may cost.
    """

    max_overlap: float
    budget: AlarmBudget
    name: str = "leakage"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each registered set of a model version that answers."""
        windows = measured.windows
        overlaps = windows.study.overlaps if windows.study is not None else ()
        tail = self.budget.tail([windows.current.length], max(len(overlaps), 1))
        return [self._judge(overlap, windows, tail) for overlap in overlaps]

    def _judge(self, overlap: Overlap, windows: Windows, tail: float) -> Finding[Clauses]:
        low, high = overlap.share.interval()
        flattered = is_flattered(overlap, tail)
        broken = overlap.share.lower(tail) > self.max_overlap and bool(flattered)
        unknown = flattered is None and low > self.max_overlap
        return Finding(
            check=self.name,
            subject=f"{overlap.model_version}, {overlap.kind} set",
            verdict=Verdict.WARNING if broken else Verdict.NOT_ENOUGH_DATA if unknown else Verdict.OK,
            cause=Cause.ABOVE_LIMIT if broken else Cause.TOO_FEW if unknown else Cause.WITHIN_LIMITS,
            message=_message(overlap),
            window_start=windows.current.start,
            window_end=windows.current.end,
            value=overlap.share.value,
            low=low,
            high=high,
            threshold=self.max_overlap,
            n=overlap.n,
            clear=not broken and not unknown,
        )


def is_flattered(overlap: Overlap, tail: float = (1 - CONFIDENCE) / 2) -> bool | None:
    """Whether messages of the set are answered better than the others; None with too few labels to say."""
    seen, clean = overlap.seen, overlap.clean
    if seen is None or clean is None or min(seen.n, clean.n) < MIN_LABELS:
        return None
    return difference(seen, clean, tail)[0] > 0


def _message(overlap: Overlap) -> Clauses:
    share, seen, clean = overlap.share.value, overlap.seen, overlap.clean
    return (
        clause(FindingClause.IN_SET, share=share, n=overlap.n, model=overlap.model_version, kind=overlap.kind),
        *([] if seen is None else [clause(FindingClause.SEEN_RIGHT, share=seen)]),
        *([] if clean is None else [clause(FindingClause.OTHERS_RIGHT, share=clean)]),
    )

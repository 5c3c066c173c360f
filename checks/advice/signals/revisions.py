"""Signals: how many prompts were tried, and have they stopped bringing anything?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from checks.advice.comparing.failing import Failing, target
from checks.advice.comparing.falls import measure
from checks.advice.comparing.metrics import Metric
from checks.advice.comparing.parts import live, whole
from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import NEWEST, TAIL
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import VersionRun, Windows
from checks.statistics.intervals import Proportion, difference

FAMILY = "revisions"


@dataclass(frozen=True, slots=True)
class Revision:
    """One prompt and how it did."""

    prompt: str
    share: Proportion


def revision_signals(failing: Sequence[Failing], windows: Windows, policy: AdvicePolicy) -> tuple[Signal[Clauses], ...]:
    """Prompts measured on one model, whether some could not be, and whether they are on a plateau."""
    runs = _prompts(windows)
    if not runs:
        unknown = (clause(SignalClause.PROMPTS_NOT_LOGGED),)
        return tuple(Signal(name, FAMILY, None, unknown) for name in ("prompts_tried", "plateau"))
    told = [(item, _measured(item.metric, runs)) for item in failing]
    least = min((len(revisions) for _, revisions in told), default=0)
    plateaus = [_plateau(item, revisions, policy) for item, revisions in told if len(revisions) >= policy.min_prompts]
    return (
        _tried(len(runs), least, policy),
        _unproven(len(runs), least, policy),
        _combined(plateaus) if plateaus else _no_plateau(policy),
    )


def _prompts(windows: Windows) -> list[VersionRun]:
    """The prompts that ran on the model that answers now, in the order in which they came."""
    answering = live(windows) or windows.versions[-1:]
    models = {run.model_version for run in answering[:1]}
    runs = [run for run in windows.versions if run.model_version in models and run.prompt_version != NOT_LOGGED]
    return sorted(runs, key=lambda run: (run.first_seen, run.prompt_version))


def _measured(metric: Metric, runs: Sequence[VersionRun]) -> list[Revision]:
    shares = ((run.prompt_version, measure(metric, whole(run))) for run in runs)
    return [Revision(prompt, share) for prompt, share in shares if share is not None]


def _tried(prompts: int, measured_ones: int, policy: AdvicePolicy) -> Signal[Clauses]:
    numbers = (("prompts", float(prompts)), ("measured", float(measured_ones)))
    tried = clause(SignalClause.SEVERAL_TRIED if prompts > 1 else SignalClause.ONE_TRIED, n=prompts)
    if measured_ones >= policy.min_prompts:
        said = clause(SignalClause.TRIED_AND_MEASURED, tried=tried, measured=measured_ones)
        return Signal("prompts_tried", FAMILY, holds=True, sentence=(said,), numbers=numbers)
    if prompts >= policy.min_prompts:
        said = clause(SignalClause.TRIED_UNMEASURED, tried=tried, measured=measured_ones)
        return Signal("prompts_tried", FAMILY, None, (said,), numbers)
    said = clause(SignalClause.TRIED_FEW, tried=tried, least=policy.min_prompts)
    return Signal("prompts_tried", FAMILY, holds=False, sentence=(said,), numbers=numbers)


def _unproven(prompts: int, measured_ones: int, policy: AdvicePolicy) -> Signal[Clauses]:
    holds = prompts >= policy.min_prompts > measured_ones
    said = clause(SignalClause.UNPROVEN_PROMPTS, short=prompts - measured_ones, prompts=prompts)
    return Signal("unproven_prompts", "evidence", holds, (said,))


def _plateau(item: Failing, revisions: Sequence[Revision], policy: AdvicePolicy) -> Signal[Clauses]:
    """A plateau: the newest revisions bring no gain, and neither the best nor as much gain again reaches the target.

    Gain is the best of the NEWEST revisions less the best before them. All bounds are at 95%. As the best of several
    is picked by its own result, its bound is a little high, which speaks against a plateau: the safe side, as
    fine-tuning is dear.
    """
    wanted = target(item.metric, policy)
    best = _best(revisions).share
    gain = _gain(revisions)
    reach = max(best.upper(TAIL), best.value + max(gain[1], 0.0))
    numbers = (
        ("prompts", float(len(revisions))),
        ("best", best.value),
        ("best_high", best.upper(TAIL)),
        ("gain_low", gain[0]),
        ("gain_high", gain[1]),
        ("target", wanted),
    )
    improving = gain[0] > 0 or _rises_throughout(revisions)
    holds = False if improving or best.value >= wanted else (True if reach < wanted else None)
    return Signal(
        "plateau", FAMILY, holds, (_said(item, revisions, wanted, holds=holds, improving=improving),), numbers
    )


def _gain(revisions: Sequence[Revision]) -> tuple[float, float]:
    newest = min(NEWEST, len(revisions) - 1)
    if newest < 1:
        return 0.0, 1.0  # a single prompt says nothing of what the next one brings
    return difference(_best(revisions[-newest:]).share, _best(revisions[:-newest]).share, TAIL)


def _rises_throughout(revisions: Sequence[Revision]) -> bool:
    """Whether each prompt beat the one before, and the last one the first beyond doubt."""
    shares = [revision.share for revision in revisions]
    return (
        all(one.value < other.value for one, other in pairwise(shares))
        and difference(shares[-1], shares[0], TAIL)[0] > 0
    )


def _best(revisions: Sequence[Revision]) -> Revision:
    return max(revisions, key=lambda revision: revision.share.value)


def _said(
    item: Failing, revisions: Sequence[Revision], wanted: float, *, holds: bool | None, improving: bool
) -> Clause:
    shown = tuple(clause(SignalClause.PROMPT_SHARE, prompt=each.prompt, share=each.share) for each in revisions)
    metric = item.metric.noun
    if holds:
        return clause(SignalClause.ON_PLATEAU, n=len(revisions), wanted=wanted, metric=metric, shown=shown)
    if improving:
        return clause(SignalClause.STILL_IMPROVE, metric=metric, shown=shown)
    if holds is None:
        return clause(SignalClause.PLATEAU_UNTOLD, metric=metric, wanted=wanted, shown=shown)
    return clause(SignalClause.PROMPT_REACHES, metric=metric, wanted=wanted, shown=shown)


def _combined(plateaus: Sequence[Signal[Clauses]]) -> Signal[Clauses]:
    """A metric that still improves, or was reached, speaks against; one that cannot be told does not."""
    by_answer = {plateau.holds: plateau for plateau in reversed(plateaus)}
    return next(by_answer[answer] for answer in (False, True, None) if answer in by_answer)


def _no_plateau(policy: AdvicePolicy) -> Signal[Clauses]:
    return Signal("plateau", FAMILY, None, (clause(SignalClause.PLATEAU_NEEDS, least=policy.min_prompts),))

"""Signals: can the labels themselves be believed?"""

from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import (
    CONFIDENT,
    CONFIDENT_BAND,
    DISAGREE,
    MIN_ERRORS,
    NOISY_ERRORS,
    NOISY_ROWS,
    OF_DROP,
    TAIL,
)
from checks.clauses.clause import Clauses, Rated, clause
from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.study import Study
from checks.statistics.intervals import Proportion

FAMILY = "evidence"


def label_signals(
    study: Study | None, outcomes: Iterable[OutcomeCell], policy: AdvicePolicy
) -> tuple[Signal[Clauses], ...]:
    """Labels that a second opinion contradicts, labellers that disagree, errors that the chatbot was sure of."""
    return (
        _noise(study, min(NOISY_ROWS, OF_DROP * policy.max_drop.accuracy)),
        _disagreement(study),
        _confident(outcomes),
    )


def _noise(study: Study | None, least: float) -> Signal[Clauses]:
    """Whether many of the errors may be errors of the label.

    Where a model that never saw a label agrees with the chatbot against it. The share of the errors (its lower 95%
    bound) must be large, and that of the rows at least `least`: hard messages fool both alike, so some always agree.
    """
    noise = study.label_noise if study is not None else None
    if noise is None or noise.errors < MIN_ERRORS:
        return Signal("label_noise", FAMILY, None, (clause(SignalClause.NOISE_UNKNOWN),))
    holds = noise.of_errors.lower(TAIL) >= NOISY_ERRORS and noise.of_rows.value >= least
    kind = SignalClause.LABELS_LOOK_WRONG if holds else SignalClause.LABELS_MAY_BE_WRONG
    said = clause(kind, errors=Rated(noise.of_errors, "errors"), rows=noise.of_rows.value)
    numbers = (
        ("of_errors", noise.of_errors.value),
        ("of_labels", noise.of_rows.value),
        ("agreement", noise.agreement),
        ("errors", float(noise.errors)),
    )
    return Signal("label_noise", FAMILY, holds, (said,), numbers)


def _disagreement(study: Study | None) -> Signal[Clauses]:
    name = "labellers_disagree"
    duplicates = study.duplicates if study is not None else None
    share = duplicates.disagreement if duplicates is not None else None
    if share is None or share.n < MIN_ERRORS:
        return Signal(name, FAMILY, None, (clause(SignalClause.DISAGREEMENT_UNKNOWN),))
    said = clause(SignalClause.DISAGREEMENT, share=Rated(share, "pairs"))
    return Signal(name, FAMILY, share.lower(TAIL) >= DISAGREE, (said,), (("share", share.value), ("n", float(share.n))))


def _confident(outcomes: Iterable[OutcomeCell]) -> Signal[Clauses]:
    """Errors at the highest confidences: either confidence says nothing, or some of these labels are wrong."""
    name = "confident_errors"
    wrong = [(cell.n, cell.band) for cell in outcomes if cell.label not in (None, cell.predicted)]
    errors = sum(n for n, band in wrong if band != NO_BAND)
    if errors < MIN_ERRORS:
        return Signal(name, FAMILY, None, (clause(SignalClause.CONFIDENCE_UNKNOWN),))
    sure = Proportion(sum(n for n, band in wrong if band >= CONFIDENT_BAND) / errors, errors, errors)
    said = clause(SignalClause.CONFIDENT_ERRORS, share=Rated(sure, "errors"))
    return Signal(name, FAMILY, sure.lower(TAIL) >= CONFIDENT, (said,), (("share", sure.value), ("n", float(errors))))

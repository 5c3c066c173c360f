"""Signals: can the labels themselves be believed?"""

from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
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
from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.study import Study
from checks.rules.words import measured, percent
from checks.statistics.intervals import Proportion

FAMILY = "evidence"


def label_signals(study: Study | None, outcomes: Iterable[OutcomeCell], policy: AdvicePolicy) -> tuple[Signal, ...]:
    """Labels that a second opinion contradicts, labellers that disagree, errors that the chatbot was sure of."""
    return (
        _noise(study, min(NOISY_ROWS, OF_DROP * policy.max_drop.accuracy)),
        _disagreement(study),
        _confident(outcomes),
    )


def _noise(study: Study | None, least: float) -> Signal:
    """Whether many of the errors may be errors of the label.

    Where a model that never saw a label agrees with the chatbot against it. The share of the errors (its lower 95%
    bound) must be large, and that of the rows at least `least`: hard messages fool both alike, so some always agree.
    """
    noise = study.label_noise if study is not None else None
    if noise is None or noise.errors < MIN_ERRORS:
        return Signal(
            "label_noise", FAMILY, None, "Too few labelled messages with a text for a second opinion on labels."
        )
    holds = noise.of_errors.lower(TAIL) >= NOISY_ERRORS and noise.of_rows.value >= least
    sentence = (
        f"In {measured(noise.of_errors, 'errors')} a model trained on the other labels sides with the chatbot against "
        f"the label: {percent(noise.of_rows.value)} of the labels {'look' if holds else 'may be'} wrong."
    )
    numbers = (
        ("of_errors", noise.of_errors.value),
        ("of_labels", noise.of_rows.value),
        ("agreement", noise.agreement),
        ("errors", float(noise.errors)),
    )
    return Signal("label_noise", FAMILY, holds, sentence, numbers)


def _disagreement(study: Study | None) -> Signal:
    name = "labellers_disagree"
    duplicates = study.duplicates if study is not None else None
    share = duplicates.disagreement if duplicates is not None else None
    if share is None or share.n < MIN_ERRORS:
        return Signal(name, FAMILY, None, "Too few near-duplicate messages have labels that could be compared.")
    sentence = f"Of messages that say nearly the same, {measured(share, 'pairs')} have different labels."
    return Signal(
        name, FAMILY, share.lower(TAIL) >= DISAGREE, sentence, (("share", share.value), ("n", float(share.n)))
    )


def _confident(outcomes: Iterable[OutcomeCell]) -> Signal:
    """Errors at the highest confidences: either confidence says nothing, or some of these labels are wrong."""
    name = "confident_errors"
    wrong = [(cell.n, cell.band) for cell in outcomes if cell.label not in (None, cell.predicted)]
    errors = sum(n for n, band in wrong if band != NO_BAND)
    if errors < MIN_ERRORS:
        return Signal(name, FAMILY, None, "Too few errors have a confidence to say how sure the chatbot was of them.")
    sure = Proportion(sum(n for n, band in wrong if band >= CONFIDENT_BAND) / errors, errors, errors)
    sentence = f"The chatbot was at least 90% sure of {measured(sure, 'errors')}."
    return Signal(name, FAMILY, sure.lower(TAIL) >= CONFIDENT, sentence, (("share", sure.value), ("n", float(errors))))

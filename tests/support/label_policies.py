"""How a chatbot's predictions get labels: ways that depend on the prediction, its confidence, or the truth."""

import numpy as np

from checks.counts.cells import band_of
from tests.support.late_labels import CARDS, LABELLED, URGENT, Labelling, Log, usual


def urgent_first(log: Log) -> Labelling:
    """By the predicted class."""
    return _first(log, log.predicted == URGENT, 1.0, 36.0)


def unsure_first(log: Log) -> Labelling:
    """By confidence: those under 0.8, a seventh of all."""
    return _first(log, log.band < band_of(0.8), 2.0, 36.0)


def three_days_later(log: Log) -> Labelling:
    """All labels."""
    return Labelling(usual(log).labelled, usual(log).median, extra=72.0)


def no_urgent(log: Log) -> Labelling:
    """No label any more for what is predicted urgent."""
    return Labelling(np.where(log.predicted == URGENT, 0.0, LABELLED), usual(log).median)


def no_cards(log: Log) -> Labelling:
    """No label any more for what is predicted cards, a fifth of all."""
    return Labelling(np.where(log.predicted == CARDS, 0.0, LABELLED), usual(log).median)


def truly_urgent_sooner(log: Log) -> Labelling:
    """By the truth, mildly."""
    return _first(log, log.true == URGENT, 9.0, 18.0)


def truly_urgent_first(log: Log) -> Labelling:
    """By the truth, grossly."""
    return _first(log, log.true == URGENT, 1.0, 36.0)


def wrong_sooner(log: Log) -> Labelling:
    """By whether the bot is right, mildly."""
    return _first(log, log.true != log.predicted, 9.0, 18.0)


def wrong_first(log: Log) -> Labelling:
    """By whether the bot is right, grossly: complaints come at once."""
    return _first(log, log.true != log.predicted, 1.0, 36.0)


def _first(log: Log, chosen: np.ndarray, first: float, others: float) -> Labelling:
    return Labelling(np.full(log.at.size, LABELLED), np.where(chosen, first, others))

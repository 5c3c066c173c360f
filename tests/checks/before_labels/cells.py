"""Cells with confidence bands, for tests."""

from collections.abc import Iterable

import numpy as np

from checks.counts.cells import BAND_EDGES, OutcomeCell
from checks.counts.windows import Window, Windows
from tests.support.windows import DAY, NOW

MIDDLES = tuple(np.mean(pair) for pair in zip((0.4, *BAND_EDGES), (*BAND_EDGES, 1.0), strict=True))
"""A confidence in each band."""

CLASSES = ("billing", "cards", "urgent")


def cell(predicted: str, label: str | None, n: int, band: int, confidence: float | None = None) -> OutcomeCell:
    """Predictions of one stratum, each with the same confidence: the band's middle where not said."""
    weight = 0.0 if label is None else float(n)
    each = 0.0 if band < 0 else float(MIDDLES[band]) if confidence is None else confidence
    return OutcomeCell(predicted, label, n, weight, weight, band=band, confidence=n * each)


def span(n: int, *, promise: float = 0.0, labelled: float = 0.6) -> tuple[OutcomeCell, ...]:
    """`n` predictions of each class and band, right as often as their confidence says, and `promise` more."""
    cells = []
    for k, predicted in enumerate(CLASSES):
        for band, middle in enumerate(MIDDLES):
            known = round(n * labelled)
            right = round(known * float(np.clip(middle + promise, 0, 1)))
            cells += [
                cell(predicted, predicted, right, band),
                cell(predicted, CLASSES[(k + 1) % len(CLASSES)], known - right, band),
                cell(predicted, None, n - known, band),
            ]
    return tuple(each for each in cells if each.n)


def windows(current: Iterable[OutcomeCell], reference: Iterable[OutcomeCell]) -> Windows:
    """A week after four, all of it mature: no label is late."""
    return Windows(
        now=NOW,
        bucket=DAY,
        current=Window(NOW - 7 * DAY, NOW, tuple(current)),
        recent=(),
        reference=Window(NOW - 35 * DAY, NOW - 7 * DAY, tuple(reference)),
    )

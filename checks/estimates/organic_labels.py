"""Labels that came by themselves as a part of the traffic that is known whole, beside a queue's labels for the rest.

Where people label complaints, the labels that come by themselves are mostly of wrong answers. What is said of those
predictions is true of them, and of no others. The labels of known inclusion probability were drawn from the others, so
they alone tell of these: two strata, whatever decided which predictions somebody labelled unasked (Särndal, Swensson
and Wretman 1992, section 3.7).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Confusion, Floats, Rows


def apart(confusion: Confusion) -> tuple[Confusion, NDArray[np.intp]]:
    """The counts with each row split in two, and the number of each row's part (rising): parts are never merged.

    Rows are in the order of class, then part (first the labels that came by themselves), then band.
    """
    rows = confusion.rows
    unasked = rows.counts - rows.designed
    known, none = unasked.sum(axis=1), np.zeros_like(unasked)
    split = Rows(
        np.tile(rows.classes, 2),
        np.tile(rows.bands, 2),
        np.concatenate([known, rows.predicted - known]),
        np.concatenate([none, rows.designed]),
        np.concatenate([np.zeros_like(known), rows.stands_for]),
        np.concatenate([unasked, rows.designed]),
        np.concatenate([unasked, rows.chosen]),
        np.concatenate([unasked, rows.chosen_squared]),
        np.concatenate([none, rows.chosen]),
        np.concatenate([none, rows.chosen_squared]),
    )
    part = np.repeat([0, 1], known.size)
    there = np.flatnonzero(split.predicted > 0)
    order = there[np.lexsort((split.bands[there], part[there], split.classes[there]))]
    return replace(confusion, rows=_taken(split, order)), split.classes[order] * 2 + part[order]


def unheard(confusion: Confusion) -> Floats:
    """Predictions by class (K) without a label of their own, where no label of known probability tells of the class."""
    rows = confusion.rows
    k = len(confusion.classes)
    rest = rows.predicted - (rows.labelled - rows.designed.sum(axis=1))
    heard = np.bincount(rows.classes, rows.designed.sum(axis=1), k) > 0
    return np.asarray(np.where(heard, 0.0, np.bincount(rows.classes, rest, k)))


def _taken(rows: Rows, order: NDArray[np.intp]) -> Rows:
    return Rows(
        rows.classes[order],
        rows.bands[order],
        rows.predicted[order],
        rows.designed[order],
        rows.stands_for[order],
        rows.counts[order],
        rows.weights[order],
        rows.weights_squared[order],
        rows.chosen[order],
        rows.chosen_squared[order],
    )

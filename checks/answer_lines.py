"""What is known of answers before the first label: which classes are predicted, and how sure the bot says it is."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from checks.counts import NO_BAND
from checks.estimate import Estimate
from checks.measured import Look
from checks.outcomes import Outcomes

ALL: Final = "all"


def answer_lines(slice_name: str, look: Look) -> Iterator[Estimate]:
    """`confidence_mean` of the slice, and of everything also of each predicted class, beside its `predicted_share`.

    Both are figures of all predictions, so their interval is the value itself. `n` of a confidence counts the
    predictions that have one.
    """
    cells = Outcomes.of(look.window.outcomes)
    yield from _confidence(slice_name, "", look, cells)
    if slice_name != ALL:
        return
    confusion = look.confusion
    for name, predicted in zip(confusion.classes, confusion.predicted.tolist(), strict=True):
        if predicted:
            yield _line("predicted_share", ALL, name, look, predicted / confusion.n, confusion.n)
            yield from _confidence(ALL, name, look, cells.where(cells.predicted == cells.classes.index(name)))


def _confidence(slice_name: str, class_name: str, look: Look, cells: Outcomes) -> Iterator[Estimate]:
    sure = cells.band != NO_BAND
    n = int(cells.n[sure].sum())
    if n:
        mean = float(np.clip(cells.confidence[sure].sum() / n, 0, 1))
        yield _line("confidence_mean", slice_name, class_name, look, mean, n)


def _line(metric: str, slice_name: str, class_name: str, look: Look, value: float, n: int) -> Estimate:
    return Estimate(
        metric=metric,
        class_name=class_name,
        slice=slice_name,
        window_start=look.window.start,
        window_end=look.window.end,
        value=value,
        low=value,
        high=value,
        raw=value,
        n=n,
        n_labelled=0,
        coverage=look.confusion.coverage,
        provisional=False,
    )

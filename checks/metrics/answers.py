"""What is known of answers before the first label: which classes are predicted, and how sure the bot says it is."""

from collections.abc import Iterator

from checks.counts.cells import NO_BAND
from checks.counts.confusion import sums
from checks.counts.outcomes import Outcomes
from checks.estimates.cycle_data import WeightedWindow
from checks.metrics.line import ALL, Lines, MetricLine


def answer_lines(slice_name: str, look: WeightedWindow) -> Iterator[MetricLine]:
    """`confidence_mean` of the slice, and of everything also of each predicted class, beside its `predicted_share`.

    Both are figures of all predictions, so their interval is the value itself. `n` of a confidence counts the
    predictions that have one.
    """
    cells, confusion = Outcomes.of(look.window.outcomes), look.confusion
    sure = cells.band != NO_BAND
    predicted = cells.places(confusion.classes)[0][sure]
    known, total = (sums(predicted, column[sure], len(confusion.classes)) for column in (cells.n, cells.confidence))
    yield from _confidence(slice_name, "", look, float(known.sum()), float(total.sum()))
    if slice_name != ALL:
        return
    columns = (confusion.classes, confusion.predicted.tolist(), known.tolist(), total.tolist())
    for name, n, sure_n, confidence in zip(*columns, strict=True):
        if n:
            yield _lines(look, ALL, confusion.n).certain("predicted_share", n / confusion.n, of_class=name)
            yield from _confidence(ALL, name, look, sure_n, confidence)


def _confidence(
    slice_name: str, class_name: str, look: WeightedWindow, known: float, total: float
) -> Iterator[MetricLine]:
    """The mean of `known` confidences that sum to `total`; nothing without any."""
    if known:
        mean = min(max(total / known, 0.0), 1.0)
        yield _lines(look, slice_name, int(known)).certain("confidence_mean", mean, of_class=class_name)


def _lines(look: WeightedWindow, slice_name: str, n: int) -> Lines:
    return Lines(look.window, slice_name, n, look.confusion.coverage)

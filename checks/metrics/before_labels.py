"""Estimates before the labels as lines of the metric history, under names of their own."""

from collections.abc import Iterator

from checks.before_labels.outlook import Outlook
from checks.before_labels.powered import Expected
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.metrics.line import ALL, Lines, MetricLine


def estimated(measured: Measured) -> Iterator[MetricLine]:
    """Lines `estimated_accuracy`, `_recall`, `_precision` and `_error`; none where the log has no confidences.

    Of the current window, and of the newest one while its labels are to come. A value is None where it is refused (see
    `checks.before_labels.trust`). `estimated_error` is of the matured part of the current window: the accuracy that
    would have been estimated without its labels, less the one that they tell.
    """
    outlook = measured.once(Outlook)
    if not outlook.has_confidences:
        return
    for look in outlook.looks():
        yield from _of_look(look, outlook)
    if (then := outlook.hindsight) is not None:
        low, high = then.interval()
        yield _lines(then.look).between("estimated_error", then.error, low, high, n_labelled=then.realised.n)


def _of_look(look: WeightedWindow, outlook: Outlook) -> Iterator[MetricLine]:
    powered, lines = outlook.of(look.window), _lines(look)
    window = powered.window
    labelled, support = window.labelled.sum(axis=1), window.support
    yield _share(lines, "estimated_accuracy", "", outlook.accuracy(powered), int(labelled.sum()))
    for name in outlook.real_classes:
        k = window.classes.index(name)
        yield _share(lines, "estimated_recall", name, outlook.recall(powered, name), int(support[k]))
        yield _share(lines, "estimated_precision", name, outlook.precision(powered, name), int(labelled[k]))


def _lines(look: WeightedWindow) -> Lines:
    return Lines(look.window, ALL, look.confusion.n, look.confusion.coverage, look.provisional)


def _share(lines: Lines, metric: str, class_name: str, share: Expected | None, n_labelled: int) -> MetricLine:
    """A share, or the line of one that is refused."""
    low, high = share.interval() if share else (None, None)
    value = share.value if share else None
    return lines.between(metric, value, low, high, of_class=class_name, n_labelled=n_labelled)

"""Estimates before the labels as lines of the metric history, under names of their own."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.before_labels.outlook import Outlook
from checks.before_labels.powered import Expected
from checks.estimates.cycle_data import Look, Measured
from checks.estimates.metric_line import Estimate

ALL = "all"


def estimated(measured: Measured) -> Iterator[Estimate]:
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
        yield _Lines(then.look).line("estimated_error", "", then.error, low, high, then.realised.n)


def _of_look(look: Look, outlook: Outlook) -> Iterator[Estimate]:
    powered, lines = outlook.of(look.window), _Lines(look)
    window = powered.window
    labelled, support = window.labelled.sum(axis=1), window.support
    yield lines.share("estimated_accuracy", "", outlook.accuracy(powered), int(labelled.sum()))
    for name in outlook.real_classes:
        k = window.classes.index(name)
        yield lines.share("estimated_recall", name, outlook.recall(powered, name), int(support[k]))
        yield lines.share("estimated_precision", name, outlook.precision(powered, name), int(labelled[k]))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of one look: what they have in common is filled in."""

    look: Look

    def share(self, metric: str, class_name: str, share: Expected | None, n_labelled: int) -> Estimate:
        """A share, or the line of one that is refused."""
        low, high = share.interval() if share else (None, None)
        return self.line(metric, class_name, share.value if share else None, low, high, n_labelled)

    def line(
        self, metric: str, class_name: str, value: float | None, low: float | None, high: float | None, n_labelled: int
    ) -> Estimate:
        """One line."""
        confusion = self.look.confusion
        return Estimate(
            metric=metric,
            class_name=class_name,
            slice=ALL,
            window_start=self.look.window.start,
            window_end=self.look.window.end,
            value=value,
            low=low,
            high=high,
            raw=None,
            n=confusion.n,
            n_labelled=n_labelled,
            coverage=confusion.coverage,
            provisional=self.look.provisional,
        )

"""Every metric of the current window, for the metric history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from checks.counts.cells import NOT_LOGGED, LatencyCell
from checks.counts.confusion import Confusion
from checks.counts.outcomes import Outcomes
from checks.estimates.balance import balances
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.estimates.quantiles import Histogram
from checks.estimates.stratified import Stratified
from checks.metrics.answers import answer_lines
from checks.metrics.before_labels import estimated
from checks.metrics.line import ALL, Lines, MetricLine
from checks.metrics.scores import estimated_lines, score_lines
from checks.rules.latency import QUANTILES
from checks.statistics.intervals import Proportion, intervals

Bounds = tuple[float | None, float | None, float | None]
"""A figure, and its lower and upper bound."""


def estimates(measured: Measured) -> tuple[MetricLine, ...]:
    """Metrics over all predictions, per version and per segment value, of the current window.

    Versions are only listed where the log has them. A slice is named column=value, as in prompt_version=p4. Until the
    first label has come there are none of the metrics that need labels.
    """
    after = [line for slice_ in _slices(measured) for line in _of_slice(slice_, measured)]
    after += estimated_lines(measured.current, measured.windows.study)
    return (*after, *estimated(measured)) if _is_labelled(measured) else tuple(after)


def _is_labelled(measured: Measured) -> bool:
    """Whether there ever was a label."""
    windows = measured.windows
    return windows.last_label_at is not None or any(
        look.confusion.n_labelled for look in (measured.current, measured.reference)
    )


@dataclass(frozen=True, slots=True)
class _Slice:
    name: str
    look: WeightedWindow
    latency: tuple[LatencyCell, ...]


def _slices(measured: Measured) -> Iterator[_Slice]:
    current = measured.current
    yield _Slice(ALL, current, current.window.latency)
    cells = Outcomes.of(current.window.outcomes)
    for column, outcomes in (("model_version", cells.by_model()), ("prompt_version", cells.by_prompt())):
        latency = _by(column, current.window.latency)
        for version in sorted(outcomes.keys() - {NOT_LOGGED}):
            window = replace(current.window, outcomes=outcomes[version], latency=latency.get(version, ()))
            # The only version of a window is all of it, which is weighted already.
            look = current if len(outcomes) == 1 else replace(current, window=window)
            yield _Slice(f"{column}={version}", look, window.latency)
    for column, value, window in measured.windows.segments:
        yield _Slice(f"{column}={value}", replace(current, window=window), window.latency)


def _by(column: str, cells: Iterable[LatencyCell]) -> dict[str, tuple[LatencyCell, ...]]:
    """The cells of each version."""
    found: defaultdict[str, list[LatencyCell]] = defaultdict(list)
    version_of = attrgetter(column)
    for cell in cells:
        found[version_of(cell)].append(cell)
    return {version: tuple(of_version) for version, of_version in found.items()}


def _of_slice(slice_: _Slice, measured: Measured) -> Iterator[MetricLine]:
    confusion = slice_.look.confusion
    look = slice_.look
    line = Lines(look.window, slice_.name, confusion.n, confusion.coverage, look.provisional)
    yield line.certain("predictions", float(confusion.n), n_labelled=confusion.n_labelled)
    yield line.certain("coverage", confusion.coverage, n_labelled=confusion.n_labelled)
    if _is_labelled(measured):
        yield from _by_labels(slice_, line, measured)
    yield from answer_lines(slice_.name, slice_.look)
    yield from _of_latency(slice_, line, measured)
    yield from score_lines(slice_.name, slice_.look, measured.reference)


def _by_labels(slice_: _Slice, line: Lines, measured: Measured) -> Iterator[MetricLine]:
    """What is right and what is not."""
    counts = slice_.look.stratified
    confusion = counts.confusion
    yield line.certain("expected_coverage", slice_.look.labels.expected_coverage, n_labelled=confusion.n_labelled)
    yield line.certain("maturity", slice_.look.maturity, n_labelled=confusion.n_labelled)
    yield line.share("accuracy", counts.accuracy(), n_labelled=confusion.n_labelled, raw=raw_accuracy(confusion))
    yield line.share(
        "balanced_accuracy",
        counts.balanced_accuracy(),
        n_labelled=confusion.n_labelled,
        raw=raw_balanced_accuracy(confusion),
    )
    if slice_.name == ALL:
        yield from _against_reference(line, measured)
    yield from _of_classes(counts, line)
    if slice_.name == ALL:
        yield from _balance(counts, line)


def _against_reference(line: Lines, measured: Measured) -> Iterator[MetricLine]:
    """Why accuracy is not the reference's, in two parts that add up."""
    reason = measured.reasons[measured.current.window.start]
    n_labelled = measured.current.confusion.n_labelled
    if reason is not None:
        for metric, effect in (("accuracy_mix_effect", reason.mix), ("accuracy_behaviour_effect", reason.behaviour)):
            yield line.between(metric, effect.value, effect.low, effect.high, n_labelled=n_labelled)


def _of_classes(counts: Stratified, line: Lines) -> Iterator[MetricLine]:
    """Recall, precision and support of each class."""
    confusion = counts.confusion
    columns = (confusion.support, confusion.labelled, confusion.correct)
    rows = dict(
        zip(confusion.classes, zip(*(column.astype(int).tolist() for column in columns), strict=True), strict=True)
    )
    names = confusion.real_classes
    recalls = _with_bounds([counts.recall(name) for name in names])
    precisions = _with_bounds([counts.precision(name) for name in names])
    for name, recall, precision in zip(names, recalls, precisions, strict=True):
        support, labelled, correct = rows[name]
        raw = correct / support if support else None
        yield line.between("recall", *recall, of_class=name, n_labelled=support, raw=raw)
        raw = correct / labelled if labelled else None
        yield line.between("precision", *precision, of_class=name, n_labelled=labelled, raw=raw)
        expected = counts.prevalence(name) * confusion.n if confusion.n_labelled else None
        yield line.between(
            "support", expected, expected, expected, n_labelled=support, raw=float(support), of_class=name
        )


def _with_bounds(shares: Sequence[Proportion | None]) -> Iterator[Bounds]:
    """Each share with the bounds of its interval, or three times None."""
    bounds = iter(intervals([share for share in shares if share is not None]))
    return ((None, None, None) if share is None else (share.value, *next(bounds)) for share in shares)


def _balance(counts: Stratified, line: Lines) -> Iterator[MetricLine]:
    """F1 and the gap between recall and precision, of classes that have both."""
    confusion = counts.confusion
    for name, found in balances(counts).items():
        k = confusion.classes.index(name)
        support, labelled, correct = (
            float(row[k]) for row in (confusion.support, confusion.labelled, confusion.correct)
        )
        raw = {
            "f1": 2 * correct / (support + labelled),
            "recall_precision_gap": correct / support - correct / labelled,
        }
        for metric, figure in (("f1", found.f1), ("recall_precision_gap", found.gap)):
            yield line.between(
                metric, figure.value, figure.low, figure.high, of_class=name, n_labelled=found.n, raw=raw[metric]
            )


def _of_latency(slice_: _Slice, line: Lines, measured: Measured) -> Iterator[MetricLine]:
    histogram = Histogram.of(slice_.latency)
    if not histogram.n:
        return
    spread = measured.spreads[0]
    for name, q in QUANTILES:
        value = histogram.quantile(q)
        known = spread.slower_than(value).effective_n if slice_.name == ALL else float(histogram.n)
        low, high = histogram.interval(q, known)
        yield line.certain(f"latency_{name}", value, n_labelled=0)._replace(low=low, high=high, n=histogram.n)


def raw_accuracy(confusion: Confusion) -> float | None:
    """Accuracy over the labelled rows alone; None without one."""
    return float(confusion.correct.sum()) / confusion.n_labelled if confusion.n_labelled else None


def raw_balanced_accuracy(confusion: Confusion) -> float | None:
    """Mean recall over the labelled rows of the classes that have one; None without labels."""
    present = confusion.support > 0
    if not present.any():
        return None
    return float(np.mean(confusion.correct[present] / confusion.support[present]))

"""Every metric of the current window, for the metric history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from checks.counts.cells import NOT_LOGGED, LatencyCell
from checks.counts.confusion import Confusion
from checks.counts.outcomes import Outcomes
from checks.estimates.cycle_data import Look, Measured
from checks.estimates.metric_line import Estimate
from checks.estimates.quantiles import Histogram
from checks.estimates.stratified import Stratified
from checks.metrics.answers import answer_lines
from checks.metrics.before_labels import estimated
from checks.metrics.scores import estimated_lines, score_lines
from checks.rules.latency import QUANTILES
from checks.statistics.intervals import Proportion

ALL = "all"
"""Name of the slice that leaves nothing out."""


def estimates(measured: Measured) -> tuple[Estimate, ...]:
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
    look: Look
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


def _of_slice(slice_: _Slice, measured: Measured) -> Iterator[Estimate]:
    confusion = slice_.look.confusion
    line = _Lines(slice_, confusion)
    yield line.plain("predictions", float(confusion.n), n_labelled=confusion.n_labelled)
    yield line.plain("coverage", confusion.coverage, n_labelled=confusion.n_labelled)
    if _is_labelled(measured):
        yield from _by_labels(slice_, line, measured)
    yield from answer_lines(slice_.name, slice_.look)
    yield from _of_latency(slice_, line, measured)
    yield from score_lines(slice_.name, slice_.look, measured.reference)


def _by_labels(slice_: _Slice, line: "_Lines", measured: Measured) -> Iterator[Estimate]:
    """What is right and what is not."""
    counts = slice_.look.stratified
    confusion = counts.confusion
    yield line.plain("expected_coverage", slice_.look.labels.expected_coverage, n_labelled=confusion.n_labelled)
    yield line.plain("maturity", slice_.look.maturity, n_labelled=confusion.n_labelled)
    yield line.share("accuracy", "", counts.accuracy(), raw_accuracy(confusion), confusion.n_labelled)
    yield line.share(
        "balanced_accuracy", "", counts.balanced_accuracy(), raw_balanced_accuracy(confusion), confusion.n_labelled
    )
    if slice_.name == ALL:
        yield from _against_reference(line, measured)
    for name in confusion.real_classes:
        yield from _of_class(name, counts, line)


def _against_reference(line: "_Lines", measured: Measured) -> Iterator[Estimate]:
    """Why accuracy is not the reference's, in two parts that add up."""
    reason = measured.reasons[measured.current.window.start]
    if reason is not None:
        for metric, effect in (("accuracy_mix_effect", reason.mix), ("accuracy_behaviour_effect", reason.behaviour)):
            yield line.between(metric, effect.value, effect.low, effect.high, n_labelled=line.confusion.n_labelled)


def _of_class(name: str, counts: Stratified, line: "_Lines") -> Iterator[Estimate]:
    confusion = counts.confusion
    k = confusion.classes.index(name)
    support, labelled, correct = (int(row[k]) for row in (confusion.support, confusion.labelled, confusion.correct))
    yield line.share("recall", name, counts.recall(name), correct / support if support else None, support)
    yield line.share("precision", name, counts.precision(name), correct / labelled if labelled else None, labelled)
    expected = counts.prevalence(name) * confusion.n if confusion.n_labelled else None
    yield line.between("support", expected, expected, expected, n_labelled=support, raw=float(support), of_class=name)


def _of_latency(slice_: _Slice, line: "_Lines", measured: Measured) -> Iterator[Estimate]:
    histogram = Histogram.of(slice_.latency)
    if not histogram.n:
        return
    spread = measured.spreads[0]
    for name, q in QUANTILES:
        value = histogram.quantile(q)
        known = spread.slower_than(value).effective_n if slice_.name == ALL else float(histogram.n)
        low, high = histogram.interval(q, known)
        yield replace(line.plain(f"latency_{name}", value, n_labelled=0), low=low, high=high, n=histogram.n)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Estimates of one slice: what they have in common is filled in."""

    slice_: _Slice
    confusion: Confusion

    def plain(self, metric: str, value: float | None, *, n_labelled: int) -> Estimate:
        """A figure that is known without error."""
        return self.between(metric, value, value, value, n_labelled=n_labelled, raw=value)

    def share(
        self, metric: str, class_name: str, share: Proportion | None, raw: float | None, n_labelled: int
    ) -> Estimate:
        """A share estimated from labels; without enough of them its value and bounds are None."""
        low, high = share.interval() if share else (None, None)
        value = share.value if share else None
        return self.between(metric, value, low, high, n_labelled=n_labelled, raw=raw, of_class=class_name)

    def between(  # noqa: PLR0913 - the parts of one line
        self,
        metric: str,
        value: float | None,
        low: float | None,
        high: float | None,
        *,
        n_labelled: int,
        raw: float | None = None,
        of_class: str = "",
    ) -> Estimate:
        """A figure with its bounds; `raw` is the plain one of the labelled rows."""
        look = self.slice_.look
        return Estimate(
            metric=metric,
            class_name=of_class,
            slice=self.slice_.name,
            window_start=look.window.start,
            window_end=look.window.end,
            value=value,
            low=low,
            high=high,
            raw=raw,
            n=self.confusion.n,
            n_labelled=n_labelled,
            coverage=self.confusion.coverage,
            provisional=look.provisional,
        )


def raw_accuracy(confusion: Confusion) -> float | None:
    """Accuracy over the labelled rows alone; None without one."""
    return float(confusion.correct.sum()) / confusion.n_labelled if confusion.n_labelled else None


def raw_balanced_accuracy(confusion: Confusion) -> float | None:
    """Mean recall over the labelled rows of the classes that have one; None without labels."""
    present = confusion.support > 0
    if not present.any():
        return None
    return float(np.mean(confusion.correct[present] / confusion.support[present]))

"""Relevance for the metric history: its mean and the share of low scores."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.counts.cells import NOT_LOGGED
from checks.counts.scores import Scores
from checks.counts.study import Study
from checks.estimates.cycle_data import WeightedWindow
from checks.metrics.line import ALL, Lines, MetricLine
from checks.rules.relevance import slice_of
from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class _Line:
    look: WeightedWindow
    slice: str
    class_name: str
    scores: Scores
    day_effects: tuple[float, float]  # of the mean, of the share that is not low
    predictions: int

    def estimates(self) -> Iterator[MetricLine]:
        """The mean score, and the share of low ones."""
        mean, well = self.scores.mean(self.day_effects[0]), self.scores.well(self.day_effects[1])
        if mean is None or well is None:
            return
        yield self._line("relevance_mean", mean, mean.value, *mean.interval())
        low, high = well.interval()
        yield self._line("relevance_low_share", well, 1 - well.value, 1 - high, 1 - low)

    def _line(self, metric: str, share: Proportion, value: float, low: float, high: float) -> MetricLine:
        coverage = share.n / self.predictions if self.predictions else None
        lines = Lines(self.look.window, self.slice, share.n, coverage)
        return lines.between(metric, value, low, high, of_class=self.class_name, raw=value)


def score_lines(slice_name: str, look: WeightedWindow, reference: WeightedWindow) -> Iterator[MetricLine]:
    """The lines of one slice; of everything also those of each predicted class, and of each source that has a name.

    `n` is the number of scored answers, `coverage` their share of the predictions.
    """
    scores, before = (_of_slice(slice_name, of.window.scores) for of in (look, reference))
    if not scores.scored:
        return
    confusion = look.confusion
    yield from _line(look, slice_name, "", scores, before, confusion.n).estimates()
    if slice_name != ALL:
        return
    for name, predictions in zip(confusion.classes, confusion.predicted.tolist(), strict=True):
        of_class = [each.where(predicted=name) for each in (scores, before)]
        yield from _line(look, ALL, name, of_class[0], of_class[1], int(predictions)).estimates()
    for source in sorted(scores.sources.keys() - {NOT_LOGGED}):
        of_source = [each.where(source=source) for each in (scores, before)]
        yield from _line(look, slice_of(source), "", of_source[0], of_source[1], confusion.n).estimates()


def estimated_lines(look: WeightedWindow, study: Study | None) -> Iterator[MetricLine]:
    """`estimated_relevance`: the mean that a local model estimates, where scores do not contradict it.

    `n` is the number of sampled answers, and the span that of the study, which may be days old.
    """
    found = None if study is None else study.estimated_relevance
    if study is None or found is None or found.is_refused:
        return
    predictions = look.confusion.n
    lines = Lines(study.window, ALL, found.n, found.n / predictions if predictions else None)
    yield lines.between("estimated_relevance", found.value, found.low, found.high)


def _line(
    look: WeightedWindow, slice_name: str, class_name: str, scores: Scores, before: Scores, predictions: int
) -> _Line:
    return _Line(look, slice_name, class_name, scores, (before.day_effect, before.day_effect_well), predictions)


def _of_slice(name: str, scores: Scores) -> Scores:
    column, _, value = name.partition("=")
    return scores.where(**{column: value}) if column in ("model_version", "prompt_version") else scores

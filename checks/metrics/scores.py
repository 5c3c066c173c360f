"""Relevance for the metric history: its mean and the share of low scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from checks.counts.cells import NOT_LOGGED
from checks.counts.scores import Scores
from checks.counts.study import Study
from checks.estimates.cycle_data import Look
from checks.estimates.metric_line import Estimate
from checks.rules.relevance import slice_of
from checks.statistics.intervals import Proportion

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class _Line:
    look: Look
    slice: str
    class_name: str
    scores: Scores
    day_effects: tuple[float, float]  # of the mean, of the share that is not low
    predictions: int

    def estimates(self) -> Iterator[Estimate]:
        """Both figures."""
        mean, well = self.scores.mean(self.day_effects[0]), self.scores.well(self.day_effects[1])
        if mean is None or well is None:
            return
        yield self._estimate("relevance_mean", mean, mean.value, *mean.interval())
        low, high = well.interval()
        yield self._estimate("relevance_low_share", well, 1 - well.value, 1 - high, 1 - low)

    def _estimate(self, metric: str, share: Proportion, value: float, low: float, high: float) -> Estimate:
        return Estimate(
            metric=metric,
            class_name=self.class_name,
            slice=self.slice,
            window_start=self.look.window.start,
            window_end=self.look.window.end,
            value=value,
            low=low,
            high=high,
            raw=value,
            n=share.n,
            n_labelled=0,
            coverage=share.n / self.predictions if self.predictions else None,
            provisional=False,
        )


def score_lines(slice_name: str, look: Look, reference: Look) -> Iterator[Estimate]:
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


def estimated_lines(look: Look, study: Study | None) -> Iterator[Estimate]:
    """`estimated_relevance`: the mean that a local model estimates, where scores do not contradict it.

    `n` is the number of sampled answers, and the span that of the study, which may be days old.
    """
    found = None if study is None else study.estimated_relevance
    if study is None or found is None or found.is_refused:
        return
    yield Estimate(
        metric="estimated_relevance",
        class_name="",
        slice=ALL,
        window_start=study.window.start,
        window_end=study.window.end,
        value=found.value,
        low=found.low,
        high=found.high,
        raw=None,
        n=found.n,
        n_labelled=0,
        coverage=found.n / look.confusion.n if look.confusion.n else None,
        provisional=False,
    )


def _line(look: Look, slice_name: str, class_name: str, scores: Scores, before: Scores, predictions: int) -> _Line:
    return _Line(look, slice_name, class_name, scores, (before.day_effect, before.day_effect_well), predictions)


def _of_slice(name: str, scores: Scores) -> Scores:
    column, _, value = name.partition("=")
    return scores.where(**{column: value}) if column in ("model_version", "prompt_version") else scores

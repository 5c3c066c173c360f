"""Counts of what holds at a moment: the same groupings as `counting.parts`, over columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import NO_BAND
from monitor.log.counting.columns import Columns, Names
from monitor.log.counts import (
    ALL,
    BucketCounts,
    DelayRow,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from monitor.log.problems import ProblemKind
from monitor.log.replay.rows import NONE, Column
from monitor.log.replay.spans import Integers, Places, dense
from monitor.log.replay.states import KINDS, States

_VERSIONS: Final = ("model_version", "prompt_version")


@dataclass(frozen=True, slots=True)
class Grouper:
    """Counts buckets of a log.

    `kinds` has for each grouping a number of each prediction: what it is grouped by, but for its bucket and label.
    """

    states: States
    names: Names
    segments: Sequence[str]
    problems: Sequence[ProblemKind]
    kinds: Mapping[str, Integers]

    @classmethod
    def of(cls, states: States, names: Names, segments: Sequence[str], problems: Sequence[ProblemKind]) -> "Grouper":
        """Number the kinds of predictions."""
        p = states.predictions
        answer = [p[name] for name in (*_VERSIONS, "predicted")]
        kinds = {
            "outcome": dense(*answer, p["band"]),
            "latency": dense(*answer[:2], p["latency_bin"]),
            "relevance": dense(*answer, p["relevance_source"], p["score_bin"]),
            "delay": dense(p["predicted"]),
        }
        by_segment = {f"segment_{i}": dense(*answer, p[f"segment_{i}"]) for i in range(len(segments))}
        return cls(states, names, segments, problems, kinds | by_segment)

    def counts(self, buckets: Sequence[int], at: int) -> BucketCounts:
        """All counts of the buckets (rising) at a moment in microseconds, without problems of the whole log."""
        wanted = np.array(buckets, dtype=np.int64)
        here = self._here(wanted, at)
        delays = here.where(here.delay_bin != NONE)
        return BucketCounts(
            tuple(buckets),
            self._outcomes(here),
            self._latency(here.where(self.states.predictions["latency_bin"][here.prediction] != NONE)),
            self._delays(delays),
            tuple(self._problems(here, wanted, at)),
            self._relevance(here.where(self.states.predictions["score_bin"][here.prediction] != NONE)),
            labellers=self._labellers(wanted, at),
        )

    def _here(self, buckets: Integers, at: int) -> "_Here":
        counting = self.states.counting
        alive = counting.spans.alive(buckets, at)
        columns = ("prediction", "label", "weight", "designed", "delay_bin", "early", "corrected")
        return _Here(counting.spans.bucket[alive], *(getattr(counting, name)[alive] for name in columns))

    def _outcomes(self, here: "_Here") -> Columns[OutcomeRow]:
        found = Columns(OutcomeRow, self.names)
        p = self.states.predictions
        first, group = here.grouped(self.kinds["outcome"], here.label)
        row = here.prediction[first]
        millionths = _sums(group, p["millionths"][here.prediction], first.size)
        blank = np.full(first.size, self.names.code(ALL), dtype=np.int32)
        found.extend(
            self._outcome_block(here, first, group)
            | {"segment": blank, "value": blank, "band": p["band"][row], "confidence_millionths": millionths}
        )
        for i, segment in enumerate(self.segments):
            first, group = here.grouped(self.kinds[f"segment_{i}"], here.label)
            found.extend(
                self._outcome_block(here, first, group)
                | {
                    "segment": np.full(first.size, self.names.code(segment)),
                    "value": p[f"segment_{i}"][here.prediction[first]],
                    "band": np.full(first.size, NO_BAND),
                    "confidence_millionths": np.zeros(first.size),
                }
            )
        return found

    def _outcome_block(self, here: "_Here", first: Places, group: Places) -> dict[str, NDArray[Any]]:
        size = first.size
        return {
            **self._answer(here, first),
            "label": here.label[first],
            "n": np.bincount(group, minlength=size),
            "weight": np.bincount(group, here.weight, size),
            "weight_squared": np.bincount(group, here.weight**2, size),
            "designed": _sums(group, here.designed, size),
        }

    def _answer(self, here: "_Here", first: Places) -> dict[str, NDArray[Any]]:
        row = here.prediction[first]
        names = {name: self.states.predictions[name][row] for name in (*_VERSIONS, "predicted")}
        return {"bucket": here.bucket[first], **names}

    def _latency(self, here: "_Here") -> Columns[LatencyRow]:
        found = Columns(LatencyRow, self.names)
        first, group = here.grouped(self.kinds["latency"])
        bins = self.states.predictions["latency_bin"][here.prediction[first]]
        found.extend({**self._answer(here, first), "bin": bins, "n": np.bincount(group, minlength=first.size)})
        return found

    def _delays(self, here: "_Here") -> Columns[DelayRow]:
        found = Columns(DelayRow, self.names)
        first, group = here.grouped(self.kinds["delay"], here.label, here.delay_bin)
        found.extend(
            {
                **self._answer(here, first),
                "label": here.label[first],
                "bin": here.delay_bin[first],
                "n": np.bincount(group, minlength=first.size),
            }
        )
        return found

    def _relevance(self, here: "_Here") -> Columns[RelevanceRow]:
        found = Columns(RelevanceRow, self.names)
        p = self.states.predictions
        first, group = here.grouped(self.kinds["relevance"])
        row = here.prediction[first]
        found.extend(
            {
                **self._answer(here, first),
                "source": p["relevance_source"][row],
                "bin": p["score_bin"][row],
                "n": np.bincount(group, minlength=first.size),
                "score_millionths": _sums(group, p["score_millionths"][here.prediction], first.size),
                "square_millionths": _sums(group, p["square_millionths"][here.prediction], first.size),
            }
        )
        return found

    def _labellers(self, buckets: Integers, at: int) -> Columns[LabellerRow]:
        found = Columns(LabellerRow, self.names)
        who = self.states.labelled_by
        if who is None:
            return found
        alive = who.spans.alive(buckets, at)
        bucket, labeller, fate = who.spans.bucket[alive], who.labeller[alive], who.fate[alive]
        _, first, n = np.unique(_digits(bucket, labeller, fate), return_index=True, return_counts=True)
        found.extend({"bucket": bucket[first], "labeller": labeller[first], "fate": fate[first], "n": n})
        return found

    def _problems(self, here: "_Here", buckets: Integers, at: int) -> Sequence[ProblemRow]:
        p = self.states.predictions
        found = [(kind, here.bucket[p[kind.value][here.prediction]]) for kind in self.problems]
        found.append((ProblemKind.LABEL_BEFORE_PREDICTION, here.bucket[here.early]))
        found.append((ProblemKind.CORRECTED_LABEL, here.bucket[here.corrected]))
        faulty = self.states.faulty
        alive = faulty.spans.alive(buckets, at)
        kinds, of_bucket = faulty.kind[alive], faulty.spans.bucket[alive]
        found += [(kind, of_bucket[kinds == number]) for number, kind in enumerate(KINDS)]
        return [
            ProblemRow(bucket, kind.value, n)
            for kind, rows in found
            for bucket, n in zip(*(part.tolist() for part in np.unique(rows, return_counts=True)), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Here:
    """The predictions of some buckets that count at a moment; columns of one length, as in `states.Counting`."""

    bucket: Integers
    prediction: Places
    label: Column
    weight: Column
    designed: Column
    delay_bin: Column
    early: NDArray[np.bool_]
    corrected: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_]) -> "_Here":
        """Some of them; all where it is all."""
        if chosen.all():
            return self
        return _Here(*(getattr(self, name)[chosen] for name in self.__slots__))

    def grouped(self, kinds: Integers, *others: Column) -> tuple[Places, Places]:
        """Group by bucket, kind and other columns: the place of the first of each group, and the group of each."""
        code = _digits(self.bucket, kinds[self.prediction], *others)
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        return first, group.reshape(-1)


def _digits(*columns: Column) -> Integers:
    """One number of several columns, for each row; it must fit, which few buckets of few kinds do."""
    code = np.zeros(columns[0].size, dtype=np.int64)
    if not code.size:
        return code
    room = 1
    for column in columns:
        low, size = int(column.min()), int(np.ptp(column)) + 1
        if room * size > np.iinfo(np.int64).max:
            code, room = dense(code), code.size
        code, room = code * size + (column.astype(np.int64) - low), room * size
    return code


def _sums(group: Places, numbers: Column, size: int) -> Integers:
    """Sums of whole numbers by group; a float holds them exactly."""
    return np.bincount(group, numbers, size).astype(np.int64)

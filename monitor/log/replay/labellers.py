"""Who had given a label when: for each labeller of a prediction, what was their label's fate, and from when to when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.log.counting.columns import NO_NAME
from monitor.log.counts import LabelFate
from monitor.log.replay.rows import Column, Rows, sorted_rows
from monitor.log.replay.spans import FOREVER, Integers, Spans

_SPAN: Final = np.dtype([("key", "i8"), ("start", "i8"), ("end", "i8"), ("labeller", "i4"), ("fate", "i8")])
"""A labeller of an id, and what became of their label from `start` to `end`."""

_Label = tuple[int, int, float]
"""Labeller, label, and when it was given."""


@dataclass(frozen=True, slots=True)
class LabelledBy:
    """Labelled predictions, once for each labeller, each for as long as the label has one fate (a LabelFate)."""

    spans: Spans
    labeller: Column
    fate: Integers


def labelled_by(p: Rows, start: Integers, end: Integers, labels: Rows | None, rank: Integers) -> LabelledBy:
    """Who labelled the predictions, each of which counts from `start` to `end`."""
    of_ids = _fates_of_ids(labels, rank)
    first = np.searchsorted(of_ids["key"], p["key"])
    several = np.where(p["has_id"], np.searchsorted(of_ids["key"], p["key"], side="right") - first, 0)
    prediction = np.repeat(np.arange(start.size), several)
    nth = np.arange(prediction.size) - np.repeat(several.cumsum() - several, several)
    found = of_ids[first[prediction] + nth]
    since = np.maximum(start[prediction], found["start"])
    until = np.minimum(end[prediction], found["end"])
    there = np.flatnonzero(since < until)
    bucket = p["bucket"][prediction[there]]
    return LabelledBy(Spans.of(bucket, since[there], until[there]), found["labeller"][there], found["fate"][there])


def _fates_of_ids(labels: Rows | None, rank: Integers) -> Column:
    """The spans of all ids, sorted by id."""
    if labels is None:
        return np.empty(0, dtype=_SPAN)
    known = sorted_rows(labels, np.flatnonzero((labels["label"] != NO_NAME) & labels["has_id"]))
    known = sorted_rows(known, np.lexsort((rank[known["label"]], known["epoch"], known["key"])))
    key, labeller = known["key"], known["labeller"]
    is_first = np.insert(key[1:] != key[:-1], 0, True)[: key.size]
    first = np.flatnonzero(is_first)
    of_id = np.cumsum(is_first) - 1
    has_several = np.zeros(first.size, dtype=bool)
    has_several[of_id[labeller != labeller[first][of_id]]] = True
    alone = first[~has_several]
    spans = np.empty(alone.size, dtype=_SPAN)
    spans["key"], spans["start"], spans["end"] = key[alone], known["micros"][alone], FOREVER
    spans["labeller"], spans["fate"] = labeller[alone], LabelFate.ALONE
    edges = np.append(first, key.size)
    contested = (_spans_of_id(known, edges[place], edges[place + 1]) for place in np.flatnonzero(has_several))
    found = np.array([span for spans_of_id in contested for span in spans_of_id], dtype=_SPAN)
    return np.sort(np.concatenate([spans, found]), order="key", kind="stable")


def _spans_of_id(known: Rows, first: int, end: int) -> Iterator[tuple[int, int, int, int, int]]:
    """The spans of one id, whose label rows follow each other in the order of time."""
    columns = (known[name][first:end].tolist() for name in ("micros", "labeller", "label", "epoch"))
    last: dict[int, _Label] = {}
    since: dict[int, tuple[LabelFate, int]] = {}
    key = int(known["key"][first])
    for at, labeller, label, epoch in zip(*columns, strict=True):
        last[labeller] = (labeller, label, epoch)
        for who, fate in _fates(tuple(last.values()), label).items():
            was, start = since.get(who, (fate, at))
            if was != fate:
                yield key, start, at, who, was
            since[who] = (fate, start if was == fate else at)
    for who, (fate, start) in since.items():
        yield key, start, FOREVER, who, fate


def _fates(last: Sequence[_Label], final: int) -> Mapping[int, LabelFate]:
    """What became of the last label of each labeller, where `final` is the one that counts."""
    if len(last) == 1:
        return {last[0][0]: LabelFate.ALONE}
    first_other = min((epoch for _, label, epoch in last if label != final), default=None)
    if first_other is None:
        return dict.fromkeys((who for who, _, _ in last), LabelFate.AGREED)
    return {who: _fate(label == final, first_other < epoch) for who, label, epoch in last}


def _fate(is_final: bool, is_later: bool) -> LabelFate:  # noqa: FBT001 - two facts
    if not is_final:
        return LabelFate.OVERRULED
    return LabelFate.CORRECTION if is_later else LabelFate.UPHELD

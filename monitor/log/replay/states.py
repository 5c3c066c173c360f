"""What of a log holds from when to when: which row of an id counts, which label it has, and what is wrong.

A count as of a moment is a sum over what holds then. So a look back needs no look at the log: of the rows of the
buckets that changed, those are added up that hold.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import DELAY_BASE
from monitor.log.counting.columns import NO_NAME, Names
from monitor.log.counting.joined import SHORTEST_DELAY
from monitor.log.problems import ProblemKind
from monitor.log.replay.labellers import LabelledBy, labelled_by
from monitor.log.replay.rows import NONE, Column, LogRows, Rows, ranks, sorted_rows
from monitor.log.replay.spans import FOREVER, Integers, Places, Spans

_SURE: Final = 1e-9  # distance from a whole number at which one logarithm is as good as another


@dataclass(frozen=True, slots=True)
class Counting:
    """Predictions that count, each for as long as it has one label: a prediction that gets one is there twice.

    All are of one length. `prediction` is the place among the rows, `label` a name (NO_NAME: none yet).
    """

    spans: Spans
    prediction: Places
    label: Column
    weight: Column
    designed: Column
    delay_bin: Column
    early: NDArray[np.bool_]
    corrected: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Faulty:
    """Rows that do not count, each as long as its problem lasts: duplicates, and label rows.

    `kind` is a place in `KINDS`.
    """

    spans: Spans
    kind: Integers


KINDS: Final = (
    ProblemKind.DUPLICATE_ID,
    ProblemKind.ORPHAN_LABEL,
    ProblemKind.NULL_LABEL,
    ProblemKind.LONG_LABEL,
    ProblemKind.BAD_PROBABILITY,
)


@dataclass(frozen=True, slots=True)
class States:
    """All that holds at some time; `predictions` are in the order of buckets."""

    predictions: Rows
    counting: Counting
    faulty: Faulty
    labelled_by: LabelledBy | None  # None: it is not logged who labelled


def states_of(rows: LogRows, names: Names, *, last_counts: bool, labellers: bool) -> States:
    """Work out what holds when; of several predictions with one id the last counts, or the first."""
    order = np.lexsort((rows.predictions["micros"], rows.predictions["bucket"]))
    predictions = sorted_rows(rows.predictions, order)
    rank = ranks(names)
    start, end, spare = _validity(predictions, rank, last_counts=last_counts)
    counting = _counting(predictions, start, end, _label_states(rows.labels, rank))
    who = labelled_by(predictions, start, end, rows.labels, rank) if labellers else None
    return States(predictions, counting, _faulty(predictions, spare, rows.labels), who)


def _validity(p: Rows, rank: Integers, *, last_counts: bool) -> tuple[Integers, Integers, Integers]:
    """From when to when each prediction counts, and from when on it is known and does not (FOREVER: never)."""
    start, end = p["micros"].copy(), np.full(p["micros"].size, FOREVER)
    spare = end.copy()
    several = np.flatnonzero(p["has_id"])
    _, place, n = np.unique(p["key"][several], return_inverse=True, return_counts=True)
    several = several[n[place] > 1]
    if not several.size:
        return start, end, spare
    names = ["predicted", "model_version", "prompt_version", *_segments(p), "relevance_source"]
    order = [p["epoch"], *(rank[p[name]] for name in names), p["latency_ms"], p["confidence"], p["relevance"]]
    several = several[np.lexsort(tuple(column[several] for column in (*reversed(order), p["key"])))]
    key, micros = p["key"][several], p["micros"][several]
    if last_counts:
        has_next = np.append(key[1:] == key[:-1], False)
        end[several[has_next]] = spare[several[has_next]] = np.roll(micros, -1)[has_next]
    else:
        later = np.insert(key[1:] == key[:-1], 0, False)
        end[several[later]] = spare[several[later]] = micros[later]
    return start, end, spare


def _segments(p: Rows) -> list[str]:
    return sorted((name for name in p if name.startswith("segment_")), key=lambda name: int(name[len("segment_") :]))


@dataclass(frozen=True, slots=True)
class _LabelStates:
    """The labels that ids have, sorted by id: each holds from `start` to `end`."""

    key: Integers
    start: Integers
    end: Integers
    label: Column
    weight: Column
    designed: Column
    first_epoch: Column
    corrected: NDArray[np.bool_]


def _label_states(labels: Rows | None, rank: Integers) -> _LabelStates:
    """The label of each id as known at any time, as `counting.rows` has it: the latest that names a class."""
    if labels is None:
        none, no = np.empty(0, dtype=np.int64), np.empty(0)
        return _LabelStates(none, none, none, none, no, none, no, np.empty(0, dtype=bool))
    known = sorted_rows(labels, np.flatnonzero((labels["label"] != NO_NAME) & labels["has_id"]))
    order = np.lexsort((-known["weight"], rank[known["label"]], known["epoch"], known["key"]))
    known = sorted_rows(known, order)
    key, start, label = known["key"], known["micros"], known["label"]
    is_first = np.insert(key[1:] != key[:-1], 0, True)[: key.size]
    first = np.maximum.accumulate(np.where(is_first, np.arange(key.size), 0))
    other = (label != label[first]).cumsum()
    end = np.full(key.size, FOREVER)
    has_next = np.append(key[1:] == key[:-1], False)[: key.size]
    end[has_next] = np.roll(start, -1)[has_next]
    corrected = np.asarray(other > other[first])
    return _LabelStates(key, start, end, label, known["weight"], known["designed"], known["epoch"][first], corrected)


def _counting(p: Rows, start: Integers, end: Integers, labels: _LabelStates) -> Counting:
    first = np.searchsorted(labels.key, p["key"])
    several = np.where(p["has_id"], np.searchsorted(labels.key, p["key"], side="right") - first, 0)
    has_label = several > 0
    labelled_at = np.full(start.size, FOREVER)
    labelled_at[has_label] = labels.start[first[has_label]]
    prediction = np.repeat(np.arange(start.size), several)
    nth = np.arange(prediction.size) - np.repeat(several.cumsum() - several, several)
    state = first[prediction] + nth
    delay = labels.first_epoch[state] - p["epoch"][prediction]
    nothing = np.zeros(start.size, dtype=np.int64)
    no = nothing.astype(bool)
    columns = {
        "prediction": (np.arange(start.size), prediction),
        "start": (start, np.maximum(start[prediction], labels.start[state])),
        "end": (np.minimum(end, labelled_at), np.minimum(end[prediction], labels.end[state])),
        "label": (nothing + NO_NAME, labels.label[state]),
        "weight": (nothing.astype(float), labels.weight[state]),
        "designed": (nothing, labels.designed[state]),
        "delay_bin": (nothing + NONE, delay_bins(delay)),
        "early": (no, delay < 0),
        "corrected": (no, labels.corrected[state]),
    }
    rows: Rows = {name: np.concatenate(parts) for name, parts in columns.items()}
    rows = sorted_rows(rows, np.flatnonzero(rows["start"] < rows["end"]))
    rows = sorted_rows(rows, np.argsort(rows["prediction"], kind="stable"))
    bucket = p["bucket"][rows["prediction"]]
    others = (rows[name] for name in columns if name not in ("start", "end"))
    return Counting(Spans.of(bucket, rows["start"], rows["end"]), *others)


def delay_bins(seconds: Column) -> Integers:
    """floor(ln(max(seconds, 1)) / ln(1.1)), as an engine works it out.

    Where the quotient is all but a whole number, numpy's logarithm could fall on the other side of it.
    """
    at_least = np.maximum(seconds, SHORTEST_DELAY)
    quotient = np.log(at_least) / math.log(DELAY_BASE)
    for place in np.flatnonzero(np.abs(quotient - np.rint(quotient)) < _SURE).tolist():
        quotient[place] = math.log(at_least[place]) / math.log(DELAY_BASE)
    return np.floor(quotient).astype(np.int64)


def _faulty(p: Rows, spare: Integers, labels: Rows | None) -> Faulty:
    twice = np.flatnonzero(spare != FOREVER)
    parts = [(p["bucket"][twice], np.maximum(spare, p["micros"])[twice], np.full(twice.size, FOREVER), 0)]
    if labels is not None:
        known_from = _known_from(p, labels)
        orphan = np.flatnonzero((labels["label"] != NO_NAME) & (labels["micros"] < known_from))
        parts.append((labels["bucket"][orphan], labels["micros"][orphan], known_from[orphan], 1))
        for number, kind in enumerate(KINDS[2:], 2):
            rows = np.flatnonzero(labels[kind.value])
            parts.append((labels["bucket"][rows], labels["micros"][rows], np.full(rows.size, FOREVER), number))
    bucket, start, end = (np.concatenate([part[place] for part in parts]) for place in range(3))
    kinds = np.concatenate([np.full(part[0].size, part[3]) for part in parts])
    order = np.argsort(bucket, kind="stable")
    return Faulty(Spans.of(bucket[order], start[order], end[order]), kinds[order])


def _known_from(p: Rows, labels: Rows) -> Integers:
    """For each label row, from when on a prediction with its id is known; FOREVER where there is none."""
    has_id = np.flatnonzero(p["has_id"])
    order = has_id[np.lexsort((p["micros"][has_id], p["key"][has_id]))]
    keys, first = np.unique(p["key"][order], return_index=True)
    found = np.full(labels["micros"].size, FOREVER)
    place = np.searchsorted(keys, labels["key"])
    here = labels["has_id"] & (place < keys.size)
    here[here] = keys[place[here]] == labels["key"][here]
    found[here] = p["micros"][order][first[place[here]]]
    return found

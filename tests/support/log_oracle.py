"""The counts of a log, worked out row by row from their definitions: no SQL, no cleverness."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from checks.counts import NO_CLASS
from monitor.log.counts import ALL, BucketCounts, DelayRow, LatencyRow, OutcomeRow, ProblemRow
from tests.support.logs import Label, Log, Prediction

BUCKET = 3600

Comparable = tuple[Counter[tuple[object, ...]], Counter[LatencyRow], Counter[DelayRow], Counter[ProblemRow]]


def comparable(counts: BucketCounts) -> Comparable:
    """Return counts without their order, and with weights rounded to what floats can promise."""
    outcomes = Counter((*row[:8], round(row.weight, 6), round(row.weight_squared, 6)) for row in counts.outcomes)
    return outcomes, Counter(counts.latency), Counter(counts.delays), Counter(counts.problems)


def oracle(log: Log, buckets: Iterable[int], as_of: datetime) -> BucketCounts:
    """Count a log of segments ("channel",)."""
    named = tuple(sorted(set(buckets)))
    kept, dropped = _one_per_id([p for p in log.predictions if p.ts is not None and p.ts <= as_of])
    known = _labels_by_id([row for row in log.labels if row.labelled_at is not None and row.labelled_at <= as_of])
    outcomes: dict[tuple[object, ...], list[float]] = defaultdict(list)
    latency: Counter[tuple[object, ...]] = Counter()
    delays: Counter[tuple[object, ...]] = Counter()
    problems: Counter[tuple[int | None, str]] = Counter()
    for row in dropped:
        problems[_bucket(row.ts), "duplicate_id"] += 1
    for row in kept:
        bucket, predicted = _bucket(row.ts), row.predicted or NO_CLASS
        versions = (row.model_version or "", row.prompt_version or "")
        rows = known.get(str(row.prediction_id), []) if row.prediction_id is not None else []
        best = max(rows, key=lambda each: (each.labelled_at, each.label, -_weight(each)), default=None)
        for segment, value in ((ALL, ""), ("channel", row.channel or "")):
            key = (bucket, segment, value, *versions, predicted, best.label if best else None)
            outcomes[key].append(_weight(best) if best else 0.0)
        if _usable(row.latency_ms):
            latency[bucket, *versions, math.floor(math.log(row.latency_ms) / math.log(1.02))] += 1
        problems[bucket, "bad_latency"] += row.latency_ms is not None and not _usable(row.latency_ms)
        problems[bucket, "no_class"] += not row.predicted
        problems[bucket, "null_id"] += row.prediction_id is None
        if rows:
            delay = (min(each.labelled_at for each in rows) - row.ts).total_seconds()
            delays[bucket, predicted, math.floor(math.log(max(delay, 1.0)) / math.log(1.1))] += 1
            problems[bucket, "label_before_prediction"] += delay < 0
    _label_problems(log, as_of, {str(row.prediction_id) for row in kept if row.prediction_id is not None}, problems)
    here = [(bucket, kind, n) for (bucket, kind), n in problems.items() if n and (bucket is None or bucket in named)]
    return BucketCounts(
        named,
        tuple(
            OutcomeRow(*key, len(weights), sum(weights), sum(weight * weight for weight in weights))
            for key, weights in outcomes.items()
            if key[0] in named
        ),
        tuple(LatencyRow(*key, n) for key, n in latency.items() if key[0] in named),
        tuple(DelayRow(*key, n) for key, n in delays.items() if key[0] in named),
        tuple(ProblemRow(*row) for row in here),
    )


def all_buckets(log: Log) -> set[int]:
    """Return the buckets that any row is in."""
    times = [row.ts for row in log.predictions] + [row.labelled_at for row in log.labels]
    return {_bucket(at) for at in times if at is not None}


def _one_per_id(rows: list[Prediction]) -> tuple[list[Prediction], list[Prediction]]:
    kept: list[Prediction] = []
    dropped: list[Prediction] = []
    seen: set[int] = set()
    for row in sorted(rows, key=_order):
        if row.prediction_id is not None and row.prediction_id in seen:
            dropped.append(row)
        else:
            kept.append(row)
            seen |= {row.prediction_id} - {None}
    return kept, dropped


def _order(row: Prediction) -> tuple[object, ...]:
    texts = (row.predicted or NO_CLASS, row.model_version or "", row.prompt_version or "", row.channel or "")
    return (row.ts, *texts, row.latency_ms if _usable(row.latency_ms) else -1.0)


def _labels_by_id(rows: list[Label]) -> dict[str, list[Label]]:
    known: dict[str, list[Label]] = defaultdict(list)
    for row in rows:
        if row.label and row.prediction_id is not None:
            known[row.prediction_id].append(row)
    return known


def _label_problems(log: Log, as_of: datetime, ids: set[str], problems: Counter[tuple[int | None, str]]) -> None:
    ahead = as_of + timedelta(days=1)
    for prediction in log.predictions:
        problems[None, "null_time"] += prediction.ts is None
        problems[None, "future_time"] += prediction.ts is not None and prediction.ts > ahead
    for row in log.labels:
        problems[None, "null_label_time"] += row.labelled_at is None
        problems[None, "future_label_time"] += row.labelled_at is not None and row.labelled_at > ahead
        if row.labelled_at is not None and row.labelled_at <= as_of:
            bucket = _bucket(row.labelled_at)
            problems[bucket, "null_label"] += not row.label
            problems[bucket, "orphan_label"] += bool(row.label) and row.prediction_id not in ids
            problems[bucket, "bad_probability"] += row.probability is not None and not 0 < row.probability <= 1


def _weight(row: Label) -> float:
    return 1 / row.probability if row.probability is not None and 0 < row.probability <= 1 else 1.0


def _usable(latency: float | None) -> bool:
    return latency is not None and 0 < latency < math.inf


def _bucket(at: datetime | None) -> int:
    assert at is not None
    return math.floor(at.timestamp() / BUCKET) * BUCKET

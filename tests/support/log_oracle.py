"""The counts of a log, worked out row by row from their definitions: no SQL, no cleverness."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.counts.cells import NO_BAND, NO_CLASS, band_of
from monitor.log.counts import (
    ALL,
    BucketCounts,
    DelayRow,
    LabelFate,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from tests.support.logs import Label, Log, Prediction

BUCKET = 3600


def comparable(counts: BucketCounts) -> tuple[Counter[object], ...]:
    """Return counts without their order, and with weights rounded to what floats can promise."""
    rounded = [(*row[:8], round(row.weight, 6), round(row.weight_squared, 6), *row[10:]) for row in counts.outcomes]
    others = (counts.latency, counts.delays, counts.problems, counts.relevance, counts.labellers)
    return Counter(rounded), *(Counter[object](rows) for rows in others)


def oracle(log: Log, buckets: Iterable[int], as_of: datetime) -> BucketCounts:
    """Count a log of segments ("channel",)."""
    named = tuple(sorted(set(buckets)))
    kept = [row for row in _kept(log, as_of) if _bucket(row.ts) in named]
    rows = [_Row.of(row, log, as_of) for row in kept]
    labelled_by = Counter(fate for row in kept for fate in _fates(row, log, as_of))
    problems = Counter(problem for problem in _problems(log, as_of) if problem[0] is None or problem[0] in named)
    latency = Counter((r.bucket, r.model, r.prompt, r.latency_bin) for r in rows if r.latency_bin is not None)
    delays = Counter((r.bucket, r.predicted, r.delay_bin, r.label) for r in rows if r.delay_bin is not None and r.label)
    return BucketCounts(
        named,
        tuple(_outcomes(rows)),
        tuple(LatencyRow(*key, n) for key, n in latency.items()),
        tuple(DelayRow(bucket, name, bin_, n, label) for (bucket, name, bin_, label), n in delays.items()),
        tuple(ProblemRow(*problem, n) for problem, n in problems.items()),
        tuple(_scores(rows)),
        labellers=tuple(LabellerRow(*key, n) for key, n in labelled_by.items()),
    )


@dataclass(frozen=True)
class _Row:
    """A prediction that counts, and what counts of it."""

    bucket: int
    channel: str
    model: str
    prompt: str
    predicted: str
    label: str | None
    weight: float
    designed: int
    confidence: float | None
    latency_bin: int | None
    delay_bin: int | None
    score: float | None
    source: str

    @classmethod
    def of(cls, row: Prediction, log: Log, as_of: datetime) -> "_Row":
        labels = _labels_of(row, log, as_of)
        best = max(labels, key=lambda each: (_at(each), each.label, -_weight(each)), default=None)
        first = min((_at(each) for each in labels), default=None)
        return cls(
            bucket=_bucket(row.ts),
            channel=row.channel or "",
            model=row.model_version or "",
            prompt=row.prompt_version or "",
            predicted=row.predicted or NO_CLASS,
            label=best.label if best else None,
            weight=_weight(best) if best else 0.0,
            designed=int(best is not None and _is_designed(best)),
            confidence=row.confidence if _is_share(row.confidence) else None,
            latency_bin=_bin(row.latency_ms, 1.02) if row.latency_ms is not None and _usable(row.latency_ms) else None,
            delay_bin=_bin(max(_seconds(row, first), 1.0), 1.1) if first else None,
            score=row.relevance if _is_share(row.relevance) else None,
            source=row.judge or "",
        )


def _outcomes(rows: list[_Row]) -> Iterator[OutcomeRow]:
    groups: defaultdict[tuple[OutcomeRow, int], list[_Row]] = defaultdict(list)
    for row in rows:
        of_row = (row.model, row.prompt, row.predicted, row.label, 0, 0.0, 0.0)
        groups[OutcomeRow(row.bucket, ALL, "", *of_row), band_of(row.confidence)].append(row)
        groups[OutcomeRow(row.bucket, "channel", row.channel, *of_row), NO_BAND].append(row)
    for (key, band), together in groups.items():
        weights = [row.weight for row in together]
        confidences = [] if key.segment != ALL else [row.confidence for row in together if row.confidence is not None]
        yield key._replace(
            n=len(weights),
            weight=sum(weights),
            weight_squared=sum(weight * weight for weight in weights),
            band=band,
            designed=sum(row.designed for row in together),
            confidence_millionths=sum(map(_millionths, confidences)),
        )


def _scores(rows: list[_Row]) -> Iterator[RelevanceRow]:
    groups: defaultdict[tuple[int, str, str, str, str, int], list[float]] = defaultdict(list)
    for row in rows:
        if row.score is not None:
            tenth = _millionths(row.score) // 100_000
            groups[row.bucket, row.model, row.prompt, row.predicted, row.source, tenth].append(row.score)
    for key, scores in groups.items():
        sums = (sum(map(_millionths, scores)), sum(_millionths(score * score) for score in scores))
        yield RelevanceRow(*key, len(scores), *sums)


def _fates(row: Prediction, log: Log, as_of: datetime) -> Iterator[tuple[int, str, int]]:
    """Bucket, labeller and fate of the last label of each."""
    labels = sorted(_labels_of(row, log, as_of), key=lambda each: (_at(each), each.label))
    last = {label.who or "": label for label in labels}
    for who, label in last.items():
        differ = [_at(each) for each in last.values() if each.label != labels[-1].label]
        if len(last) == 1:
            fate = LabelFate.ALONE
        elif not differ:
            fate = LabelFate.AGREED
        elif label.label != labels[-1].label:
            fate = LabelFate.OVERRULED
        else:
            fate = LabelFate.CORRECTION if min(differ) < _at(label) else LabelFate.UPHELD
        yield _bucket(row.ts), who, fate


def _problems(log: Log, as_of: datetime) -> Iterator[tuple[int | None, str]]:
    kept = _kept(log, as_of)
    for row in _dated(log, as_of):
        if not any(row is each for each in kept):
            yield _bucket(row.ts), "duplicate_id"
    for row in kept:
        labels = _labels_of(row, log, as_of)
        wrong = {
            "bad_latency": row.latency_ms is not None and not _usable(row.latency_ms),
            "bad_confidence": row.confidence is not None and not _is_share(row.confidence),
            "bad_relevance": row.relevance is not None and not _is_share(row.relevance),
            "no_class": not row.predicted,
            "null_id": row.prediction_id is None,
            "label_before_prediction": any(_seconds(row, _at(label)) < 0 for label in labels),
            "corrected_label": len({label.label for label in labels}) > 1,
        }
        yield from ((_bucket(row.ts), kind) for kind, is_so in wrong.items() if is_so)
    ahead = as_of + timedelta(days=1)
    for prediction in log.predictions:
        if prediction.ts is None or prediction.ts > ahead:
            yield None, "null_time" if prediction.ts is None else "future_time"
    ids = {str(row.prediction_id) for row in kept if row.prediction_id is not None}
    for label in log.labels:
        if label.labelled_at is None or label.labelled_at > ahead:
            yield None, "null_label_time" if label.labelled_at is None else "future_label_time"
        elif label.labelled_at <= as_of:
            yield from _label_problems(label, ids)


def _label_problems(row: Label, ids: set[str]) -> Iterator[tuple[int, str]]:
    if not row.label:
        yield _bucket(row.labelled_at), "null_label"
    elif row.prediction_id not in ids:
        yield _bucket(row.labelled_at), "orphan_label"
    if row.probability is not None and not 0 < row.probability <= 1:
        yield _bucket(row.labelled_at), "bad_probability"


def all_buckets(log: Log) -> set[int]:
    """Return the buckets that any row is in."""
    times = [row.ts for row in log.predictions] + [row.labelled_at for row in log.labels]
    return {_bucket(at) for at in times if at is not None}


def _dated(log: Log, as_of: datetime) -> list[Prediction]:
    return sorted((row for row in log.predictions if row.ts is not None and row.ts <= as_of), key=_order)


def _kept(log: Log, as_of: datetime) -> list[Prediction]:
    """Return the last row of each id, and all rows that have none."""
    kept: list[Prediction] = []
    seen: set[int] = set()
    for row in reversed(_dated(log, as_of)):
        if row.prediction_id is None or row.prediction_id not in seen:
            kept.append(row)
        seen |= {row.prediction_id} if row.prediction_id is not None else set()
    return kept


def _order(row: Prediction) -> tuple[object, ...]:
    texts = (row.predicted or NO_CLASS, *(text or "" for text in _versions(row)))
    latency = row.latency_ms if row.latency_ms is not None and _usable(row.latency_ms) else -1.0
    confidence = row.confidence if row.confidence is not None and _is_share(row.confidence) else -1.0
    relevance = row.relevance if row.relevance is not None and _is_share(row.relevance) else -1.0
    return (row.ts, *texts, latency, confidence, relevance)


def _versions(row: Prediction) -> tuple[str | None, ...]:
    return row.model_version, row.prompt_version, row.channel, row.judge


def _labels_of(row: Prediction, log: Log, as_of: datetime) -> list[Label]:
    named = [label for label in log.labels if label.label and label.labelled_at and label.labelled_at <= as_of]
    return [label for label in named if row.prediction_id is not None and label.prediction_id == str(row.prediction_id)]


def _at(row: Label) -> datetime:
    assert row.labelled_at is not None
    return row.labelled_at


def _seconds(row: Prediction, until: datetime) -> float:
    assert row.ts is not None
    return (until - row.ts).total_seconds()


def _bin(value: float, base: float) -> int:
    return math.floor(math.log(value) / math.log(base))


def _weight(row: Label) -> float:
    return 1 / row.probability if row.probability is not None and _is_designed(row) else 1.0


def _is_designed(row: Label) -> bool:
    return row.probability is not None and 0 < row.probability <= 1


def _usable(latency: float) -> bool:
    return 0 < latency < math.inf


def _millionths(share: float) -> int:
    return math.floor(share * 1e6 + 0.5)


def _is_share(confidence: float | None) -> bool:
    return confidence is not None and 0 <= confidence <= 1


def _bucket(at: datetime | None) -> int:
    assert at is not None
    return math.floor(at.timestamp() / BUCKET) * BUCKET

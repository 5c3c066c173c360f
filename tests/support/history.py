"""Counts, fingerprints and histories for tests."""

# ruff: noqa: S608 - SQL of names that are written here

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from checks.counts.cells import band_of
from checks.metrics.line import MetricLine
from monitor.history import History, WindowSpec
from monitor.history.engine import open_engine
from monitor.history.packed import unpack, unpack_numbers
from monitor.history.schema import METADATA
from monitor.log.counts import (
    ALL,
    MILLION,
    BucketCounts,
    DelayRow,
    Fingerprints,
    LabellerRow,
    LatencyRow,
    Mark,
    OutcomeRow,
    ProblemRow,
)

HOUR = 3600
DAY = 24 * HOUR
T0 = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
SPEC = WindowSpec(
    window=timedelta(days=2),
    scales=(timedelta(days=1),),
    reference=timedelta(days=4),
    bucket=timedelta(hours=1),
    lookback=timedelta(days=20),
)
SERIAL = {"id", "event_id"}
"""Columns that count rows up: on PostgreSQL a rolled back transaction leaves a gap in them."""


def at(hours: float) -> datetime:
    """Hours after T0."""
    return datetime.fromtimestamp(T0 + hours * HOUR, UTC)


def outcome(hour: int, predicted: str = "billing", label: str | None = None, n: int = 1, **changes: Any) -> OutcomeRow:  # noqa: ANN401
    """Predictions of the hour that many hours after T0; each labelled one counts once."""
    weight = float(n) if label is not None else 0.0
    row = OutcomeRow(T0 + hour * HOUR, ALL, "", "m1", "p1", predicted, label, n, weight, weight)
    return row._replace(**changes)


def latency(hour: int, bin_: int = 300, n: int = 1, prompt: str = "p1") -> LatencyRow:
    """Answers of one hour."""
    return LatencyRow(T0 + hour * HOUR, "m1", prompt, bin_, n)


def counts(
    hours: range,
    *outcomes: OutcomeRow,
    latency: tuple[LatencyRow, ...] = (),
    delays: tuple[DelayRow, ...] = (),
    problems: tuple[ProblemRow, ...] = (),
) -> BucketCounts:
    """Counts of these hours after T0."""
    return BucketCounts(tuple(T0 + hour * HOUR for hour in hours), outcomes, latency, delays, problems)


def marks(hours: range, digest: int = 7) -> Fingerprints:
    """Marks of predictions and labels of these hours."""
    found = {T0 + hour * HOUR: Mark(3, digest) for hour in hours}
    return Fingerprints(found, dict(found))


def random_counts(seed: int, hours: range, each: int = 40) -> BucketCounts:
    """A made-up log: five classes, a fifth of the answers wrong, two in three labelled, p2 from the middle on."""
    random = Random(seed)
    classes = ["billing", "card", "other", "urgent", "(none)"]
    outcomes: Counter[tuple[int, str, str, str | None, float]] = Counter()
    bins: Counter[tuple[int, str, int]] = Counter()
    delays: Counter[tuple[int, str, int, str]] = Counter()
    labellers: Counter[tuple[int, str, int]] = Counter()
    for hour in hours:
        bucket, prompt = T0 + hour * HOUR, "p1" if hour < (hours.start + hours.stop) // 2 else "p2"
        for nth in range(each):
            true = random.choice(classes[:4])
            predicted = true if random.random() < 0.8 else random.choice(classes)
            is_labelled = random.random() < 0.67
            confidence = random.choice([0.4, 0.93, 0.997])
            outcomes[bucket, prompt, predicted, true if is_labelled else None, confidence] += 1
            bins[bucket, prompt, random.randint(250, 400)] += 1
            delays[bucket, predicted, random.randint(60, 120), true] += is_labelled
            labellers[bucket, ("anna", "bert", "")[nth % 3], nth % 5] += is_labelled
    return BucketCounts(
        tuple(T0 + hour * HOUR for hour in hours),
        tuple(
            OutcomeRow(
                *(bucket, ALL, "", "m1", prompt, predicted, label, n),
                *((2.0 * n, 4.0 * n) if label else (0.0, 0.0)),
                band_of(confidence),
                round(n * confidence * MILLION),
            )
            for (bucket, prompt, predicted, label, confidence), n in outcomes.items()
        ),
        tuple(LatencyRow(bucket, "m1", prompt, bin_, n) for (bucket, prompt, bin_), n in bins.items()),
        tuple(DelayRow(bucket, name, bin_, n, label) for (bucket, name, bin_, label), n in delays.items() if n),
        (ProblemRow(T0 + hours.start * HOUR, "negative_latency", 2), ProblemRow(None, "null_time", 5)),
        labellers=tuple(LabellerRow(*key, n) for key, n in labellers.items() if n),
    )


def estimate(metric: str = "accuracy", value: float | None = 0.9, class_name: str = "", **changes: Any) -> MetricLine:  # noqa: ANN401
    """One metric over the first two days."""
    base = MetricLine(metric, class_name, "all", at(0), at(48), value, 0.8, 0.95, 0.91, 100, 60, 0.6, provisional=False)
    return base._replace(**changes)


def put(history: History, given: BucketCounts, seen: Fingerprints | None = None, monitor: str = "bot") -> None:
    """Replace in a transaction of its own."""
    with history.transaction(monitor) as transaction:
        transaction.replace(given, marks(range(1)) if seen is None else seen)


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Ask as an analyst does: past everything of ours."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]
    finally:
        engine.dispose()


def days_that_differ(url: str) -> list[tuple[Any, ...]]:
    """Sums of days that are not those of their buckets: there are none after any write."""
    found = []
    for cells, days, keys, figures in (
        ("outcome_cells", "outcome_days", "slice_id, version_id, predicted_id, label_id", "n, weight, weight_squared"),
        ("latency_cells", "latency_days", "monitor_id, version_id, bin", "n"),
        ("relevance_cells", "relevance_days", "monitor_id, version_id, source_id, bin", "n, score_millionths"),
        ("labeller_cells", "labeller_days", "monitor_id, labeller_id, fate", "n"),
    ):
        everything = "WHERE slice_id IN (SELECT id FROM slices WHERE segment = '')" if "slice_id" in keys else ""
        sums = ", ".join(f"SUM({name})" for name in figures.split(", "))
        day = "bucket - bucket % 86400"
        summed = rows(url, f"SELECT {keys}, {day}, {sums} FROM {cells} {everything} GROUP BY {keys}, {day}")
        kept = Counter(rows(url, f"SELECT {keys}, day, {figures} FROM {days}"))
        found += [(days, *row) for row in ((kept - Counter(summed)) + (Counter(summed) - kept))]
    return found + _delays_that_differ(url)


def _delays_that_differ(url: str) -> list[tuple[Any, ...]]:
    summed: Counter[tuple[int, int, int, int]] = Counter()
    for monitor, bucket, counted, labels in rows(url, "SELECT monitor_id, bucket, counts, labels FROM delay_cells"):
        _, bins, n = unpack([counted])
        for bin_, number, label in zip(bins.tolist(), n.tolist(), unpack_numbers([labels]).tolist(), strict=True):
            summed[monitor, bucket // DAY * DAY, label, bin_] += number
    kept = {tuple(key): int(n) for *key, n in rows(url, "SELECT monitor_id, day, label_id, bin, n FROM delay_days")}
    return [("delay_days", *row) for row in {*kept.items()} ^ {*summed.items()}]


def dump(url: str) -> dict[str, list[tuple[str, ...]]]:
    """Everything that the history holds, as sorted texts, without the numbers that only count rows."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return {table.name: _texts(connection, table) for table in METADATA.sorted_tables}
    finally:
        engine.dispose()


def _texts(connection: sa.Connection, table: sa.Table) -> list[tuple[str, ...]]:
    drop = SERIAL if table.autoincrement_column is not None else set()
    columns = [column for column in table.columns if column.name not in drop]
    return sorted(tuple(map(str, row)) for row in connection.execute(sa.select(*columns)))

"""All counts of some buckets, by one statement over rows that are joined once."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from monitor.log.counts import ALL, BucketCounts, DelayRow, LatencyRow, OutcomeRow, ProblemRow, RelevanceRow
from monitor.log.joined import joined_cte
from monitor.log.mapped import Dated, MappedLog
from monitor.log.moment import Moment
from monitor.log.parts import Part, count_parts, problem_parts
from monitor.log.problems import ProblemKind
from monitor.log.rows import predictions_cte, repeated_ids

AHEAD: Final = timedelta(days=1)
"""How far ahead of `as_of` a time may be dated before it is a problem: clocks differ, and a zone may be left out."""

FEW_BUCKETS: Final = 100
"""Buckets that are counted at once whatever is in them: what changes between two looks is less."""

ROWS_COUNTED_AT_ONCE: Final = 1_500_000
"""Predictions that one statement of DuckDB counts: it holds each with its label, and not all of that can be spilled."""

_ROWS_AT_ONCE: Final = 20_000  # fetched; the driver makes a tuple of each before it becomes a row of ours


def count(connection: sa.Connection, log: MappedLog, buckets: Sequence[int], as_of: datetime) -> BucketCounts:
    """Count the rows of these buckets as known at `as_of`; problems without a bucket are of the whole log."""
    everywhere = tuple(_unplaced(connection, log, as_of))
    if not buckets:
        return BucketCounts((), (), (), (), everywhere)
    ordered = sorted(set(buckets))
    outcomes: list[OutcomeRow] = []
    latency: list[LatencyRow] = []
    delays: list[DelayRow] = []
    problems: list[ProblemRow] = []
    relevance: list[RelevanceRow] = []
    # One object for each name and bucket, and for each weight, where the driver makes one for each cell.
    shared: Callable[[Any, Any], Any] = {}.setdefault
    share_weight: Callable[[Any, Any], float] = {}.setdefault
    for part, *keys, bin_, n, weight, squared, millionths, designed in _counted(connection, log, ordered, as_of):
        bucket, value, model, prompt, predicted, label = map(shared, keys, keys)
        match part:
            case Part.LATENCY:
                latency.append(LatencyRow(bucket, model, prompt, bin_, n))
            case Part.DELAY:
                delays.append(DelayRow(bucket, predicted, bin_, n, label))
            case Part.RELEVANCE:
                relevance.append(RelevanceRow(bucket, model, prompt, predicted, value, bin_, n, millionths, designed))
            case Part.PROBLEM:
                problems.append(ProblemRow(bucket, value, n))
            case _:
                name = ALL if part == Part.OUTCOME else log.segments[part - Part.SEGMENT]
                key = (bucket, name, value, model, prompt, predicted, label)
                weights = share_weight(weight, weight), share_weight(squared, squared)
                outcomes.append(OutcomeRow(*key, n, *weights, bin_, millionths, designed))
    everything_wrong = (*problems, *everywhere)
    return BucketCounts(
        tuple(ordered), tuple(outcomes), tuple(latency), tuple(delays), everything_wrong, tuple(relevance)
    )


def _counted(
    connection: sa.Connection, log: MappedLog, ordered: Sequence[int], as_of: datetime
) -> Iterator[Sequence[Any]]:
    """The rows of all parts, from one statement for each run of buckets that is counted at once."""
    for run in _runs(connection, log, ordered, as_of):
        everything = len(run) == len(ordered) and _are_everything(connection, log, run, as_of)
        repeated = has_repeated_ids(connection, log, None if everything else run, as_of)
        statement = _statement(log, run, as_of, connection.dialect.name, repeated=repeated, restrict=not everything)
        yield from _fetch(connection, statement)


def _runs(
    connection: sa.Connection, log: MappedLog, ordered: Sequence[int], as_of: datetime
) -> Iterator[Sequence[int]]:
    """Buckets that are counted at once: all of them, but for DuckDB no more than its memory holds."""
    if connection.dialect.name != "duckdb" or len(ordered) <= FEW_BUCKETS:
        yield ordered
        return
    p = log.predictions
    bucket = p.at.bucket(log.bucket).label("bucket")
    rows = sa.select(bucket, sa.func.count()).select_from(p.source)
    found = dict(connection.execute(rows.where(p.at.until(as_of)).group_by(bucket)).all())
    run: list[int] = []
    held = 0
    for start in ordered:
        rows_here = found.get(start, 0)
        if run and held + rows_here > ROWS_COUNTED_AT_ONCE:
            yield run
            run, held = [], 0
        run.append(start)
        held += rows_here
    yield run


def whole_log_problems(connection: sa.Connection, log: MappedLog, as_of: datetime) -> Counter[str]:
    """Count the problems of the whole log, by kind."""
    repeated = has_repeated_ids(connection, log, None, as_of)
    predictions = predictions_cte(log, as_of, buckets=None, repeated=repeated)
    row = joined_cte(log, predictions, as_of, connection.dialect.name, restrict=False)
    found: Counter[str] = Counter()
    for part in _fetch(connection, sa.union_all(*problem_parts(row, predictions, log, None, as_of))):
        found[part[2]] += part[8]
    for problem in _unplaced(connection, log, as_of):
        found[problem.kind] += problem.n
    return found


def has_repeated_ids(connection: sa.Connection, log: MappedLog, buckets: Sequence[int] | None, as_of: datetime) -> bool:
    """Whether an id in these buckets (None: in any) is of several predictions."""
    return connection.execute(repeated_ids(log, as_of, buckets).limit(1)).first() is not None


def _are_everything(connection: sa.Connection, log: MappedLog, buckets: Sequence[int], as_of: datetime) -> bool:
    """Whether no prediction lies outside of these buckets: then looking ids up in them first would double the work."""
    at = log.predictions.at
    if not at.kind.is_timestamp:  # its least and greatest are not to be had without reading all
        return False
    ends = sa.select(sa.func.min(at.column).label("first"), sa.func.max(at.column).label("last"))
    end = ends.select_from(log.predictions.source).where(at.until(as_of)).subquery()
    first, last = (Moment(column, at.kind).bucket(log.bucket) for column in (end.c.first, end.c.last))
    found = connection.execute(sa.select(first, last).where(end.c.first.is_not(None))).one_or_none()
    return found is not None and set(range(found[0], found[1] + 1, log.bucket)).issubset(buckets)


def _statement(
    log: MappedLog, buckets: Sequence[int], as_of: datetime, dialect: str, *, repeated: bool, restrict: bool
) -> sa.CompoundSelect[Any]:
    predictions = predictions_cte(log, as_of, buckets=buckets, repeated=repeated)
    row = joined_cte(log, predictions, as_of, dialect, restrict=restrict)
    return sa.union_all(*count_parts(row, log), *problem_parts(row, predictions, log, buckets, as_of))


def _fetch(connection: sa.Connection, statement: sa.CompoundSelect[Any]) -> Iterator[Sequence[Any]]:
    cursor = connection.execute(statement).cursor  # the driver's own: SQLAlchemy's rows cost as much as the query
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _unplaced(connection: sa.Connection, log: MappedLog, as_of: datetime) -> Iterator[ProblemRow]:
    """Count the rows of the whole log that belong to no bucket."""
    predictions = log.predictions
    null_time, future = _timeless(connection, predictions, as_of, sa.true())
    found = {ProblemKind.NULL_TIME: null_time, ProblemKind.FUTURE_TIME: future}
    malformed = predictions.relation.malformed(connection)
    if log.labels is not None:
        labelled = log.labels.label.is_not(None) if log.labels.in_predictions else sa.true()
        null_time, future = _timeless(connection, log.labels, as_of, labelled)
        found |= {ProblemKind.NULL_LABEL_TIME: null_time, ProblemKind.FUTURE_LABEL_TIME: future}
        malformed += 0 if log.labels.in_predictions else log.labels.relation.malformed(connection)
    found[ProblemKind.MALFORMED_LINE] = malformed
    return (ProblemRow(None, kind, n) for kind, n in found.items() if n)


def _timeless(
    connection: sa.Connection, rows: Dated, as_of: datetime, condition: sa.ColumnElement[bool]
) -> tuple[int, int]:
    unreadable, future = rows.at.unreadable, rows.at.after(as_of + AHEAD)
    counts = sa.select(sa.func.count(sa.case((unreadable, 1))), sa.func.count(sa.case((future, 1))))
    statement = counts.select_from(rows.source).where(condition, rows.at.unreadable_or_after(as_of + AHEAD))
    null_time, ahead = connection.execute(statement).one()
    return null_time, ahead

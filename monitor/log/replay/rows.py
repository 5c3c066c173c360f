"""All rows of a log as columns, with what a count makes of each row by itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from checks.counts.cells import NO_BAND
from monitor.log.counting.columns import Names
from monitor.log.counting.fingerprints import digest_of_label, digest_of_prediction
from monitor.log.counting.joined import joined_cte
from monitor.log.counting.parts import row_problems
from monitor.log.counting.rows import predictions_cte
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import MappedLabels, MappedLog
from monitor.log.mapping.moment import LATEST
from monitor.log.names import is_cut
from monitor.log.problems import ProblemKind

Column = NDArray[Any]
Rows = Mapping[str, Column]
"""Columns of one length by name."""

NONE: Final = -1_000_000
"""Stands for no bin."""

_ROWS_AT_ONCE: Final = 20_000  # fetched; the driver makes a tuple of each

_FLOATS: Final = frozenset({"epoch", "latency_ms", "confidence", "relevance", "weight"})
_BINS: Final = frozenset({"latency_bin", "score_bin"})
_NAMES: Final = frozenset({"predicted", "model_version", "prompt_version", "relevance_source", "label", "labeller"})
_RANKED: Final = -1.0  # of a number that is not there: as `counting.rows` orders the rows of one id


@dataclass(frozen=True, slots=True)
class LogRows:
    """The rows that have a usable time, in no order; names are codes of `names`.

    Both have `key` (a hash of the id), `has_id`, `micros` (time in microseconds since 1970), `epoch`, `bucket` and
    `digest`. A label row also has `label` (NO_NAME: none), `labeller`, `weight`, `designed` and a bool for each of its
    problems; a prediction the columns of a joined row but for its label, and a bool for each problem.
    """

    predictions: Rows
    labels: Rows | None
    problems: tuple[ProblemKind, ...]  # of predictions


def longest(connection: sa.Connection, log: MappedLog) -> int:
    """Rows of the longer one of both logs: a table of labels may be that of many bots."""
    logs = (log.predictions,) if log.labels is None else (log.predictions, log.labels)
    counts = (sa.select(sa.func.count()).select_from(each.source).where(each.at.until(LATEST)) for each in logs)
    return max(int(connection.execute(statement).scalar_one()) for statement in counts)


def read_rows(connection: sa.Connection, log: MappedLog, names: Names) -> LogRows:
    """Read the whole log."""
    unlabelled = replace(log, labels=None)
    digest = digest_of_prediction(log.predictions).label("digest")
    predictions = predictions_cte(unlabelled, LATEST, buckets=None, repeated=False, extra=(digest,))
    row = joined_cte(unlabelled, predictions, LATEST, engine_of(connection), restrict=False)
    problems = dict(row_problems(row, unlabelled))
    segments = tuple(f"segment_{i}" for i in range(len(log.segments)))
    wanted = [*_PREDICTION, *segments, *(name for name in _OPTIONAL if name in row.c)]
    columns = [row.c[name] for name in wanted] + [problem.label(kind.value) for kind, problem in problems.items()]
    found = _read(connection, sa.select(*columns), names, segments)
    blank = {"band": NO_BAND, "millionths": 0, "score_bin": NONE, "score_millionths": 0, "square_millionths": 0}
    size = found["bucket"].size
    filled = {name: np.full(size, value, dtype=np.int64) for name, value in blank.items() if name not in found}
    labels = None if log.labels is None else _label_rows(connection, log, log.labels, names)
    return LogRows(found | filled, labels, tuple(problems))


_PREDICTION: Final = (
    *("id", "epoch", "bucket", "digest", "predicted", "model_version", "prompt_version", "relevance_source"),
    *("latency_ms", "confidence", "relevance", "latency_bin"),
)
_OPTIONAL: Final = ("band", "millionths", "score_bin", "score_millionths", "square_millionths")


def _label_rows(connection: sa.Connection, log: MappedLog, labels: MappedLabels, names: Names) -> Rows:
    rows = sa.select(
        labels.id.label("id"),
        labels.at.epoch.label("epoch"),
        labels.at.bucket(log.bucket).label("bucket"),
        digest_of_label(labels).label("digest"),
        labels.label.label("label"),
        labels.labeller.label("labeller"),
        labels.weight.label("weight"),
        labels.designed.label("designed"),
        labels.bad_probability.label(ProblemKind.BAD_PROBABILITY.value),
        labels.refused.label("refused"),
    ).select_from(labels.source)
    row = rows.where(labels.at.until(LATEST)).cte("label_row")
    given = [column for column in row.c if column.name != "refused"]
    is_null = sa.false() if labels.in_predictions else sa.and_(row.c.label.is_(None), sa.not_(row.c.refused))
    problems = {ProblemKind.NULL_LABEL: is_null, ProblemKind.LONG_LABEL: is_cut([row.c.label])}
    columns = [*given, *(problem.label(kind.value) for kind, problem in problems.items())]
    return _read(connection, sa.select(*columns), names, ())


def _read(
    connection: sa.Connection, statement: sa.Select[Any], names: Names, segments: Sequence[str]
) -> dict[str, Column]:
    columns_wanted = {str(column.name): column.type for column in statement.selected_columns}
    wanted = list(columns_wanted)
    makers = [_maker(name, kind, names, segments) for name, kind in columns_wanted.items()]
    parts: list[list[Column]] = [[make(())] for make in makers]
    present: list[Column] = [np.empty(0, dtype=bool)]
    cursor = connection.execute(statement).cursor  # the driver's own: SQLAlchemy's rows cost as much as the query
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        columns = tuple(zip(*rows, strict=True))
        for part, make, values in zip(parts, makers, columns, strict=True):
            part.append(make(values))
        present.append(np.fromiter((value is not None for value in columns[wanted.index("id")]), bool, len(rows)))
    found = {name: np.concatenate(part) for name, part in zip(wanted, parts, strict=True)}
    key = found.pop("id")
    micros = np.rint(found["epoch"] * 1e6).astype(np.int64)
    return {**found, "key": key, "has_id": np.concatenate(present), "micros": micros}


def _maker(
    name: str, kind: sa.types.TypeEngine[Any], names: Names, segments: Sequence[str]
) -> Callable[[Sequence[Any]], Column]:
    """What makes an array of the values of a column."""
    if name == "id":
        # Ids of both logs compare as the same type; their hashes are 64 bits, of which two alike are not to be met.
        return lambda values: np.array([hash(str(value)) for value in values], dtype=np.int64)
    if name in _NAMES or name in segments:
        return names.codes
    if name in _FLOATS:
        return lambda values: np.array([_RANKED if value is None else value for value in values], dtype=float)
    if name in _BINS:
        return lambda values: np.array([NONE if value is None else value for value in values], dtype=np.int64)
    if isinstance(kind, sa.Boolean):
        return lambda values: np.array([bool(value) for value in values], dtype=bool)
    return lambda values: np.array(values, dtype=np.int64)


def sorted_rows(rows: Rows, order: Column) -> Rows:
    """The rows in another order, or some of them."""
    return {name: column[order] for name, column in rows.items()}


def ranks(names: Names) -> Column:
    """The place of each code's name in the order of names; None, the last, comes first."""
    texts: Iterable[str | None] = names.all()
    known = [text for text in texts if text is not None]
    order = sorted(range(len(known)), key=known.__getitem__)
    found = np.full(len(known) + 1, -1, dtype=np.int64)
    found[order] = np.arange(len(known))
    return found

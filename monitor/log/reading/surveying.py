"""What there is in a log, for an operator who sets it up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from checks.counts.cells import DELAY_BASE, LATENCY_BASE
from monitor.log.counting.counting import has_repeated_ids, whole_log_problems
from monitor.log.counting.joined import joined_cte
from monitor.log.counting.rows import predictions_cte
from monitor.log.counting.staging import staged
from monitor.log.counts import LogNotice
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import MappedLog
from monitor.log.mapping.moment import from_epoch
from monitor.log.mapping.spelling import Spellings

_REQUIRED: Final = ("id", "at", "predicted")


@dataclass(frozen=True, slots=True)
class ClassSurvey:
    """A class: how many predictions chose it, and how many labels name it."""

    name: str
    predicted: int
    labelled: int


@dataclass(frozen=True, slots=True)
class VersionSurvey:
    """A pair of versions: how many predictions, and the times of the first and the last (UTC)."""

    model_version: str
    prompt_version: str
    n: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ColumnSurvey:
    """An optional column that is mapped: the share of predictions, 0 to 1, that have nothing in it."""

    meaning: str
    name: str
    null_share: float


@dataclass(frozen=True, slots=True)
class DelayQuantiles:
    """How long the first label takes, in seconds, to within 10%."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class ProblemSurvey:
    """Rows of the whole log with one problem."""

    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class Survey:
    """A log as known at one moment. Times are UTC and None in an empty log; shares are 0 to 1, and 0 there.

    `rows` counts predictions, each id once; `label_rows` counts rows, corrections included. `classes` is in order of
    frequency, `versions` in order of first appearance. `delay` is None without labels. `agreeing` are the labelled
    predictions whose label is the class that was predicted; `latency_p50` is in milliseconds, None where there is none.
    """

    rows: int
    first_at: datetime | None
    last_at: datetime | None
    classes: tuple[ClassSurvey, ...]
    versions: tuple[VersionSurvey, ...]
    labelled: int
    label_rows: int
    delay: DelayQuantiles | None
    columns: tuple[ColumnSurvey, ...]
    problems: tuple[ProblemSurvey, ...]
    notices: tuple[LogNotice, ...] = ()
    spellings: Spellings = field(default_factory=Spellings)
    agreeing: int = 0
    latency_p50: float | None = None

    @property
    def labelled_share(self) -> float:
        """Share of the predictions that have a label."""
        return self.labelled / self.rows if self.rows else 0.0


def survey(connection: sa.Connection, log: MappedLog, as_of: datetime) -> Survey:
    """Read the whole log once for each question."""
    repeated = has_repeated_ids(connection, log, None, as_of)
    optional = _optional(log)
    nulls = [_is_null(log, name).label(f"null_{i}") for i, name in enumerate(optional.values())]
    predictions = predictions_cte(log, as_of, buckets=None, repeated=repeated, extra=nulls)
    joined = joined_cte(log, predictions, as_of, engine_of(connection), restrict=False)
    with staged(connection, joined, ("epoch",)) as row:
        versions = _versions(connection, row)
        rows = sum(version.n for version in versions)
        classes, agreeing = _classes(connection, row)
        latency = _median_latency(connection, row) if log.predictions.logs_latency else None
        delay = None if log.labels is None else _delay(connection, row)
        columns = _columns(connection, row, optional, rows)
    return Survey(
        rows=rows,
        first_at=min((version.first_seen for version in versions), default=None),
        last_at=max((version.last_seen for version in versions), default=None),
        classes=classes,
        versions=versions,
        labelled=sum(each.labelled for each in classes),
        label_rows=_label_rows(connection, log, as_of),
        delay=delay,
        columns=columns,
        problems=tuple(ProblemSurvey(kind, n) for kind, n in whole_log_problems(connection, log, as_of).most_common()),
        notices=log.notices,
        spellings=log.spellings,
        agreeing=agreeing,
        latency_p50=latency,
    )


def _classes(connection: sa.Connection, row: sa.FromClause) -> tuple[tuple[ClassSurvey, ...], int]:
    """The classes, and how many labels are as predicted."""
    statement = sa.select(row.c.predicted, row.c.label, sa.func.count()).group_by(row.c.predicted, row.c.label)
    predicted: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    agreeing = 0
    for name, label, n in connection.execute(statement):
        predicted[name] += n
        labelled[label] += n if label is not None else 0
        agreeing += n if label == name else 0
    names = (predicted.keys() | labelled.keys()) - {None}
    found = [ClassSurvey(name, predicted[name], labelled[name]) for name in names]
    return tuple(sorted(found, key=lambda each: (-each.predicted, -each.labelled, each.name))), agreeing


def _versions(connection: sa.Connection, row: sa.FromClause) -> tuple[VersionSurvey, ...]:
    key = (row.c.model_version, row.c.prompt_version)
    statement = sa.select(*key, sa.func.count(), sa.func.min(row.c.epoch), sa.func.max(row.c.epoch))
    found = [
        VersionSurvey(model, prompt, n, from_epoch(first), from_epoch(last))
        for model, prompt, n, first, last in connection.execute(statement.group_by(*key))
    ]
    return tuple(sorted(found, key=lambda version: (version.first_seen, version.model_version, version.prompt_version)))


def _label_rows(connection: sa.Connection, log: MappedLog, as_of: datetime) -> int:
    if log.labels is None:
        return 0
    statement = sa.select(sa.func.count()).select_from(log.labels.source)
    return connection.execute(statement.where(log.labels.at.until(as_of), log.labels.label.is_not(None))).scalar_one()


def _delay(connection: sa.Connection, row: sa.FromClause) -> DelayQuantiles | None:
    bin_ = row.c.delay_bin
    statement = sa.select(bin_, sa.func.count()).where(bin_.is_not(None)).group_by(bin_).order_by(bin_)
    bins = [(int(bin_), int(n)) for bin_, n in connection.execute(statement)]
    return DelayQuantiles(_quantile(bins, 0.5, DELAY_BASE), _quantile(bins, 0.9, DELAY_BASE)) if bins else None


def _median_latency(connection: sa.Connection, row: sa.FromClause) -> float | None:
    bin_ = row.c.latency_bin
    statement = sa.select(bin_, sa.func.count()).where(bin_.is_not(None)).group_by(bin_).order_by(bin_)
    bins = [(int(bin_), int(n)) for bin_, n in connection.execute(statement)]
    return _quantile(bins, 0.5, LATENCY_BASE) if bins else None


def _quantile(bins: Sequence[tuple[int, int]], share: float, base: float) -> float:
    """Return the middle (on the log scale) of the bin that holds the quantile."""
    rank = share * sum(n for _, n in bins)
    below = 0
    for bin_, n in bins:
        below += n
        if below >= rank:
            return float(base ** (bin_ + 0.5))
    return float(base ** (bins[-1][0] + 0.5))


def _optional(log: MappedLog) -> dict[str, str]:
    mapped = {meaning: name for meaning, name in log.predictions.columns.items() if meaning not in _REQUIRED}
    return mapped | {f"segment {name}": name for name in log.segments}


def _is_null(log: MappedLog, name: str) -> sa.ColumnElement[Any]:
    return sa.case((log.predictions.relation.column(name).is_(None), 1), else_=0)


def _columns(
    connection: sa.Connection, row: sa.FromClause, optional: dict[str, str], rows: int
) -> tuple[ColumnSurvey, ...]:
    if not optional:
        return ()
    sums = [sa.func.coalesce(sa.func.sum(row.c[f"null_{i}"]), 0) for i in range(len(optional))]
    found: Iterable[int] = connection.execute(sa.select(*sums)).one()
    shares = [int(n) / rows if rows else 0.0 for n in found]
    return tuple(ColumnSurvey(*pair, share) for pair, share in zip(optional.items(), shares, strict=True))

"""Predictions without a label: how many there are of each stratum, and a bounded draw of them by given numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from checks.counts.cells import NO_BAND, OutcomeCell
from checks.label_queue.allocation import Stratum
from monitor.log.counting.counting import has_repeated_ids
from monitor.log.counting.joined import joined_cte
from monitor.log.counting.rows import predictions_cte
from monitor.log.counting.staging import staged
from monitor.log.counts import MILLION
from monitor.log.engines.constructs import Md5
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import MappedLog
from monitor.log.mapping.moment import from_epoch


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: predictions of these buckets (starts in epoch seconds, in order), as known at `as_of`."""

    buckets: tuple[int, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Population:
    """The predictions of a scope: all of them by stratum and label, and how many of each stratum can be drawn.

    A prediction can be drawn if it has an id and no label.
    """

    cells: tuple[OutcomeCell, ...]
    unlabelled: Mapping[Stratum, int]


@dataclass(frozen=True, slots=True)
class DrawnPrediction:
    """One logged row that has no label; None for what is not known or not mapped. `at` is UTC."""

    id: str
    at: datetime
    stratum: Stratum
    confidence: float | None
    text: str | None


def population(connection: sa.Connection, log: MappedLog, scope: Scope) -> Population:
    """Count the predictions of a scope."""
    with staged(connection, _joined(connection, log, scope)) as joined:
        return _population(connection, _banded(log, joined))


def _population(connection: sa.Connection, row: sa.FromClause) -> Population:
    key = (row.c.predicted, row.c.band, row.c.label)
    statement = sa.select(
        *key,
        sa.func.count(),
        sa.func.count(row.c.id),
        sa.func.sum(row.c.weight),
        sa.func.sum(row.c.weight * row.c.weight),
        sa.func.sum(row.c.millionths),
        sa.func.sum(row.c.designed),
    ).group_by(*key)
    cells: list[OutcomeCell] = []
    unlabelled: Counter[Stratum] = Counter()
    for predicted, band, label, n, with_id, weight, squared, millionths, designed in connection.execute(statement):
        confidence = float(millionths) / MILLION
        sums = (weight, squared)
        cells.append(OutcomeCell(predicted, label, n, *sums, band=band, confidence=confidence, designed=int(designed)))
        if label is None and with_id:
            unlabelled[Stratum(predicted, band)] = with_id
    return Population(tuple(sorted(cells, key=_place)), unlabelled)


def draw(
    connection: sa.Connection, log: MappedLog, scope: Scope, numbers: Mapping[Stratum, int], salt: str
) -> tuple[DrawnPrediction, ...]:
    """Draw that many unlabelled predictions of each stratum, those whose MD5 of salt and id is least.

    The same each time for one salt; with another one a draw that has nothing to do with it. In no stratum's favour:
    each of its predictions is drawn with the same chance.
    """
    wanted = {stratum: n for stratum, n in numbers.items() if n}
    if not wanted:
        return ()
    with staged(connection, _joined(connection, log, scope), ("id", "epoch", "confidence")) as joined:
        rows = _drawn(connection, _banded(log, joined), wanted, salt)
    texts = _texts(connection, log, rows, scope.as_of)
    return tuple(
        DrawnPrediction(
            id=found["id_text"],
            at=from_epoch(found["epoch"]),
            stratum=Stratum(found["predicted"], found["band"]),
            confidence=found["confidence"],
            text=texts.get((found["id_text"], found["epoch"])),
        )
        for found in rows
    )


def _drawn(
    connection: sa.Connection, row: sa.FromClause, wanted: Mapping[Stratum, int], salt: str
) -> Sequence[sa.RowMapping]:
    number = sa.values(sa.column("predicted", sa.Text), sa.column("band", sa.Integer), sa.column("n", sa.Integer))
    numbered = number.data([(*stratum, n) for stratum, n in wanted.items()]).cte("wanted")
    id_text = sa.cast(row.c.id, sa.Text)
    lot = Md5(sa.literal(salt, sa.Text) + id_text)
    place = sa.func.row_number().over(partition_by=(row.c.predicted, row.c.band), order_by=(lot, id_text))
    unlabelled = sa.and_(row.c.label.is_(None), row.c.id.is_not(None))
    columns = (row.c.predicted, row.c.epoch, row.c.confidence)
    ranked = (
        sa.select(id_text.label("id_text"), *columns, row.c.band, lot.label("lot"), place.label("place"))
        .where(unlabelled)
        .cte("ranked")
    )
    same = sa.and_(numbered.c.predicted == ranked.c.predicted, numbered.c.band == ranked.c.band)
    statement = sa.select(ranked).select_from(ranked.join(numbered, same)).where(ranked.c.place <= numbered.c.n)
    return connection.execute(statement.order_by(ranked.c.lot, ranked.c.id_text)).mappings().all()


def _texts(
    connection: sa.Connection, log: MappedLog, rows: Sequence[sa.RowMapping], as_of: datetime
) -> dict[tuple[str, float], str]:
    """The messages of the drawn rows alone, by id and time: those of all rows may be many gigabytes."""
    if not rows or "text" not in log.predictions.columns:
        return {}
    p = log.predictions
    id_text = sa.cast(p.id, sa.Text)
    statement = sa.select(id_text, p.at.epoch, p.text("text")).select_from(p.source)
    here = statement.where(p.at.until(as_of), id_text.in_([row["id_text"] for row in rows]))
    return {(key, epoch): text for key, epoch, text in connection.execute(here)}


def _joined(connection: sa.Connection, log: MappedLog, scope: Scope) -> sa.CTE:
    """The predictions that count, with their labels: the rows that the count of these buckets is of."""
    repeated = has_repeated_ids(connection, log, scope.buckets, scope.as_of)
    predictions = predictions_cte(log, scope.as_of, buckets=scope.buckets, repeated=repeated)
    return joined_cte(log, predictions, scope.as_of, engine_of(connection), restrict=True)


def _banded(log: MappedLog, row: sa.FromClause) -> sa.FromClause:
    """The rows, with the band of those without a confidence where none is logged."""
    if log.predictions.logs_confidence:
        return row
    no_band, nothing = sa.literal(NO_BAND, sa.Integer), sa.literal(0, sa.BigInteger)
    return sa.select(row, no_band.label("band"), nothing.label("millionths")).cte("unbanded")


def _place(cell: OutcomeCell) -> tuple[Any, ...]:
    return cell.predicted, cell.band, cell.label is not None, cell.label or ""

"""All counts of some buckets, over rows that are joined once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.log.counting.columns import NO_NAME, Block
from monitor.log.counting.joined import joined_cte
from monitor.log.counting.labellers import labeller_parts
from monitor.log.counting.one_pass import in_one_pass
from monitor.log.counting.parts import NAMES, apart_parts, count_parts, row_problem_parts
from monitor.log.counting.rows import predictions_cte, repeated_ids
from monitor.log.counting.samples import LogExamples, shown
from monitor.log.counting.staging import coded, in_halves, runs, stage_codes, stage_names, stage_rows, staged, unstage
from monitor.log.counting.tally import Cells, Tally
from monitor.log.counts import BucketCounts, ProblemRow
from monitor.log.engines.duckdb_databases import HELD_MUCH
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import Dated, MappedLog
from monitor.log.mapping.moment import Moment
from monitor.log.problems import ProblemKind

AHEAD: Final = timedelta(days=1)
"""How far ahead of `as_of` a time may be dated before it is a problem: clocks differ, and a zone may be left out."""

FEW_BUCKETS: Final = 200
"""Buckets whose rows are not counted beforehand: what changes between two looks is less, and memory tells if not."""

STAGED_ROWS: Final = 4_000_000
"""Joined rows that DuckDB holds at once, in memory or on disk: 100 to 200 bytes each."""

SORTED_ROWS: Final = 1_500_000
"""Joined rows above which they are put in the order of their buckets: they do not stay in memory, and each grouping of
some buckets would read all of them from disk. To sort four million takes 5 s, and groupings a third of the time."""

CELLS_AT_ONCE: Final = 250_000
"""Cells that one grouping may give at most, where each prediction were a cell of its own: some thirty megabytes."""

FEW_ROWS: Final = 20_000
"""Rows whose groupings fit into memory together; one statement of them costs less than several."""

_ROWS_AT_ONCE: Final = 20_000  # fetched; the driver makes a tuple of each before it becomes a row of ours


def count(
    connection: sa.Connection, log: MappedLog, buckets: Sequence[int], as_of: datetime, spill_folder: str | None = None
) -> BucketCounts:
    """Count the rows of these buckets as known at `as_of`; problems without a bucket are of the whole log."""
    everywhere = tuple(unplaced(connection, log, as_of))
    examples = LogExamples(connection, log, as_of)
    if not buckets:
        counts = BucketCounts((), (), (), (), everywhere)
        return replace(counts, notices=(*log.notices, *shown(examples, counts, ())))
    tally = Tally(log.segments, spill_folder)
    ordered = sorted(set(buckets))
    counted = _in_runs if engine_of(connection).joins_first else _at_once
    for cells in counted(_Counting(connection, log, as_of, tally), ordered):
        tally.add(cells)
    counts = tally.counts(ordered, everywhere)
    return replace(counts, notices=(*log.notices, *shown(examples, counts, ordered)))


class _Counting(NamedTuple):
    """What a count is made with."""

    connection: sa.Connection
    log: MappedLog
    as_of: datetime
    tally: Tally


def _at_once(counting: _Counting, ordered: Sequence[int]) -> Iterator[Cells]:
    """The cells of all groupings, from one statement."""
    connection, log, as_of, tally = counting
    everything = _are_everything(connection, log, ordered, as_of)
    repeated = has_repeated_ids(connection, log, None if everything else ordered, as_of)
    predictions = predictions_cte(log, as_of, buckets=ordered, repeated=repeated)
    row = joined_cte(log, predictions, as_of, engine_of(connection), restrict=not everything)
    apart = apart_parts(predictions if repeated else None, log, ordered, as_of)
    groupings = (grouping for _, grouping in count_parts(row, log))
    labellers = labeller_parts(predictions, log, as_of, restrict=not everything)
    parts = in_one_pass((*groupings, *row_problem_parts(row, log), *apart, *labellers), engine_of(connection))
    for rows in _fetch(connection, sa.union_all(*parts)):
        yield tally.sort(rows)


def _in_runs(counting: _Counting, ordered: Sequence[int]) -> Iterator[Cells]:
    """The cells of all groupings from DuckDB, over rows that are joined once for as many buckets as fit."""
    connection, log, as_of, _ = counting
    sizes = _rows_by_bucket(connection, log, as_of) if len(ordered) > FEW_BUCKETS else {}
    for stage in runs(ordered, sizes, STAGED_ROWS):
        for held in in_halves(connection, stage, partial(_stage, counting, ordered)):
            yield held.apart
            for grouped in _groupings(counting, held):
                for run in runs(held.buckets, sizes, CELLS_AT_ONCE):
                    yield from in_halves(connection, run, grouped)
    unstage(connection)


class _Staged(NamedTuple):
    """Joined rows of these buckets in a temporary table, and the counts that are not of them.

    Where they are many, their problems are counted too, and they have numbers in the place of names: `codes` are those
    that the tally has for the same names.
    """

    buckets: Sequence[int]
    row: sa.FromClause
    apart: Cells
    codes: NDArray[np.int32] | None


def _stage(counting: _Counting, ordered: Sequence[int], buckets: Sequence[int]) -> _Staged:
    connection, log, as_of, tally = counting
    everything = len(buckets) == len(ordered) and _are_everything(connection, log, buckets, as_of)
    repeated = has_repeated_ids(connection, log, None if everything else buckets, as_of)
    predictions = predictions_cte(log, as_of, buckets=buckets, repeated=repeated)
    joined = joined_cte(log, predictions, as_of, engine_of(connection), restrict=not everything)
    apart = apart_parts(predictions if repeated else None, log, buckets, as_of)
    labellers = labeller_parts(predictions, log, as_of, restrict=not everything)
    found = tally.sort(_rows(connection, together((*apart, *labellers))))
    row = stage_rows(connection, joined)
    rows = connection.execute(sa.select(sa.func.count()).select_from(row)).scalar_one()
    if rows <= FEW_ROWS:
        return _Staged(buckets, row, found, None)
    connection.info[HELD_MUCH] = True
    found.problems.extend(tally.sort(_rows(connection, together(row_problem_parts(row, log)))).problems)
    names = stage_names(connection, row, len(log.segments))
    order = "bucket" if rows > SORTED_ROWS else None
    coded_row = stage_codes(connection, row, names, len(log.segments), order)
    known = connection.execute(sa.select(names.c.name).order_by(names.c.code)).scalars()
    return _Staged(buckets, coded_row, found, tally.names.codes(known))


def _groupings(counting: _Counting, held: _Staged) -> Iterator[Callable[[Sequence[int]], Cells]]:
    """What counts some of the staged buckets: where there are many rows, each grouping by itself.

    So each has all memory to itself, and its cells are let go of before those of the next one come.
    """
    if held.codes is None:
        yield partial(_all_grouped, counting, held)
        return
    for part, _ in count_parts(held.row, counting.log):
        yield partial(_grouped, counting, held, held.codes, part)


def _all_grouped(counting: _Counting, held: _Staged, buckets: Sequence[int]) -> Cells:
    """All groupings of the staged rows of these buckets, which follow each other, and their problems."""
    connection, log, _, tally = counting
    here = _here(held, buckets)
    groupings = (grouping for _, grouping in count_parts(here, log))
    return tally.sort(_rows(connection, together((*groupings, *row_problem_parts(here, log)))))


def _grouped(counting: _Counting, held: _Staged, codes: NDArray[np.int32], part: int, buckets: Sequence[int]) -> Cells:
    """One grouping of the staged rows of these buckets, which follow each other."""
    grouping = dict(count_parts(_here(held, buckets), counting.log))[part]
    block = _block(counting.connection, grouping, codes)
    return counting.tally.columns(part, block)


def _here(held: _Staged, buckets: Sequence[int]) -> sa.CTE:
    return sa.select(held.row).where(held.row.c.bucket.between(buckets[0], buckets[-1])).cte("here")


def _block(connection: sa.Connection, grouping: sa.Select[Any], codes: NDArray[np.int32]) -> Block:
    """The columns of a grouping, its names as codes of the tally."""
    with_none = np.append(codes, np.int32(NO_NAME))  # where NO_NAME finds it
    statement, alike = coded(grouping)
    cursor: Any = connection.execute(statement).cursor  # the driver's own
    found = cursor.fetchnumpy()
    size = found["bucket"].size
    columns = found | {name: np.broadcast_to(value, size) for name, value in alike.items()}
    return {name: _named(column, with_none) if name in NAMES else column for name, column in columns.items()}


def _named(column: NDArray[Any], codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """The code of each row, without memory where all rows have the same."""
    return codes[column] if any(column.strides) else np.broadcast_to(codes[column[:1]], column.size)


def _rows_by_bucket(connection: sa.Connection, log: MappedLog, as_of: datetime) -> dict[int, int]:
    at = log.predictions.at
    bucket = at.bucket(log.bucket).label("bucket")
    rows = sa.select(bucket, sa.func.count()).select_from(log.predictions.source)
    return dict(connection.execute(rows.where(at.until(as_of)).group_by(bucket)).all())


def whole_log_problems(connection: sa.Connection, log: MappedLog, as_of: datetime) -> Counter[str]:
    """Count the problems of the whole log, by kind."""
    repeated = has_repeated_ids(connection, log, None, as_of)
    predictions = predictions_cte(log, as_of, buckets=None, repeated=repeated)
    row = joined_cte(log, predictions, as_of, engine_of(connection), restrict=False)
    found: Counter[str] = Counter()
    with staged(connection, row) as held:
        apart = apart_parts(predictions if repeated else None, log, None, as_of)
        parts = in_one_pass((*row_problem_parts(held, log), *apart), engine_of(connection))
        for row_found in _rows(connection, together(parts)):
            found[row_found[2]] += row_found[8]
    for problem in unplaced(connection, log, as_of):
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
    if found is None or (found[1] - found[0]) // log.bucket >= len(buckets):
        return False
    return set(range(found[0], found[1] + 1, log.bucket)).issubset(buckets)


def together(parts: Iterable[sa.Select[Any]]) -> Sequence[sa.CompoundSelect[Any]]:
    """One statement of all of them; none where there are none."""
    several = tuple(parts)
    return (sa.union_all(*several),) if several else ()


def _rows(
    connection: sa.Connection, statements: Iterable[sa.Select[Any] | sa.CompoundSelect[Any]]
) -> Iterator[Sequence[Any]]:
    """The rows of one statement after the other."""
    for statement in statements:
        for rows in _fetch(connection, statement):
            yield from rows


def _fetch(
    connection: sa.Connection, statement: sa.Select[Any] | sa.CompoundSelect[Any]
) -> Iterator[Sequence[Sequence[Any]]]:
    cursor = connection.execute(statement).cursor  # the driver's own: SQLAlchemy's rows cost as much as the query
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield rows


def unplaced(connection: sa.Connection, log: MappedLog, as_of: datetime) -> Iterator[ProblemRow]:
    """Count the rows of the whole log that belong to no bucket."""
    predictions = log.predictions
    null_time, future, implausible = _timeless(connection, predictions, as_of, sa.true())
    found = {
        ProblemKind.NULL_TIME: null_time,
        ProblemKind.FUTURE_TIME: future,
        ProblemKind.IMPLAUSIBLE_TIME: implausible,
    }
    malformed = predictions.relation.malformed
    if log.labels is not None:
        labelled = log.labels.label.is_not(None) if log.labels.in_predictions else sa.true()
        null_time, future, implausible = _timeless(connection, log.labels, as_of, labelled)
        found |= {
            ProblemKind.NULL_LABEL_TIME: null_time,
            ProblemKind.FUTURE_LABEL_TIME: future,
            ProblemKind.IMPLAUSIBLE_LABEL_TIME: implausible,
        }
        malformed += 0 if log.labels.in_predictions else log.labels.relation.malformed
    found[ProblemKind.MALFORMED_LINE] = malformed
    found[ProblemKind.NO_LABEL] = sum(log.spellings.refused.values())
    return (ProblemRow(None, kind, n) for kind, n in found.items() if n)


def _timeless(
    connection: sa.Connection, rows: Dated, as_of: datetime, condition: sa.ColumnElement[bool]
) -> tuple[int, int, int]:
    """How many rows have no readable time, one of the future, one that cannot be."""
    kinds = (rows.at.unreadable, rows.at.after(as_of + AHEAD), rows.at.implausible)
    counts = sa.select(*(sa.func.count(sa.case((kind, 1))) for kind in kinds)).select_from(rows.source)
    found = connection.execute(counts.where(condition, rows.at.out_of_reach(as_of + AHEAD))).one()
    return found[0], found[1], found[2]

"""What tunewatch needs of a database that holds a log: everything that one engine does otherwise than another."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa

from config.source import DuckdbSettings
from monitor.log.kinds import ColumnKind
from monitor.log.times.times import TimeReading

SCHEMAS_AND_TABLES = (
    "SELECT NULLIF(table_schema, CAST(current_schema() AS varchar)), table_name FROM information_schema.tables "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_schema, table_name"
)
"""Of engines that have an information schema."""


Rows = TypeVar("Rows", bound=sa.GenerativeSelect)
Column = sa.ColumnElement[Any]


class LogEngine(ABC):
    """One engine. It has no state; `monitor.log.engines.registry` has one of each.

    The methods from `epoch` on make SQL of SQL: `monitor.log.engines.constructs` says what each must mean.
    """

    name: ClassVar[str]
    """Name of the engine in SQLAlchemy's URLs and dialects."""
    suffixes: ClassVar[tuple[str, ...]] = ()
    """Ends of the names of files that hold such a database."""
    joins_first: ClassVar[bool] = False
    """Whether rows are joined in a temporary table before they are grouped: for an engine that would join for each
    grouping anew, or run out of memory where one statement has them all."""
    plans_slowly: ClassVar[bool] = False
    """Whether a statement of many parts takes longer to plan than to run."""
    tables_sql: ClassVar[str] = SCHEMAS_AND_TABLES
    """Rows of the schema (NULL for that which needs no naming) and name of each table and view."""

    @abstractmethod
    def open(self, url: sa.URL, duckdb: DuckdbSettings) -> sa.Engine:
        """Return an engine whose connections cannot write, each transaction of which sees one snapshot.

        Nothing is connected yet. Raises SourceError where the URL names a file that is not there.
        """

    def begin(self, connection: sa.Connection) -> None:  # noqa: B027 - most need nothing
        """Do what a new transaction needs."""

    def end(self, connection: sa.Connection) -> None:  # noqa: B027 - most need nothing
        """Look whether what was read can be believed. Raises SourceError where it cannot."""

    def words(self, error: sa.exc.DBAPIError) -> str:
        """What the engine said, in one line, without the statement."""
        return " ".join(str(error.orig).split()) or type(error.orig).__name__

    def hint(self, said: str) -> str:  # noqa: ARG002 - one that knows its errors needs it
        """What a person does about an error of the engine; "" where that is not known."""
        return ""

    def blames_query(self, error: sa.exc.DBAPIError) -> bool:
        """Whether an error that a query met with is of the query, rather than of the way to the engine."""
        return not isinstance(error, sa.exc.OperationalError)

    @abstractmethod
    def describe(self, connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
        """The columns of what stands after FROM, in order."""

    def tables(self, connection: sa.Connection) -> list[tuple[str | None, str]]:
        """Schema and name of each table and view, the schema None where a table needs none to be found."""
        return [(schema, name) for schema, name in connection.exec_driver_sql(self.tables_sql)]

    def has_unicode(self, connection: sa.Connection) -> bool:  # noqa: ARG002 - a server asks it
        """Whether the engine knows that letters have forms."""
        return True

    def fenced(self, rows: Rows) -> Rows:
        """The rows so that what is computed in them is computed once, wherever it is used."""
        return rows

    def worked_out(self, cte: sa.CTE) -> sa.CTE:
        """The rows so that they are worked out once, however many parts of a statement read them."""
        return cte.prefix_with("MATERIALIZED")

    def first_of_each(self, key: Column, columns: Sequence[Column], order: Sequence[Column]) -> sa.Select[Any]:
        """Of the rows of one key, the first in that order; the key is one of the columns."""
        rank = sa.func.row_number().over(partition_by=key, order_by=order).label("nth")
        ranked = sa.select(*columns, rank).subquery()
        return sa.select(*(ranked.c[column.name] for column in columns)).where(ranked.c.nth == 1)

    @abstractmethod
    def epoch(self, x: str, kind: ColumnKind, reading: TimeReading) -> str:
        """See `constructs.EpochSeconds`."""

    @abstractmethod
    def number(self, x: str, kind: ColumnKind) -> str:
        """See `constructs.Number`."""

    @abstractmethod
    def matches(self, x: str, pattern: str, *, bare: bool) -> str:
        """See `constructs.Matches`."""

    @abstractmethod
    def tidy_id(self, x: str) -> str:
        """See `constructs.TidyId`."""

    def plain_text(self, x: str) -> str:
        """See `constructs.PlainText`."""
        return x

    @abstractmethod
    def inner_text(self, x: str, kind: ColumnKind) -> str:
        """See `constructs.InnerText`."""

    def reads_json_safely(self, connection: sa.Connection) -> bool:  # noqa: ARG002 - a server asks it
        """Whether a text that is no JSON does no harm where a path leads into it."""
        return True

    @abstractmethod
    def at_path(self, x: str, kind: ColumnKind, steps: Sequence[str | int], *, safely: bool) -> str:
        """See `constructs.AtPath`."""

    @abstractmethod
    def to_utc(self, epoch: str, zone: str) -> str:
        """See `constructs.ToUtc`."""

    @abstractmethod
    def row_digest(self, values: str) -> str:
        """See `constructs.RowDigest`; the values are divided by commas."""

    def md5(self, x: str) -> str:
        """See `constructs.Md5`."""
        return f"md5({x})"

    def bytewise(self, x: str) -> str:
        """See `constructs.BytewiseText`."""
        return x

    @abstractmethod
    def bounded_name(self, x: str) -> str:
        """See `constructs.BoundedName`."""

    @abstractmethod
    def has_zero(self, x: str) -> str:
        """See `constructs.HasZero`."""

    @abstractmethod
    def tidy_name(self, x: str, column: str, kind: ColumnKind, *, plain: bool, unicode: bool) -> str:
        """See `constructs.TidyName`."""

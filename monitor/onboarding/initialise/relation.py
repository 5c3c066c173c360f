"""What could be a log: a table, or files that belong together; and the few questions put to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from monitor.onboarding.initialise.values import Column

SAMPLE_ROWS: Final = 500  # enough to tell kinds of values apart
COUNTED_ROWS: Final = 100_000  # over which values are counted, so that a class that comes late is seen
SAMPLE_IDS: Final = 500
MOST_GROUPS: Final = 300


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows with columns. `table` is a name such as `schema.name`, or "" where `files` says which files hold the rows.

    `sql` is the relation as it stands after FROM.
    """

    sql: str
    columns: tuple[Column, ...] = ()
    table: str = ""
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How a person would call it."""
        return self.table or ", ".join(self.files)

    def column(self, name: str) -> Column:
        """Return a column by its name, which must be there."""
        return next(column for column in self.columns if column.name == name)

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows at all."""
        return not any(column.rows for column in self.columns)


class Questions:
    """Puts questions to one relation or two, through a connection that can only read."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def columns(self, sql: str) -> tuple[Column, ...]:
        """Return the columns with the values of some rows, and what is counted over more of them."""
        found = self._connection.exec_driver_sql(f"SELECT * FROM {sql} LIMIT {SAMPLE_ROWS}")  # noqa: S608 - see quoted
        names, rows = tuple(found.keys()), found.fetchall()
        seen = [Column(name, tuple(row[n] for row in rows if row[n] is not None)) for n, name in enumerate(names)]
        columns = self._counted(sql, seen, len(rows))
        return (*columns, *(inner for column in columns for inner in column.inside()))

    def _counted(self, sql: str, seen: Sequence[Column], rows: int) -> tuple[Column, ...]:
        """The columns with their counts: of what was seen where no more rows can be read."""
        if not seen or rows < SAMPLE_ROWS:
            return tuple(replace(column, rows=rows, filled=len(column.values)) for column in seen)
        counts = ["COUNT(*)"]
        for column in seen:
            name = self.quoted(column.name)
            counts += [f"COUNT({name})", f"COUNT(DISTINCT CAST({name} AS TEXT))" if column.is_category else "0"]
        statement = f"SELECT {', '.join(counts)} FROM (SELECT * FROM {sql} LIMIT {COUNTED_ROWS}) AS counted"  # noqa: S608
        try:
            all_rows, *found = self._connection.exec_driver_sql(statement).one()
        except sa.exc.DBAPIError:  # a later row that cannot be read: whoever reads the log tells of it
            self._connection.rollback()
            return tuple(replace(column, rows=rows, filled=len(column.values)) for column in seen)
        return tuple(
            replace(column, rows=int(all_rows), filled=int(filled), different=int(different))
            for column, filled, different in zip(seen, found[::2], found[1::2], strict=True)
        )

    def rows(self, relation: Relation) -> int:
        """Return how many rows there are."""
        return int(self._connection.exec_driver_sql(f"SELECT COUNT(*) FROM {relation.sql}").scalar_one())  # noqa: S608

    def classes(self, relation: Relation, column: str) -> dict[str, int]:
        """Return how many rows each value of the column has, most first; of values inside JSON, of those seen."""
        if relation.column(column).inside_of:
            return dict(Counter(map(str, relation.column(column).values)).most_common(MOST_GROUPS))
        name = self.quoted(column)
        rows = self._connection.exec_driver_sql(
            f"SELECT CAST({name} AS TEXT), COUNT(*) AS n FROM {relation.sql} WHERE {name} IS NOT NULL "  # noqa: S608
            f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {MOST_GROUPS}"
        )
        return {value: int(n) for value, n in rows if value}

    def names(self, relation: Relation, column: str, where: Mapping[str, Any]) -> dict[str, int]:
        """Return how many rows have each value of a column, of those with the values of `where`; none on an error."""
        conditions = [self._is(name, value) for name, value in where.items() if not name.endswith("?")]
        name, condition = self.quoted(column), " AND ".join((f"{self.quoted(column)} IS NOT NULL", *conditions))
        try:
            rows = self._connection.exec_driver_sql(
                f"SELECT CAST({name} AS TEXT), COUNT(*) AS n FROM {relation.sql} WHERE {condition} "  # noqa: S608
                f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {MOST_GROUPS}"
            ).fetchall()
        except sa.exc.DBAPIError:
            self._connection.rollback()
            return {}
        return {value: int(n) for value, n in rows if value}

    def _is(self, column: str, value: object) -> str:
        if value is None:
            return f"{self.quoted(column)} IS NULL"
        if isinstance(value, str):
            return f"{self.quoted(column)} = '" + value.replace("'", "''") + "'"
        return f"{self.quoted(column)} = {value}".upper() if isinstance(value, bool) else "TRUE"

    def span(self, relation: Relation, column: str) -> tuple[str, str]:
        """Return the first and the last time as text to the minute, "" where they are not written as dates."""
        if relation.column(column).inside_of:
            return "", ""
        name = self.quoted(column)
        row = self._connection.exec_driver_sql(f"SELECT MIN({name}), MAX({name}) FROM {relation.sql}").one()  # noqa: S608
        first, last = (str(value)[:16].replace("T", " ") for value in row)
        return (first, last) if first[:4].isdigit() and first[4:5] == "-" else ("", "")

    def share_found(self, ids: Relation, id_column: str, among: Relation, among_column: str) -> float:
        """Return the share of some ids of one relation that are ids of the other, 0 to 1."""
        one, other = self.quoted(id_column), self.quoted(among_column)
        drawn = f"SELECT DISTINCT CAST({one} AS TEXT) AS id FROM {ids.sql} WHERE {one} IS NOT NULL LIMIT {SAMPLE_IDS}"  # noqa: S608
        found = f"CASE WHEN id IN (SELECT CAST({other} AS TEXT) FROM {among.sql}) THEN 1.0 ELSE 0.0 END"  # noqa: S608
        share = self._connection.exec_driver_sql(f"SELECT AVG({found}) FROM ({drawn}) AS drawn").scalar()  # noqa: S608
        return float(share or 0)

    def quoted(self, name: str) -> str:
        """Return an identifier as it is safe in a statement of this engine."""
        return self._connection.dialect.identifier_preparer.quote_identifier(name)

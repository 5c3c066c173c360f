"""SQLAlchemy's constructs in the SQL of ClickHouse, as the other engines mean them. Needs its driver, an extra."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from clickhouse_connect.cc_sqlalchemy.sql.compiler import ChStatementCompiler


class NullableCompiler(ChStatementCompiler):  # type: ignore[misc, unused-ignore]
    """Casts keep NULL, lengths are of characters, and times have their fractions."""

    def visit_cast(self, cast: sa.Cast[Any], **kw: Any) -> str:  # noqa: ANN401 - passed through
        """A type that is not Nullable refuses NULL."""
        kind, clause = cast.type, cast.clause
        if (
            isinstance(kind, sa.TIMESTAMP)
            and isinstance(clause, sa.BindParameter)
            and isinstance(clause.value, datetime)
        ):
            return _moment(clause.value)
        name = next(name for each, name in _NAMES if isinstance(kind, each))
        inner = self.process(clause, **kw)
        if isinstance(kind, sa.String) and not isinstance(clause, sa.sql.elements.Null):
            return f"toValidUTF8(toString({inner}))"
        return f"CAST({inner} AS Nullable({name}))"

    def visit_length_func(self, function: sa.sql.functions.Function[Any], **kw: Any) -> str:  # noqa: ANN401
        """Of characters."""
        return f"lengthUTF8{self.function_argspec(function, **kw)}"

    def visit_substr_func(self, function: sa.sql.functions.Function[Any], **kw: Any) -> str:  # noqa: ANN401
        """Of characters."""
        return f"substringUTF8{self.function_argspec(function, **kw)}"


_NAMES = (
    (sa.BigInteger, "Int64"),
    (sa.Integer, "Int32"),
    (sa.Double, "Float64"),
    (sa.Boolean, "Bool"),
    (sa.String, "String"),
)


def _moment(value: datetime) -> str:
    utc = value.astimezone(UTC) if value.tzinfo else value
    return f"toDateTime64('{utc:%Y-%m-%d %H:%M:%S.%f}', 6, 'UTC')"


def with_compiler(engine: sa.Engine) -> sa.Engine:
    """The engine, whose statements are compiled so."""
    engine.dialect.statement_compiler = NullableCompiler
    return engine

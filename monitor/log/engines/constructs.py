"""The functions that every engine spells differently, one construct each; the spelling is the engine's.

A name (`TidyName`) is a version, a segment value or a source: one spelling of each, the same on every engine. White
space around it and the form of its Unicode letters mean nothing. In a column of numbers 3.0 is 3: one whose type says
so, or whose texts are whole numbers only, some with .0 and some without, as where one writer had a gap in the column
and another had none. Any other text stays as it is: versions 1.1 and 1.10 are two, and 2.0 is named so.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from monitor.log.engines.engine import LogEngine
from monitor.log.engines.registry import engine_named
from monitor.log.kinds import ColumnKind
from monitor.log.times.times import TimeReading

Value = TypeVar("Value")


class Spelt(FunctionElement[Value]):
    """A function that is compiled by the engine of the dialect."""

    inherit_cache = False

    @abstractmethod
    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """SQL of the function, of the SQL of its arguments."""


@compiles(Spelt)
def _compile(element: Spelt[Any], compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - passed through
    arguments = [compiler.process(part, **kw) for part in element.clauses]
    return element.spell(engine_named(compiler.dialect.name), arguments)


class _OfColumn(Spelt[Any]):
    """A function of one column whose kind decides the SQL."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any], kind: ColumnKind) -> None:
        super().__init__(column)
        self.kind = kind


class EpochSeconds(_OfColumn):
    """Seconds since 1970-01-01 UTC, exact to the microsecond; NULL for what cannot be read as a time.

    `reading` says what is known of how texts write their times.
    """

    name = "epoch_seconds"
    inherit_cache = False  # the kind would have to be in the key
    type = sa.Double()

    def __init__(self, column: sa.ColumnElement[Any], kind: ColumnKind, reading: TimeReading) -> None:
        super().__init__(column, kind)
        self.reading = reading

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.epoch(arguments[0], self.kind, self.reading)


class Number(_OfColumn):
    """The value as a double; NULL for what cannot be read as one. May be NaN or infinite."""

    name = "number"
    inherit_cache = False
    type = sa.Double()

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.number(arguments[0], self.kind)


class Matches(Spelt[bool]):
    """Whether a regular expression matches all of a text; bare: without space around it, and in lower case."""

    name = "matches"
    type = sa.Boolean()
    inherit_cache = False

    def __init__(self, text: sa.ColumnElement[Any], pattern: str, *, bare: bool = False) -> None:
        super().__init__(text)
        self.pattern = pattern
        self.bare = bare

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.matches(arguments[0], self.pattern, bare=self.bare)


class TidyId(Spelt[str]):
    """An id as text, as every program would write it: whole numbers without .0, hex in small letters, no space."""

    name = "tidy_id"
    type = sa.Text()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.tidy_id(arguments[0])


class PlainText(Spelt[str]):
    """A column of texts as text: on an engine whose texts are bytes, what is no UTF-8 is replaced."""

    name = "plain_text"
    type = sa.Text()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.plain_text(arguments[0])


class InnerText(_OfColumn):
    """The one text or number inside of JSON or a list, as text; what has several, as the engine writes it."""

    name = "inner_text"
    inherit_cache = False
    type = sa.Text()

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.inner_text(arguments[0], self.kind)


class AtPath(_OfColumn):
    """What stands at a path in JSON, a struct, a map or a list, as text; NULL where there is nothing, or JSON's null.

    A step is a key, `$` for the value itself, or a place in a list that counts from 0, or from its end below 0.
    Where a text on the way holds JSON, the path leads into it. What is no JSON has nothing at any path; where the
    engine cannot be asked whether it is (see `LogEngine.reads_json_safely`), it is an error of the engine.
    """

    name = "at_path"
    inherit_cache = False
    type = sa.Text()

    def __init__(
        self, column: sa.ColumnElement[Any], kind: ColumnKind, steps: Sequence[str | int], *, safely: bool
    ) -> None:
        super().__init__(column, kind)
        self.steps = tuple(steps)
        self.safely = safely

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.at_path(arguments[0], self.kind, self.steps, safely=self.safely)


class ToUtc(Spelt[float]):
    """Seconds since 1970 of a clock in a zone that was read as if it were UTC's, on that of UTC.

    Of an hour that the clock shows twice, the second counts, which is standard time.
    """

    name = "to_utc"
    type = sa.Double()
    inherit_cache = False

    def __init__(self, epoch: sa.ColumnElement[Any], zone: str) -> None:
        super().__init__(epoch)
        self.zone = zone

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.to_utc(arguments[0], self.zone)


class RowDigest(Spelt[int]):
    """A hash in [0, 2^31) of several values; NULLs take part. The same on one engine, differing between engines."""

    name = "row_digest"
    type = sa.BigInteger()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.row_digest(", ".join(arguments))


class Md5(Spelt[str]):
    """The MD5 of a text as 32 lower-case hexadecimal digits: a draw that every engine makes alike."""

    name = "md5"
    type = sa.Text()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.md5(arguments[0])


class BytewiseText(Spelt[str]):
    """A text that is compared by its bytes, whatever the collation of its database."""

    name = "bytewise"
    type = sa.Text()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.bytewise(arguments[0])


class BoundedName(Spelt[str]):
    """A text as the name that is kept of it."""

    name = "bounded_name"
    type = sa.Text()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.bounded_name(arguments[0])


class HasZero(Spelt[bool]):
    """Whether a text holds a zero character, which the history replaces."""

    name = "has_zero"
    type = sa.Boolean()
    inherit_cache = True

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        return engine.has_zero(arguments[0])


class TidyName(Spelt[str]):
    """A text as a name. `kind` is that of its column; with `plain`, its numbers are written without .0.

    Without `unicode`, the server keeps its texts in an encoding that has only one form of each letter.
    """

    name = "tidy_name"
    type = sa.Text()
    inherit_cache = False

    def __init__(
        self,
        text: sa.ColumnElement[Any],
        column: sa.ColumnElement[Any],
        kind: ColumnKind,
        *,
        plain: bool,
        unicode: bool,
    ) -> None:
        super().__init__(text, column)
        self.kind = kind
        self.plain = plain
        self.unicode = unicode

    def spell(self, engine: LogEngine, arguments: Sequence[str]) -> str:
        """The construct in the SQL of the engine."""
        text, column = arguments
        return engine.tidy_name(text, column, self.kind, plain=self.plain, unicode=self.unicode)

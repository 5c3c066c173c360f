"""The columns of the sampled rows that are compared, and which rows of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from checks.counts.shift import ColumnKind, Unjudged
from monitor.log.sampled import Samples, StudyRow

Value = str | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and how it is read off a row. `output`: the bot's own doing, compared within one version only."""

    name: str
    kind: ColumnKind
    read: Callable[[StudyRow], Value]
    output: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """The rows of a column that have a value, now and in the reference; or why there is nothing to compare."""

    column: Column
    current: tuple[StudyRow, ...]
    reference: tuple[StudyRow, ...]
    unjudged: Unjudged | None = None


def columns_of(samples: Samples) -> Iterator[Column]:
    """Columns that may be compared."""
    yield Column("text", ColumnKind.TEXT, lambda row: row.text)
    yield Column("text_length", ColumnKind.NUMBER, lambda row: row.text_length)
    yield Column("predicted", ColumnKind.CATEGORY, lambda row: row.predicted, output=True)
    yield Column("confidence", ColumnKind.NUMBER, lambda row: row.confidence, output=True)
    yield Column("response_length", ColumnKind.NUMBER, lambda row: row.response_length, output=True)
    yield Column("prompt_tokens", ColumnKind.NUMBER, lambda row: row.prompt_tokens, output=True)
    yield Column("completion_tokens", ColumnKind.NUMBER, lambda row: row.completion_tokens, output=True)
    for place, name in enumerate(samples.segments):
        yield Column(f"segments.{name}", ColumnKind.CATEGORY, partial(_segment, place))


def values_of(samples: Samples, column: Column) -> Values:
    """Rows of one column that are compared.

    What the bot puts out is compared within the pair of versions that answers most now: whether a new version is good
    is for labels to say, and that it answers in another way is no drift.
    """
    current, reference = _known(samples.current, column), _known(samples.reference, column)
    if not current and not reference:
        return Values(column, (), (), Unjudged.NOT_LOGGED)
    if not column.output:
        return Values(column, current, reference)
    version = _main_version(samples.current)
    reference = tuple(row for row in reference if _version(row) == version)
    unjudged = None if reference else Unjudged.NEW_VERSION
    return Values(column, tuple(row for row in current if _version(row) == version), reference, unjudged)


def _segment(place: int, row: StudyRow) -> str:
    return row.segments[place]


def _known(rows: Sequence[StudyRow], column: Column) -> tuple[StudyRow, ...]:
    return tuple(row for row in rows if (value := column.read(row)) is not None and value == value and value != "")  # noqa: PLR0124 - NaN


def _version(row: StudyRow) -> tuple[str, str]:
    return row.model_version, row.prompt_version


def _main_version(rows: Sequence[StudyRow]) -> tuple[str, str]:
    return Counter(_version(row) for row in rows).most_common(1)[0][0]

"""Columns of a log, by what they mean: a name, a path into JSON, or how its values are read."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from config.base import Name, Section
from config.errors import ImpossibleError

LatencyUnit = Literal["ns", "us", "ms", "s", "min"]
"""What a latency is counted in."""


def _form_of_column(value: Any) -> str:  # noqa: ANN401 - pydantic hands over whatever was written
    if isinstance(value, dict | Section):
        return "(section)"
    return "(names)" if isinstance(value, list | tuple) else "(name)"


Names = Annotated[tuple[Name, ...], Field(min_length=1)]
Column = Annotated[Annotated[Name, Tag("(name)")] | Annotated[Names, Tag("(names)")], Discriminator(_form_of_column)]
"""A column, a path into one (`output.intent`, `scores[0]`), or several of which the first that is not empty counts.

With ? at its end it may be missing from the log.
"""


class LatencyColumn(Section):
    """A latency that is not in milliseconds, or the time from a start to an end."""

    column: Column | None = None
    """Column, or path, of the latency."""
    unit: LatencyUnit | None = None
    """What it is counted in: ns, us, ms, s or min."""
    start: Column | None = None
    """When the answer began, with `end` in the place of `column`."""
    end: Column | None = None
    """When it was complete."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        ends = [name for name in ("start", "end") if getattr(self, name) is not None]
        if self.column is not None and ends:
            raise ImpossibleError(("", "needs column and unit, or start and end, but has both"))
        if self.column is not None and self.unit is None:
            raise ImpossibleError(("unit", "is missing; write ns, us, ms, s or min"))
        if self.column is None and len(ends) < 2:  # noqa: PLR2004 - both of them
            raise ImpossibleError(("", "needs column and unit, or start and end"))
        if ends and self.unit is not None:
            raise ImpossibleError(("unit", "is that of column; start and end are times"))
        return self


class ShareColumn(Section):
    """A share that is not from 0 to 1."""

    column: Column
    """Column, or path, of the share."""
    unit: Literal["share", "percent"]
    """`percent` is divided by 100, and a % behind the number is passed over."""


Latency = Annotated[
    Annotated[Name, Tag("(name)")] | Annotated[Names, Tag("(names)")] | Annotated[LatencyColumn, Tag("(section)")],
    Discriminator(_form_of_column),
]
ShareOf = Annotated[
    Annotated[Name, Tag("(name)")] | Annotated[Names, Tag("(names)")] | Annotated[ShareColumn, Tag("(section)")],
    Discriminator(_form_of_column),
]
Mapped = str | tuple[str, ...] | LatencyColumn | ShareColumn
"""How one meaning is mapped."""


class _Columns(Section):
    def mapped(self) -> dict[str, Mapped]:
        """Return the columns that the log has: meaning to how it is mapped."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if value is not None}


class PredictionColumns(_Columns):
    """Columns of the prediction log, by what they mean; a column that the log does not have stays unset.

    Each is a column, a path into JSON such as `output.intent` or `scores[0]`, or a list of these, of which the first
    that is not empty counts; one with ? at its end may be missing from the log.
    """

    id: Column
    """Identifies the prediction; the label log refers to it."""
    at: Column
    """When the prediction was made."""
    predicted: Column
    """The class that the chatbot chose: a column, or a path into JSON such as `output.intent`."""
    text: Column | None = None
    """The message of the user."""
    response: Column | None = None
    """The chatbot's answer."""
    confidence: ShareOf | None = None
    """How sure the chatbot was, 0 to 1, or `{column: c, unit: percent}`."""
    latency_ms: Latency | None = None
    """How long the answer took, in milliseconds. `latency: {column: c, unit: s}` or `{start: a, end: b}` otherwise."""
    model_version: Column | None = None
    """The model that answered."""
    prompt_version: Column | None = None
    """The prompt that it was given."""
    prompt_tokens: Column | None = None
    """Tokens read."""
    completion_tokens: Column | None = None
    """Tokens written."""
    relevance: ShareOf | None = None
    """How relevant the answer was, 0 to 1 (a thumb is 1 or 0, true or false); NULL where nobody judged it."""
    relevance_source: Column | None = None
    """Who or what judged the relevance, with its version, such as `judge-v2`; one is never compared with another."""
    sampling_fraction: Column | None = None
    """Share of the traffic that was logged, where it was sampled; refused where it differs from row to row."""

    @model_validator(mode="before")
    @classmethod
    def _latency_with_its_unit(cls, value: Any) -> Any:  # noqa: ANN401 - whatever was written
        """`latency` is another word for `latency_ms`, whose unit must be said."""
        if not isinstance(value, Mapping) or "latency" not in value:
            return value
        if value.get("latency_ms") is not None:
            raise ImpossibleError(("latency", "is another word for latency_ms; leave one of them out"))
        if not isinstance(value["latency"], Mapping | LatencyColumn):
            raise ImpossibleError(
                ("latency", "needs its unit: {column: latency, unit: s}; a column of milliseconds is latency_ms")
            )
        rest = {key: each for key, each in value.items() if key != "latency"}
        return rest | {"latency_ms": value["latency"]}

    @model_validator(mode="after")
    def _source_of_something(self) -> Self:
        if self.relevance_source is not None and self.relevance is None:
            raise ImpossibleError(("relevance_source", "says who judged the relevance; set relevance too"))
        return self


class LabelColumns(_Columns):
    """Columns of the label log, by what they mean."""

    id: Column
    """The prediction that is labelled."""
    label: Column
    """The true class; of several columns, the first that is not empty."""
    at: Column
    """When the label was given; of several labels of one prediction the latest counts."""
    labeller: Column | None = None
    """Who gave the label."""
    inclusion_probability: Column | None = None
    """The chance, above 0 and up to 1, with which this prediction was chosen for labelling."""


Scalar = bool | int | float | str | None
Values = Scalar | tuple[Scalar, ...]
"""A value of a column, or several; null stands for an empty one."""


class NewestRow(Section):
    """Which row counts where an export repeats rows that have changed."""

    of: Column
    """What such rows have in common: their id in that system."""
    by: Column
    """What is greatest in the row that counts, such as the time at which it was changed."""


class RowsSettings(Section):
    """A SELECT that makes rows of what is nested in the rows of files."""

    columns: Names
    """Columns of the files that it reads."""
    select: Name
    """One SELECT over them, as the table `log`, in the words of DuckDB."""


class ClassNames(Section):
    """How what a log calls its classes becomes the classes that are counted, in predictions and labels alike."""

    case: Literal["keep", "lower", "upper"] = "keep"
    """Capitals: as they are, or all small or all capital."""
    strip: str | None = None
    """Characters that are taken away from both ends, besides white space, such as `.!"`."""
    spaces: Literal["keep", "_", "-", " "] = "keep"
    """What spaces, `_` and `-` between words become."""
    map: dict[Name, Name | None] = Field(default_factory=dict)
    """What an answer is counted as, after the above; null: it names no class."""

    @field_validator("map", mode="before")
    @classmethod
    def _keys_are_texts(cls, value: Any) -> Any:  # noqa: ANN401 - YAML reads 1 and true otherwise than as text
        return {_as_text(key): each for key, each in value.items()} if isinstance(value, Mapping) else value

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.map or self.strip or self.case != _KEEP or self.spaces != _KEEP)


_KEEP: Final = "keep"


def _as_text(key: object) -> object:
    if isinstance(key, bool):
        return str(key).lower()
    return str(key) if isinstance(key, int | float) else key

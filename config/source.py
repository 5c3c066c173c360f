"""Where the prediction log and the label log are, and which of their columns mean what."""

import codecs
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, field_validator, model_validator
from sqlalchemy.engine import make_url

from config.base import Name, Section
from config.columns import ClassNames, LabelColumns, NewestRow, PredictionColumns, RowsSettings, Values
from config.errors import ImpossibleError
from config.object_storage import ObjectStorageSettings
from config.url import IN_MEMORY, DatabaseUrl, mask

__all__ = [
    "DuckdbSettings",
    "LabelColumns",
    "LabelRelation",
    "PredictionColumns",
    "PredictionRelation",
    "RelationSettings",
    "SourceSettings",
]

FILE_FORMATS: Final = ("parquet", "csv", "jsonl")
ONE_OF: Final = ("files", "table", "query")
OF_ROWS: Final = (*ONE_OF, "rows", "encoding", "where", "where_not", "newest")
"""Keys that say which rows there are."""
OF_TIMES: Final = ("day_first", "time_format", "time_unit", "time_zone")
"""Keys that say how times are written."""
NO_LABEL: Final = (
    "none",
    "nan",
    "null",
    "nil",
    "n/a",
    "na",
    "#n/a",
    "<na>",
    "nat",
    "undefined",
    "skip",
    "skipped",
    "empty",
    "blank",
    "unlabeled",
    "unlabelled",
    "-",
    "--",
    "?",
)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Files = Annotated[tuple[Name, ...], BeforeValidator(_as_list), Field(min_length=1)]
"""One path or glob, or a list of them."""


class RelationSettings(Section):
    """Rows: files, a table or a query, exactly one of the three."""

    files: Files | None = None
    """Path or glob of parquet, csv or jsonl files (or a list), read in place by DuckDB."""
    table: Name | None = None
    """Table or view, with its schema where it needs one: `schema.name`."""
    query: Name | None = None
    """A SELECT statement, read as if it were a table; files in it are relative to this file, as in `files`."""
    day_first: bool | None = None
    """Of a time such as 1/2/2026, whether the day comes first; learnt from the column where a number is past 12."""
    time_format: Name | None = None
    """How times are written, in the words of strptime, such as `%d.%m.%y %H:%M`; needed for unusual ways only."""
    time_unit: Literal["s", "ms", "us", "ns"] | None = None
    """What times that are numbers are counted in since 1970; unset, whichever puts a number in our age."""
    time_zone: Name | None = None
    """Zone of times that name none, such as Europe/Berlin; unset, UTC."""
    encoding: Name | None = None
    """Encoding of the csv and jsonl files, such as cp1252; unset, UTF-8 or what the bytes of a file tell."""
    where: dict[Name, Values] = Field(default_factory=dict)
    """Rows that are read: of each column (or path) the value, or the list of values, that they have; null is empty."""
    where_not: dict[Name, Values] = Field(default_factory=dict)
    """Rows that are left out: those with this value, or one of these, in any of these columns (or paths)."""
    newest: NewestRow | None = None
    """Of an export that repeats rows that have changed, which row counts."""
    rows: RowsSettings | None = None
    """Of files whose rows are nested in others, how they become rows."""
    system: Name | None = None
    """The system that wrote it, such as `langfuse`, whose mapping holds for all that is not set."""

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str | None) -> str | None:
        try:
            return encoding if encoding is None else codecs.lookup(encoding).name
        except LookupError:
            raise ValueError(f"is no encoding that is known: {encoding}; write one such as utf-8 or cp1252") from None

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"is no time zone that is known: {zone}; write one such as Europe/Berlin")
        return zone

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ONE_OF if getattr(self, name) is not None]
        if len(given) != 1:
            seen = " and ".join(given) or "none of them"
            raise ImpossibleError(("", f"needs exactly one of files, table and query, but has {seen}"))
        if self.rows is not None and self.files is None:
            raise ImpossibleError(("rows", "is of files; with a table, write a query"))
        if self.encoding is not None and self.files is None:
            raise ImpossibleError(("encoding", "is that of files; a table or a query has none"))
        return self


class PredictionRelation(RelationSettings):
    """The prediction log."""

    columns: PredictionColumns
    """Which column means what."""
    duplicates: Literal["first", "last"] = "last"
    """Which row counts where several have one id, as a retry leaves them: by their times, the last or the first."""


class LabelRelation(RelationSettings):
    """The label log."""

    columns: LabelColumns
    """Which column means what."""
    no_label: tuple[Name, ...] = NO_LABEL
    """Labels, in any capitals, that say that there is none; a word that the bot predicts is a class all the same."""


class DuckdbSettings(Section):
    """What DuckDB, which reads files and counts them, may take of the machine."""

    memory_mb: Annotated[int, Field(ge=64)] = 160
    """Megabytes of memory that it counts with; what does not fit goes to `spill_folder`, and is slower."""
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads that it counts with."""
    spill_folder: Name | None = None
    """Folder for what does not fit into memory; the system's temporary folder unless set."""


class SourceSettings(Section):
    """The team's own log, which tunewatch only reads."""

    url: DatabaseUrl = "duckdb:///:memory:"
    """URL of DuckDB (in memory, the default, it reads files where they lie), SQLite, PostgreSQL or ClickHouse."""
    predictions: PredictionRelation
    """The log of what the chatbot answered."""
    labels: LabelRelation | None = None
    """The log of what was right; without it traffic, latency, relevance, drift and confidence are watched."""
    duckdb: DuckdbSettings = DuckdbSettings()
    """What DuckDB may take, where it reads the log."""
    object_storage: ObjectStorageSettings = ObjectStorageSettings()
    """How files in an object store, such as s3://bucket/log-*.parquet, are read."""
    system: Name | None = None
    """The system that wrote the log, such as `langfuse`, whose mapping holds for all that is not set."""
    classes: ClassNames = ClassNames()
    """How the log's classes are spelt, beyond what certainly means the same."""
    segments: tuple[Name, ...] = ()
    """Further columns (or paths) of the prediction log, such as `channel`, whose values are counted apart."""

    @model_validator(mode="before")
    @classmethod
    def _labels_in_the_same_rows(cls, value: Any) -> Any:  # noqa: ANN401 - whatever was written
        """Labels that name no rows of their own are in those of the predictions, whose times are written alike."""
        if not isinstance(value, dict):
            return value
        predictions, labels = value.get("predictions"), value.get("labels")
        if not isinstance(predictions, dict) or not isinstance(labels, dict) or set(ONE_OF) & labels.keys():
            return value
        same = {key: predictions[key] for key in (*OF_ROWS, *OF_TIMES) if key in predictions}
        return value | {"labels": same | labels}

    @property
    def relations(self) -> dict[str, RelationSettings]:
        """The relations that are set, by key."""
        return {"predictions": self.predictions} | ({"labels": self.labels} if self.labels else {})

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show the URL without its password."""
        return [(name, mask(self.url) if name == "url" else value) for name, value in super().__repr_args__()]

    @model_validator(mode="after")
    def _fits_the_engine(self) -> Self:
        url = make_url(self.url)
        for name, relation in self.relations.items():
            if relation.files and url.get_backend_name() != "duckdb":
                message = f"can only be read with a duckdb URL, not with {url.drivername}; leave url out"
                raise ImpossibleError((f"{name}.files", message))
            if relation.table and url.get_backend_name() == "duckdb" and url.database in IN_MEMORY:
                message = "names a table, but the database in memory has none; set url"
                raise ImpossibleError((f"{name}.table", message))
        return self

    @model_validator(mode="after")
    def _segments_differ(self) -> Self:
        twice = sorted({name for name in self.segments if self.segments.count(name) > 1})
        if twice:
            raise ImpossibleError(("segments", f"names a column twice: {', '.join(twice)}"))
        return self

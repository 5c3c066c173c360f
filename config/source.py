"""Where the prediction log and the label log are, and which of their columns mean what."""

import codecs
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from sqlalchemy.engine import make_url

from config.base import Name, Section
from config.errors import ImpossibleError
from config.url import IN_MEMORY, DatabaseUrl, mask

FILE_FORMATS: Final = ("parquet", "csv", "jsonl")
ONE_OF: Final = ("files", "table", "query")
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


class PredictionColumns(Section):
    """Columns of the prediction log, by what they mean; a column that the log does not have stays unset."""

    id: Name
    """Identifies the prediction; the label log refers to it."""
    at: Name
    """When the prediction was made."""
    predicted: Name
    """The class that the chatbot chose."""
    text: Name | None = None
    """The message of the user."""
    response: Name | None = None
    """The chatbot's answer."""
    confidence: Name | None = None
    """How sure the chatbot was, 0 to 1."""
    latency_ms: Name | None = None
    """How long the answer took, in milliseconds."""
    model_version: Name | None = None
    """The model that answered."""
    prompt_version: Name | None = None
    """The prompt that it was given."""
    prompt_tokens: Name | None = None
    """Tokens read."""
    completion_tokens: Name | None = None
    """Tokens written."""
    relevance: Name | None = None
    """How relevant the answer was, 0 to 1 (a thumb is 1 or 0, true or false); NULL where nobody judged it."""
    relevance_source: Name | None = None
    """Who or what judged the relevance, with its version, such as `judge-v2`; one is never compared with another."""

    @model_validator(mode="after")
    def _source_of_something(self) -> Self:
        if self.relevance_source is not None and self.relevance is None:
            raise ImpossibleError(("relevance_source", "says who judged the relevance; set relevance too"))
        return self

    def mapped(self) -> dict[str, str]:
        """Return the columns that the log has: meaning to column name."""
        return self.model_dump(exclude_none=True)


class LabelColumns(Section):
    """Columns of the label log, by what they mean."""

    id: Name
    """The prediction that is labelled."""
    label: Name
    """The true class."""
    at: Name
    """When the label was given; of several labels of one prediction the latest counts."""
    labeller: Name | None = None
    """Who gave the label."""
    inclusion_probability: Name | None = None
    """The chance, above 0 and up to 1, with which this prediction was chosen for labelling."""

    def mapped(self) -> dict[str, str]:
        """Return the columns that the log has: meaning to column name."""
        return self.model_dump(exclude_none=True)


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
    encoding: Name | None = None
    """Encoding of the csv and jsonl files, such as cp1252; unset, UTF-8 or what the bytes of a file tell."""

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str | None) -> str | None:
        try:
            return encoding if encoding is None else codecs.lookup(encoding).name
        except LookupError:
            raise ValueError(f"is no encoding that is known: {encoding}; write one such as utf-8 or cp1252") from None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ONE_OF if getattr(self, name) is not None]
        if len(given) != 1:
            seen = " and ".join(given) or "none of them"
            raise ImpossibleError(("", f"needs exactly one of files, table and query, but has {seen}"))
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
    """SQLAlchemy URL. DuckDB in memory, the default, reads files where they lie."""
    predictions: PredictionRelation
    """The log of what the chatbot answered."""
    labels: LabelRelation | None = None
    """The log of what was right; without it traffic, latency, relevance, drift and confidence are watched."""
    duckdb: DuckdbSettings = DuckdbSettings()
    """What DuckDB may take, where it reads the log."""
    segments: tuple[Name, ...] = ()
    """Further columns of the prediction log, such as `channel`, whose values are counted apart."""

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

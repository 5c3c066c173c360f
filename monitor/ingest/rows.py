"""What clients send: a prediction or a label, a JSON object a line."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic.types import StringConstraints
from pydantic_core import ErrorDetails

from config.names import bounded

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)
"""How far a client's clock may be ahead."""

UNITS: Final = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
"""A number below this is in that part of a second: seconds, then milli-, micro- and nanoseconds."""

MOST_TOLD: Final = 10  # rejected lines that an answer names
LONGEST_SHOWN: Final = 60  # characters of a wrong value


def _time(value: object) -> object:
    """Numbers since 1970 in seconds to nanoseconds; a text must say its zone."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not math.isfinite(value) or not 0 <= value < UNITS[-1][0]:
        raise ValueError("must be seconds, milliseconds, microseconds or nanoseconds since 1970")
    scale = next(scale for bound, scale in UNITS if value < bound)
    return datetime.fromtimestamp(value / scale, UTC)


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("has no time zone; end it with Z or +01:00")
    if value < EARLIEST:
        raise ValueError("is before 1990")
    return value.astimezone(UTC)


def _bounded(name: str) -> str:
    if bounded(name) != name:
        raise ValueError("is too long for a name")
    return name


Time = Annotated[datetime, BeforeValidator(_time), AfterValidator(_zoned)]
Text = Annotated[str, StringConstraints(strict=True)]
Id = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=256)]
Named = Annotated[Id, AfterValidator(_bounded)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class Row(BaseModel):
    """What all rows have. A key that is not known is refused, so that a misspelt one is no column that stays empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    at: Time | None = None
    bot: Named | None = None


class Prediction(Row):
    """A prediction; `at` is when it was made, the time of arrival where it is not said."""

    predicted: Named
    text: Text | None = None
    response: Text | None = None
    confidence: Share | None = None
    latency_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    model_version: Named | None = None
    prompt_version: Named | None = None
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    relevance: Share | None = None
    relevance_source: Named | None = None


class Label(Row):
    """The true class of the prediction `id`; `at` is when it became known."""

    label: Named
    labeller: Named | None = None
    inclusion_probability: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A row to keep. What has the same `key` is kept once; what differs from it has another `digest`."""

    id: str
    key: str
    digest: bytes
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line (from 1) that is not kept, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of a request."""

    rows: tuple[Received, ...]
    rejected: tuple[Rejected, ...]


def prediction_model(columns: Sequence[str]) -> type[Row]:
    """Predictions with further columns of text."""
    fields: dict[str, Any] = {f"extra_{i}": (Named | None, Field(None, alias=name)) for i, name in enumerate(columns)}
    return create_model("Prediction", __base__=Prediction, **fields)


def read_lines(body: bytes, model: type[Row], now: datetime) -> Batch:
    """Read JSON lines; each is kept or rejected by itself, and blank ones are nothing."""
    rows, rejected = [], []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(received(model.model_validate_json(line), line.strip(), now))
        except ValidationError as error:
            rejected.append(Rejected(number, "; ".join(_why(error.errors(include_url=False), model))))
    return Batch(tuple(rows), tuple(rejected))


def read_rows(rows: Iterable[dict[str, Any]], model: type[Row], now: datetime) -> Batch:
    """Read rows that were something else before; they are numbered from 1."""
    kept, rejected = [], []
    for number, row in enumerate(rows, start=1):
        try:
            kept.append(received(model.model_validate(row), repr(sorted(row.items())).encode(), now))
        except ValidationError as error:
            rejected.append(Rejected(number, "; ".join(_why(error.errors(include_url=False), model))))
    return Batch(tuple(kept), tuple(rejected))


def received(row: Row, written: bytes, now: datetime) -> Received:
    """Complete a row: without a time it is of `now`. Raises ValidationError where its time is far ahead of `now`."""
    if row.at is not None and row.at > now + AHEAD:
        raise ValidationError.from_exception_data("Row", [_ahead(row.at)])
    digest = blake2b(written, digest_size=16).digest()
    # Two chatbots may count their messages alike. A label may be corrected, so the same id may come again with another
    # class; the very same line may not.
    key = json.dumps([row.bot, row.id], ensure_ascii=False) if isinstance(row, Prediction) else digest.hex()
    values = row.model_dump(by_alias=True)
    return Received(row.id, key, digest, {**values, "at": row.at or now, "received_at": now})


def _ahead(at: datetime) -> Any:  # noqa: ANN401 - a part of an error of pydantic's
    error = ValueError("is more than a day ahead of this machine's clock")
    return {"type": "value_error", "loc": ("at",), "input": at.isoformat(), "ctx": {"error": error}}


def _why(errors: Sequence[ErrorDetails], model: type[Row]) -> Iterator[str]:
    for error in errors:
        name = ".".join(str(part) for part in error["loc"] if not str(part).startswith("function-"))
        match error["type"]:
            case "json_invalid":
                yield f"is no JSON object ({error['ctx']['error']})"
            case "model_type":
                yield "is no JSON object"
            case "missing":
                yield f"{name} is missing"
            case "extra_forbidden":
                known = ", ".join(field.alias or key for key, field in model.model_fields.items())
                yield f"{name} is not a known key; known are {known}, and what `ingest.columns` names"
            case "value_error":
                yield f"{name} {error['ctx']['error']}{_but(error)}"
            case _:
                yield f"{name} {error['msg'].replace('Input should be', 'must be')}{_but(error)}"


def _but(error: ErrorDetails) -> str:
    said = repr(error["input"])
    return f", not {said}" if len(said) <= LONGEST_SHOWN else ""

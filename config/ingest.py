"""Settings of the receiver of predictions and labels, for chatbots that keep no log of their own."""

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.base import Name, Section
from config.duration import Duration
from config.errors import ImpossibleError

TAKEN_COLUMNS: Final = (
    *("id", "at", "bot", "received_at", "predicted", "text", "response", "confidence", "latency_ms"),
    *("model_version", "prompt_version", "prompt_tokens", "completion_tokens", "relevance", "relevance_source"),
    *("label", "labeller", "inclusion_probability"),
)
"""Columns that the log has anyway."""


class OtlpSettings(Section):
    """How spans and evaluation events of OpenTelemetry become predictions and labels.

    The rest is taken from the attributes that the conventions for generative AI name.
    """

    predicted: Name
    """Attribute that has the predicted class, such as `app.intent`; a span without it is no prediction."""
    label: Name
    """`gen_ai.evaluation.name` of the evaluations that are labels, whose `score.label` is the class."""
    id: Literal["span_id", "gen_ai.response.id"] = "span_id"
    """What a prediction is known by; evaluations may name either."""
    confidence: Name | None = None
    """Attribute that has the bot's confidence, from 0 to 1."""
    text: Name = "gen_ai.input.messages"
    """Attribute that has the message: a text, or a list of messages whose last by the user counts."""
    response: Name = "gen_ai.output.messages"
    """Attribute that has the answer, in the same forms."""
    prompt_version: Name = "gen_ai.prompt.version"
    """Attribute that has the version of the prompt."""
    bot: Name = "service.name"
    """Attribute of the resource or the span that has the name of the chatbot."""


class IngestSettings(Section):
    """The receiver of predictions and labels over HTTP; none listens unless this is set."""

    token: SecretStr | None = None
    """Bearer token of the clients. Never in this file: `TUNEWATCH_INGEST__TOKEN`, or a secret file."""
    folder: Name = "ingest"
    """Folder of what is received: Parquet files by day in `predictions` and `labels`, which are the log."""
    host: Name = "127.0.0.1"
    """Address to listen on; `0.0.0.0` in a container."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8788
    """Port to listen on; 0 takes any free one."""
    columns: tuple[Name, ...] = ()
    """Further columns of predictions, such as a segment: texts, which clients may send."""
    publish_every: Duration = timedelta(seconds=30)
    """How long what is received may take to become part of the log."""
    remember: Duration = timedelta(days=7)
    """How long ids are remembered, so that what is sent twice counts once."""
    max_body_mb: Annotated[int, Field(ge=1, le=256)] = 8
    """Megabytes that the body of a request may have, unpacked."""
    max_spool_mb: Annotated[int, Field(ge=16)] = 1024
    """Megabytes that what is not in the log yet, and the remembered ids, may take; requests are refused beyond."""
    otlp: OtlpSettings | None = None
    """How spans become predictions; without it `/v1/traces` and `/v1/logs` do not exist."""

    @model_validator(mode="after")
    def _columns_apart(self) -> Self:
        faults = [
            (f"columns.{place}", f"{name} is a column that the log has anyway, or is named twice")
            for place, name in enumerate(self.columns)
            if name in TAKEN_COLUMNS or name in self.columns[:place]
        ]
        ImpossibleError.raise_for(faults)
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """The secrets that are not set, without which nothing is received."""
        return ("token",) if self.token is None else ()

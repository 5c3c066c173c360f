"""Has opentelemetry-sdk make spans and events of the story, in the lines of the collector's file exporter.

`python -m tests.systems.writers.otlp`. The exporter writes OTLP JSON: ids in hexadecimal, 64-bit numbers as texts.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanKind

from tests.systems.databases import keep
from tests.systems.story import Turn, turns

BATCH: Final = 100  # spans of a line, as of the collector's batch processor
_RESOURCE: Final = Resource({"service.name": "support-bot"})
_IDS: Final = frozenset({"traceId", "spanId", "parentSpanId"})


class _Counted(IdGenerator):
    """Ids in order, so that the fixture is the same each time."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def generate_span_id(self) -> int:
        return 0xB070000000000000 + next(self._numbers)

    def generate_trace_id(self) -> int:
        return 0xC070000000000000_0000000000000000 + next(self._numbers)


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1000) * 1_000_000


def spans(log: list[Turn]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the ended spans of the story and its events of evaluation."""
    exporter, events = InMemorySpanExporter(), InMemoryLogRecordExporter()
    tracing, logging = TracerProvider(resource=_RESOURCE, id_generator=_Counted()), LoggerProvider(resource=_RESOURCE)
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    logging.add_log_record_processor(SimpleLogRecordProcessor(events))
    tracer, logger = tracing.get_tracer("triage"), logging.get_logger("review")
    for turn in log:
        answer = json.dumps({"intent": turn.predicted})
        span = tracer.start_span(
            f"chat {turn.model}",
            kind=SpanKind.CLIENT,
            start_time=_nanoseconds(turn.at.timestamp()),
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": turn.model,
                "gen_ai.response.model": turn.model,
                "gen_ai.usage.input_tokens": 80,
                "gen_ai.usage.output_tokens": 7,
                "gen_ai.response.finish_reasons": ["stop"],
                "gen_ai.input.messages": json.dumps(
                    [{"role": "user", "parts": [{"type": "text", "content": turn.text}]}]
                ),
                "gen_ai.output.messages": json.dumps(
                    [{"role": "assistant", "parts": [{"type": "text", "content": answer}]}]
                ),
                "app.intent": turn.predicted,
                "app.confidence": turn.confidence,
            },
        )
        span.end(end_time=_nanoseconds(turn.end.timestamp()))
        context = span.get_span_context()
        for name, label in (("true_intent", turn.label), ("helpfulness", "good"))[: 2 if turn.n % 5 == 0 else 1]:
            logger.emit(
                LogRecord(
                    timestamp=_nanoseconds(turn.labelled_at.timestamp()),
                    observed_timestamp=_nanoseconds(turn.labelled_at.timestamp()) + 1_000_000,
                    trace_id=context.trace_id,
                    span_id=context.span_id,
                    event_name="gen_ai.evaluation.result",
                    attributes={"gen_ai.evaluation.name": name, "gen_ai.evaluation.score.label": label},
                )
            )
        if turn.n % 50 == 0:
            health = tracer.start_span("GET /health", start_time=_nanoseconds(turn.at.timestamp()))
            health.end(end_time=_nanoseconds(turn.end.timestamp()))
    return exporter.get_finished_spans(), events.get_finished_logs()


def lines(log: list[Turn]) -> Iterator[dict[str, Any]]:
    """Yield what the file exporter writes, a line for each batch."""
    ended, events = spans(log)
    for start in range(0, len(ended), BATCH):
        yield _hexadecimal(MessageToDict(encode_spans(ended[start : start + BATCH])))
    for start in range(0, len(events), BATCH):
        yield _hexadecimal(MessageToDict(encode_logs(events[start : start + BATCH])))


def _hexadecimal(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: _hexadecimal(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_hexadecimal(each) for each in value]
    return base64.b64decode(value).hex() if key in _IDS else value


def main() -> None:
    """Write the fixture."""
    keep("otlp", list(lines(list(turns()))))


if __name__ == "__main__":
    main()

"""OpenTelemetry's traces and logs as predictions and labels.

Names of attributes are those of the semantic conventions for generative AI (open-telemetry/semantic-conventions-genai,
version 0.1.0), the forms of requests those of the OpenTelemetry protocol 1.x over HTTP: protobuf, or JSON in which the
ids of traces and spans are hexadecimal.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from config.ingest import OtlpSettings

EVALUATION: Final = "gen_ai.evaluation.result"
RESPONSE_ID: Final = "gen_ai.response.id"
HEX_IDS: Final = {"traceId", "spanId", "parentSpanId"}

Attributes = Mapping[str, Any]


class OtlpError(Exception):
    """The body is no request of the protocol."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows as `monitor.ingest.rows` reads them; and how many spans or events were something else."""

    predictions: tuple[dict[str, Any], ...] = ()
    labels: tuple[dict[str, Any], ...] = ()
    others: int = 0


def read_traces(body: bytes, mapping: OtlpSettings, columns: Sequence[str], *, as_json: bool) -> Found:
    """Spans with a predicted class are predictions; their events, and those of other spans, may be labels.

    Raises OtlpError.
    """
    request = _parsed(ExportTraceServiceRequest(), body, as_json=as_json)
    predictions: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    others = 0
    for resource in request.resource_spans:
        of_resource = _attributes(resource.resource.attributes)
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            attributes = {**of_resource, **_attributes(span.attributes)}
            if mapping.predicted in attributes:
                predictions.append(_prediction(span, attributes, mapping, columns))
            else:
                others += 1
            for event in span.events:
                if event.name == EVALUATION:
                    own = _attributes(event.attributes)
                    labels += _labels({**attributes, **own}, span.span_id, event.time_unix_nano, mapping)
    return Found(tuple(predictions), tuple(labels), others)


def read_logs(body: bytes, mapping: OtlpSettings, *, as_json: bool) -> Found:
    """Records of evaluation results may be labels. Raises OtlpError."""
    request = _parsed(ExportLogsServiceRequest(), body, as_json=as_json)
    labels: list[dict[str, Any]] = []
    others = 0
    for resource in request.resource_logs:
        of_resource = _attributes(resource.resource.attributes)
        for record in (record for scope in resource.scope_logs for record in scope.log_records):
            attributes = {**of_resource, **_attributes(record.attributes)}
            name = record.event_name or attributes.get("event.name")
            at = record.time_unix_nano or record.observed_time_unix_nano
            found = list(_labels(attributes, record.span_id, at, mapping)) if name == EVALUATION else []
            labels += found
            others += not found
    return Found(labels=tuple(labels), others=others)


def _prediction(span: Span, attributes: Attributes, mapping: OtlpSettings, columns: Sequence[str]) -> dict[str, Any]:
    row = {
        "id": span.span_id.hex() if mapping.id == "span_id" else attributes.get(RESPONSE_ID),
        "at": _time(span.start_time_unix_nano),
        "bot": attributes.get(mapping.bot),
        "predicted": _text(attributes[mapping.predicted]),
        "text": _said(attributes.get(mapping.text), "user"),
        "response": _said(attributes.get(mapping.response), "assistant"),
        "confidence": attributes.get(mapping.confidence) if mapping.confidence else None,
        "latency_ms": max(span.end_time_unix_nano - span.start_time_unix_nano, 0) / 1e6 or None,
        "model_version": attributes.get("gen_ai.response.model") or attributes.get("gen_ai.request.model"),
        "prompt_version": _text(attributes.get(mapping.prompt_version)),
        "prompt_tokens": attributes.get("gen_ai.usage.input_tokens"),
        "completion_tokens": attributes.get("gen_ai.usage.output_tokens"),
        **{name: _text(attributes.get(name)) for name in columns},
    }
    return {name: value for name, value in row.items() if value is not None}


def _labels(attributes: Attributes, span_id: bytes, at: int, mapping: OtlpSettings) -> Iterator[dict[str, Any]]:
    """The label of an evaluation result, where it is of the name that labels have and says a class."""
    label = attributes.get("gen_ai.evaluation.score.label")
    if attributes.get("gen_ai.evaluation.name") != mapping.label or label is None:
        return
    of = span_id.hex() if mapping.id == "span_id" else attributes.get(RESPONSE_ID)
    row = {"id": of, "label": _text(label), "at": _time(at), "bot": attributes.get(mapping.bot)}
    yield {name: value for name, value in row.items() if value not in (None, "")}


def _said(value: object, role: str) -> str | None:
    """A text; or the last message of a role, where it is a list of messages as the conventions describe it."""
    messages = value
    if isinstance(value, str):
        try:
            messages = json.loads(value)
        except (ValueError, RecursionError):
            return value
    if not isinstance(messages, list):
        return _text(value)
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == role:
            parts = message.get("parts")
            texts = [part.get("content") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
            return "\n".join(text for text in [*texts, message.get("content")] if isinstance(text, str)) or None
    return None


def _text(value: object) -> str | None:
    """A class, a version: numbers and truths as JSON writes them."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(nanoseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(nanoseconds / 1e9, UTC) if nanoseconds else None
    except (OverflowError, ValueError) as error:
        raise OtlpError(f"{nanoseconds} nanoseconds since 1970 is no time") from error


def _attributes(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:  # noqa: ANN401 - whatever the attribute holds
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(each) for each in value.array_value.values]
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case "bytes_value":
            return value.bytes_value.hex()
        case kind:
            return getattr(value, kind)


def _parsed(message: Any, body: bytes, *, as_json: bool) -> Any:  # noqa: ANN401 - the generated classes
    try:
        if not as_json:
            message.ParseFromString(body)
            return message
        tree = json.loads(body)
        if not isinstance(tree, dict):
            raise ParseError("it is no JSON object")  # noqa: TRY301 - told as what protobuf finds
        return ParseDict(_with_bytes(tree), message, ignore_unknown_fields=True)
    except (DecodeError, ParseError, ValueError, RecursionError) as error:
        name = type(message).DESCRIPTOR.name if isinstance(message, Message) else ""
        raise OtlpError(f"the body is no {name}: {error}") from error


def _with_bytes(tree: Any) -> Any:  # noqa: ANN401 - JSON
    """Ids of spans and traces, which OTLP writes in hexadecimal, as protobuf's JSON writes bytes."""
    if isinstance(tree, list):
        return [_with_bytes(each) for each in tree]
    if isinstance(tree, dict):
        return {
            name: b64encode(bytes.fromhex(value)).decode()
            if name in HEX_IDS and isinstance(value, str)
            else _with_bytes(value)
            for name, value in tree.items()
        }
    return tree

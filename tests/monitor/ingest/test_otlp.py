"""OpenTelemetry's own SDK sends, and what it sent is in the log."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Tracer

from tests.monitor.ingest.conftest import Serve
from tests.support.ingesting import TOKEN, Client

Log = Callable[[str], list[dict[str, Any]]]

OTLP: Mapping[str, Any] = {"predicted": "app.intent", "label": "human_label", "confidence": "app.confidence"}
CHAT: Mapping[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "m-1",
    "gen_ai.response.model": "m-1-2026",
    "gen_ai.response.id": "r1",
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.prompt.version": 7,
    "gen_ai.input.messages": json.dumps(
        [
            {"role": "system", "parts": [{"type": "text", "content": "Classify."}]},
            {"role": "user", "parts": [{"type": "text", "content": "My card is gone"}]},
        ]
    ),
    "app.intent": "urgent",
    "app.confidence": 0.5,
    "country": "CH",
}
RESULT = {"gen_ai.evaluation.name": "human_label", "gen_ai.evaluation.score.label": "billing"}


@contextmanager
def _tracing(client: Client, compression: Compression) -> Iterator[Tracer]:
    provider = TracerProvider(resource=Resource.create({"service.name": "support-bot"}))
    exporter = OTLPSpanExporter(
        endpoint=f"{client.url}/v1/traces", headers={"Authorization": f"Bearer {TOKEN}"}, compression=compression
    )
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("bot")
    provider.shutdown()


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_spans_of_the_sdk_are_predictions_and_their_evaluations_labels(
    serve: Serve, log: Log, compression: Compression
) -> None:
    with serve(otlp=OTLP, columns=("country",)) as client, _tracing(client, compression) as tracer:
        with tracer.start_as_current_span("chat m-1", attributes=CHAT) as span:
            span.add_event("gen_ai.evaluation.result", RESULT)
            span.add_event("gen_ai.evaluation.result", {**RESULT, "gen_ai.evaluation.name": "toxicity"})
            span.add_event("something else")
        with tracer.start_as_current_span("retrieve"):
            pass
    (row,) = log("predictions")
    assert {
        "bot": "support-bot",
        "predicted": "urgent",
        "text": "My card is gone",
        "confidence": 0.5,
        "model_version": "m-1-2026",
        "prompt_version": "7",
        "prompt_tokens": 12,
        "completion_tokens": 3,
        "country": "CH",
    }.items() <= row.items()
    assert row["latency_ms"] > 0
    (label,) = log("labels")
    assert (label["id"], label["label"], label["bot"]) == (row["id"], "billing", "support-bot")


def _json_span(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    attributes = [{"key": "app.intent", "value": {"stringValue": "urgent"}}]
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "chat",
        "startTimeUnixNano": "1772344800000000000",
        "endTimeUnixNano": "1772344800250000000",
        "attributes": attributes,
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [{**span, **changes}]}]}]}


def _post(client: Client, path: str, body: object) -> tuple[int, dict[str, Any]]:
    return client.post(path, json.dumps(body).encode(), Content_Type="application/json")


def test_json_has_hexadecimal_ids_and_a_log_record_may_be_the_label(serve: Serve, log: Log) -> None:
    record = {
        "timeUnixNano": "1772431200000000000",
        "eventName": "gen_ai.evaluation.result",
        "spanId": "eee19b7ec3c1b174",
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in RESULT.items()],
    }
    with serve(otlp=OTLP) as client:
        assert _post(client, "/v1/traces", _json_span()) == (200, {})
        assert _post(client, "/v1/traces", _json_span()) == (200, {})  # the exporter was not sure, and sent it again
        logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
        assert _post(client, "/v1/logs", logs) == (200, {})
    (row,), (label,) = log("predictions"), log("labels")
    assert (row["id"], row["latency_ms"]) == ("eee19b7ec3c1b174", 250.0)
    assert row["at"] == datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert (label["id"], label["label"]) == ("eee19b7ec3c1b174", "billing")


def test_what_cannot_be_a_prediction_is_told_as_the_protocol_has_it(serve: Serve, log: Log) -> None:
    with serve(otlp=OTLP) as client:
        status, answer = _post(client, "/v1/traces", _json_span(startTimeUnixNano="9999999999999999999"))
        assert (status, answer["partialSuccess"]["rejectedSpans"]) == (200, "1")
        assert "day ahead" in answer["partialSuccess"]["errorMessage"]
        bodies: tuple[object, ...] = ({"resourceSpans": 3}, [], _json_span(spanId="no hex"))
        for body in bodies:
            assert _post(client, "/v1/traces", body)[0] == 400
        assert client.post("/v1/traces", b"\xff\xff", Content_Type="application/x-protobuf")[0] == 400
    assert log("predictions") == []


def test_without_a_mapping_there_is_no_such_address(serve: Serve) -> None:
    with serve() as client:
        assert _post(client, "/v1/traces", _json_span())[0] == 404

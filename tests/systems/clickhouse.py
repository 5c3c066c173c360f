"""The story in tables of ClickHouse, as a self-hosted Langfuse and the collector's exporter make them.

The tables have the columns, types, engines and keys that these document, but for codecs, indices and columns that
nobody reads here:
- https://github.com/langfuse/langfuse/tree/main/packages/shared/clickhouse/migrations/unclustered
- https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.support.clickhouse import run_clickhouse
from tests.systems.shapes import Source
from tests.systems.story import Turn

Url = Callable[[], str]
PROJECT: Final = "clx0project"
_REPLACING: Final = "ReplacingMergeTree(event_ts, is_deleted)"

OBSERVATIONS: Final = f"""
CREATE TABLE observations (
    id String, trace_id String, project_id String, environment LowCardinality(String) DEFAULT 'default',
    type LowCardinality(String), parent_observation_id Nullable(String), start_time DateTime64(3),
    end_time Nullable(DateTime64(3)), name String, metadata Map(LowCardinality(String), String), input Nullable(String),
    output Nullable(String), provided_model_name Nullable(String), usage_details Map(LowCardinality(String), UInt64),
    cost_details Map(LowCardinality(String), Decimal64(12)), prompt_name Nullable(String),
    prompt_version Nullable(UInt16), created_at DateTime64(3) DEFAULT now(), updated_at DateTime64(3) DEFAULT now(),
    event_ts DateTime64(3), is_deleted UInt8
) ENGINE = {_REPLACING} PARTITION BY toYYYYMM(start_time)
PRIMARY KEY (project_id, type, toDate(start_time)) ORDER BY (project_id, type, toDate(start_time), id)
"""
EVENTS: Final = f"""
CREATE TABLE events_full (
    project_id String, trace_id String, span_id String, parent_span_id String, start_time DateTime64(6),
    end_time Nullable(DateTime64(6)), name String, type LowCardinality(String), environment LowCardinality(String),
    tags Array(String), prompt_name String, prompt_version Nullable(UInt16), provided_model_name String,
    usage_details Map(LowCardinality(String), UInt64), cost_details Map(LowCardinality(String), Decimal(18, 12)),
    input String, output String, metadata_names Array(String), metadata_values Array(String),
    created_at DateTime64(6) DEFAULT now(), updated_at DateTime64(6) DEFAULT now(), event_ts DateTime64(6),
    is_deleted UInt8
) ENGINE = {_REPLACING} PARTITION BY toYYYYMM(start_time)
PRIMARY KEY (project_id, toStartOfMinute(start_time), xxHash32(trace_id))
ORDER BY (project_id, toStartOfMinute(start_time), xxHash32(trace_id), span_id, start_time)
"""
SCORES: Final = f"""
CREATE TABLE scores (
    id String, timestamp DateTime64(3), project_id String, trace_id Nullable(String), session_id Nullable(String),
    dataset_run_id Nullable(String), observation_id Nullable(String), name String, value Float64, source String,
    comment Nullable(String), author_user_id Nullable(String), config_id Nullable(String), data_type String,
    string_value Nullable(String), queue_id Nullable(String), created_at DateTime64(3) DEFAULT now(),
    updated_at DateTime64(3) DEFAULT now(), event_ts DateTime64(3), is_deleted UInt8
) ENGINE = {_REPLACING} PARTITION BY toYYYYMM(timestamp)
PRIMARY KEY (project_id, toDate(timestamp), name) ORDER BY (project_id, toDate(timestamp), name, id)
"""
_MAP: Final = "Map(LowCardinality(String), String)"
TRACES: Final = f"""
CREATE TABLE otel_traces (
    Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
    SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
    ResourceAttributes {_MAP}, ScopeName String, ScopeVersion String, SpanAttributes {_MAP}, Duration UInt64,
    StatusCode LowCardinality(String), StatusMessage String,
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes {_MAP}),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes {_MAP})
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
"""
LOGS: Final = f"""
CREATE TABLE otel_logs (
    Timestamp DateTime64(9), TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String),
    SeverityNumber UInt8, ServiceName LowCardinality(String), Body String, ResourceAttributes {_MAP},
    ScopeName String, ScopeAttributes {_MAP}, LogAttributes {_MAP}, EventName String
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, toDateTime(Timestamp))
"""


def _fill(url: str, table: str, ddl: str, *batches: Iterable[Mapping[str, Any]]) -> None:
    """Make a table and insert the batches, each a part of its own, as its writer does."""
    run_clickhouse(url, ddl)
    for rows in batches:
        lines = "\n".join(map(json.dumps, rows)).encode()
        settings = "SETTINGS date_time_input_format = 'best_effort'"
        run_clickhouse(url, f"INSERT INTO {table} {settings} FORMAT JSONEachRow", lines)


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _observation(turn: Turn, id_: str) -> Source:
    return {
        id_: turn.span_id,
        "trace_id": turn.trace_id,
        "project_id": PROJECT,
        "environment": "production",
        "type": "GENERATION",
        "start_time": _clock(turn.at),
        "end_time": _clock(turn.end),
        "name": "triage",
        "input": json.dumps([{"role": "user", "content": turn.text}]),
        "output": json.dumps({"intent": turn.predicted, "confidence": turn.confidence}),
        "provided_model_name": turn.model,
        "prompt_name": "triage",
        "prompt_version": turn.prompt,
        "usage_details": {"input": 80, "output": 7, "total": 87},
        "event_ts": _clock(turn.end),
        "is_deleted": 0,
    }


def _score(turn: Turn) -> Source:
    return {
        "id": f"score-{turn.n}",
        "timestamp": _clock(turn.labelled_at),
        "project_id": PROJECT,
        "trace_id": turn.trace_id,
        "observation_id": turn.span_id,
        "name": "true-intent",
        "value": 0.0,
        "source": "ANNOTATION",
        "data_type": "CATEGORICAL",
        "string_value": turn.label,
        "event_ts": _clock(turn.labelled_at),
        "is_deleted": 0,
    }


def _later(turn: Turn) -> str:
    return _clock(turn.labelled_at + timedelta(days=1))


def _langfuse(table: str, ddl: str, id_: str) -> Callable[[list[Turn], Path, Url], Source]:
    def write(turns: list[Turn], _folder: Path, url: Url) -> Source:
        """Rows are replaced and deleted by newer ones; spans, other scores and another project are beside them."""
        address = url()
        begun = [_observation(t, id_) | {"output": "", "end_time": None, "event_ts": _clock(t.at)} for t in turns]
        others = [_observation(t, id_) | {id_: f"span-{t.n}", "type": "SPAN"} for t in turns[:20]]
        project = [_observation(t, id_) | {id_: f"other-{t.n}", "project_id": "another"} for t in turns[:20]]
        doubled = [_observation(t, id_) | {id_: f"gone-{t.n}"} for t in turns[::9]]
        gone = [row | {"is_deleted": 1, "event_ts": _later(t)} for row, t in zip(doubled, turns[::9], strict=True)]
        done = [_observation(t, id_) for t in turns]
        _fill(address, table, ddl, [*begun, *doubled], done, [*others, *project, *gone])
        wrong = [_score(t) | {"string_value": "refund"} for t in turns[::6]]
        right = [_score(t) | {"event_ts": _later(t)} for t in turns]
        judged = [_score(t) | {"id": f"eval-{t.n}", "source": "EVAL", "string_value": "card"} for t in turns[::3]]
        offline = [_score(t) | {"id": f"run-{t.n}", "dataset_run_id": "r1", "string_value": "card"} for t in turns[::7]]
        _fill(address, "scores", SCORES, wrong, [*right, *judged, *offline])
        return {
            "system": "langfuse-clickhouse",
            "url": address,
            "predictions": {
                "table": table,
                "columns": {"predicted": "output.intent", "confidence": "output.confidence"},
                "where": {"project_id": PROJECT},
            },
            "labels": {"table": "scores", "where": {"name": "true-intent", "project_id": PROJECT}},
        }

    return write


def _otel(turns: list[Turn], _folder: Path, url: Url) -> Source:
    """Spans of the service around those of the model; evaluations of a judge beside those of people."""
    address = url()
    spans = [
        {
            "Timestamp": _clock(t.at),
            "TraceId": t.trace_id,
            "SpanId": t.span_id,
            "SpanName": f"chat {t.model}",
            "SpanKind": "Client",
            "ServiceName": "support-bot",
            "SpanAttributes": {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": t.model,
                "gen_ai.usage.input_tokens": "80",
                "gen_ai.prompt.version": str(t.prompt),
                "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"content": t.predicted}]}]),
                "app.intent": t.predicted,
                "app.confidence": str(t.confidence),
            },
            "Duration": t.latency_ms * 1_000_000,
        }
        for t in turns
    ]
    requests = [row | {"SpanId": f"{i:016x}", "SpanAttributes": {"http.route": "/"}} for i, row in enumerate(spans)]
    events = [
        {
            "Timestamp": _clock(t.labelled_at),
            "TraceId": t.trace_id,
            "SpanId": t.span_id,
            "ServiceName": "support-bot",
            "EventName": "gen_ai.evaluation.result",
            "LogAttributes": {"gen_ai.evaluation.name": name, "gen_ai.evaluation.score.label": label},
        }
        for t in turns
        for name, label in (("true_intent", t.label), ("tone", "polite"))
    ]
    _fill(address, "otel_traces", TRACES, [*spans, *requests])
    _fill(address, "otel_logs", LOGS, events, [{**events[0], "EventName": "", "LogAttributes": {}}])
    return {
        "system": "otel-clickhouse",
        "url": address,
        "predictions": {
            "table": "otel_traces",
            "columns": {"predicted": 'SpanAttributes."app.intent"', "confidence": 'SpanAttributes."app.confidence"'},
        },
        "labels": {"where": {"name": "true_intent"}},
    }


TABLES: Final[Mapping[str, Callable[[list[Turn], Path, Url], Source]]] = {
    "langfuse-clickhouse: ClickHouse, v3": _langfuse("observations", OBSERVATIONS, "id"),
    "langfuse-clickhouse: ClickHouse, v4": _langfuse("events_full", EVENTS, "span_id"),
    "otel-clickhouse: ClickHouse": _otel,
}
"""By system and form."""

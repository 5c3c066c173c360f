"""OpenTelemetry: spans and events as the collector's ClickHouse exporter keeps them, `otel_traces` and `otel_logs`.

Columns: github.com/open-telemetry/opentelemetry-collector-contrib, exporter/clickhouseexporter/internal/sqltemplates.
"""

from typing import Final

from monitor.log.systems.system import Part, System

_SPAN: Final = "SpanAttributes"
_EVENTS: Final = """
SELECT Timestamp, TraceId, SpanId, EventName, LogAttributes,
    LogAttributes['gen_ai.evaluation.name'] AS name, LogAttributes['gen_ai.evaluation.score.label'] AS label,
    LogAttributes['gen_ai.response.id'] AS response_id
FROM otel_logs
WHERE EventName = 'gen_ai.evaluation.result'
"""

OTEL_CLICKHOUSE: Final = System(
    name="otel-clickhouse",
    title="OpenTelemetry GenAI in ClickHouse",
    reads="tables of the collector's ClickHouse exporter (ClickStack too), attributes as maps: `otel_traces`, and "
    "`gen_ai.evaluation.result` events in `otel_logs` as labels",
    predictions=Part(
        known_by=(frozenset({"Timestamp", "TraceId", "SpanId", "ParentSpanId", _SPAN, "Duration"}),),
        settings={
            "columns": {
                "id": "SpanId",
                "at": "Timestamp",
                "text": f'{_SPAN}."gen_ai.input.messages"[-1].parts[0].content?',
                "response": f'{_SPAN}."gen_ai.output.messages"[0].parts[0].content?',
                "latency_ms": {"column": "Duration", "unit": "ns"},
                "model_version": [f'{_SPAN}."gen_ai.response.model"', f'{_SPAN}."gen_ai.request.model"'],
                "prompt_version": f'{_SPAN}."gen_ai.prompt.version"?',
                "prompt_tokens": f'{_SPAN}."gen_ai.usage.input_tokens"?',
                "completion_tokens": f'{_SPAN}."gen_ai.usage.output_tokens"?',
            },
            "where_not": {f'{_SPAN}."gen_ai.operation.name"': None},
        },
        asks={
            "columns.predicted": f'the class, an attribute of yours such as {_SPAN}."app.intent", or in the answer: '
            f'{_SPAN}."gen_ai.output.messages"[0].parts[0].content.intent'
        },
    ),
    labels=Part(
        known_by=(frozenset({"Timestamp", "TraceId", "SpanId", "EventName", "LogAttributes"}),),
        settings={"query": _EVENTS, "columns": {"id": "SpanId", "label": "label", "at": "Timestamp"}},
        asks={"where.name": "the gen_ai.evaluation.name whose label is the true class"},
    ),
)

"""OpenTelemetry: spans and events as the collector's file exporter writes them, OTLP as JSON lines."""

from typing import Final

from monitor.log.systems.system import Part, System

_VALUE: Final = (
    '{"stringValue":"VARCHAR","intValue":"VARCHAR","doubleValue":"VARCHAR","boolValue":"VARCHAR","arrayValue":"JSON"}'
)
_ATTRIBUTES: Final = f'[{{"key":"VARCHAR","value":{_VALUE}}}]'
_PLAIN: Final = ", ".join(f"a.value.{name}Value" for name in ("string", "int", "double", "bool"))


def _object(attributes: str) -> str:
    """SQL of attributes as a JSON object; typed, since untyped JSON takes many times the memory."""
    value = f"coalesce({_PLAIN}, CAST(a.value.arrayValue AS VARCHAR))"
    pairs = f"list_transform({attributes}, lambda a: struct_pack(k := a.key, v := {value}))"
    return f"CAST(to_json(map_from_entries({pairs})) AS VARCHAR)"


_SPAN: Final = (
    '{"traceId":"VARCHAR","spanId":"VARCHAR","parentSpanId":"VARCHAR","name":"VARCHAR",'
    f'"startTimeUnixNano":"VARCHAR","endTimeUnixNano":"VARCHAR","attributes":{_ATTRIBUTES}}}'
)
_SPANS: Final = f"""
SELECT span.traceId AS trace_id, span.spanId AS span_id, span.parentSpanId AS parent_span_id, span.name AS name,
    span.startTimeUnixNano AS start_time, span.endTimeUnixNano AS end_time, {_object("span.attributes")} AS attributes
FROM (SELECT unnest(scope.spans) AS span FROM (SELECT unnest(resource.scopeSpans) AS scope FROM (
    SELECT unnest(from_json(resourceSpans, '[{{"scopeSpans":[{{"spans":[{_SPAN}]}}]}}]')) AS resource FROM log
)))
"""  # noqa: S608 - of constants

_RECORD: Final = (
    '{"timeUnixNano":"VARCHAR","observedTimeUnixNano":"VARCHAR","eventName":"VARCHAR","traceId":"VARCHAR",'
    f'"spanId":"VARCHAR","attributes":{_ATTRIBUTES}}}'
)
_EVENTS: Final = f"""
SELECT trace_id, span_id, coalesce(nullif(time, '0'), observed_time) AS time,
    coalesce(nullif(event, ''), attributes ->> '$."event.name"') AS event,
    attributes ->> '$."gen_ai.evaluation.name"' AS name,
    attributes ->> '$."gen_ai.evaluation.score.label"' AS label,
    attributes ->> '$."gen_ai.response.id"' AS response_id,
    attributes
FROM (SELECT record.traceId AS trace_id, nullif(record.spanId, '') AS span_id, record.timeUnixNano AS time,
    record.observedTimeUnixNano AS observed_time, record.eventName AS event,
    {_object("record.attributes")} AS attributes
    FROM (SELECT unnest(scope.logRecords) AS record FROM (SELECT unnest(resource.scopeLogs) AS scope FROM (
        SELECT unnest(from_json(resourceLogs, '[{{"scopeLogs":[{{"logRecords":[{_RECORD}]}}]}}]')) AS resource FROM log
))))
"""  # noqa: S608 - of constants

OTLP: Final = System(
    name="otlp",
    title="OpenTelemetry GenAI",
    reads="OTLP JSON of the collector's file exporter: spans, and `gen_ai.evaluation.result` events as labels",
    predictions=Part(
        known_by=(frozenset({"resourceSpans"}),),
        settings={
            "rows": {"columns": ["resourceSpans"], "select": _SPANS},
            "columns": {
                "id": "span_id",
                "at": "start_time",
                "text": 'attributes."gen_ai.input.messages"[-1].parts[0].content?',
                "response": 'attributes."gen_ai.output.messages"[0].parts[0].content?',
                "latency_ms": {"start": "start_time", "end": "end_time"},
                "model_version": ['attributes."gen_ai.response.model"', 'attributes."gen_ai.request.model"'],
                "prompt_version": 'attributes."gen_ai.prompt.version"?',
                "prompt_tokens": 'attributes."gen_ai.usage.input_tokens"?',
                "completion_tokens": 'attributes."gen_ai.usage.output_tokens"?',
            },
            "where_not": {'attributes."gen_ai.operation.name"': None},
        },
        asks={
            "columns.predicted": 'the class, an attribute of yours such as attributes."app.intent", or in the answer: '
            'attributes."gen_ai.output.messages"[0].parts[0].content.intent'
        },
    ),
    labels=Part(
        known_by=(frozenset({"resourceLogs"}),),
        settings={
            "rows": {"columns": ["resourceLogs"], "select": _EVENTS},
            "columns": {"id": "span_id", "label": "label", "at": "time"},
            "where": {"event": "gen_ai.evaluation.result"},
        },
        asks={"where.name": "the gen_ai.evaluation.name whose label is the true class"},
    ),
)

"""MLflow 3: its tracking store of traces and assessments, SQLite or PostgreSQL."""

from typing import Final

from monitor.log.systems.system import Part, System

_TRACES: Final = """
SELECT experiment.name AS experiment, trace.request_id, trace.client_request_id, trace.timestamp_ms,
    trace.execution_time_ms, trace.status, trace.trace_name, trace.input_tokens, trace.output_tokens,
    span.content, span.model_name
FROM trace_info AS trace
JOIN experiments AS experiment ON experiment.experiment_id = trace.experiment_id
LEFT JOIN spans AS span ON span.trace_id = trace.request_id AND span.parent_span_id IS NULL
"""
_ASSESSMENTS: Final = """
SELECT trace_id, name, value, assessment_type, source_type, source_id, created_timestamp, last_updated_timestamp, valid
FROM assessments
"""

MLFLOW: Final = System(
    name="mlflow",
    title="MLflow 3",
    reads="its tracking store, SQLite or PostgreSQL: traces with their whole answers, and expectations as labels",
    predictions=Part(
        known_by=(frozenset({"request_id", "experiment_id", "timestamp_ms", "execution_time_ms", "response_preview"}),),
        settings={
            "query": _TRACES,
            "columns": {
                "id": "request_id",
                "at": "timestamp_ms",
                "text": 'content.attributes."mlflow.spanInputs"',
                "response": 'content.attributes."mlflow.spanOutputs"',
                "latency_ms": "execution_time_ms",
                "model_version": ["model_name", 'content.attributes."mlflow.llm.model"'],
                "prompt_tokens": "input_tokens",
                "completion_tokens": "output_tokens",
            },
            "where": {"status": "OK"},
            "time_unit": "ms",
        },
        asks={
            "columns.predicted": 'the class: content.attributes."mlflow.spanOutputs", or within it: '
            'content.attributes."mlflow.spanOutputs".intent'
        },
    ),
    labels=Part(
        known_by=(frozenset({"assessment_id", "trace_id", "name", "assessment_type", "value", "valid"}),),
        settings={
            "query": _ASSESSMENTS,
            "columns": {
                "id": "trace_id",
                "label": "value.$",
                "at": "last_updated_timestamp",
                "labeller": "source_id",
            },
            "where": {"assessment_type": "expectation", "valid": True},
            "time_unit": "ms",
        },
        asks={"where.name": "the name of the expectation that holds the true class"},
    ),
)

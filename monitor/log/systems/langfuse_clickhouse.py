"""Langfuse's own tables, in the ClickHouse of a self-hosted one: `observations` (v3), `events_full` (v4) and `scores`.

Columns: github.com/langfuse/langfuse, packages/shared/clickhouse/migrations/unclustered. All three are a
ReplacingMergeTree(event_ts, is_deleted), of which ClickHouse gives the newest rows that are not deleted, as tunewatch
asks it to.
"""

from typing import Final

from monitor.log.systems.system import Part, System

_REPLACED: Final = frozenset({"project_id", "event_ts", "is_deleted"})

LANGFUSE_CLICKHOUSE: Final = System(
    name="langfuse-clickhouse",
    title="Langfuse, self-hosted",
    reads="its tables in ClickHouse: `observations` (v3) or `events_full` (v4), and `scores`",
    predictions=Part(
        known_by=(
            _REPLACED | {"id", "trace_id", "type", "start_time", "end_time", "input", "output", "provided_model_name"},
            _REPLACED | {"span_id", "trace_id", "type", "start_time", "end_time", "input", "output"},
        ),
        settings={
            "columns": {
                "id": ["id?", "span_id?"],
                "at": "start_time",
                "text": "input",
                "response": "output",
                "latency_ms": {"start": "start_time", "end": "end_time"},
                "model_version": "provided_model_name",
                "prompt_version": "prompt_version?",
                "prompt_tokens": "usage_details.input?",
                "completion_tokens": "usage_details.output?",
            },
            "where": {"type": "GENERATION", "is_deleted": 0},
        },
        asks={"columns.predicted": "the class within the answer, such as output.intent, or output where it is all"},
    ),
    labels=Part(
        known_by=(_REPLACED | {"observation_id", "name", "value", "string_value", "data_type", "source"},),
        settings={
            "columns": {
                "id": ["observation_id", "trace_id"],
                "label": "string_value",
                "at": "timestamp",
                "labeller": ["author_user_id?", "source"],
            },
            "where": {"dataset_run_id?": None, "source": "ANNOTATION", "data_type": "CATEGORICAL", "is_deleted": 0},
        },
        asks={"where.name": "the name of the score that holds the true class"},
    ),
)

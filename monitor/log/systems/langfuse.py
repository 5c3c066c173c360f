"""Langfuse: its export of observations and scores to object storage, as Parquet, JSON lines or CSV."""

from typing import Final

from monitor.log.systems.system import Part, System

LANGFUSE: Final = System(
    name="langfuse",
    title="Langfuse",
    reads="blob export (v3, v4) of observations and scores: Parquet, JSON lines, CSV",
    predictions=Part(
        known_by=(
            frozenset({"trace_id", "type", "start_time", "input", "output", "provided_model_name"}),
            frozenset({"trace_id", "type", "start_time", "input", "output", "model"}),
        ),
        settings={
            "columns": {
                "id": "id",
                "at": "start_time",
                "text": "input",
                "response": "output",
                "latency_ms": {"column": "latency?", "unit": "s"},
                "model_version": ["provided_model_name?", "model?"],
                "prompt_version": "prompt_version?",
                "prompt_tokens": ["usage_details.input?", "usage.input?", "input_tokens?"],
                "completion_tokens": ["usage_details.output?", "usage.output?", "output_tokens?"],
            },
            "where": {"type": "GENERATION"},
            "newest": {"of": "id", "by": "updated_at"},
        },
        asks={"columns.predicted": "the class within the answer, such as output.intent, or output where it is all"},
    ),
    labels=Part(
        known_by=(frozenset({"observation_id", "name", "value", "string_value", "data_type", "source"}),),
        settings={
            "columns": {
                "id": ["observation_id", "trace_id"],
                "label": "string_value",
                "at": "timestamp",
                "labeller": ["author_user_id?", "source"],
            },
            "where": {"dataset_run_id?": None, "source": "ANNOTATION", "data_type": "CATEGORICAL"},
            "newest": {"of": "id", "by": "updated_at"},
        },
        asks={"where.name": "the name of the score that holds the true class"},
    ),
)

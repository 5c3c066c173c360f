"""LangSmith: its bulk export of runs, and feedback as its API gives it."""

from typing import Final

from monitor.log.systems.system import Part, System

LANGSMITH: Final = System(
    name="langsmith",
    title="LangSmith",
    reads="bulk export of runs (Parquet); feedback rows of its API as labels (`feedback_stats` has no times)",
    predictions=Part(
        known_by=(frozenset({"id", "run_type", "start_time", "end_time", "inputs", "outputs", "dotted_order"}),),
        settings={
            "columns": {
                "id": "id",
                "at": "start_time",
                "text": "inputs",
                "response": "outputs",
                "latency_ms": {"start": "start_time", "end": "end_time"},
                "model_version": "extra.metadata.ls_model_name?",
                "prompt_version": ["extra.metadata.lc_hub_commit_hash?", "extra.metadata.revision_id?"],
                "prompt_tokens": "prompt_tokens?",
                "completion_tokens": "completion_tokens?",
            },
            "where": {"run_type": "llm"},
        },
        asks={"columns.predicted": "the class within the outputs, such as outputs.intent"},
    ),
    labels=Part(
        known_by=(frozenset({"run_id", "key", "score", "value", "feedback_source"}),),
        settings={
            "columns": {
                "id": "run_id",
                "label": ["correction.value?", "value"],
                "at": ["modified_at?", "created_at"],
                "labeller": "feedback_source.user_id?",
            },
        },
        asks={"where.key": "the key of the feedback that holds the true class"},
    ),
)

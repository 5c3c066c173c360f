"""Databricks: inference tables of model serving, of AI Gateway and the older ones."""

from typing import Final

from monitor.log.systems.system import Part, System

DATABRICKS: Final = System(
    name="databricks",
    title="Databricks inference tables",
    reads="inference tables (AI Gateway and older) as Parquet; uneven `sampling_fraction` is refused",
    predictions=Part(
        known_by=(
            frozenset({"databricks_request_id", "request_time", "status_code", "request", "response"}),
            frozenset({"databricks_request_id", "timestamp_ms", "status_code", "request", "response"}),
        ),
        settings={
            "columns": {
                "id": ["client_request_id?", "databricks_request_id"],
                "at": ["request_time?", "timestamp_ms?"],
                "text": "request",
                "response": "response",
                "latency_ms": ["execution_duration_ms?", "execution_time_ms?"],
                "model_version": ["served_entity_id?", "request_metadata.model_version?"],
                "prompt_tokens": "response.usage.prompt_tokens?",
                "completion_tokens": "response.usage.completion_tokens?",
                "sampling_fraction": "sampling_fraction?",
            },
            "where": {"status_code": 200},
        },
        asks={"columns.predicted": "the class within the response, such as response.choices[0].message.content"},
    ),
)

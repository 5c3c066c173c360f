"""Arize Phoenix: its database of spans and annotations, SQLite or PostgreSQL."""

from typing import Final

from monitor.log.systems.system import Part, System

_SPANS: Final = """
SELECT project.name AS project, span.span_id, span.parent_id, span.name, span.span_kind, span.start_time, span.end_time,
    span.status_code, span.attributes, span.llm_token_count_prompt, span.llm_token_count_completion
FROM spans AS span
JOIN traces AS trace ON trace.id = span.trace_rowid
JOIN projects AS project ON project.id = trace.project_rowid
"""
_ANNOTATIONS: Final = """
SELECT span.span_id, annotation.name, annotation.label, annotation.annotator_kind, annotation.created_at,
    annotation.updated_at, annotation.user_id, annotation.identifier
FROM span_annotations AS annotation
JOIN spans AS span ON span.id = annotation.span_rowid
"""

PHOENIX: Final = System(
    name="phoenix",
    title="Arize Phoenix",
    reads="its own database, SQLite or PostgreSQL: spans, and span annotations of people as labels",
    predictions=Part(
        known_by=(frozenset({"trace_rowid", "span_id", "span_kind", "start_time", "attributes"}),),
        settings={
            "query": _SPANS,
            "columns": {
                "id": "span_id",
                "at": "start_time",
                "text": "attributes.input.value",
                "response": "attributes.output.value",
                "latency_ms": {"start": "start_time", "end": "end_time"},
                "model_version": "attributes.llm.model_name",
                "prompt_version": "attributes.llm.prompt_template.version?",
                "prompt_tokens": "llm_token_count_prompt",
                "completion_tokens": "llm_token_count_completion",
            },
            "where": {"span_kind": "LLM"},
        },
        asks={"columns.predicted": "the class: attributes.output.value, or within it: attributes.output.value.intent"},
    ),
    labels=Part(
        known_by=(frozenset({"span_rowid", "name", "label", "annotator_kind", "identifier"}),),
        settings={
            "query": _ANNOTATIONS,
            "columns": {"id": "span_id", "label": "label", "at": "updated_at", "labeller": "user_id"},
            "where": {"annotator_kind": "HUMAN"},
        },
        asks={"where.name": "the name of the annotation that holds the true class"},
    ),
)

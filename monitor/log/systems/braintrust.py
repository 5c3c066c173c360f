"""Braintrust: its export of logs, where the true answer stands in the row of the prediction."""

from typing import Final

from monitor.log.systems.system import Part, System

_KNOWN_BY: Final = (frozenset({"id", "span_id", "root_span_id", "input", "output", "expected", "metrics"}),)

BRAINTRUST: Final = System(
    name="braintrust",
    title="Braintrust",
    reads="export of logs (JSON lines, Parquet); `expected` as label, known from the start: no time of it is exported",
    predictions=Part(
        known_by=_KNOWN_BY,
        settings={
            "columns": {
                "id": "id",
                "at": "created",
                "text": "input",
                "response": "output",
                "latency_ms": {"start": "metrics.start", "end": "metrics.end"},
                "model_version": "metadata.model?",
                "prompt_version": "metadata.prompt_version?",
                "prompt_tokens": "metrics.prompt_tokens?",
                "completion_tokens": "metrics.completion_tokens?",
            },
            "where": {"span_parents?": [None, "[]"]},
        },
        asks={"columns.predicted": "the class within the output, such as output.intent"},
    ),
    labels=Part(
        known_by=_KNOWN_BY,
        settings={"columns": {"id": "id", "at": "created"}},
        asks={"columns.label": "the true class, expected or within it, such as expected.intent"},
    ),
)

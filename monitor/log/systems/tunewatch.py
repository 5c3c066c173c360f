"""tunewatch's own receiver: what the section `ingest` writes."""

from typing import Final

from monitor.log.systems.system import Part, System

_COMMON: Final = {"id": "id", "at": "at"}

TUNEWATCH: Final = System(
    name="tunewatch",
    title="tunewatch ingest",
    reads="the folder of `ingest`: Parquet",
    predictions=Part(
        known_by=(frozenset({"id", "at", "bot", "predicted", "received_at"}),),
        settings={
            "columns": _COMMON
            | {
                name: name
                for name in (
                    *("predicted", "text", "response", "confidence", "latency_ms", "model_version", "prompt_version"),
                    *("prompt_tokens", "completion_tokens", "relevance", "relevance_source"),
                )
            },
        },
    ),
    labels=Part(
        known_by=(frozenset({"id", "at", "bot", "label", "received_at"}),),
        settings={"columns": _COMMON | {name: name for name in ("label", "labeller", "inclusion_probability")}},
    ),
)

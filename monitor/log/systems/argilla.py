"""Argilla: records as `to_json` writes them, as a label log."""

from typing import Final

from monitor.log.systems.system import Part, System

ARGILLA: Final = System(
    name="argilla",
    title="Argilla",
    reads="records as `to_json` writes them, as a label log; the first response of a question, and no time of it",
    labels=Part(
        known_by=(frozenset({"id", "fields", "metadata", "suggestions", "responses", "vectors"}),),
        settings={"columns": {"id": "id", "inclusion_probability": "metadata.inclusion_probability"}},
        asks={
            "columns.label": "the answer to the question, such as responses.intent[0].value; beside it, who answered "
            "is columns.labeller, responses.intent[0].user_id",
            "columns.at": "when the label was given, which the export does not say: a metadata property such as "
            "metadata.labelled_at",
        },
    ),
)

"""Label Studio: its JSON export, an array of tasks with annotations, as a label log."""

from typing import Final

from monitor.log.systems.system import Part, System

_SELECT: Final = """
SELECT
    data,
    annotation ->> '$.created_at' AS created_at,
    annotation ->> '$.updated_at' AS updated_at,
    annotation ->> '$.was_cancelled' AS was_cancelled,
    coalesce(annotation ->> '$.completed_by.email', annotation ->> '$.completed_by') AS completed_by,
    result ->> '$.from_name' AS name,
    result ->> '$.type' AS type,
    result ->> '$.value.choices[0]' AS choice
FROM (
    SELECT data, annotation, unnest(from_json(annotation -> '$.result', '["JSON"]')) AS result
    FROM (SELECT data, unnest(from_json(annotations, '["JSON"]')) AS annotation FROM log)
)
"""

LABEL_STUDIO: Final = System(
    name="label-studio",
    title="Label Studio",
    reads="JSON export as a label log; `inclusion_probability` of a label queue comes back in `data`",
    labels=Part(
        known_by=(frozenset({"id", "data", "annotations", "predictions", "created_at", "updated_at"}),),
        settings={
            "rows": {"columns": ["data", "annotations"], "select": _SELECT},
            "columns": {
                "id": ["data.id", "data.prediction_id"],
                "label": "choice",
                "at": ["updated_at", "created_at"],
                "labeller": "completed_by",
                "inclusion_probability": "data.inclusion_probability",
            },
            "where": {"type": "choices"},
            "where_not": {"was_cancelled": True},
        },
        asks={"where.name": "the name of the choices in the labelling interface"},
    ),
)

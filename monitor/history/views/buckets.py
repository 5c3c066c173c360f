"""The counts of each bucket under the names of classes and versions."""

from typing import Final

from checks.counts.cells import BAND_EDGES
from monitor.history.views.view import KEYS, VERSION_COLUMNS, View

_OUTCOME_COLUMNS: Final = VERSION_COLUMNS | {
    "predicted": "Predicted class; `(none)` when the answer named none.",
    "label": "Label; NULL without one.",
    "n": "Predictions.",
    "weight": "Sum of 1/inclusion_probability over labelled predictions; equals `n` where the log has no such column.",
    "weight_squared": "Sum of its square.",
}

_BANDS: Final = """(
        SELECT slice_id, bucket, version_id, predicted_id, label_id, CAST(SUM(n) AS BIGINT) AS n,
               SUM(weight) AS weight, SUM(weight_squared) AS weight_squared
        FROM outcome_cells
        GROUP BY slice_id, bucket, version_id, predicted_id, label_id
    )"""

_OUTCOMES: Final = """
    SELECT m.name AS monitor, {time:c.bucket} AS bucket_start, %s v.model_version, v.prompt_version,
           p.name AS predicted, l.name AS label, %s
    FROM %s c
    JOIN slices s ON s.id = c.slice_id
    JOIN monitors m ON m.id = s.monitor_id
    JOIN versions v ON v.id = c.version_id
    JOIN classes p ON p.id = c.predicted_id
    LEFT JOIN classes l ON l.id = c.label_id
    WHERE s.segment %s ''"""
_SUMS: Final = "{count:c.n} AS n, c.weight, c.weight_squared"

_EDGES: Final = (0.0, *BAND_EDGES, 1.0)
_LOW, _HIGH = (
    f"CASE c.band {' '.join(f'WHEN {band} THEN {edge!r}' for band, edge in enumerate(edges))} END"
    for edges in (_EDGES[:-1], _EDGES[1:])
)
_CONFIDENCES: Final = f"""c.band, CAST({_LOW} AS DOUBLE PRECISION) AS low, CAST({_HIGH} AS DOUBLE PRECISION) AS high,
           {{count:c.n}} AS n, c.confidence_millionths / CAST(1000000 AS DOUBLE PRECISION) AS confidence"""

BUCKETS: Final = (
    View(
        "bucket_outcomes",
        "Predictions by bucket, versions, predicted class and label.",
        KEYS | _OUTCOME_COLUMNS,
        _OUTCOMES % ("", _SUMS, _BANDS, "="),
    ),
    View(
        "bucket_confidences",
        "Predictions by bucket, versions, predicted class, label and confidence band, where confidences are logged.",
        KEYS
        | VERSION_COLUMNS
        | {
            "predicted": _OUTCOME_COLUMNS["predicted"],
            "label": _OUTCOME_COLUMNS["label"],
            "band": "Number of the band, 0 to 7.",
            "low": "Least confidence of the band.",
            "high": "Confidence at which the next band begins; 1 for the last, which includes it.",
            "n": "Predictions.",
            "confidence": "Sum of their confidences.",
        },
        _OUTCOMES % ("", _CONFIDENCES, "outcome_cells", "=") + " AND c.band >= 0",
    ),
    View(
        "bucket_segments",
        "The same for each value of each segment column; each prediction appears once for every segment column.",
        KEYS | {"segment": "Segment column of the log.", "value": "Its value."} | _OUTCOME_COLUMNS,
        _OUTCOMES % ("s.segment, s.value,", _SUMS, "outcome_cells", "<>"),
    ),
    View(
        "bucket_latency",
        "Answers by bucket, versions and latency bin.",
        KEYS
        | VERSION_COLUMNS
        | {
            "bin": "floor(ln(ms) / ln(1.02)).",
            "low_ms": "Lower edge of the bin in ms.",
            "mid_ms": "Geometric middle of the bin in ms, within 1% of all in it.",
            "high_ms": "Upper edge of the bin in ms, not included.",
            "n": "Answers.",
        },
        """
        SELECT m.name AS monitor, {time:c.bucket} AS bucket_start, v.model_version, v.prompt_version,
               c.bin, b.low_ms, b.mid_ms, b.high_ms, {count:c.n} AS n
        FROM latency_cells c
        JOIN monitors m ON m.id = c.monitor_id
        JOIN versions v ON v.id = c.version_id
        LEFT JOIN latency_bins b ON b.bin = c.bin""",
    ),
    View(
        "bucket_relevance",
        "Scored answers by bucket, versions, predicted class, source and tenth of relevance.",
        KEYS
        | VERSION_COLUMNS
        | {
            "predicted": _OUTCOME_COLUMNS["predicted"],
            "source": "Who or what scored; empty where the log does not say.",
            "bin": "floor(10 * score): 0 to 9, and 10 for the score 1 alone.",
            "n": "Scored answers.",
            "score": "Sum of their scores.",
        },
        """
        SELECT m.name AS monitor, {time:c.bucket} AS bucket_start, v.model_version, v.prompt_version,
               p.name AS predicted, r.name AS source, c.bin, {count:c.n} AS n,
               c.score_millionths / CAST(1000000 AS DOUBLE PRECISION) AS score
        FROM relevance_cells c
        JOIN monitors m ON m.id = c.monitor_id
        JOIN versions v ON v.id = c.version_id
        JOIN classes p ON p.id = c.predicted_id
        JOIN relevance_sources r ON r.id = c.source_id""",
    ),
)

"""Figures of each day, from the labels that are known now: a late label corrects the past."""

from typing import Final

from monitor.history.views.view import DAY_KEYS, VERSION_COLUMNS, View

DAILY: Final = (
    View(
        "daily_outcomes",
        "Predictions by UTC day, versions, predicted class and label: sums of `bucket_outcomes`.",
        DAY_KEYS
        | VERSION_COLUMNS
        | {
            "predicted": "Predicted class; `(none)` when the answer named none.",
            "label": "Label; NULL without one.",
            "n": "Predictions.",
            "weight": "As in `bucket_outcomes`.",
            "weight_squared": "As in `bucket_outcomes`.",
        },
        """
        SELECT m.name AS monitor, {day:c.day} AS day, v.model_version, v.prompt_version, p.name AS predicted,
               l.name AS label, {count:c.n} AS n, c.weight, c.weight_squared
        FROM outcome_days c
        JOIN slices s ON s.id = c.slice_id
        JOIN monitors m ON m.id = s.monitor_id
        JOIN versions v ON v.id = c.version_id
        JOIN classes p ON p.id = c.predicted_id
        LEFT JOIN classes l ON l.id = c.label_id""",
    ),
    View(
        "daily_accuracy",
        "Accuracy by UTC day of the predictions, from the labels known now.",
        DAY_KEYS
        | {
            "accuracy": "Share right, post-stratified on the predicted class; those without a label are left out.",
            "raw": "Plain share right of the labelled rows.",
            "n": "Predictions.",
            "n_labelled": "Labelled predictions.",
            "coverage": "Labelled / predicted.",
        },
        """
        WITH strata AS (
            SELECT s.monitor_id, c.day, c.predicted_id, SUM(c.n) AS n, SUM(c.weight) AS weight,
                   SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS n_labelled,
                   SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS n_right,
                   SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) AS weight_right
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            GROUP BY s.monitor_id, c.day, c.predicted_id
        )
        SELECT m.name AS monitor, {day:t.day} AS day,
               SUM(CASE WHEN t.weight > 0 THEN t.n * t.weight_right / t.weight END)
                   / SUM(CASE WHEN t.weight > 0 THEN t.n END) AS accuracy,
               CAST(SUM(t.n_right) AS DOUBLE PRECISION) / NULLIF(SUM(t.n_labelled), 0) AS raw,
               {count:SUM(t.n)} AS n, {count:SUM(t.n_labelled)} AS n_labelled,
               CAST(SUM(t.n_labelled) AS DOUBLE PRECISION) / SUM(t.n) AS coverage
        FROM strata t
        JOIN monitors m ON m.id = t.monitor_id
        GROUP BY m.name, t.day""",
    ),
    View(
        "daily_recall",
        "Recall of each class by UTC day of the predictions, from the labels known now.",
        DAY_KEYS
        | {
            "class": "True class.",
            "recall": "Share of the class that was predicted as it, post-stratified on the predicted class.",
            "raw": "Plain share over labelled rows of the class.",
            "n": "Labelled rows of the class.",
        },
        """
        WITH cells AS (
            SELECT s.monitor_id, c.day, c.predicted_id, c.label_id, SUM(c.n) AS n, SUM(c.weight) AS weight
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            GROUP BY s.monitor_id, c.day, c.predicted_id, c.label_id
        ), strata AS (
            SELECT monitor_id, day, predicted_id, SUM(n) AS n, SUM(weight) AS weight
            FROM cells
            GROUP BY monitor_id, day, predicted_id
        ), estimated AS (
            SELECT c.monitor_id, c.day, c.label_id, c.predicted_id, c.n, t.n * c.weight / t.weight AS estimate
            FROM cells c
            JOIN strata t ON t.monitor_id = c.monitor_id AND t.day = c.day AND t.predicted_id = c.predicted_id
            WHERE c.label_id <> 0
        )
        SELECT m.name AS monitor, {day:e.day} AS day, k.name AS class,
               SUM(CASE WHEN e.predicted_id = e.label_id THEN e.estimate ELSE 0 END) / SUM(e.estimate) AS recall,
               CAST(SUM(CASE WHEN e.predicted_id = e.label_id THEN e.n ELSE 0 END) AS DOUBLE PRECISION)
                   / SUM(e.n) AS raw,
               {count:SUM(e.n)} AS n
        FROM estimated e
        JOIN monitors m ON m.id = e.monitor_id
        JOIN classes k ON k.id = e.label_id
        GROUP BY m.name, e.day, k.name""",
    ),
    View(
        "daily_precision",
        "Precision of each class by UTC day of the predictions, from the labels known now.",
        DAY_KEYS
        | {
            "class": "Predicted class.",
            "precision": "Share of the predictions as the class that are truly of it.",
            "raw": "Plain share over labelled rows predicted as the class.",
            "n": "Labelled rows predicted as the class.",
            "n_predicted": "Predictions as the class.",
        },
        """
        SELECT m.name AS monitor, {day:c.day} AS day, p.name AS class,
               SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) / SUM(c.weight) AS precision,
               CAST(SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS DOUBLE PRECISION)
                   / SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS raw,
               {count:SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END)} AS n, {count:SUM(c.n)} AS n_predicted
        FROM outcome_days c
        JOIN slices s ON s.id = c.slice_id
        JOIN monitors m ON m.id = s.monitor_id
        JOIN classes p ON p.id = c.predicted_id
        GROUP BY m.name, c.day, p.name
        HAVING SUM(c.weight) > 0""",
    ),
    View(
        "daily_latency",
        "Latency quantiles by UTC day of the predictions: the middle of the bin at the nearest rank.",
        DAY_KEYS
        | {
            "p50_ms": "Median latency in ms.",
            "p95_ms": "95th percentile in ms.",
            "p99_ms": "99th percentile in ms.",
            "n": "Answers that have a latency.",
        },
        """
        WITH bins AS (
            SELECT monitor_id, day, bin, SUM(n) AS n
            FROM latency_days
            GROUP BY monitor_id, day, bin
        ), ranked AS (
            SELECT monitor_id, day, bin, SUM(n) OVER (PARTITION BY monitor_id, day ORDER BY bin) AS upto,
                   SUM(n) OVER (PARTITION BY monitor_id, day) AS total
            FROM bins
        )
        SELECT m.name AS monitor, {day:r.day} AS day,
               MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN b.mid_ms END) AS p50_ms,
               MIN(CASE WHEN r.upto * 100 >= r.total * 95 THEN b.mid_ms END) AS p95_ms,
               MIN(CASE WHEN r.upto * 100 >= r.total * 99 THEN b.mid_ms END) AS p99_ms,
               {count:MAX(r.total)} AS n
        FROM ranked r
        JOIN monitors m ON m.id = r.monitor_id
        JOIN latency_bins b ON b.bin = r.bin
        GROUP BY m.name, r.day""",
    ),
    View(
        "daily_relevance",
        "Relevance by UTC day of the predictions and source of the scores.",
        DAY_KEYS
        | {
            "source": "Who or what scored; empty where the log does not say.",
            "mean": "Mean score of the scored answers.",
            "low_share": "Share of the scores that are under 0.5.",
            "n": "Scored answers.",
            "coverage": "Scored by the source / predicted.",
        },
        """
        WITH scored AS (
            SELECT monitor_id, day, source_id, SUM(n) AS n, SUM(score_millionths) AS millionths,
                   SUM(CASE WHEN bin < 5 THEN n ELSE 0 END) AS n_low
            FROM relevance_days
            GROUP BY monitor_id, day, source_id
        ), predicted AS (
            SELECT s.monitor_id, c.day, SUM(c.n) AS n
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            GROUP BY s.monitor_id, c.day
        )
        SELECT m.name AS monitor, {day:s.day} AS day, r.name AS source,
               s.millionths / (1000000 * CAST(s.n AS DOUBLE PRECISION)) AS mean,
               CAST(s.n_low AS DOUBLE PRECISION) / s.n AS low_share, {count:s.n} AS n,
               CAST(s.n AS DOUBLE PRECISION) / p.n AS coverage
        FROM scored s
        JOIN predicted p ON p.monitor_id = s.monitor_id AND p.day = s.day
        JOIN monitors m ON m.id = s.monitor_id
        JOIN relevance_sources r ON r.id = s.source_id""",
    ),
)

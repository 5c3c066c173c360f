"""Estimates beside the labels that came later.

The two engines are asked in two ways, each quick on its own only: PostgreSQL works out a window after the other,
which SQLite cannot say; SQLite sums the labels of a class along an index, which PostgreSQL would do row by row.
"""

from typing import Final

from monitor.history.views.view import View

_METRICS: Final = "('estimated_accuracy', 'estimated_recall', 'estimated_precision')"
_EDGES: Final = """(w.window_start + 86399) / 86400 * 86400 AS first_day, w.window_end / 86400 * 86400 AS last_day"""
_WHOLE: Final = """
                   CASE WHEN w.first_day <= w.last_day THEN w.first_day ELSE w.window_end END AS head_end,
                   CASE WHEN w.first_day <= w.last_day THEN w.last_day ELSE w.window_end END AS tail_start"""
_OF_DAYS: Final = "c.slice_id = w.slice_id AND c.day >= w.first_day AND c.day < w.last_day"
_OF_HEAD: Final = "c.slice_id = w.slice_id AND c.bucket >= w.window_start AND c.bucket < w.head_end"
_OF_TAIL: Final = "c.slice_id = w.slice_id AND c.bucket >= w.tail_start AND c.bucket < w.window_end"

_COLUMNS: Final = """
        SELECT {time:(t.as_of / 1000000)} AS as_of, m.name AS monitor, t.metric, t.class,
               {time:t.window_start} AS window_start, {time:t.window_end} AS window_end,
               t.value AS estimated, t.low, t.high, t.coverage AS coverage_then,
               f.hits / NULLIF(f.total, 0) AS labels_say, v.coverage AS coverage_now"""

# Nothing is made of all windows but figures: the planner takes a list of windows for a short one.
_POSTGRESQL: Final = f"""
        WITH told AS (
            SELECT DISTINCT ON (p.series_id, p.as_of / 86400000000, p.window_end - p.window_start)
                   p.*, s.monitor_id, s.metric, s.class, COALESCE(k.id, 0) AS class_id
            FROM metric_series s
            JOIN metric_points p ON p.series_id = s.id
            LEFT JOIN classes k ON k.name = s.class
            WHERE s.metric IN {_METRICS}
            ORDER BY p.series_id, p.as_of / 86400000000, p.window_end - p.window_start, p.as_of DESC
        ), ends AS (
            SELECT DISTINCT w.monitor_id, w.window_start, w.window_end, {_EDGES}
            FROM told w
            WHERE w.value IS NOT NULL
        ), windows AS (
            SELECT s.id AS slice_id, w.*,{_WHOLE}
            FROM ends w
            JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
        ), figures AS (
            SELECT w.monitor_id, w.window_start, w.window_end, f.*
            FROM windows w
            CROSS JOIN LATERAL (
                WITH cells AS (
                    SELECT c.predicted_id, c.label_id, SUM(c.n) AS n, SUM(c.weight) AS weight
                    FROM (
                        SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_days c WHERE {_OF_DAYS}
                        UNION ALL
                        SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_cells c WHERE {_OF_HEAD}
                        UNION ALL
                        SELECT c.predicted_id, c.label_id, c.n, c.weight FROM outcome_cells c WHERE {_OF_TAIL}
                    ) c
                    GROUP BY c.predicted_id, c.label_id
                ), strata AS (
                    SELECT predicted_id, SUM(n) AS n, SUM(n) / NULLIF(SUM(weight), 0) AS expansion,
                           SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
                           SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) * SUM(n)
                               / NULLIF(SUM(weight), 0) AS hits
                    FROM cells
                    GROUP BY predicted_id
                )
                SELECT 'coverage' AS metric, 0 AS class_id, NULL AS hits, NULL AS total,
                       CAST(SUM(n_labelled) AS DOUBLE PRECISION) / SUM(n) AS coverage
                FROM strata
                UNION ALL
                SELECT 'estimated_accuracy', 0, SUM(hits), SUM(CASE WHEN expansion IS NOT NULL THEN n END), NULL
                FROM strata
                UNION ALL
                SELECT 'estimated_precision', predicted_id, hits, CASE WHEN expansion IS NOT NULL THEN n END, NULL
                FROM strata
                UNION ALL
                SELECT 'estimated_recall', l.label_id, COALESCE(MAX(o.hits), 0), SUM(l.weight * t.expansion), NULL
                FROM cells l
                JOIN strata t ON t.predicted_id = l.predicted_id
                LEFT JOIN strata o ON o.predicted_id = l.label_id
                WHERE l.label_id <> 0
                GROUP BY l.label_id
            ) f
        ){_COLUMNS}
        FROM told t
        JOIN monitors m ON m.id = t.monitor_id
        JOIN figures v ON v.monitor_id = t.monitor_id AND v.window_start = t.window_start
            AND v.window_end = t.window_end AND v.metric = 'coverage' AND v.coverage IS NOT NULL
        LEFT JOIN figures f ON f.monitor_id = t.monitor_id AND f.window_start = t.window_start
            AND f.window_end = t.window_end AND f.metric = t.metric AND f.class_id = t.class_id
        WHERE t.value IS NOT NULL"""  # noqa: S608 - made of constants

_PARTS: Final = """c.predicted_id, c.n, c.weight, CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END AS n_labelled,
                   CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END AS weight_right"""

# A CROSS JOIN is done in the order in which it is written; a LIMIT has a subquery worked out once.
_SQLITE: Final = f"""
        WITH newest AS (
            SELECT p.series_id, MAX(p.as_of) AS as_of, p.window_end - p.window_start AS length
            FROM metric_series s
            CROSS JOIN metric_points p
            WHERE p.series_id = s.id AND s.metric IN {_METRICS}
            GROUP BY p.series_id, p.as_of / 86400000000, p.window_end - p.window_start
        ), told AS (
            SELECT p.*, s.monitor_id, s.metric, s.class, COALESCE(k.id, 0) AS class_id
            FROM newest l
            CROSS JOIN metric_points p ON p.series_id = l.series_id AND p.as_of = l.as_of
                AND p.window_end - p.window_start = l.length
            CROSS JOIN metric_series s ON s.id = l.series_id
            LEFT JOIN classes k ON k.name = s.class
            WHERE p.value IS NOT NULL
        ), ends AS (
            SELECT DISTINCT w.monitor_id, w.window_start, w.window_end, {_EDGES}
            FROM told w
        ), windows AS (
            SELECT ROW_NUMBER() OVER () AS id, s.id AS slice_id, w.*,{_WHOLE}
            FROM ends w
            JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
        ), day_strata AS (
            SELECT slice_id, day, predicted_id, SUM(n) AS n, SUM(weight) AS weight, SUM(n_labelled) AS n_labelled,
                   SUM(weight_right) AS weight_right
            FROM (SELECT c.slice_id, c.day, {_PARTS} FROM outcome_days c)
            GROUP BY slice_id, day, predicted_id
        ), window_days AS (
            SELECT w.id, w.slice_id, c.day
            FROM windows w
            JOIN (SELECT DISTINCT slice_id, day FROM day_strata) c ON {_OF_DAYS}
        ), parts AS (
            SELECT w.id, c.predicted_id, c.n, c.weight, c.n_labelled, c.weight_right
            FROM window_days w
            CROSS JOIN day_strata c ON c.slice_id = w.slice_id AND c.day = w.day
            UNION ALL
            SELECT w.id, {_PARTS} FROM windows w CROSS JOIN outcome_cells c ON {_OF_HEAD}
            UNION ALL
            SELECT w.id, {_PARTS} FROM windows w CROSS JOIN outcome_cells c ON {_OF_TAIL}
        ), strata AS (
            SELECT id, predicted_id, SUM(n) AS n, SUM(n_labelled) AS n_labelled,
                   SUM(n) / NULLIF(SUM(weight), 0) AS expansion,
                   SUM(weight_right) * SUM(n) / NULLIF(SUM(weight), 0) AS hits
            FROM parts
            GROUP BY id, predicted_id
        ), edges AS (
            SELECT w.id, c.label_id, c.predicted_id, c.weight
            FROM windows w
            CROSS JOIN outcome_cells c ON {_OF_HEAD} AND c.label_id <> 0
            UNION ALL
            SELECT w.id, c.label_id, c.predicted_id, c.weight
            FROM windows w
            CROSS JOIN outcome_cells c ON {_OF_TAIL} AND c.label_id <> 0
        ), edge_labels AS (
            SELECT e.id, e.label_id, SUM(e.weight * t.expansion) AS total
            FROM edges e
            CROSS JOIN strata t ON t.id = e.id AND t.predicted_id = e.predicted_id
            GROUP BY e.id, e.label_id
        ), labels AS (
            SELECT w.id, k.label_id, COALESCE(e.total, 0) + COALESCE((
                       SELECT SUM(c.weight * t.expansion)
                       FROM outcome_days c
                       CROSS JOIN strata t ON t.id = w.id AND t.predicted_id = c.predicted_id
                       WHERE {_OF_DAYS} AND c.label_id = k.label_id
                   ), 0) AS total
            FROM windows w
            CROSS JOIN (SELECT DISTINCT slice_id, label_id FROM outcome_days WHERE label_id <> 0) k
                ON k.slice_id = w.slice_id
            LEFT JOIN edge_labels e ON e.id = w.id AND e.label_id = k.label_id
            LIMIT -1
        ), figures AS (
            SELECT id, 'estimated_accuracy' AS metric, 0 AS class_id, SUM(hits) AS hits,
                   SUM(CASE WHEN expansion IS NOT NULL THEN n END) AS total
            FROM strata
            GROUP BY id
            UNION ALL
            SELECT id, 'estimated_precision', predicted_id, hits, CASE WHEN expansion IS NOT NULL THEN n END FROM strata
            UNION ALL
            SELECT l.id, 'estimated_recall', l.label_id, COALESCE(t.hits, 0), l.total
            FROM labels l
            LEFT JOIN strata t ON t.id = l.id AND t.predicted_id = l.label_id
        ), coverages AS (
            SELECT id, CAST(SUM(n_labelled) AS DOUBLE PRECISION) / SUM(n) AS coverage FROM strata GROUP BY id
        ){_COLUMNS}
        FROM told t
        JOIN monitors m ON m.id = t.monitor_id
        JOIN windows w
            ON w.monitor_id = t.monitor_id AND w.window_start = t.window_start AND w.window_end = t.window_end
        JOIN coverages v ON v.id = w.id
        LEFT JOIN figures f ON f.id = w.id AND f.metric = t.metric AND f.class_id = t.class_id"""  # noqa: S608 - made of constants

CHECKED: Final = View(
    "estimates_checked",
    "Each day's last estimates before the labels, beside what the labels known now say of the same window.",
    {
        "as_of": "Time of the cycle that made the estimate (UTC).",
        "monitor": "Name of the monitor.",
        "metric": "`estimated_accuracy`, `estimated_recall` or `estimated_precision`.",
        "class": "Class; empty for accuracy.",
        "window_start": "Start of the window of prediction time (UTC).",
        "window_end": "End of the window, not included (UTC).",
        "estimated": "Estimate at that time; refused ones are left out.",
        "low": "Lower end of its 95% interval.",
        "high": "Upper end of its 95% interval.",
        "coverage_then": "Labelled / predicted at that time.",
        "labels_say": "Share by the labels known now, post-stratified on the predicted class; NULL without any.",
        "coverage_now": "Labelled / predicted now.",
    },
    _SQLITE,
    postgresql=_POSTGRESQL,
)

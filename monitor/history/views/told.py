"""What was believed at each time, and what came of advice."""

from typing import Final

from monitor.history.views.view import View

TOLD: Final = (
    View(
        "metric_history",
        "What was believed of each metric at each cycle.",
        {
            "as_of": "Time of the cycle (UTC).",
            "monitor": "Name of the monitor.",
            "metric": "Metric, such as `accuracy`, `recall` or `latency_p95`.",
            "class": "Class; empty for metrics that are not of a class.",
            "slice": "Slice of the rows; `all` for all of them.",
            "window_start": "Start of the window of prediction time (UTC).",
            "window_end": "End of the window, not included (UTC).",
            "value": "Estimate for all predictions of the window; NULL without enough data.",
            "low": "Lower end of its 95% interval.",
            "high": "Upper end of its 95% interval.",
            "raw": "Plain figure over labelled rows.",
            "n": "Predictions in the window.",
            "n_labelled": "Labelled rows that the value rests on.",
            "coverage": "Labelled / predicted.",
            "provisional": "Whether many labels of the window are still to come.",
        },
        """
        SELECT t.as_of, m.name AS monitor, s.metric, s.class, s.slice,
               {time:p.window_start} AS window_start, {time:p.window_end} AS window_end,
               p.value, p.low, p.high, p.raw, {count:p.n} AS n, {count:p.n_labelled} AS n_labelled, p.coverage,
               p.provisional
        FROM metric_points p
        JOIN metric_series s ON s.id = p.series_id
        JOIN belief_times t ON t.monitor_id = s.monitor_id AND t.micros = p.as_of
        JOIN monitors m ON m.id = s.monitor_id""",
    ),
    View(
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
        """
        WITH points AS (
            SELECT p.*, s.monitor_id, s.metric, s.class, ROW_NUMBER() OVER (
                       PARTITION BY p.series_id, p.as_of / 86400000000, p.window_end - p.window_start
                       ORDER BY p.as_of DESC
                   ) AS nth
            FROM metric_points p
            JOIN metric_series s ON s.id = p.series_id
            WHERE s.metric IN ('estimated_accuracy', 'estimated_recall', 'estimated_precision')
        ), told AS (
            SELECT * FROM points WHERE nth = 1 AND value IS NOT NULL
        ), ends AS (
            SELECT DISTINCT monitor_id, window_start, window_end,
                   (window_start + 86399) / 86400 * 86400 AS first_day, window_end / 86400 * 86400 AS last_day
            FROM told
        ), spans AS (
            SELECT ROW_NUMBER() OVER () AS id, s.id AS slice_id, w.*,
                   CASE WHEN w.first_day <= w.last_day THEN w.first_day ELSE w.window_end END AS head_end,
                   CASE WHEN w.first_day <= w.last_day THEN w.last_day ELSE w.window_end END AS tail_start
            FROM ends w
            JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
        ), day_strata AS (
            SELECT slice_id, day, predicted_id, SUM(n) AS n, SUM(weight) AS weight,
                   SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
                   SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) AS weight_right
            FROM outcome_days
            GROUP BY slice_id, day, predicted_id
        ), days AS (
            SELECT DISTINCT slice_id, day FROM day_strata
        ), span_days AS (
            SELECT w.id, w.slice_id, d.day
            FROM spans w
            JOIN days d ON d.slice_id = w.slice_id AND d.day >= w.first_day AND d.day < w.last_day
        ), strata_parts AS (
            SELECT w.id, c.predicted_id, c.n, c.weight, c.n_labelled, c.weight_right
            FROM span_days w
            CROSS JOIN day_strata c
            WHERE c.slice_id = w.slice_id AND c.day = w.day
            UNION ALL
            SELECT w.id, c.predicted_id, c.n, c.weight, CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END,
                   CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END
            FROM spans w
            CROSS JOIN outcome_cells c
            WHERE c.slice_id = w.slice_id AND c.bucket >= w.window_start AND c.bucket < w.head_end
            UNION ALL
            SELECT w.id, c.predicted_id, c.n, c.weight, CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END,
                   CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END
            FROM spans w
            CROSS JOIN outcome_cells c
            WHERE c.slice_id = w.slice_id AND c.bucket >= w.tail_start AND c.bucket < w.window_end
        ), strata AS (
            SELECT id, predicted_id, SUM(n) AS n, SUM(n_labelled) AS n_labelled,
                   SUM(n) / NULLIF(SUM(weight), 0) AS expansion,
                   SUM(weight_right) * SUM(n) / NULLIF(SUM(weight), 0) AS hits
            FROM strata_parts
            GROUP BY id, predicted_id
        ), label_parts AS (
            SELECT w.id, c.label_id, c.predicted_id, c.weight
            FROM span_days w
            CROSS JOIN outcome_days c
            WHERE c.slice_id = w.slice_id AND c.day = w.day AND c.label_id <> 0
            UNION ALL
            SELECT w.id, c.label_id, c.predicted_id, c.weight
            FROM spans w
            CROSS JOIN outcome_cells c
            WHERE c.slice_id = w.slice_id AND c.bucket >= w.window_start AND c.bucket < w.head_end AND c.label_id <> 0
            UNION ALL
            SELECT w.id, c.label_id, c.predicted_id, c.weight
            FROM spans w
            CROSS JOIN outcome_cells c
            WHERE c.slice_id = w.slice_id AND c.bucket >= w.tail_start AND c.bucket < w.window_end AND c.label_id <> 0
        ), joined AS (
            SELECT id, predicted_id, label_id, weight, 0 AS n FROM label_parts
            UNION ALL
            SELECT id, predicted_id, 0, 0, n FROM strata_parts
        ), cells AS (
            SELECT id, predicted_id, label_id, SUM(weight) AS weight, SUM(n) AS n
            FROM joined
            GROUP BY id, predicted_id, label_id
        ), expanded AS (
            SELECT id, label_id, weight * SUM(n) OVER stratum / NULLIF(SUM(weight) OVER stratum, 0) AS estimate
            FROM cells
            WINDOW stratum AS (PARTITION BY id, predicted_id)
        ), labels AS (
            SELECT id, label_id, SUM(estimate) AS total FROM expanded WHERE label_id <> 0 GROUP BY id, label_id
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
        )
        SELECT {time:(t.as_of / 1000000)} AS as_of, m.name AS monitor, t.metric, t.class,
               {time:t.window_start} AS window_start, {time:t.window_end} AS window_end,
               t.value AS estimated, t.low, t.high, t.coverage AS coverage_then,
               f.hits / NULLIF(f.total, 0) AS labels_say, v.coverage AS coverage_now
        FROM told t
        JOIN monitors m ON m.id = t.monitor_id
        JOIN spans w
            ON w.monitor_id = t.monitor_id AND w.window_start = t.window_start AND w.window_end = t.window_end
        JOIN coverages v ON v.id = w.id
        LEFT JOIN classes k ON k.name = t.class
        LEFT JOIN figures f ON f.id = w.id AND f.metric = t.metric AND f.class_id = COALESCE(k.id, 0)""",
    ),
    View(
        "advice_success",
        "How often each action worked, of those that were tried and could be judged.",
        {
            "monitor": "Name of the monitor.",
            "action": "Action advised.",
            "n": "Trials that came to an answer; those rejected by somebody are left out.",
            "worked": "Those that worked.",
            "partly": "Those that worked in part.",
            "no_effect": "Those without an effect that could be shown.",
            "harmed": "Those that did harm.",
            "success": "Share that worked.",
            "low": "Lower end of its 95% interval (Wilson 1927).",
            "high": "Upper end of it.",
        },
        """
        WITH counted AS (
            SELECT a.monitor, o.action, COUNT(*) AS n,
                   SUM(CASE o.outcome WHEN 'worked' THEN 1 ELSE 0 END) AS worked,
                   SUM(CASE o.outcome WHEN 'partly' THEN 1 ELSE 0 END) AS partly,
                   SUM(CASE o.outcome WHEN 'no_effect' THEN 1 ELSE 0 END) AS no_effect,
                   SUM(CASE o.outcome WHEN 'harmed' THEN 1 ELSE 0 END) AS harmed
            FROM advice_outcomes o
            JOIN advice a ON a.id = o.advice_id
            WHERE o.outcome IN ('worked', 'partly', 'no_effect', 'harmed') AND COALESCE(o.accepted, TRUE)
            GROUP BY a.monitor, o.action
        ), shared AS (
            SELECT c.*, CAST(c.worked AS DOUBLE PRECISION) / c.n AS success, 3.8414588 / c.n AS z2 FROM counted c
        )
        SELECT monitor, action, {count:n} AS n, {count:worked} AS worked, {count:partly} AS partly,
               {count:no_effect} AS no_effect, {count:harmed} AS harmed, success,
               (success + z2 / 2 - SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS low,
               (success + z2 / 2 + SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS high
        FROM shared""",
    ),
)

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
            SELECT p.*, ROW_NUMBER() OVER (
                       PARTITION BY p.series_id, {day:(p.as_of / 1000000)}, p.window_end - p.window_start
                       ORDER BY p.as_of DESC
                   ) AS nth
            FROM metric_points p
            JOIN metric_series s ON s.id = p.series_id
            WHERE s.metric IN ('estimated_accuracy', 'estimated_recall', 'estimated_precision')
        ), told AS (
            SELECT p.*, s.monitor_id, s.metric, s.class
            FROM points p
            JOIN metric_series s ON s.id = p.series_id
            WHERE p.nth = 1 AND p.value IS NOT NULL
        ), spans AS (
            SELECT DISTINCT monitor_id, window_start, window_end FROM told
        ), cells AS (
            SELECT w.monitor_id, w.window_start, w.window_end, c.predicted_id, c.label_id,
                   SUM(c.n) AS n, SUM(c.weight) AS weight
            FROM spans w
            JOIN slices s ON s.monitor_id = w.monitor_id AND s.segment = ''
            JOIN outcome_cells c
                ON c.slice_id = s.id AND c.bucket >= w.window_start AND c.bucket < w.window_end
            GROUP BY w.monitor_id, w.window_start, w.window_end, c.predicted_id, c.label_id
        ), estimates AS (
            SELECT c.*, c.weight * SUM(c.n) OVER stratum / NULLIF(SUM(c.weight) OVER stratum, 0) AS estimate,
                   SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) OVER span AS n_labelled,
                   SUM(c.n) OVER span AS n_predicted
            FROM cells c
            WINDOW span AS (PARTITION BY c.monitor_id, c.window_start, c.window_end),
                   stratum AS (PARTITION BY c.monitor_id, c.window_start, c.window_end, c.predicted_id)
        )
        SELECT {time:(t.as_of / 1000000)} AS as_of, m.name AS monitor, t.metric, t.class,
               {time:t.window_start} AS window_start, {time:t.window_end} AS window_end,
               t.value AS estimated, t.low, t.high, t.coverage AS coverage_then,
               SUM(CASE WHEN e.predicted_id = e.label_id AND e.label_id <> 0 AND (
                       t.metric = 'estimated_accuracy' OR k.name = t.class) THEN e.estimate ELSE 0 END)
                   / NULLIF(SUM(CASE WHEN e.label_id <> 0 AND (
                       t.metric = 'estimated_accuracy'
                       OR (t.metric = 'estimated_precision' AND k.name = t.class)
                       OR (t.metric = 'estimated_recall' AND l.name = t.class)
                   ) THEN e.estimate ELSE 0 END), 0) AS labels_say,
               CAST(MAX(e.n_labelled) AS DOUBLE PRECISION) / MAX(e.n_predicted) AS coverage_now
        FROM told t
        JOIN monitors m ON m.id = t.monitor_id
        JOIN estimates e
            ON e.monitor_id = t.monitor_id AND e.window_start = t.window_start AND e.window_end = t.window_end
        JOIN classes k ON k.id = e.predicted_id
        LEFT JOIN classes l ON l.id = e.label_id
        GROUP BY t.as_of, m.name, t.metric, t.class, t.window_start, t.window_end,
                 t.value, t.low, t.high, t.coverage""",
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

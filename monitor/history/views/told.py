"""What was believed at each time, and what came of advice."""

from typing import Final

from monitor.history.views.checked import CHECKED
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
    CHECKED,
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

"""When incidents were detected, told, acknowledged, resolved and opened again."""

from typing import Final

from monitor.history.views.view import View

INCIDENT_TIMES: Final = View(
    "incident_times",
    "When each incident was detected, told, acknowledged, resolved and reopened, and how long that took.",
    {
        "incident_id": "The incident.",
        "monitor": "Name of the monitor.",
        "family": "`quality`, `latency`, `data`, `watch` (tunewatch) or `retirement`.",
        "severity": "Worst verdict since it opened: `warning` or `critical`.",
        "state": "`pending`, `firing`, `recovering` or `resolved`.",
        "onset": "Start of the earliest window that showed it (UTC).",
        "detected_at": "When the first finding alarmed (UTC).",
        "told_at": "When people were first told; empty when they never were (UTC).",
        "acknowledged_at": "When somebody first took it (UTC); empty when nobody did.",
        "acknowledged_by": "Who has it; empty when nobody has.",
        "resolved_at": "When it was over; empty while it is not (UTC).",
        "reopened_at": "When it last came back after it was over (UTC); empty when it did not.",
        "reopened": "How often it came back.",
        "false_alarm": "Whether somebody called it a false alarm.",
        "hours_to_acknowledge": "From `told_at` to `acknowledged_at`; empty while either is not known.",
        "hours_to_resolve": "From `detected_at` to `resolved_at`; empty while it is not over.",
    },
    """
        WITH steps AS (
            SELECT incident_id, MIN(CASE WHEN event = 'acknowledged' THEN at END) AS acknowledged_at,
                   MAX(CASE WHEN event = 'reopened' THEN at END) AS reopened_at,
                   SUM(CASE WHEN event = 'reopened' THEN 1 ELSE 0 END) AS reopened
            FROM incident_events
            GROUP BY incident_id
        ), first_acts AS (
            SELECT incident_id, MIN(CASE WHEN kind = 'acknowledge' THEN at END) AS acknowledged_at,
                   MAX(CASE WHEN kind = 'false_alarm' THEN 1 ELSE 0 END) AS false_alarm
            FROM acts
            WHERE incident_id IS NOT NULL
            GROUP BY incident_id
        ), known AS (
            SELECT i.*, CASE WHEN a.acknowledged_at < e.acknowledged_at THEN a.acknowledged_at
                             ELSE COALESCE(e.acknowledged_at, a.acknowledged_at) END AS acknowledged_at,
                   e.reopened_at, COALESCE(e.reopened, 0) AS reopened, COALESCE(a.false_alarm, 0) = 1 AS false_alarm
            FROM incidents i
            LEFT JOIN steps e ON e.incident_id = i.id
            LEFT JOIN first_acts a ON a.incident_id = i.id
        )
        SELECT id AS incident_id, monitor, family, severity, state, onset, since AS detected_at, opened_at AS told_at,
               acknowledged_at, acknowledged_by, resolved_at, reopened_at, {count:reopened} AS reopened, false_alarm,
               ({seconds:acknowledged_at} - {seconds:opened_at}) / CAST(3600 AS DOUBLE PRECISION)
                   AS hours_to_acknowledge,
               ({seconds:resolved_at} - {seconds:since}) / CAST(3600 AS DOUBLE PRECISION) AS hours_to_resolve
        FROM known""",
)

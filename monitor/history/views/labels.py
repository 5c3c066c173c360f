"""What is known of the labels themselves: how late they come, and how many are corrected."""

from typing import Final

from monitor.history.views.view import DAY_KEYS, View

# A bin is never under zero: the shortest delay counts as one second.
_HOURS: Final = "POWER(CAST(1.1 AS DOUBLE PRECISION), {0} + 0.5) / 3600"
_WEEK: Final = "(day - 345600) / 604800 * 604800 + 345600"  # 345,600 s after 1970 began was the first Monday
_BY_CLASS: Final = f"""
        WITH sums AS (
            SELECT monitor_id, {_WEEK} AS week, label_id, bin, SUM(n) AS n
            FROM delay_days
            GROUP BY monitor_id, {_WEEK}, label_id, bin
        ), ranked AS (
            SELECT monitor_id, week, label_id, bin,
                   SUM(n) OVER (PARTITION BY monitor_id, week, label_id ORDER BY bin) AS upto,
                   SUM(n) OVER (PARTITION BY monitor_id, week, label_id) AS total
            FROM sums
        )
        SELECT m.name AS monitor, {{day:r.week}} AS week, c.name AS class,
               {_HOURS.format("MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN r.bin END)")} AS p50_hours,
               {_HOURS.format("MIN(CASE WHEN r.upto * 100 >= r.total * 90 THEN r.bin END)")} AS p90_hours,
               {_HOURS.format("MAX(r.bin)")} AS longest_hours, {{count:MAX(r.total)}} AS n
        FROM ranked r
        JOIN monitors m ON m.id = r.monitor_id
        JOIN classes c ON c.id = r.label_id
        GROUP BY m.name, r.week, c.name"""  # noqa: S608 - made of constants

LABELS: Final = (
    View(
        "label_delays",
        "How late labels came, by UTC week of the predictions and class.",
        {
            "monitor": "Name of the monitor.",
            "week": "Monday that the UTC week of the predictions begins with.",
            "class": "True class: the label.",
            "p50_hours": "Median delay of the first label in hours, within 5%.",
            "p90_hours": "90th percentile in hours.",
            "longest_hours": "Longest in hours.",
            "n": "Labelled predictions of the class.",
        },
        _BY_CLASS,
    ),
    View(
        "label_corrections",
        "Labels that named another class at first, by UTC day of the predictions.",
        DAY_KEYS
        | {
            "n": "Labelled predictions whose label was corrected.",
            "n_labelled": "Labelled predictions.",
            "share": "Corrected / labelled.",
        },
        """
        WITH corrected AS (
            SELECT monitor_id, bucket / 86400 * 86400 AS day, SUM(n) AS n
            FROM problem_cells
            WHERE kind = 'corrected_label' AND bucket >= 0
            GROUP BY monitor_id, bucket / 86400 * 86400
        ), labelled AS (
            SELECT s.monitor_id, c.day, SUM(c.n) AS n
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            WHERE c.label_id <> 0
            GROUP BY s.monitor_id, c.day
        )
        SELECT m.name AS monitor, {day:t.day} AS day, {count:COALESCE(c.n, 0)} AS n, {count:t.n} AS n_labelled,
               CAST(COALESCE(c.n, 0) AS DOUBLE PRECISION) / t.n AS share
        FROM labelled t
        JOIN monitors m ON m.id = t.monitor_id
        LEFT JOIN corrected c ON c.monitor_id = t.monitor_id AND c.day = t.day""",
    ),
)

"""Who gave the labels: how many, and how often they and others agree."""

from typing import Final

from monitor.history.views.intervals import wilson_bound
from monitor.history.views.view import DAY_KEYS, View

_NAME: Final = "Name, as in the log; empty where a label row names none."
_COUNTS: Final = {
    "n": "Predictions that they gave a label.",
    "n_shared": "Those of them that another labeller gave a label too; the counts that follow are of these.",
    "n_agreed": "All labellers named one class.",
    "n_corrected": "Their label counts, and another labeller had named another class before.",
    "n_overruled": "The label that counts is another labeller's, and names another class.",
}
_SUMS: Final = """SUM(n) AS n, SUM(CASE WHEN fate <> 0 THEN n ELSE 0 END) AS n_shared,
                   SUM(CASE WHEN fate = 1 THEN n ELSE 0 END) AS n_agreed,
                   SUM(CASE WHEN fate = 3 THEN n ELSE 0 END) AS n_corrected,
                   SUM(CASE WHEN fate = 4 THEN n ELSE 0 END) AS n_overruled"""
"""By the numbers of `monitor.log.counts.LabelFate`."""
_SHOWN: Final = """{count:t.n} AS n, {count:t.n_shared} AS n_shared, {count:t.n_agreed} AS n_agreed,
               {count:t.n_corrected} AS n_corrected, {count:t.n_overruled} AS n_overruled"""
_AGREEMENT: Final = "Share of the shared ones in which all labellers named one class; NULL where none is shared."
_FINAL: Final = "Share of the shared ones in which theirs is the class of the label that counts; NULL where none is."


_SHARES: Final = """CAST(n_agreed AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS agreement,
                   CAST(n_shared - n_overruled AS DOUBLE PRECISION) / NULLIF(n_shared, 0) AS final_share"""


def _bounds(share: str, low: str, high: str) -> str:
    n = "CAST(t.n_shared AS DOUBLE PRECISION)"
    return f"{wilson_bound('-', share, n)} AS {low},\n               {wilson_bound('+', share, n)} AS {high}"


LABELLERS: Final = (
    View(
        "daily_labellers",
        "Labels by UTC day of the predictions and who gave them, where the log says who.",
        DAY_KEYS
        | {"labeller": _NAME, "coverage": "Predictions that they gave a label / predictions."}
        | _COUNTS
        | {"agreement": _AGREEMENT, "final_share": _FINAL},
        f"""
        WITH given AS (
            SELECT monitor_id, day, labeller_id, {_SUMS}
            FROM labeller_days
            GROUP BY monitor_id, day, labeller_id
        ), predicted AS (
            SELECT s.monitor_id, c.day, SUM(c.n) AS n
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            GROUP BY s.monitor_id, c.day
        )
        SELECT m.name AS monitor, {{day:t.day}} AS day, l.name AS labeller,
               CAST(t.n AS DOUBLE PRECISION) / p.n AS coverage, {_SHOWN},
               t.agreement, t.final_share
        FROM (SELECT given.*, {_SHARES} FROM given) t
        JOIN predicted p ON p.monitor_id = t.monitor_id AND p.day = t.day
        JOIN monitors m ON m.id = t.monitor_id
        JOIN labellers l ON l.id = t.labeller_id""",  # noqa: S608 - made of constants
    ),
    View(
        "labeller_agreement",
        "How often each labeller and others agree, over all that is kept, with intervals.",
        {
            "monitor": DAY_KEYS["monitor"],
            "labeller": _NAME,
            "first_day": "First UTC day that has predictions with a label of theirs.",
            "last_day": "Last UTC day that has.",
        }
        | _COUNTS
        | {
            "agreement": _AGREEMENT,
            "low": "Lower end of its 95% interval (Wilson 1927).",
            "high": "Upper end of it.",
            "final_share": _FINAL,
            "final_low": "Lower end of its 95% interval (Wilson 1927).",
            "final_high": "Upper end of it.",
        },
        f"""
        WITH given AS (
            SELECT monitor_id, labeller_id, MIN(day) AS first_day, MAX(day) AS last_day, {_SUMS}
            FROM labeller_days
            GROUP BY monitor_id, labeller_id
        )
        SELECT m.name AS monitor, l.name AS labeller, {{day:t.first_day}} AS first_day, {{day:t.last_day}} AS last_day,
               {_SHOWN},
               t.agreement, {_bounds("t.agreement", "low", "high")},
               t.final_share, {_bounds("t.final_share", "final_low", "final_high")}
        FROM (SELECT given.*, {_SHARES} FROM given) t
        JOIN monitors m ON m.id = t.monitor_id
        JOIN labellers l ON l.id = t.labeller_id""",  # noqa: S608 - made of constants
    ),
)

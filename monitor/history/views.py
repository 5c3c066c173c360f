"""The views that analysts read. They hold no data, so a migration drops them and makes them anew."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Dialect

from checks.counts import BAND_EDGES

VERSION_COLUMNS: Final = {
    "model_version": "Model version; empty where the log has none.",
    "prompt_version": "Prompt version; empty where the log has none.",
}


@dataclass(frozen=True, slots=True)
class View:
    """One view: its comment, its columns with theirs, and its SELECT.

    In `select`, {time:x} is the UTC time and {day:x} the UTC day of epoch seconds x, {micros:x} the UTC time of
    microseconds.
    """

    name: str
    comment: str
    columns: dict[str, str]
    select: str


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
_SUMS: Final = "c.n, c.weight, c.weight_squared"

_EDGES: Final = (0.0, *BAND_EDGES, 1.0)
_LOW, _HIGH = (
    f"CASE c.band {' '.join(f'WHEN {band} THEN {edge!r}' for band, edge in enumerate(edges))} END"
    for edges in (_EDGES[:-1], _EDGES[1:])
)
_CONFIDENCES: Final = f"""c.band, CAST({_LOW} AS DOUBLE PRECISION) AS low, CAST({_HIGH} AS DOUBLE PRECISION) AS high,
           c.n, c.confidence_millionths / CAST(1000000 AS DOUBLE PRECISION) AS confidence"""

_KEYS: Final = {"monitor": "Name of the monitor.", "bucket_start": "Start of the bucket of prediction time (UTC)."}
_DAY_KEYS: Final = {"monitor": "Name of the monitor.", "day": "UTC day of the predictions."}

VIEWS: Final = (
    View(
        "bucket_outcomes",
        "Predictions by bucket, versions, predicted class and label.",
        _KEYS | _OUTCOME_COLUMNS,
        _OUTCOMES % ("", _SUMS, _BANDS, "="),
    ),
    View(
        "bucket_confidences",
        "Predictions by bucket, versions, predicted class, label and confidence band, where confidences are logged.",
        _KEYS
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
        _KEYS | {"segment": "Segment column of the log.", "value": "Its value."} | _OUTCOME_COLUMNS,
        _OUTCOMES % ("s.segment, s.value,", _SUMS, "outcome_cells", "<>"),
    ),
    View(
        "bucket_latency",
        "Answers by bucket, versions and latency bin.",
        _KEYS
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
               c.bin, b.low_ms, b.mid_ms, b.high_ms, c.n
        FROM latency_cells c
        JOIN monitors m ON m.id = c.monitor_id
        JOIN versions v ON v.id = c.version_id
        LEFT JOIN latency_bins b ON b.bin = c.bin""",
    ),
    View(
        "bucket_relevance",
        "Scored answers by bucket, versions, predicted class, source and tenth of relevance.",
        _KEYS
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
               p.name AS predicted, r.name AS source, c.bin, c.n,
               c.score_millionths / CAST(1000000 AS DOUBLE PRECISION) AS score
        FROM relevance_cells c
        JOIN monitors m ON m.id = c.monitor_id
        JOIN versions v ON v.id = c.version_id
        JOIN classes p ON p.id = c.predicted_id
        JOIN relevance_sources r ON r.id = c.source_id""",
    ),
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
        SELECT {micros:p.as_of} AS as_of, m.name AS monitor, s.metric, s.class, s.slice,
               {time:p.window_start} AS window_start, {time:p.window_end} AS window_end,
               p.value, p.low, p.high, p.raw, p.n, p.n_labelled, p.coverage, p.provisional
        FROM metric_points p
        JOIN metric_series s ON s.id = p.series_id
        JOIN monitors m ON m.id = s.monitor_id""",
    ),
    View(
        "daily_accuracy",
        "Accuracy by UTC day of the predictions, from the labels known now.",
        _DAY_KEYS
        | {
            "accuracy": "Share right, post-stratified on the predicted class; those without a label are left out.",
            "raw": "Plain share right of the labelled rows.",
            "n": "Predictions.",
            "n_labelled": "Labelled predictions.",
            "coverage": "Labelled / predicted.",
        },
        """
        WITH strata AS (
            SELECT s.monitor_id, {day:c.bucket} AS day, c.predicted_id, SUM(c.n) AS n, SUM(c.weight) AS weight,
                   SUM(CASE WHEN c.label_id <> 0 THEN c.n ELSE 0 END) AS n_labelled,
                   SUM(CASE WHEN c.label_id = c.predicted_id THEN c.n ELSE 0 END) AS n_right,
                   SUM(CASE WHEN c.label_id = c.predicted_id THEN c.weight ELSE 0 END) AS weight_right
            FROM outcome_cells c
            JOIN slices s ON s.id = c.slice_id
            WHERE s.segment = ''
            GROUP BY s.monitor_id, {day:c.bucket}, c.predicted_id
        )
        SELECT m.name AS monitor, t.day,
               SUM(CASE WHEN t.weight > 0 THEN t.n * t.weight_right / t.weight END)
                   / SUM(CASE WHEN t.weight > 0 THEN t.n END) AS accuracy,
               CAST(SUM(t.n_right) AS DOUBLE PRECISION) / NULLIF(SUM(t.n_labelled), 0) AS raw,
               CAST(SUM(t.n) AS BIGINT) AS n, CAST(SUM(t.n_labelled) AS BIGINT) AS n_labelled,
               CAST(SUM(t.n_labelled) AS DOUBLE PRECISION) / SUM(t.n) AS coverage
        FROM strata t
        JOIN monitors m ON m.id = t.monitor_id
        GROUP BY m.name, t.day""",
    ),
    View(
        "daily_recall",
        "Recall of each class by UTC day of the predictions, from the labels known now.",
        _DAY_KEYS
        | {
            "class": "True class.",
            "recall": "Share of the class that was predicted as it, post-stratified on the predicted class.",
            "raw": "Plain share over labelled rows of the class.",
            "n": "Labelled rows of the class.",
        },
        """
        WITH cells AS (
            SELECT s.monitor_id, {day:c.bucket} AS day, c.predicted_id, c.label_id,
                   SUM(c.n) AS n, SUM(c.weight) AS weight
            FROM outcome_cells c
            JOIN slices s ON s.id = c.slice_id
            WHERE s.segment = ''
            GROUP BY s.monitor_id, {day:c.bucket}, c.predicted_id, c.label_id
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
        SELECT m.name AS monitor, e.day, k.name AS class,
               SUM(CASE WHEN e.predicted_id = e.label_id THEN e.estimate ELSE 0 END) / SUM(e.estimate) AS recall,
               CAST(SUM(CASE WHEN e.predicted_id = e.label_id THEN e.n ELSE 0 END) AS DOUBLE PRECISION)
                   / SUM(e.n) AS raw,
               CAST(SUM(e.n) AS BIGINT) AS n
        FROM estimated e
        JOIN monitors m ON m.id = e.monitor_id
        JOIN classes k ON k.id = e.label_id
        GROUP BY m.name, e.day, k.name""",
    ),
    View(
        "daily_latency",
        "Latency quantiles by UTC day of the predictions: the middle of the bin at the nearest rank.",
        _DAY_KEYS
        | {
            "p50_ms": "Median latency in ms.",
            "p95_ms": "95th percentile in ms.",
            "p99_ms": "99th percentile in ms.",
            "n": "Answers that have a latency.",
        },
        """
        WITH bins AS (
            SELECT monitor_id, {day:bucket} AS day, bin, SUM(n) AS n
            FROM latency_cells
            GROUP BY monitor_id, {day:bucket}, bin
        ), ranked AS (
            SELECT monitor_id, day, bin, SUM(n) OVER (PARTITION BY monitor_id, day ORDER BY bin) AS upto,
                   SUM(n) OVER (PARTITION BY monitor_id, day) AS total
            FROM bins
        )
        SELECT m.name AS monitor, r.day,
               MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN b.mid_ms END) AS p50_ms,
               MIN(CASE WHEN r.upto * 100 >= r.total * 95 THEN b.mid_ms END) AS p95_ms,
               MIN(CASE WHEN r.upto * 100 >= r.total * 99 THEN b.mid_ms END) AS p99_ms,
               CAST(MAX(r.total) AS BIGINT) AS n
        FROM ranked r
        JOIN monitors m ON m.id = r.monitor_id
        JOIN latency_bins b ON b.bin = r.bin
        GROUP BY m.name, r.day""",
    ),
    View(
        "daily_relevance",
        "Relevance by UTC day of the predictions and source of the scores.",
        _DAY_KEYS
        | {
            "source": "Who or what scored; empty where the log does not say.",
            "mean": "Mean score of the scored answers.",
            "low_share": "Share of the scores that are under 0.5.",
            "n": "Scored answers.",
            "coverage": "Scored by the source / predicted.",
        },
        """
        WITH scored AS (
            SELECT monitor_id, {day:bucket} AS day, source_id, SUM(n) AS n, SUM(score_millionths) AS millionths,
                   SUM(CASE WHEN bin < 5 THEN n ELSE 0 END) AS n_low
            FROM relevance_cells
            GROUP BY monitor_id, {day:bucket}, source_id
        ), predicted AS (
            SELECT monitor_id, {day:bucket} AS day, SUM(n) AS n
            FROM total_cells
            GROUP BY monitor_id, {day:bucket}
        )
        SELECT m.name AS monitor, s.day, r.name AS source,
               s.millionths / (1000000 * CAST(s.n AS DOUBLE PRECISION)) AS mean,
               CAST(s.n_low AS DOUBLE PRECISION) / s.n AS low_share, CAST(s.n AS BIGINT) AS n,
               CAST(s.n AS DOUBLE PRECISION) / p.n AS coverage
        FROM scored s
        JOIN predicted p ON p.monitor_id = s.monitor_id AND p.day = s.day
        JOIN monitors m ON m.id = s.monitor_id
        JOIN relevance_sources r ON r.id = s.source_id""",
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
        SELECT monitor, action, n, worked, partly, no_effect, harmed, success,
               (success + z2 / 2 - SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS low,
               (success + z2 / 2 + SQRT(z2 * (success * (1 - success) + z2 / 4))) / (1 + z2) AS high
        FROM shared""",
    ),
)


class _Time:
    """Spells the three time expressions of a dialect, through format specs such as {time:c.bucket}."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __format__(self, expression: str) -> str:
        return self._pattern.replace("?", expression)


_SPELLINGS: Final = {
    "sqlite": {
        "time": _Time("datetime(?, 'unixepoch')"),
        "day": _Time("date(?, 'unixepoch')"),
        "micros": _Time(
            "datetime(? / 1000000, 'unixepoch')"
            " || CASE ? % 1000000 WHEN 0 THEN '' ELSE printf('.%06d', ? % 1000000) END"
        ),
    },
    "postgresql": {
        "time": _Time("to_timestamp(?)"),
        "day": _Time("CAST(to_timestamp(?) AT TIME ZONE 'UTC' AS DATE)"),
        "micros": _Time("(TIMESTAMPTZ 'epoch' + ? * INTERVAL '1 microsecond')"),
    },
}


def select_of(view: View, dialect: Dialect) -> str:
    """Spell the view's SELECT in a dialect."""
    return view.select.format(**_SPELLINGS[dialect.name])


def drop_views(connection: Connection) -> None:
    """Take all views away."""
    for view in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")


def create_views(connection: Connection) -> None:
    """Make all views, as this release defines them."""
    for view in VIEWS:
        # Percent signs are doubled because drivers take a single one for a parameter.
        select = select_of(view, connection.dialect)
        escaped = select.replace("%", "%%") if connection.dialect.paramstyle in ("format", "pyformat") else select
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {escaped}")

"""Figures of each week and of the whole life of each version, with intervals, from the labels that are known now.

Both are one SELECT over sums of a period. Sums are also made over versions: a row whose version is `(all)` is of all of
them together, so rows of different such grains are never to be added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from monitor.history.views.intervals import wilson_bound
from monitor.history.views.view import VERSION_COLUMNS, View

_WEEK: Final = "(({0} - 345600) / 604800 * 604800 + 345600)"  # 345,600 s after 1970 began was the first Monday

# As in checks.statistics.smoothing and checks.estimates.shrinkage: half an imagined hit and half an imagined miss, and
# the rows by which a variance leans on the bot as a whole.
_PSEUDO: Final = "0.5"
_PRIOR: Final = "1.0"
_LEVER: Final = "2.0"

_KEY: Final = "slice_id, period, model_version, prompt_version"
_GRAINS: Final = """(
            SELECT 1 AS by_model, 1 AS by_prompt UNION ALL SELECT 1, 0 UNION ALL SELECT 0, 1 UNION ALL SELECT 0, 0
        )"""
_VERSIONS: Final = """CASE g.by_model WHEN 1 THEN v.model_version ELSE '(all)' END AS model_version,
               CASE g.by_prompt WHEN 1 THEN v.prompt_version ELSE '(all)' END AS prompt_version"""
_SLICE: Final = "CASE s.segment WHEN '' THEN 'all' ELSE s.segment || '=' || s.value END"
_MONITOR: Final = {"monitor": "Name of the monitor."}
_SLICES: Final = {
    "slice": "`all`, or a segment as column=value.",
    "model_version": "Model version, `(all)` for all together; empty where the log has none.",
    "prompt_version": "Prompt version, `(all)` for all together; empty where the log has none.",
}
_BOUNDS: Final = {
    "low": "Lower end of its 95% interval (Wilson 1927, at the effective number of labels).",
    "high": "Upper end of it.",
}


@dataclass(frozen=True, slots=True)
class _Period:
    """What figures are of: `of` is the period of a time in epoch seconds, `columns` how it is shown."""

    prefix: str
    of: str
    shown: str
    columns: Mapping[str, str]
    comment: str

    def start(self, time: str) -> str:
        return self.of.format(time)


_PERIODS: Final = (
    _Period(
        "weekly",
        _WEEK,
        "{day:t.period} AS week",
        {"week": "Monday that the UTC week of the predictions begins with."},
        "by UTC week of the predictions, segment and version",
    ),
    _Period(
        "version",
        "0 * {0}",
        "{day:t.first_day} AS first_day, {day:t.last_day} AS last_day",
        {
            "first_day": "First UTC day that has predictions of it, as far as the history goes back.",
            "last_day": "Last UTC day that has.",
        },
        "of each version over its whole life, by segment",
    ),
)


def _cells(period: _Period) -> str:
    """CTE `cells`: predictions by slice, period, versions, predicted class and label; `days` says from when to when."""
    sums = """CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, SUM(c.weight) AS weight,
                   SUM(c.weight_squared) AS weight_squared"""
    columns = "c.version_id, c.predicted_id, c.label_id"
    return f"""
        WITH counted AS (
            SELECT c.slice_id, {period.start("c.day")} AS period, {columns}, {sums},
                   MIN(c.day) AS first_day, MAX(c.day) AS last_day
            FROM outcome_days c
            GROUP BY c.slice_id, {period.start("c.day")}, {columns}
            UNION ALL
            SELECT c.slice_id, {period.start("c.bucket")} AS period, {columns}, {sums},
                   MIN(c.bucket / 86400 * 86400) AS first_day, MAX(c.bucket / 86400 * 86400) AS last_day
            FROM outcome_cells c
            JOIN slices s ON s.id = c.slice_id
            WHERE s.segment <> ''
            GROUP BY c.slice_id, {period.start("c.bucket")}, {columns}
        ), cells AS (
            SELECT c.slice_id, c.period, {_VERSIONS}, c.predicted_id, c.label_id,
                   SUM(c.n) AS n, SUM(c.weight) AS weight, SUM(c.weight_squared) AS weight_squared,
                   MIN(c.first_day) AS first_day, MAX(c.last_day) AS last_day
            FROM counted c
            JOIN versions v ON v.id = c.version_id
            CROSS JOIN {_GRAINS} g
            GROUP BY c.slice_id, c.period, 3, 4, c.predicted_id, c.label_id
        )"""  # noqa: S608 - made of constants


def _heads(period: _Period) -> str:
    return f"m.name AS monitor, {period.shown}, {_SLICE} AS slice, t.model_version, t.prompt_version"


_NAMED: Final = """
        JOIN slices s ON s.id = t.slice_id
        JOIN monitors m ON m.id = s.monitor_id"""
# Sums are kept beside what they are of, by windows: PostgreSQL takes a list of sums for a short one, and would go
# through one of them for each row of another.
_STRATA: Final = f""", strata AS (
            SELECT {_KEY}, predicted_id, MIN(first_day) AS first_day, MAX(last_day) AS last_day,
                   SUM(n) AS n, SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) AS n_labelled,
                   SUM(CASE WHEN label_id = predicted_id THEN n ELSE 0 END) AS n_right, SUM(weight) AS weight,
                   SUM(weight) * SUM(weight) / NULLIF(SUM(weight_squared), 0) AS effective,
                   SUM(CASE WHEN label_id = predicted_id THEN weight ELSE 0 END) / NULLIF(SUM(weight), 0) AS rate
            FROM cells
            GROUP BY {_KEY}, predicted_id
        )"""  # noqa: S608 - made of constants


def _accuracy(period: _Period) -> str:
    lever = f"({_LEVER} * n * n / NULLIF(n_labelled, 0) / pull)"
    return f"""{_cells(period)}{_STRATA}, summed AS (
            SELECT s.*, SUM(CASE WHEN weight > 0 THEN n END) OVER w AS known, SUM(n * rate) OVER w AS hits,
                   SUM(n_labelled) OVER w AS labels, SUM(n * n / NULLIF(n_labelled, 0)) OVER w AS pull
            FROM strata s
            WINDOW w AS (PARTITION BY {_KEY})
        ), weighed AS (
            SELECT s.*, MAX(CASE WHEN weight > 0 THEN (n + {_LEVER} * known / labels) / (n_labelled + {_LEVER}) END)
                       OVER w AS one
            FROM summed s
            WINDOW w AS (PARTITION BY {_KEY})
        ), smoothed AS (
            SELECT s.*, known + 2 * {_PSEUDO} * one AS wide,
                   (hits + {_PSEUDO} * one) / (known + 2 * {_PSEUDO} * one) AS smooth,
                   (n_labelled * rate + {_PRIOR} * hits / known + {lever} / 2) / (n_labelled + {_PRIOR} + {lever})
                       AS likely
            FROM weighed s
        ), t AS (
            SELECT {_KEY}, MIN(first_day) AS first_day, MAX(last_day) AS last_day, SUM(n) AS n,
                   SUM(n_labelled) AS n_labelled, SUM(n_right) AS n_right, MAX(hits) / MAX(known) AS value,
                   MAX(smooth) * (1 - MAX(smooth)) / (
                       SUM((n * n / effective * likely * (1 - likely) + n * (likely - smooth) * (likely - smooth))
                           / (wide * wide))
                       + {_PSEUDO} * MAX(one * one / (wide * wide) * ((1 - smooth) * (1 - smooth) + smooth * smooth))
                   ) - 2 * {_PSEUDO} AS effective
            FROM smoothed
            GROUP BY {_KEY}
        )
        SELECT {_heads(period)}, t.value AS accuracy, {wilson_bound("-", "t.value", "t.effective")} AS low,
               {wilson_bound("+", "t.value", "t.effective")} AS high,
               t.n_right / NULLIF(t.n_labelled, 0) AS raw, {{count:t.n}} AS n, {{count:t.n_labelled}} AS n_labelled,
               t.n_labelled / t.n AS coverage
        FROM t{_NAMED}"""  # noqa: S608 - made of constants


def _recall(period: _Period) -> str:
    """By the cells of a label: one that is absent adds no variance, for which the imagined miss stands."""
    return f"""{_cells(period)}, strata AS (
            SELECT c.*, SUM(n) OVER w AS size, SUM(weight) OVER w AS weights,
                   SUM(weight) OVER w * SUM(weight) OVER w / NULLIF(SUM(weight_squared) OVER w, 0) AS effective,
                   SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS n_labelled,
                   weight / NULLIF(SUM(weight) OVER w, 0) AS rate
            FROM cells c
            WINDOW w AS (PARTITION BY {_KEY}, predicted_id)
        ), summed AS (
            SELECT s.*, SUM(CASE WHEN weights > 0 THEN n END) OVER w AS known,
                   SUM(CASE WHEN label_id <> 0 THEN n ELSE 0 END) OVER w AS labels,
                   MIN(first_day) OVER w AS first, MAX(last_day) OVER w AS last
            FROM strata s
            WINDOW w AS (PARTITION BY {_KEY})
        ), weighed AS (
            SELECT s.*, (size + {_LEVER} * known / labels) / (n_labelled + {_LEVER}) AS one,
                   MAX((size + {_LEVER} * known / labels) / (n_labelled + {_LEVER})) OVER w AS most,
                   size * size / effective * rate * (1 - rate) + size * rate * rate AS spread
            FROM summed s
            WHERE weights > 0
            WINDOW w AS (PARTITION BY {_KEY})
        ), labels AS (
            SELECT {_KEY}, label_id, MIN(first) AS first_day, MAX(last) AS last_day, SUM(n) AS n, MAX(most) AS most,
                   SUM(CASE WHEN predicted_id = label_id THEN n ELSE 0 END) AS n_right, SUM(size * rate) AS estimate,
                   SUM(CASE WHEN predicted_id = label_id THEN size * rate ELSE 0 END) AS hits,
                   COALESCE(MAX(CASE WHEN predicted_id = label_id THEN one END), MAX(most)) AS own,
                   SUM(CASE WHEN predicted_id = label_id THEN spread ELSE 0 END) AS of_hits,
                   SUM(CASE WHEN predicted_id = label_id THEN 0 ELSE spread END) AS of_misses
            FROM weighed
            WHERE label_id <> 0
            GROUP BY {_KEY}, label_id
        ), smoothed AS (
            SELECT l.*, estimate + {_PSEUDO} * (own + most) AS wide,
                   (hits + {_PSEUDO} * own) / (estimate + {_PSEUDO} * (own + most)) AS smooth
            FROM labels l
        ), t AS (
            SELECT l.*, hits / estimate AS recall, smooth * (1 - smooth) * wide * wide / (
                       (1 - smooth) * (1 - smooth) * (of_hits + {_PSEUDO} * own * own)
                       + smooth * smooth * (of_misses + {_PSEUDO} * most * most)
                   ) - 2 * {_PSEUDO} AS effective
            FROM smoothed l
        )
        SELECT {_heads(period)}, c.name AS class, t.recall, {wilson_bound("-", "t.recall", "t.effective")} AS low,
               {wilson_bound("+", "t.recall", "t.effective")} AS high, t.n_right / t.n AS raw, {{count:t.n}} AS n
        FROM t
        JOIN classes c ON c.id = t.label_id{_NAMED}"""  # noqa: S608 - made of constants


def _precision(period: _Period) -> str:
    return f"""{_cells(period)}{_STRATA}
        SELECT {_heads(period)}, c.name AS class, t.rate AS precision,
               {wilson_bound("-", "t.rate", "t.effective")} AS low,
               {wilson_bound("+", "t.rate", "t.effective")} AS high,
               t.n_right / t.n_labelled AS raw, {{count:t.n_labelled}} AS n, {{count:t.n}} AS n_predicted
        FROM strata t
        JOIN classes c ON c.id = t.predicted_id{_NAMED}
        WHERE t.weight > 0"""  # noqa: S608 - made of constants


_SHARES: Final = (50, 95, 99)
_REACH: Final = "1.959964 * SQRT(r.total * {0} * (100 - {0})) / 100"


def _quantiles() -> str:
    lines = []
    for share in _SHARES:
        rank, reach = f"r.total * {share} / 100.0", _REACH.format(share)
        for name, least in (("", rank), ("_low", f"{rank} - {reach}"), ("_high", f"{rank} + {reach}")):
            found = f"MIN(CASE WHEN r.upto >= {least} THEN b.mid_ms END)"
            lines.append(f"COALESCE({found}, MAX(b.mid_ms)) AS p{share}{name}_ms")
    return ",\n               ".join(lines)


def _latency(period: _Period) -> str:
    key = "monitor_id, period, model_version, prompt_version"
    return f"""
        WITH counted AS (
            SELECT c.monitor_id, {period.start("c.day")} AS period, {_VERSIONS}, c.bin,
                   CAST(SUM(c.n) AS DOUBLE PRECISION) AS n, MIN(c.day) AS first_day, MAX(c.day) AS last_day
            FROM latency_days c
            JOIN versions v ON v.id = c.version_id
            CROSS JOIN {_GRAINS} g
            GROUP BY c.monitor_id, 2, 3, 4, c.bin
        ), ranked AS (
            SELECT {key}, bin, SUM(n) OVER (PARTITION BY {key} ORDER BY bin) AS upto,
                   SUM(n) OVER (PARTITION BY {key}) AS total, MIN(first_day) OVER (PARTITION BY {key}) AS first_day,
                   MAX(last_day) OVER (PARTITION BY {key}) AS last_day
            FROM counted
        ), t AS (
            SELECT {key}, {_quantiles()},
               MAX(r.total) AS n, MIN(r.first_day) AS first_day, MAX(r.last_day) AS last_day
            FROM ranked r
            JOIN latency_bins b ON b.bin = r.bin
            GROUP BY {key}
        )
        SELECT m.name AS monitor, {period.shown}, t.model_version, t.prompt_version,
               {", ".join(f"t.p{share}{name}_ms" for share in _SHARES for name in ("", "_low", "_high"))},
               {{count:t.n}} AS n
        FROM t
        JOIN monitors m ON m.id = t.monitor_id"""  # noqa: S608 - made of constants


def _latency_columns() -> dict[str, str]:
    names = {50: "Median latency in ms.", 95: "95th percentile in ms.", 99: "99th percentile in ms."}
    found = {}
    for share, text in names.items():
        found[f"p{share}_ms"] = text
        found[f"p{share}_low_ms"] = "Lower end of its 95% interval, by order statistics."
        found[f"p{share}_high_ms"] = "Upper end of it."
    return found


def _views(period: _Period) -> tuple[View, ...]:
    keys = _MONITOR | dict(period.columns) | _SLICES
    of_class = {"class": "True class."}
    return (
        View(
            f"{period.prefix}_accuracy",
            f"Accuracy {period.comment}, from the labels known now.",
            keys
            | {"accuracy": "Share right, post-stratified on the predicted class; those without a label are left out."}
            | _BOUNDS
            | {
                "raw": "Plain share right of the labelled rows.",
                "n": "Predictions.",
                "n_labelled": "Labelled predictions.",
                "coverage": "Labelled / predicted.",
            },
            _accuracy(period),
        ),
        View(
            f"{period.prefix}_recall",
            f"Recall of each class {period.comment}, from the labels known now.",
            keys
            | of_class
            | {"recall": "Share of the class that was predicted as it, post-stratified on the predicted class."}
            | _BOUNDS
            | {"raw": "Plain share over labelled rows of the class.", "n": "Labelled rows of the class."},
            _recall(period),
        ),
        View(
            f"{period.prefix}_precision",
            f"Precision of each class {period.comment}, from the labels known now.",
            keys
            | {"class": "Predicted class.", "precision": "Share of the predictions as the class that are truly of it."}
            | _BOUNDS
            | {
                "raw": "Plain share over labelled rows predicted as the class.",
                "n": "Labelled rows predicted as the class.",
                "n_predicted": "Predictions as the class.",
            },
            _precision(period),
        ),
        View(
            f"{period.prefix}_latency",
            f"Latency quantiles {period.comment.replace(', by segment', '').replace(', segment and', ' and')}.",
            _MONITOR
            | dict(period.columns)
            | {name: text for name, text in _SLICES.items() if name in VERSION_COLUMNS}
            | _latency_columns()
            | {"n": "Answers that have a latency."},
            _latency(period),
        ),
    )


PERIODS: Final = tuple(view for period in _PERIODS for view in _views(period))

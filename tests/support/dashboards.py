"""The Grafana dashboards, one on Prometheus and one on the history in PostgreSQL.

`python -m tests.support.dashboards` writes deploy/grafana/*.json.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import dashboard

from tests.repository.paths import ROOT

FOLDER: Final = ROOT / "deploy" / "grafana"
_PROMETHEUS: Final = dashboard.DataSourceRef("prometheus", "${datasource}")
_POSTGRES: Final = dashboard.DataSourceRef("grafana-postgresql-datasource", "${datasource}")
_OF_MONITOR: Final = 'monitor=~"$monitor"'


@dataclass(frozen=True)
class Sql(Dataquery, cog.Builder[Dataquery]):
    """A query of Grafana's PostgreSQL source, which the SDK has no builder of."""

    statement: str
    form: str = "time_series"
    ref: str = "A"

    def build(self) -> Dataquery:
        """The query is what it builds."""
        return self

    def to_json(self) -> dict[str, object]:
        """As Grafana reads it."""
        source = {"type": _POSTGRES.type_val, "uid": _POSTGRES.uid}
        query = {"refId": self.ref, "rawQuery": True, "editorMode": "code", "format": self.form}
        return {"datasource": source, **query, "rawSql": self.statement}


@dataclass(frozen=True)
class Chart:
    """One panel: its queries by legend, and the unit of its numbers."""

    title: str
    queries: Sequence[tuple[str, str]]
    unit: str = "percentunit"
    description: str = ""
    width: int = 12
    form: str = "time_series"


HEALTH: Final = (
    Chart("Monitors that can be relied on", [("{{monitor}}", "tunewatch_monitor_ready")], "bool_yes_no", width=8),
    Chart(
        "Open incidents",
        [("{{monitor}} {{severity}}", "monitor_severity:tunewatch_open_incidents:sum")],
        "short",
        width=8,
    ),
    Chart(
        "Oldest notification not delivered",
        [("{{channel}}", "tunewatch_notifications_oldest_age_seconds")],
        "s",
        width=8,
    ),
)
FIGURES: Final = (
    Chart(
        "Accuracy",
        [
            ("{{monitor}}", f'tunewatch_figure{{metric="accuracy",{_OF_MONITOR}}}'),
            ("{{monitor}} low", f'tunewatch_figure_low{{metric="accuracy",{_OF_MONITOR}}}'),
            ("{{monitor}} high", f'tunewatch_figure_high{{metric="accuracy",{_OF_MONITOR}}}'),
        ],
        description="With its 95% interval.",
    ),
    Chart("Recall by class", [("{{monitor}} {{class}}", f'tunewatch_figure{{metric="recall",{_OF_MONITOR}}}')]),
    Chart("Precision by class", [("{{monitor}} {{class}}", f'tunewatch_figure{{metric="precision",{_OF_MONITOR}}}')]),
    Chart(
        "Recall less precision",
        [("{{monitor}} {{class}}", f'tunewatch_figure{{metric="recall_precision_gap",{_OF_MONITOR}}}')],
        description="Under 0 recall is the side that is low, over 0 precision.",
    ),
    Chart("Latency", [("{{monitor}} {{metric}}", f'tunewatch_figure{{metric=~"latency_p.*",{_OF_MONITOR}}}')], "ms"),
    Chart("Labelled / predicted", [("{{monitor}}", f'tunewatch_figure{{metric="coverage",{_OF_MONITOR}}}')]),
    Chart(
        "Age of the last look / what is allowed",
        [("{{monitor}}", f"monitor:tunewatch_look_lateness:ratio{{{_OF_MONITOR}}}")],
        description="Above 1 the monitor is late.",
    ),
    Chart("Looks that fail", [("{{monitor}}", f"monitor:tunewatch_looks_failed:ratio_rate1h{{{_OF_MONITOR}}}")]),
)

_BELIEVED: Final = """SELECT as_of AS time, {columns}
FROM metric_history
WHERE monitor = '$monitor' AND metric = '{metric}' AND slice = 'all' AND $__timeFilter(as_of)
ORDER BY 1"""
_DAYS: Final = """SELECT day AS time, accuracy, coverage
FROM daily_accuracy
WHERE monitor = '$monitor' AND $__timeFilter(day)
ORDER BY 1"""
_WEEKS: Final = """SELECT week AS time, accuracy, low, high
FROM weekly_accuracy
WHERE monitor = '$monitor' AND slice = 'all' AND model_version = '(all)' AND prompt_version = '(all)'
ORDER BY 1"""
_VERSIONS: Final = """SELECT model_version, prompt_version, class, recall, low, high, n
FROM version_recall
WHERE monitor = '$monitor' AND slice = 'all' AND model_version <> '(all)' AND prompt_version <> '(all)'
ORDER BY high"""
_INCIDENTS: Final = """SELECT incident_id, severity, state, detected_at, acknowledged_by, hours_to_acknowledge,
    hours_to_resolve, reopened
FROM incident_times
WHERE monitor = '$monitor' AND $__timeFilter(detected_at)
ORDER BY detected_at DESC"""
_MISTAKES: Final = """SELECT label, predicted, SUM(n) AS n
FROM daily_outcomes
WHERE monitor = '$monitor' AND label <> predicted AND $__timeFilter(day)
GROUP BY label, predicted
ORDER BY n DESC, label, predicted
LIMIT 20"""
_DELAYS: Final = """SELECT week, class, p50_hours, p90_hours, n
FROM label_delays
WHERE monitor = '$monitor'
ORDER BY week DESC, class"""
HISTORY: Final = (
    Chart("Accuracy as it was believed", [("", _BELIEVED.format(columns="value, low, high", metric="accuracy"))]),
    Chart("Recall by class", [("", _BELIEVED.format(columns="class AS metric, value", metric="recall"))]),
    Chart("Accuracy by day, as labels say now", [("", _DAYS)]),
    Chart("Accuracy by week", [("", _WEEKS)], description="With its 95% interval."),
    Chart("Recall of each version over its whole life", [("", _VERSIONS)], form="table"),
    Chart("Incidents", [("", _INCIDENTS)], "short", form="table"),
    Chart("Mistakes", [("", _MISTAKES)], "short", form="table"),
    Chart("How late labels come", [("", _DELAYS)], "h", form="table"),
)


def on_prometheus() -> str:
    """The dashboard on Prometheus, as JSON."""
    board = _board("tunewatch", "tunewatch-prometheus", "prometheus")
    board.with_variable(
        build.QueryVariable("monitor")
        .datasource(_PROMETHEUS)
        .query("label_values(tunewatch_monitor_ready, monitor)")
        .multi(multi=True)
        .include_all(include_all=True)
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )
    for chart in HEALTH:
        panel = stat.Panel().title(chart.title).datasource(_PROMETHEUS).unit(chart.unit).span(chart.width).height(5)
        board.with_panel(_asked(panel, chart))
    for chart in FIGURES:
        lines = (
            timeseries.Panel().title(chart.title).datasource(_PROMETHEUS).unit(chart.unit).span(chart.width).height(8)
        )
        board.with_panel(_asked(lines.description(chart.description), chart))
    return _written(board)


def on_history() -> str:
    """The dashboard on the history in PostgreSQL, as JSON."""
    board = _board("tunewatch history", "tunewatch-history", "grafana-postgresql-datasource")
    board.with_variable(
        build.QueryVariable("monitor")
        .datasource(_POSTGRES)
        .query("SELECT name FROM monitors ORDER BY name")
        .refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD)
    )
    for chart in HISTORY:
        panel = timeseries.Panel() if chart.form == "time_series" else table.Panel()
        panel.title(chart.title).description(chart.description).datasource(_POSTGRES)
        panel.unit(chart.unit).span(chart.width).height(8)
        for _, statement in chart.queries:
            panel.with_target(Sql(statement, chart.form))
        board.with_panel(panel)
    return _written(board)


def _board(title: str, uid: str, source: str) -> build.Dashboard:
    board = build.Dashboard(title).uid(uid).tags(["tunewatch"]).timezone("utc").time("now-7d", "now").refresh("1m")
    return board.with_variable(build.DatasourceVariable("datasource").label("Data source").type(source))


def _asked(panel: Any, chart: Chart) -> Any:  # noqa: ANN401 - panels have no common type
    for place, (legend, expression) in enumerate(chart.queries):
        panel.with_target(prometheus.Dataquery().expr(expression).legend_format(legend).ref_id("ABC"[place]))
    return panel


def _written(board: build.Dashboard) -> str:
    return json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


BOARDS: Final = {"tunewatch.json": on_prometheus, "history.json": on_history}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in BOARDS.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")

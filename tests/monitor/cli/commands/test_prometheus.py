"""A real Prometheus reads the real daemon: every metric, rule and query finds what it is about."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from tests.repository.paths import ROOT
from tests.support.chat_log import END, write_config
from tests.support.daemons import running
from tests.support.dashboards import FOLDER
from tests.support.prometheus import RULES, program, scraping
from tests.support.waiting import wait_until


def rules(name: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((RULES / f"{name}.rules.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture
def home(tmp_path: Path, made_log: Path) -> Path:
    """A configuration, and the log moved so that it ends now."""
    (tmp_path / "logs").mkdir()
    by = datetime.now(UTC) - END
    for file in made_log.glob("*.parquet"):
        frame = pq.read_table(file).to_pandas()
        for name in frame.select_dtypes(["datetime", "datetimetz"]).columns:
            frame[name] += by
        frame.to_parquet(tmp_path / "logs" / file.name)
    write_config(tmp_path)
    return tmp_path


def test_prometheus_scrapes_the_daemon_and_every_rule_and_panel_has_something_to_judge(home: Path) -> None:
    program("prometheus")
    with running(home) as daemon:
        wait_until(lambda: bool(daemon.events("looked")), 120)
        with scraping(daemon.web.partition("://")[2]) as prometheus:
            wait_until(lambda: bool(prometheus.query("monitor:tunewatch_looks_failed:ratio_rate1h")), 60)
            (target,) = prometheus.targets()
            assert (target["health"], target["lastError"]) == ("up", "")
            firing = {each["metric"]["alertname"] for each in prometheus.query('ALERTS{alertstate="firing"}')}
            assert "TunewatchWatchdog" in firing
            for rule in rules("alerts"):
                prometheus.query(rule["expr"])
            asked = [rule["record"] for rule in rules("recording")]
            board = json.loads((FOLDER / "tunewatch.json").read_text("utf-8"))
            for panel in board["panels"]:
                asked += [query["expr"].replace("$monitor", ".*") for query in panel["targets"]]
            nothing = [expression for expression in asked if not prometheus.query(expression)]
            assert [each for each in nothing if not re.search("open_incidents|notifications_oldest", each)] == []


def test_every_metric_of_the_rules_is_one_of_the_daemon() -> None:
    recorded = {rule["record"] for rule in rules("recording")}
    told = (ROOT / "monitor" / "daemon" / "metrics.py").read_text("utf-8")
    for rule in (*rules("recording"), *rules("alerts")):
        for name in re.findall(r"[\w:]*tunewatch_[\w:]+", rule["expr"]):
            plain = name.removeprefix("tunewatch_").removesuffix("_total")
            assert name in recorded or f'"{plain}"' in told or f'"tunewatch_{plain}"' in told, name

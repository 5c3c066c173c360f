"""The first weeks of most bots: no labels at all, from `init` to the incidents that need none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from checks.rules.registry import ROWS
from tests.support.program import json_lines, run_here

START = datetime(2026, 2, 1, tzinfo=UTC)
END = START + timedelta(days=42)
WELL = (START + timedelta(days=37)).isoformat()

LOG = """
COPY (
    SELECT i AS prediction_id, moment AS ts, CASE WHEN i % 8 = 0 THEN 'urgent' ELSE 'billing' END AS predicted,
           300 + hash(i) % 400 + CASE WHEN moment >= '2026-03-13 00:00+00' THEN 700 ELSE 0 END AS latency_ms,
           0.7 + (hash(i + 1) % 30) / 100.0 AS confidence,
           hash(i + 2) % 100 < CASE WHEN moment >= '2026-03-11 00:00+00' THEN 45 ELSE 85 END AS helpful,
           'p1' AS prompt_version
    FROM (
        SELECT i, TIMESTAMPTZ '2026-02-01 00:00+00' + to_minutes(CAST(i * 12 AS BIGINT)) AS moment FROM range(5040) t(i)
    )
) TO '{}' (FORMAT parquet)
"""  # 120 answers a day; answers get worse on day 38, and slower on day 40


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a log and the configuration that `init` makes of it."""
    (tmp_path / "logs").mkdir()
    with duckdb.connect() as connection:
        connection.execute(LOG.format(tmp_path / "logs" / "predictions.parquet"))
    ended = run_here("init", "logs", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    file = tmp_path / "tunewatch.yaml"  # studies are left out: they take seconds each, and are tested elsewhere
    text = file.read_text(encoding="utf-8").replace("    source:\n", "    study: {enabled: false}\n    source:\n", 1)
    file.write_text(text, encoding="utf-8")
    return tmp_path


def test_init_finds_the_scores_and_says_what_is_watched_without_labels(home: Path) -> None:
    text = (home / "tunewatch.yaml").read_text(encoding="utf-8")
    assert "relevance: helpful" in text
    assert "Without them traffic, latency, relevance, drift and confidence are watched." in text


def test_validate_says_what_comes_alive_with_labels(home: Path) -> None:
    shown = " ".join(run_here("validate", cwd=home).stdout.split())
    assert "no labels: whether answers are right is told from the first ones on" in shown
    assert "accuracy off needs labels: set source.labels; it comes alive with the first ones" in shown
    assert "relevance full" in shown


def test_once_shows_what_is_known_and_asks_nothing_of_labels(home: Path) -> None:
    ended = run_here("once", "--as-of", WELL, cwd=home)
    assert ended.returncode == 0, ended.stderr
    assert "no labels yet predictions 840" in " ".join(ended.stdout.split())
    assert "recall" not in ended.stdout
    assert "abel" not in ended.stdout.replace("no labels yet", "")

    lines = json_lines(run_here("once", "--as-of", WELL, "--json", cwd=home).stdout)
    assert not {line["check"] for line in lines if line["type"] == "finding"} & {
        row.name for row in ROWS if row.needs_labels
    }
    known = {line["metric"] for line in lines if line["type"] == "metric"}
    assert {"relevance_mean", "relevance_low_share", "confidence_mean", "predicted_share", "latency_p95"} <= known
    assert not {"accuracy", "recall", "precision", "maturity"} & known


def test_incidents_of_relevance_and_of_latency_open_without_a_label(home: Path) -> None:
    ended = run_here("backtest", "--from", WELL, "--to", END.isoformat(), "--every", "12h", "--json", cwd=home)
    opened = {line["family"]: line for line in json_lines(ended.stdout) if line["event"] == "opened"}
    assert opened.keys() == {"quality", "latency"}
    assert {finding["check"] for finding in opened["quality"]["findings"]} == {"relevance"}
    assert {finding["check"] for finding in opened["latency"]["findings"]} == {"latency"}
    assert opened["latency"]["advice"]["action"] == "reduce_latency"

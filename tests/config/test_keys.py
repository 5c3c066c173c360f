"""Keys and values: each mistake is told with its key, its line and the nearest right name."""

import pytest

from tests.config.conftest import MONITOR, Refused

COLUMNS = "{id: id, at: ts, predicted: predicted}"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("    windw: 7d", "tunewatch.yaml:8: monitors.bot.windw is not a known key; did you mean window?"),
        (
            "    p95_ms: 9",
            "monitors.bot.p95_ms is not a known key here; did you mean monitors.bot.checks.latency.p95_ms?",
        ),
        ("    zzz: 9", "monitors.bot.zzz is not a known key; some are every, source"),
        ("    window: 7 dayz", "tunewatch.yaml:8: monitors.bot.window is not a duration: '7 dayz'; did you mean 7d?"),
        ("    window: 604800", "monitors.bot.window is not a duration: '604800'; it has no unit"),
        ("    every: 0s", "monitors.bot.every must be longer than nothing"),
        ("    every: 1s", "monitors.bot.every must be at least 5s"),
        ("    window: -7d", "monitors.bot.window is not a duration: '-7d'"),
        ("    window: [7d]", "monitors.bot.window must be a duration"),
        ("    bucket: 7h", "monitors.bot.bucket must divide a day evenly (such as 15m, 1h, 6h or 1d), but 7h does not"),
        ("    window: 90m", "monitors.bot.window must be a multiple of bucket, but 1h30m is not one of 1h"),
        ("    reference: 90m", "monitors.bot.reference must be a multiple of bucket"),
        ("    lookback: 30d", "lookback must be at least as long as window and reference together (35d), but is 30d"),
        ("history: {keep: 50d}", "history.keep must be at least as long as monitors.bot.lookback (60d)"),
        ("history: {hourly_after: 9d, daily_after: 9d}", "history.daily_after must be longer than hourly_after"),
        ("    reference: {start: 2026-03-09, end: 2026-03-01}", "monitors.bot.reference.end must be after start"),
        ("    reference: {start: 2026-03-01}", "tunewatch.yaml:8: monitors.bot.reference.end is missing"),
        (
            "    reference: {start: May, end: 2026-03-01}",
            "monitors.bot.reference.start must be a time such as 2026-03-01",
        ),
        ("    reference: {start: 2026-03-01T00:30:00Z, end: 2026-03-09}", "start must be the start of a bucket of 1h"),
        ("    false_alarms: often", "monitors.bot.false_alarms is not a rate of false alarms: 'often'"),
        ("    checks: {traffic: {enabled: maybe}}", "checks.traffic.enabled must be true or false, not 'maybe'"),
        ("    classes: {urgent: {}}", "tunewatch.yaml:8: monitors.bot.classes.urgent sets no floor"),
        ("    classes: {urgent: {min_recall: 80}}", "classes.urgent.min_recall must be at most 1.0, not 80"),
        ("    classes: {no: {min_recall: 0.8}}", "put it in quotes"),
        ("    classes: {1: {min_recall: 0.8}}", "monitors.bot.classes.1 must be text; put it in quotes"),
        ("    classes: urgent", "monitors.bot.classes must be a section with keys and values of its own, not 'urgent'"),
        ("    checks: {accuracy: {good: 0.5, bad: 0.6}}", "monitors.bot.checks.accuracy.good must be above bad"),
        ("    checks: {accuracy: {bad: 0.9}}", "checks.accuracy.good must be above bad, but 0.85 is not above 0.9"),
        ("    checks: {relevance: {low: 0.55}}", "relevance.low must be a whole number of tenths"),
        ("    checks: {accuracy: {good: high}}", "checks.accuracy.good must be a number, not 'high'"),
        ("    checks: {latency: {p50_ms: 9, p99_ms: 5}}", "latency.p99_ms must not be below p50_ms, but 5 is below 9"),
        ("    checks: {latency: {max_ratio: 1}}", "latency.max_ratio must be above 1.0, not 1"),
        ("    checks: {acuracy: {}}", "monitors.bot.checks.acuracy is not a known key; did you mean accuracy?"),
        ("    advice: {min_prompts: 2.5}", "advice.min_prompts must be a whole number, not 2.5"),
        ("logging: {level: loud}", "logging.level must be one of 'debug', 'info', 'warning', 'error', not 'loud'"),
        ("web: {port: 70000}", "web.port must be at most 65535, not 70000"),
        ("slack: {channel: #oncall\n  }", "slack.channel is empty; a value that begins with # must be in quotes"),
        ("slack: {channel: x, base_url: slack.com}", "slack.base_url must begin with https:// or http://"),
        ("history: {url: 'duckdb:///h.db'}", "history.url must be a sqlite or a postgresql URL"),
        ("history: {url: 'postgres://h/db'}", "is not supported: postgres; write postgresql+psycopg://"),
        ("history: {url: tunewatch.db}", "history.url is not a database URL"),
        (
            "    study: {embeddings: true}",
            "study.embeddings is not a known key; known are enabled, every, rows, timeout",
        ),
        ("    study: {relevance_modle: m}", "study.relevance_modle is not a known key; did you mean relevance_model?"),
        ("WEB: {port: 1}", "tunewatch.yaml:8: WEB is not a known key"),
        ("monitrs: {}", "monitrs is not a known key; did you mean monitors?"),
    ],
)
def test_a_wrong_key_or_value_is_told(refused: Refused, lines: str, told: str) -> None:
    assert told in refused(f"{MONITOR}{lines}\n")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (f"predictions: {{columns: {COLUMNS}}}", "needs exactly one of files, table and query, but has none of them"),
        (f"predictions: {{files: a, table: b, columns: {COLUMNS}}}", "but has files and table"),
        (
            f"predictions: {{table: a, columns: {COLUMNS}}}",
            "predictions.table names a table, but the database in memory",
        ),
        ("predictions: {files: a}", "monitors.bot.source.predictions.columns is missing"),
        ("predictions: {files: [], columns: {id: a}}", "predictions.files is empty; name at least one"),
        (
            "predictions: {files: a, columns: {id: a, at: b, predictd: c}}",
            "predictd is not a known key; did you mean predicted",
        ),
        ("predictions: {files: a, columns: {id: '', at: b, predicted: c}}", "predictions.columns.id is empty"),
        (
            f"predictions: {{files: a, columns: {COLUMNS}}}\n      segments: [a, b, a]",
            "segments names a column twice: a",
        ),
        (
            f"url: 'sqlite:///x'\n      predictions: {{files: a, columns: {COLUMNS}}}",
            "can only be read with a duckdb URL",
        ),
    ],
)
def test_a_source_that_cannot_be_is_told(refused: Refused, source: str, told: str) -> None:
    assert told in refused(f"monitors:\n  bot:\n    source:\n      {source}\n")


@pytest.mark.parametrize("name", ["a.b", "a__b", "two words", "-x", "x" * 65])
def test_a_monitor_name_that_a_variable_cannot_spell_is_refused(refused: Refused, name: str) -> None:
    assert "must be up to 64 letters" in refused(MONITOR.replace("bot", name))


def test_two_monitors_that_a_variable_cannot_tell_apart_are_refused(refused: Refused) -> None:
    twice = MONITOR.replace("bot", "my-bot") + MONITOR.replace("bot", "my_bot").replace("monitors:\n", "")
    assert "monitors.my_bot cannot be told from my-bot" in refused(twice)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file(refused: Refused) -> None:
    told = refused(f"{MONITOR}    windw: 7d\n    every: 0s\nlogging: {{level: loud}}\n").splitlines()
    assert [line.split(": ")[0] for line in told] == [f"tunewatch.yaml:{n}" for n in (8, 9, 10)]


def test_nobody_sees_the_words_of_the_library(refused: Refused) -> None:
    told = refused("monitors: 3\nslack: 4\nweb: {port: x}\nhistory: [1]\nlogging: {level: 1, format: {}}\n").lower()
    assert not any(word in told for word in ("pydantic", "input should", "https://errors", "type=", "validation error"))

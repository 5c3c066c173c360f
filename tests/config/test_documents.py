"""The example and the documentation say what the models say."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from config import Settings, load
from config.shape import leaves
from config.table import with_table

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples" / "tunewatch.yaml"
PAGE: Final = ROOT / "docs" / "configuration.md"
SECRETS: Final = {
    "alerting": ("heartbeat_url",),
    "slack": ("token", "app_token"),
    "ingest": ("token",),
    "web": ("token",),
    "slack_webhook": ("url",),
    "pagerduty": ("routing_key",),
    "alertmanager": ("password", "token"),
    "email": ("password",),
    "teams": ("url",),
    "apprise": ("urls",),
    "webhook": ("url", "secret"),
}


def _uncommented() -> dict[str, Any]:
    """Read the example with the keys that it only mentions in comments."""
    text = re.sub(r"^(\s*)# (\w+): ", r"\1\2: ", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^\s*(table|query): .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*reference: 28d.*$", "", text, flags=re.MULTILINE)
    tree = yaml.safe_load(text)
    assert isinstance(tree, dict)
    return tree


def test_the_example_loads() -> None:
    settings = load(EXAMPLE, environ={})
    assert settings.monitors["support-bot"].classes["urgent"].min_recall == 0.80


def test_the_example_shows_the_defaults() -> None:
    shown = load(EXAMPLE, environ={}).monitors["support-bot"]
    kept = type(shown)(source=shown.source, classes=shown.classes)
    limits = {"p50_ms": 800, "p95_ms": 2000, "p99_ms": 5000}
    latency = kept.checks.latency.model_copy(update=limits)
    checks = kept.checks.model_copy(update={"latency": latency})
    assert shown == kept.model_copy(update={"checks": checks})


def test_the_example_with_its_commented_keys_loads(tmp_path: Path) -> None:
    tree = _uncommented()
    for section, keys in SECRETS.items():
        for key in keys:
            tree[section].pop(key)
    file = tmp_path / "tunewatch.yaml"
    file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    monitor = load(file, environ={}).monitors["support-bot"]
    assert monitor.checks.label_health.min_coverage == 0.20


def test_the_example_leaves_no_key_out() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    tree = _uncommented()
    keys = {leaf[-1] for leaf in leaves(Settings, tree)}
    assert not {key for key in keys if not re.search(rf"\b{key}:", text)}


def test_the_table_of_keys_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run python -m config.table docs/configuration.md"

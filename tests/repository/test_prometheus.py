"""The rules for Prometheus, by promtool: they are valid, and alert when they say."""

import subprocess

import pytest

from tests.support.prometheus import RULES, program


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "--lint-fatal", "recording.rules.yml", "alerts.rules.yml"),
        ("test", "rules", "tests.yml"),
    ],
)
def test_promtool_finds_nothing_wrong(arguments: tuple[str, ...]) -> None:
    command = [program("promtool"), *arguments]
    done = subprocess.run(command, cwd=RULES, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

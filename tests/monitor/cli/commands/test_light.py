"""What commands do without: studies need it in a process of their own, or it takes long to import and few need it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.chat_log import END
from tests.support.program import environment, run_here

HEAVY = {"evidently", "pandas", "sklearn", "scipy.stats", "matplotlib", "plotly", "nltk"}
OF_CHANNELS = {"httpx", "slack_sdk", "apprise", "jinja2"}
OF_THE_DAEMON = {"starlette", "uvicorn", "apscheduler", "prometheus_client", "pyarrow"}
OF_MIGRATIONS = {"alembic", "mako"}
OF_COUNTING = {"duckdb", "scipy"}

OF_LOOKS = {
    "checks.advice.advise",
    "duckdb_engine",
    "monitor.bootstrap.monitors",
    "monitor.cycle.cycle",
    "monitor.log.engines.registry",
    "monitor.log.prediction_log",
}

FRONT = "import sys, monitor.cli.commands.run; print(*sys.modules)"
DAEMON = "import sys, monitor.cli.commands.run, monitor.daemon.process; print(*sys.modules)"
READING = "import sys, monitor.cli.commands.history, monitor.cli.commands.ack; print(*sys.modules)"
COMMAND = """\
import sys
from monitor.cli.program import cli
sys.stdout = sys.stderr
try:
    cli(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.__stdout__)
"""


def loaded(program: str, home: Path, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(
        command, cwd=home, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    found = set(ended.stdout.split())
    assert "monitor.common.exit_codes" in found, ended.stderr
    return found


def test_a_look_loads_only_what_it_is_made_with(home: Path) -> None:
    assert run_here("history", cwd=home).returncode == 0  # which makes the tables

    found = loaded(COMMAND, home, "once", "--as-of", END.isoformat())

    assert "monitor.cycle.cycle" in found
    assert set() == (HEAVY | OF_CHANNELS | OF_THE_DAEMON | OF_MIGRATIONS) & found


def test_the_web_address_is_taken_before_what_a_daemon_is_made_of_is_loaded(home: Path) -> None:
    found = loaded(FRONT, home)

    assert "monitor.daemon.front" in found
    assert not {"numpy", "apscheduler", "prometheus_client"} & found
    assert not {
        name for name in found if name.startswith(("alerts.channels", "checks", "monitor.history", "monitor.cycle"))
    }
    assert not {"monitor.daemon.assembly", "monitor.log.prediction_log"} & found


def test_the_daemon_is_put_together_before_it_loads_what_counts_and_tells(home: Path) -> None:
    found = loaded(DAEMON, home)

    assert "monitor.cycle.cycle" in found
    assert set() == (HEAVY | OF_CHANNELS | OF_MIGRATIONS | OF_COUNTING) & found


def test_who_only_asks_the_history_waits_for_nothing_that_counts(home: Path) -> None:
    found = loaded(READING, home)

    assert set() == (HEAVY | OF_CHANNELS | OF_THE_DAEMON | OF_MIGRATIONS | OF_COUNTING) & found


@pytest.mark.parametrize("command", ["status", "incidents"])
def test_who_asks_how_things_stand_loads_nothing_that_looks_at_a_log(home: Path, command: str) -> None:
    assert run_here("history", cwd=home).returncode == 0  # which makes the tables

    found = loaded(COMMAND, home, command)

    assert "monitor.history.history" in found
    assert set() == (OF_LOOKS | HEAVY | OF_CHANNELS | OF_THE_DAEMON | OF_MIGRATIONS | OF_COUNTING) & found

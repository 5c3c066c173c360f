"""What the daemon's own process never loads: a study needs it, and has a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.chat_log import END
from tests.support.program import environment

HEAVY = {"evidently", "pandas", "sklearn", "scipy.stats", "matplotlib", "plotly", "nltk"}

DAEMON = "import sys, monitor.cli.commands.run, monitor.daemon.assembly, monitor.daemon.daemon; print(*sys.modules)"
LOOK = """\
import sys
from monitor.cli.program import cli
sys.stdout = sys.stderr
try:
    cli(["once", "--as-of", sys.argv[1]])
finally:
    print(*sys.modules, file=sys.__stdout__)
"""


@pytest.mark.parametrize("program", [DAEMON, LOOK], ids=["the daemon's modules", "a whole look"])
def test_neither_the_daemon_nor_a_look_loads_what_studies_are_made_with(program: str, home: Path) -> None:
    command = [sys.executable, "-c", program, END.isoformat()]
    ended = subprocess.run(
        command, cwd=home, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )

    loaded = set(ended.stdout.split())
    assert "monitor.cycle.cycle" in loaded, ended.stderr
    assert not HEAVY & loaded

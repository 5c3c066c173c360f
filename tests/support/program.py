"""Runs the command: as a process of its own, as a user does, or in this process, which is quicker."""

import json
import os
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from click.testing import CliRunner

from monitor.cli.program import cli

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def environment(**more: str) -> dict[str, str]:
    """The environment without any setting of tunewatch but those given, and with this checkout importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUNEWATCH_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | more


def run_here(*arguments: str, cwd: Path, **variables: str) -> Ended:
    """Run it in this process."""
    with chdir(cwd):
        result = CliRunner().invoke(cli, arguments, env=variables, prog_name="tunewatch")
    return Ended(result.exit_code, result.stdout, result.stderr)


def run_process(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end as a process of its own; no run of a test takes a minute."""
    return subprocess.run(
        [sys.executable, "-m", "monitor.cli", *arguments],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def start(code_or_command: list[str], *, cwd: Path, stderr: IO[str], **variables: str) -> subprocess.Popen[str]:
    """Start Python with these arguments; whoever starts it ends it."""
    return subprocess.Popen(
        [sys.executable, *code_or_command],
        cwd=cwd,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
    )


def json_lines(text: str) -> list[dict[str, Any]]:
    """Every line as an object; a line that is none fails the test."""
    return [json.loads(line) for line in text.splitlines()]

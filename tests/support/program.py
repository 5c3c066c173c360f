"""Runs the command as a user does: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    """The environment without any setting of tunewatch but those given, and with this checkout importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUNEWATCH_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | more


def tunewatch(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end; no run of a test takes a minute."""
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


def start(
    *arguments: str, cwd: Path | None = None, stderr: IO[str] | int = subprocess.PIPE, **variables: str
) -> subprocess.Popen[str]:
    """Start it; whoever starts it ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", *arguments],
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

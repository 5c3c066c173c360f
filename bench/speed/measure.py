"""Runs a command in a process of its own, and says how long it took and how much memory it needed."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

# Of ru_maxrss: kilobytes on Linux, bytes on macOS.
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Measured(NamedTuple):
    """One run: wall and processor time in seconds, peak resident memory in bytes, and what it printed."""

    seconds: float
    cpu: float
    peak: int
    output: str


class CommandFailedError(Exception):
    """The command ended with an exit status that was not allowed."""


def measure(command: Sequence[str], *, cwd: Path, allowed: Collection[int] = (0,)) -> Measured:
    """Run `command` to its end; its stderr is shown.

    The peak is the child's own only while this process is smaller than the child: Linux counts the parent's memory, of
    the moment before the child's program replaces it, too. So nothing heavy is imported here.
    """
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdout=output)  # noqa: S603 - our own commands
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Measured(seconds, cpu, usage.ru_maxrss * MAXRSS_UNIT, output.read())

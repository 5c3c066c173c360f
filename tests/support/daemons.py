"""The daemon as a process, with its log so far."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from config.loading import load
from monitor.common.logs import set_up_logging
from monitor.daemon.front import open_front
from monitor.daemon.process import watch
from tests.support.forks import Fork, run_command
from tests.support.http import get_json
from tests.support.program import environment, start
from tests.support.waiting import wait_until

Process = subprocess.Popen[str] | Fork


class Daemon:
    """A running daemon with its log so far."""

    def __init__(self, start: Callable[[IO[str]], Process], log: Path) -> None:
        """Start it, with its log in that file."""
        self._path = log
        self._log = log.open("w")
        self.process = start(self._log)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The complete log lines of that event so far."""
        lines = [line for line in self._path.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def wait_for(self, name: str) -> dict[str, Any]:
        """The first log line of that event, once it is there."""
        wait_until(lambda: self.events(name) or self.process.poll() is not None, 30)
        assert self.events(name), self._path.read_text()
        return self.events(name)[0]

    @property
    def web(self) -> str:
        """The address of its web server."""
        return str(self.wait_for("started")["web"])

    def log(self) -> str:
        """All that it logged."""
        return self._path.read_text()

    def get(self, path: str) -> tuple[int, Any]:
        """Ask the web server."""
        return get_json(self.wait_for("started")["web"] + path)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send the signal; the seconds until the process ended."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(15)
        return time.monotonic() - began

    def close(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.stdout().close()
        self._log.close()

    def stdout(self) -> IO[str]:
        """What it prints, of which there should be nothing."""
        assert self.process.stdout
        return self.process.stdout


def run() -> None:
    """`tunewatch run`."""
    run_command("run")


def watch_impatiently() -> None:
    """The same with half a second to stop, so that no test waits for eight."""
    set_up_logging("info", "json")
    settings = load()
    sys.exit(watch(settings, open_front(settings.web), stop_within=0.5))


@contextmanager
def started(home: Path, log_name: str = "daemon.log") -> Iterator[Daemon]:
    """`tunewatch run` in a folder, started as a shell starts it: it takes two seconds of computing to import."""
    yield from _until_left(lambda log: start(["-m", "monitor.cli", "run"], cwd=home, stderr=log), home / log_name)


@contextmanager
def running(
    home: Path, target: Callable[[], object] = run, /, *, log_name: str = "daemon.log", **variables: str
) -> Iterator[Daemon]:
    """A daemon in a folder, forked from where all that it imports is there."""

    def fork(log: IO[str]) -> Process:
        return Fork(target, cwd=home, stderr=log, environment=environment(**variables))

    yield from _until_left(fork, home / log_name)


def _until_left(start: Callable[[IO[str]], Process], log: Path) -> Iterator[Daemon]:
    daemon = Daemon(start, log)
    try:
        yield daemon
    finally:
        daemon.close()

"""The daemon as a process: its start, its pulse, its end."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.chat_log import Bot, write_config
from tests.support.http import get_json
from tests.support.program import start, tunewatch
from tests.support.waiting import wait_until


class Daemon:
    """A running `tunewatch run` with its log so far."""

    def __init__(self, home: Path, **variables: str) -> None:
        self._log = (home / "daemon.log").open("w+")
        self.process = start("run", cwd=home, stderr=self._log, **variables)
        self._path = home / "daemon.log"

    def log(self) -> list[dict[str, Any]]:
        """The complete lines so far."""
        return [json.loads(line) for line in self._path.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def event(self, name: str) -> dict[str, Any] | None:
        """The first log line of that event."""
        return next((line for line in self.log() if line["event"] == name), None)

    def wait_for(self, name: str) -> dict[str, Any]:
        """The log line of that event, once it is there."""
        wait_until(lambda: self.event(name) or self.process.poll() is not None, 20)
        found = self.event(name)
        assert found, self.log()
        return found

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
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        self._log.close()


@contextmanager
def _running(home: Path, **variables: str) -> Iterator[Daemon]:
    daemon = Daemon(home, **variables)
    try:
        yield daemon
    finally:
        daemon.close()


def test_it_looks_at_once_is_healthy_and_ready_and_ends_with_0_on_sigterm(home: Path) -> None:
    with _running(home) as daemon:
        looked = daemon.wait_for("looked")
        assert looked["monitor"] == "support-bot"
        assert daemon.get("/-/healthy") == (200, {"scheduler": "alive", "delivery": "alive"})
        status, detail = daemon.get("/-/ready")
        assert (status, detail["history"]) == (200, "reachable")
        assert detail["monitors"]["support-bot"]["condition"] == "ready"
        url = daemon.wait_for("started")["web"]
        assert tunewatch("ping", url).returncode == 0

        assert daemon.stop() < 10
        assert daemon.process.returncode == 0
        assert daemon.wait_for("stopped")["ending"] == "clean"
        assert daemon.process.stdout.read() == ""


def test_ctrl_c_ends_it_the_same_way(home: Path) -> None:
    with _running(home) as daemon:
        daemon.wait_for("started")

        assert daemon.stop(signal.SIGINT) < 10
        assert daemon.process.returncode == 0


def test_a_log_that_cannot_be_reached_does_not_keep_the_others_from_being_watched(home: Path) -> None:
    write_config(home, Bot("gone", "nowhere"), Bot())

    with _running(home) as daemon:
        assert daemon.wait_for("looked")["monitor"] == "support-bot"
        assert daemon.wait_for("look failed")["monitor"] == "gone"
        status, detail = daemon.get("/-/ready")
        assert status == 503
        assert detail["monitors"]["gone"]["condition"] == "starting"
        assert detail["monitors"]["gone"]["error"]
        assert daemon.get("/-/healthy")[0] == 200
        assert daemon.stop() < 10


def test_a_log_that_appears_later_is_watched_from_then_on(home: Path, made_log: Path) -> None:
    write_config(home, Bot(folder="later"))

    with _running(home) as daemon:
        daemon.wait_for("look failed")
        shutil.copytree(made_log, home / "later")
        assert daemon.wait_for("looked")["monitor"] == "support-bot"


def test_two_daemons_on_one_history_tell_the_same_story_once(home: Path) -> None:
    with _running(home) as first, _running(home, TUNEWATCH_LOGGING__LEVEL="info") as second:
        first.wait_for("looked")
        second.wait_for("looked")
        assert first.stop() < 10
        assert second.stop() < 10
        assert (first.process.returncode, second.process.returncode) == (0, 0)
        assert not first.event("look crashed")

    with sqlite3.connect(home / "history.db") as connection:
        assert connection.execute("SELECT count(*) FROM cycles").fetchone() >= (1,)
        twice = "SELECT count(*) FROM incidents GROUP BY monitor, family HAVING count(*) > 1"
        assert connection.execute(twice).fetchall() == []


def test_a_taken_port_ends_with_2_and_names_it(home: Path) -> None:
    with _running(home) as daemon:
        port = daemon.wait_for("started")["web"].rpartition(":")[2]

        ended = tunewatch("run", cwd=home, TUNEWATCH_WEB__PORT=port, TUNEWATCH_HISTORY__URL="sqlite:///other.db")

        assert ended.returncode == 2
        assert f"web.port: cannot listen on 127.0.0.1:{port}" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_slack_without_a_token_ends_with_2_and_says_where_it_goes(home: Path) -> None:
    ended = tunewatch("run", cwd=home, TUNEWATCH_SLACK__CHANNEL="#oncall")

    assert ended.returncode == 2
    assert "TUNEWATCH_SLACK__TOKEN" in ended.stderr


def test_a_history_that_cannot_be_reached_ends_with_3(home: Path) -> None:
    ended = tunewatch("run", cwd=home, TUNEWATCH_HISTORY__URL="postgresql+psycopg://u:hunter2@127.0.0.1:1/none")

    assert ended.returncode == 3
    assert "hunter2" not in ended.stderr


def test_a_column_that_is_not_there_ends_with_2(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace("latency_ms: ms", "latency_ms: millis"))

    assert tunewatch("run", cwd=home).returncode == 2

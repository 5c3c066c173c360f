"""The child process: its limits, its end, and that it leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.study.child import StudyChild
from monitor.study.messages import StudyRequest
from tests.support.program import ROOT, environment
from tests.support.studies import samples
from tests.support.waiting import wait_until

REQUEST = StudyRequest(samples(per_day=20), memory_mb=1_500)


def test_a_study_that_takes_too_long_is_ended() -> None:
    child = StudyChild()
    began = time.monotonic()
    reply = child.ask(REQUEST, timeout=0.2)
    assert reply.study is None
    assert "took longer than the 0.2 s that study.timeout allows" in reply.error
    assert time.monotonic() - began < 5
    child.close()


def test_a_study_that_needs_too_much_memory_fails_and_the_next_one_does_not() -> None:
    child = StudyChild()  # one that has made studies has memory to make them again
    reply = child.ask(StudyRequest(REQUEST.samples, memory_mb=60), timeout=60)
    assert reply.study is None
    assert "60 MB" in reply.error or "ended with status" in reply.error
    assert child.ask(REQUEST, timeout=60).error == ""
    child.close()


def test_a_child_that_was_killed_is_replaced() -> None:
    child = StudyChild()
    first = child._running()  # noqa: SLF001 - what an out-of-memory killer would find
    first.kill()
    first.wait()
    assert "took longer" in child.ask(REQUEST, timeout=0.2).error
    child.close()


def test_a_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWATCH_SLACK__TOKEN", "xoxb-not-for-children")
    child = StudyChild()
    process = child._running()  # noqa: SLF001 - what an attacker in one of its libraries would find
    assert b"xoxb" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    child.close()


def test_a_child_ends_with_its_parent_even_when_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, env=environment(), cwd=ROOT, text=True
    )
    assert parent.stdout is not None
    number = int(parent.stdout.readline())
    assert _is_alive(number)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not _is_alive(number))


_PARENT = """
from monitor.study.child import StudyChild
import time
print(StudyChild()._running().pid, flush=True)
time.sleep(60)
"""


def test_a_child_imports_nothing_that_counts_or_configures() -> None:
    code = "import sys, monitor.study.worker; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"config", "sqlalchemy", "duckdb"} & set(shown.stdout.split())


def test_closing_twice_is_closing_once() -> None:
    child = StudyChild()
    child.close()
    child.kill()
    child.close()


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/stat")
    return not (status.exists() and status.read_text().split()[2] == "Z")

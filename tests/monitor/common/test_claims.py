"""A process is told from all others, also from one that has its pid and its host name."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from monitor.common.claims import Worker


def test_this_process_lives() -> None:
    assert not Worker.here().is_dead()


def test_two_workers_of_one_process_are_two() -> None:
    assert Worker.here().name != Worker.here().name


def test_a_name_says_all() -> None:
    here = Worker.here()
    assert Worker.parse(here.name) == here


@pytest.mark.parametrize("name", ["", "somebody", "a|b|c|d|e|f", "a|b|c|1|e"])
def test_another_name_is_nobody(name: str) -> None:
    assert Worker.parse(name) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says when a process started")
def test_a_pid_that_was_given_to_another_process_is_not_taken_for_the_first() -> None:
    assert replace(Worker.here(), started="1").is_dead()


def _ended() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_a_process_that_ended_is_dead() -> None:
    assert replace(Worker.here(), pid=_ended()).is_dead()
    assert replace(Worker.here(), pid=_ended(), started="").is_dead()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a zombie cannot be told")
def test_a_process_that_ended_is_dead_also_before_its_parent_asked_for_its_status() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    child = replace(Worker.here(), pid=process.pid, started=_start_of(process.pid))
    assert not child.is_dead()
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert child.is_dead()
    process.communicate()


def _start_of(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - as plain as can be
        return stat.read().rpartition(")")[2].split()[19]


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "another"},
        {"boot": "another boot"},  # or another machine with this host name
        {"namespace": "pid:[1]"},  # another container, whose first process has pid 1 too
    ],
)
def test_of_another_machine_boot_or_container_nothing_is_known(changes: dict[str, str]) -> None:
    assert not replace(Worker.here(), started="1", pid=1, **changes).is_dead()

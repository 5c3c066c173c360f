"""The helper of a chatbot, against a real receiver."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from monitor.ingest.service import IngestService
from tests.support.ingesting import TOKEN, receiver
from tunewatch.log import Log

ROOT = Path(__file__).parents[2]


def _ids(folder: Path, stream: str) -> list[str]:
    files = (folder / stream).glob("*.parquet")
    return sorted(name for file in files for name in pq.read_table(file)["id"].to_pylist())


def _url(service: IngestService) -> str:
    return "http://{}:{}".format(*service.address)


def test_what_a_bot_logs_is_in_the_log(tmp_path: Path) -> None:
    with receiver(tmp_path) as service:
        log = Log(_url(service), TOKEN, bot="support")
        for number in range(1200):
            log.record(f"m{number:04}", "urgent", text="Help", latency_ms=3.5)
        log.label("m0001", "billing", labeller="anna")
        assert log.close()
        assert log.dropped == 0
    assert _ids(tmp_path, "predictions") == [f"m{number:04}" for number in range(1200)]
    assert _ids(tmp_path, "labels") == ["m0001"]


def test_while_the_receiver_is_away_rows_wait_and_then_come(tmp_path: Path) -> None:
    with receiver(tmp_path) as service:
        port = service.address[1]
    log = Log(f"http://127.0.0.1:{port}", TOKEN)
    log.record("m1", "urgent")
    log.record("m2", "urgent")
    with receiver(tmp_path, port=port):
        assert log.close(patience=20)
    assert _ids(tmp_path, "predictions") == ["m1", "m2"]
    assert log.dropped == 0


def test_what_is_refused_is_dropped_counted_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with receiver(tmp_path) as service:
        log = Log(_url(service), TOKEN)
        log.record("m1", "urgent", predited="typo")
        log.record("m2", "urgent")
        assert log.close()
        stranger = Log(_url(service), "wrong")
        stranger.record("m3", "urgent")
        assert stranger.close()
    assert (log.dropped, stranger.dropped) == (1, 1)
    assert "predited is not a known key" in caplog.text
    assert "ingest.token" in caplog.text
    assert _ids(tmp_path, "predictions") == ["m2"]


def test_with_no_room_left_new_rows_are_dropped_and_the_bot_goes_on() -> None:
    log = Log("http://127.0.0.1:1", TOKEN, room=3)
    for number in range(50):
        log.record(f"m{number}", "urgent")
    assert log.dropped > 0
    assert not log.close(patience=0)
    log.close(patience=10)
    assert log.dropped == 50


def test_it_needs_python_alone_and_the_environment_says_where_to(tmp_path: Path) -> None:
    program = "import sys, tunewatch.log as t; t.record('m1', 'urgent'); t.label('m1', 'other'); print(*sys.modules)"
    with receiver(tmp_path) as service:
        environment = {"TUNEWATCH_LOG_URL": _url(service), "TUNEWATCH_LOG_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [sys.executable, "-S", "-c", program], env=environment, capture_output=True, text=True, check=True
        )
    assert not {"pydantic", "monitor", "config", "requests"} & set(ran.stdout.split())
    assert (_ids(tmp_path, "predictions"), _ids(tmp_path, "labels")) == (["m1"], ["m1"])


def test_a_worker_that_was_forked_sends_its_own_rows(tmp_path: Path) -> None:
    program = """\
import os, tunewatch.log as t
t.record("m1", "urgent")
child = os.fork()
t.record("m2" if child else "m3", "urgent")
if child:
    os.waitpid(child, 0)
"""
    with receiver(tmp_path) as service:
        environment = {"TUNEWATCH_LOG_URL": _url(service), "TUNEWATCH_LOG_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-S", "-c", program], env=environment, timeout=60, check=True)
    assert _ids(tmp_path, "predictions") == ["m1", "m2", "m3"]


def test_without_an_address_a_bot_runs_and_is_warned_once() -> None:
    program = "import tunewatch.log as t; t.record('m1', 'urgent'); t.record('m2', 'urgent')"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", program], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert ran.stderr.count("TUNEWATCH_LOG_URL is not set") == 1

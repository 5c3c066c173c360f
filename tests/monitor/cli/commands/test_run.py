"""The daemon as a process: its start, its pulse, its end."""

import json
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.error import HTTPError

import pytest
import sqlalchemy as sa

from tests.support.chat_log import Bot, write_config, write_log
from tests.support.daemons import running, started, watch_impatiently
from tests.support.fake_slack import FakeSlack
from tests.support.http import get_json, get_text
from tests.support.program import run_here
from tests.support.waiting import wait_until
from tunewatch.log import Log

_TROUBLES: Final = ("look failed", "look crashed", "delivery crashed", "notification failed")

SLOW_CONFIG: Final = """\
history: {{url: "sqlite:///history.db"}}
web: {{port: 0}}
monitors:
  bot:
    every: 5s
    source: {{url: "{url}", predictions: {{table: answers, columns: {{id: id, at: at, predicted: predicted}}}}}}
"""


RECEIVING_CONFIG: Final = """\
history: {url: "sqlite:///history.db"}
web: {port: 0}
ingest: {port: 0, folder: received, publish_every: 1s}
monitors:
  bot:
    every: 5s
    study: {enabled: false}
    source:
      predictions: {files: received/predictions/*.parquet, columns: {id: id, at: at, predicted: predicted}}
      labels: {files: received/labels/*.parquet, columns: {id: id, label: label, at: at}}
"""


def test_it_looks_at_once_is_healthy_and_ready_and_ends_with_0_on_sigterm(home: Path) -> None:
    with started(home) as daemon:
        assert daemon.wait_for("watching")["monitor"] == "support-bot"
        assert daemon.wait_for("looked")["monitor"] == "support-bot"
        assert daemon.get("/-/healthy") == (200, {"scheduler": "alive", "delivery": "alive"})
        status, detail = daemon.get("/-/ready")
        assert (status, detail["history"]) == (200, "reachable")
        assert detail["monitors"]["support-bot"]["condition"] == "ready"
        assert run_here("ping", daemon.wait_for("started")["web"], cwd=home).returncode == 0
        metrics = get_text(daemon.wait_for("started")["web"] + "/metrics")
        assert 'tunewatch_looks_total{monitor="support-bot",outcome="succeeded"} 1.0' in metrics
        assert 'tunewatch_figures_left_out{monitor="support-bot"} 0.0' in metrics

        assert daemon.stop() < 10
        assert daemon.process.returncode == 0
        assert daemon.wait_for("stopped")["ending"] == "clean"
        assert daemon.stdout().read() == ""


def test_a_log_that_cannot_be_reached_keeps_no_other_from_being_watched_until_it_appears(
    home: Path, made_log: Path
) -> None:
    write_config(home, Bot("late", "later"), Bot())

    with running(home) as daemon:
        assert daemon.wait_for("look failed")["monitor"] == "late"
        assert daemon.wait_for("looked")["monitor"] == "support-bot"
        status, detail = daemon.get("/-/ready")
        assert status == 503
        assert detail["monitors"]["late"]["condition"] == "starting"
        assert daemon.get("/-/healthy")[0] == 200
        shutil.copytree(made_log, home / "later")
        wait_until(lambda: "late" in {line["monitor"] for line in daemon.events("looked")}, 20)
        assert daemon.get("/-/ready")[0] == 200


def test_it_receives_the_log_of_a_chatbot_that_has_none_and_watches_it(tmp_path: Path) -> None:
    (tmp_path / "tunewatch.yaml").write_text(RECEIVING_CONFIG)
    with running(tmp_path, TUNEWATCH_INGEST__TOKEN="a-token-of-tests") as daemon:
        log = Log(daemon.wait_for("receiving")["address"], "a-token-of-tests")
        daemon.wait_for("looked")  # nothing has come yet, and that is no fault of the log
        for number in range(60):
            log.record(f"m{number}", "urgent" if number % 3 else "other")
            log.label(f"m{number}", "urgent")
        assert log.close()
        assert daemon.get("/-/healthy")[1]["ingest"] == "alive"
        wait_until(lambda: daemon.get("/-/ready")[1]["ingest"] == "writing")
        with closing(sqlite3.connect(tmp_path / "history.db")) as history:
            counted = "SELECT sum(n), sum(n_labelled), round(sum(n * raw)) FROM daily_accuracy"
            wait_until(lambda: history.execute(counted).fetchone() == (60, 60, 40))
        assert daemon.stop() < 10
        assert daemon.wait_for("stopped")["ending"] == "clean"


def test_it_does_not_receive_without_a_token(tmp_path: Path) -> None:
    (tmp_path / "tunewatch.yaml").write_text(RECEIVING_CONFIG)
    ended = run_here("run", cwd=tmp_path)
    assert (ended.returncode, "TUNEWATCH_INGEST__TOKEN" in ended.stderr) == (2, True)


def test_two_daemons_on_one_history_tell_one_story_and_end_on_ctrl_c(home: Path) -> None:
    with running(home) as first, running(home, log_name="second.log") as second:
        for daemon in (first, second):
            daemon.wait_for("looked")
        for daemon in (first, second):
            assert daemon.stop(signal.SIGINT) < 10
            assert daemon.process.returncode == 0
            assert not daemon.events("look crashed")

    with sqlite3.connect(home / "history.db") as connection:
        twice = "SELECT monitor, family FROM incidents GROUP BY monitor, family HAVING count(*) > 1"
        assert connection.execute(twice).fetchall() == []
        told_twice = "SELECT * FROM notifications GROUP BY incident_id, event_id, channel HAVING count(*) > 1"
        assert connection.execute(told_twice).fetchall() == []


def test_of_two_replicas_each_notification_is_sent_by_one_and_one_goes_on_when_the_other_dies(
    tmp_path: Path, postgres_url: str
) -> None:
    now = datetime.now(UTC)
    write_log(tmp_path / "logs", end=now, breaks_at=now - timedelta(days=7), each_day=30)
    home = write_config(tmp_path, Bot(every="5s")).parent
    variables = {"TUNEWATCH_HISTORY__URL": postgres_url}
    with running(home, **variables) as first, running(home, log_name="second.log", **variables) as second:
        for daemon in (first, second):
            daemon.wait_for("looked")
        first.process.kill()
        first.process.wait()
        looks = len(second.events("looked"))
        wait_until(lambda: len(second.events("looked")) > looks + 1, 30)
        wait_until(lambda: second.get("/-/ready")[0] == 200)
        assert second.stop() < 10
        assert not [event for daemon in (first, second) for name in _TROUBLES for event in daemon.events(name)]
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        opened = connection.exec_driver_sql("SELECT count(*) FROM incident_events WHERE event = 'opened'").scalar_one()
        told = "SELECT state, count(*), count(DISTINCT event_id) FROM notifications GROUP BY state"
        ((state, sent, different),) = connection.exec_driver_sql(told).all()
    engine.dispose()
    assert (state, sent) == ("sent", different)
    assert sent >= opened > 0


@pytest.fixture
def slow_home(tmp_path: Path, postgres_url: str) -> Path:
    """A configuration whose log is a table of PostgreSQL, which a lock can make as slow as a test likes."""
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE answers (id int, at timestamptz, predicted text)")
        connection.exec_driver_sql("INSERT INTO answers VALUES (1, now() - interval '1 day', 'urgent')")
    engine.dispose()
    (tmp_path / "tunewatch.yaml").write_text(SLOW_CONFIG.format(url=postgres_url))
    return tmp_path


@contextmanager
def _locked(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE answers IN ACCESS EXCLUSIVE MODE")
        yield connection
    engine.dispose()


def _is_waited_for(connection: sa.Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(connection.exec_driver_sql(waiting).scalar())


def _cycles(home: Path) -> int:
    with sqlite3.connect(home / "history.db") as connection:
        (cycles,) = connection.execute("SELECT count(*) FROM cycles").fetchone()
    return int(cycles)


def test_a_look_that_does_not_end_is_cut_short_and_leaves_nothing(slow_home: Path, postgres_url: str) -> None:
    with running(slow_home, watch_impatiently) as daemon:
        daemon.wait_for("looked")
        with _locked(postgres_url) as lock:
            wait_until(lambda: _is_waited_for(lock))
            before = _cycles(slow_home)

            assert daemon.stop() < 5
            assert daemon.process.returncode == 0

        assert daemon.wait_for("stopped")["looks_under_way"] == ["bot"]
        assert _cycles(slow_home) == before


def test_a_look_under_way_may_finish(slow_home: Path, postgres_url: str) -> None:
    with running(slow_home) as daemon:
        daemon.wait_for("looked")
        with _locked(postgres_url) as lock:
            wait_until(lambda: _is_waited_for(lock))
            before = len(daemon.events("looked"))
            daemon.process.send_signal(signal.SIGTERM)
            daemon.wait_for("stopping")
        daemon.process.wait(15)

        assert daemon.process.returncode == 0
        assert daemon.wait_for("stopped")["ending"] == "clean"
        assert len(daemon.events("looked")) == before + 1  # both may be of one second, and so one cycle


def test_it_answers_for_its_health_while_no_log_has_answered_yet(slow_home: Path, postgres_url: str) -> None:
    with _locked(postgres_url) as lock, running(slow_home, watch_impatiently) as daemon:
        wait_until(lambda: _is_waited_for(lock), 30)

        assert daemon.get("/-/healthy")[0] == 200
        assert daemon.get("/-/ready")[1]["monitors"]["bot"]["condition"] == "starting"
        assert daemon.stop() < 5
        assert daemon.process.returncode == 0


def test_it_answers_for_its_health_while_the_history_has_not_answered_yet(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://u:hunter2@127.0.0.1:{silent.getsockname()[1]}/none"
        with running(home, TUNEWATCH_HISTORY__URL=url) as daemon:
            web = daemon.wait_for("answering")["web"]
            with silent.accept()[0]:
                assert get_json(web + "/-/healthy") == (200, {"daemon": "starting"})
                assert get_json(web + "/-/ready") == (503, {"daemon": "starting"})
                with pytest.raises(HTTPError, match="503") as refused:
                    get_text(web + "/metrics")
                refused.value.close()
                assert run_here("ping", web, cwd=home).returncode == 0
                assert daemon.stop() < 10
                assert daemon.process.returncode == 0


@pytest.fixture
def _signals_as_before() -> Iterator[None]:
    """Undo what the command does to the signals of this process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals_as_before")
def test_a_taken_port_ends_with_2_and_names_it(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_here("run", cwd=home, TUNEWATCH_WEB__PORT=str(port))

    assert ended.returncode == 2
    assert f"web.port: cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert json.loads(ended.stderr.splitlines()[-1])["event"] == "ended", "every line of a JSON log is JSON"


@pytest.mark.usefixtures("_signals_as_before")
def test_slack_without_a_token_ends_with_2_and_says_where_it_goes(home: Path) -> None:
    ended = run_here("run", cwd=home, TUNEWATCH_SLACK__CHANNEL="#oncall")

    assert ended.returncode == 2
    assert "TUNEWATCH_SLACK__TOKEN" in ended.stderr


@pytest.mark.usefixtures("_signals_as_before")
def test_a_history_that_cannot_be_reached_ends_with_3(home: Path) -> None:
    ended = run_here("run", cwd=home, TUNEWATCH_HISTORY__URL="postgresql+psycopg://u:hunter2@127.0.0.1:1/none")

    assert ended.returncode == 3
    assert "hunter2" not in ended.stderr


def test_a_monitor_whose_columns_do_not_fit_keeps_no_other_from_being_watched(home: Path) -> None:
    file = write_config(home, Bot("renamed"), Bot())
    file.write_text(file.read_text().replace("latency_ms: ms", "latency_ms: millis", 1))

    with running(home) as daemon:
        failed = daemon.wait_for("look failed")
        assert failed["monitor"] == "renamed"
        assert "monitors.renamed.source.predictions.columns.latency_ms" in failed["error"]
        assert daemon.wait_for("looked")["monitor"] == "support-bot"
        status, detail = daemon.get("/-/ready")
        assert (status, detail["monitors"]["renamed"]["condition"]) == (503, "starting")
        assert not daemon.events("no monitor's columns fit its log: nothing is watched; tunewatch validate tries them")


def test_where_no_monitor_fits_its_log_that_is_said(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace("latency_ms: ms", "latency_ms: millis"))

    with running(home) as daemon:
        daemon.wait_for("no monitor's columns fit its log: nothing is watched; tunewatch validate tries them")


def test_another_configuration_and_a_rotated_token_are_used_without_a_restart(home: Path) -> None:
    secrets, file = home / "secrets", home / "tunewatch.yaml"
    secrets.mkdir()
    token = secrets / "tunewatch_slack__token"
    token.write_text("xoxb-one\n")
    with FakeSlack("xoxb-one") as slack:
        good = file.read_text("utf-8").rstrip() + f'\nslack: {{channel: C0ONCALL1, base_url: "{slack.url}"}}\n'
        file.write_text(good, "utf-8")
        with running(home, TUNEWATCH_SECRETS_DIR=str(secrets)) as daemon:
            daemon.wait_for("looked")
            wait_until(lambda: slack.calls)
            slack.workspace.token = "xoxb-two"
            token.write_text("xoxb-two\n")
            wait_until(lambda: slack.calls[-1].answer.get("ok") and len(daemon.events("configuration taken")) == 1)

            file.write_text(good.replace("channel:", "chanel:"), "utf-8")
            refused = daemon.wait_for("configuration refused")
            assert "slack.chanel is not a known key; did you mean channel?" in refused["error"]
            status, detail = daemon.get("/-/ready")
            assert (status, detail["configuration"]["condition"]) == (200, "refused")
            assert "tunewatch_config_last_reload_successful 0.0" in get_text(daemon.web + "/metrics")

            file.write_text(
                good.replace("port: 0", "port: 0, host: 127.0.0.2").replace("support-bot:", "shop-bot:"), "utf-8"
            )
            wait_until(lambda: len(daemon.events("configuration taken")) == 2)
            assert daemon.events("configuration taken")[-1]["waits_for_restart"] == ["web.host"]
            wait_until(lambda: daemon.events("looked")[-1]["monitor"] == "shop-bot")
            assert daemon.get("/-/ready")[1]["configuration"]["waits_for_restart"] == ["web.host"]

            daemon.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(daemon.events("configuration taken")) == 3)
            assert daemon.stop() < 10
            assert daemon.process.returncode == 0
            assert "xoxb-" not in daemon.log()

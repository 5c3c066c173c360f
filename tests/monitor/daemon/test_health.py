from datetime import UTC, datetime, timedelta

import pytest

from checks.rules.finding import Cause
from monitor.common.errors import HistoryError
from monitor.daemon.health import Health
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.vitals import Vitals
from monitor.delivery.worker import Pulse
from monitor.history.notifications import Undelivered
from tests.support.clocks import SetClocks

START = datetime(2026, 3, 29, 6, tzinfo=UTC)


class World:
    """What a health question asks about, as a test sets it."""

    def __init__(self) -> None:
        self.time = SetClocks(START)
        self.pulse = Pulse.ALIVE
        self.waiting: tuple[Undelivered, ...] = ()
        self.history_error = ""
        self.heartbeat = Heartbeat(self.time.ticks)
        self.vitals = Vitals({"bot": timedelta(minutes=15)}, self.time.ticks)
        self.health = Health(self.heartbeat, lambda: self.pulse, self.vitals, self._undelivered, self.time.both)

    def _undelivered(self) -> tuple[Undelivered, ...]:
        if self.history_error:
            raise HistoryError(self.history_error)
        return self.waiting


def test_a_scheduler_that_no_longer_beats_is_not_healthy() -> None:
    world = World()
    world.time.passes(timedelta(seconds=61))

    assert world.health.healthy().detail == {"scheduler": "stuck", "delivery": "alive"}
    assert not world.health.healthy().good

    world.heartbeat.beat()
    assert world.health.healthy().good


@pytest.mark.parametrize("pulse", [Pulse.DEAD, Pulse.STUCK])
def test_a_delivery_that_died_or_is_stuck_is_not_healthy(pulse: Pulse) -> None:
    world = World()
    world.pulse = pulse

    assert not world.health.healthy().good
    assert world.health.healthy().detail["delivery"] == pulse.value


def test_an_open_incident_that_nobody_was_told_of_makes_it_unready_with_channel_and_reason() -> None:
    world = World()
    error = "Slack says token_revoked: check slack.token, not xoxb-1-secret"
    world.waiting = (Undelivered("slack", 3, START, error, START + timedelta(minutes=7)),)
    world.time.passes(timedelta(minutes=5))
    world.heartbeat.beat()
    world.vitals.succeeded("bot", world.time.now())
    assert world.health.ready().good

    world.time.passes(timedelta(seconds=1))
    answer = world.health.ready()
    assert not answer.good
    assert answer.detail["undelivered"] == {
        "slack": {
            "condition": "late",
            "notifications": 3,
            "oldest": "2026-03-29T06:00:00Z",
            "limit_seconds": 300.0,
            "error": "Slack says token_revoked: check slack.token, not xoxb-***",
            "retry_at": "2026-03-29T06:07:00Z",
        }
    }
    assert world.health.healthy().good, "a restart renews no token"


def test_ready_says_when_each_monitor_last_succeeded() -> None:
    world = World()
    world.vitals.succeeded("bot", START)
    world.time.passes(timedelta(seconds=30))

    answer = world.health.ready()

    assert answer.good
    assert answer.detail == {
        "history": "reachable",
        "monitors": {
            "bot": {
                "condition": "ready",
                "last_success": "2026-03-29T06:00:00Z",
                "age_seconds": 30.0,
                "limit_seconds": 2700.0,
                "crashed_checks": [],
                "error": None,
            }
        },
        "undelivered": {},
    }


def test_not_ready_before_the_first_look_with_the_reason_of_its_failure() -> None:
    world = World()
    world.vitals.failed("bot", "no such file: logs/*.parquet", Cause.UNREADABLE)

    answer = world.health.ready()

    assert not answer.good
    assert answer.detail["monitors"]["bot"]["condition"] == "starting"
    assert answer.detail["monitors"]["bot"]["error"] == "no such file: logs/*.parquet"


def test_not_ready_without_the_history_and_its_password_stays_hidden() -> None:
    world = World()
    world.vitals.succeeded("bot", START)
    world.history_error = "cannot reach postgresql://bot:hunter2@db"

    answer = world.health.ready()

    assert not answer.good
    assert answer.detail["history"] == "cannot reach postgresql://bot:***@db"


def test_a_clock_that_is_set_back_two_hours_is_told_and_no_age_is_negative() -> None:
    world = World()
    world.vitals.succeeded("bot", START)
    world.time.is_set(START - timedelta(hours=2))
    world.time.passes(timedelta(seconds=40))

    answer = world.health.ready()

    assert not answer.good
    assert answer.detail["monitors"]["bot"]["condition"] == "clock"
    assert answer.detail["monitors"]["bot"]["age_seconds"] == 40.0
    assert world.health.healthy().good


def test_a_history_from_the_future_names_the_command_that_repairs_it() -> None:
    world = World()
    world.vitals.succeeded("bot", START)
    world.time.passes(timedelta(seconds=1))
    world.vitals.failed("bot", "if it is right, run tunewatch history repair", Cause.CLOCK)

    answer = world.health.ready()

    assert not answer.good
    assert "tunewatch history repair" in answer.detail["monitors"]["bot"]["error"]

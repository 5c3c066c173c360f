from datetime import UTC, datetime, timedelta

from monitor.errors import HistoryError
from monitor.health import Health
from monitor.heartbeat import Heartbeat
from monitor.vitals import Vitals

START = datetime(2026, 3, 29, 6, tzinfo=UTC)


class World:
    """What a health question asks about, as a test sets it."""

    def __init__(self) -> None:
        self.now = START
        self.courier_alive = True
        self.history_error = ""
        self.heartbeat = Heartbeat(START)
        self.vitals = Vitals({"bot": timedelta(minutes=15)}, START)
        self.health = Health(
            self.heartbeat, lambda: self.courier_alive, self.vitals, self._reach_history, lambda: self.now
        )

    def _reach_history(self) -> None:
        if self.history_error:
            raise HistoryError(self.history_error)


def test_a_scheduler_that_no_longer_beats_is_not_healthy() -> None:
    world = World()
    world.now += timedelta(seconds=61)

    assert world.health.healthy().detail == {"scheduler": "stuck", "delivery": "alive"}
    assert not world.health.healthy().good

    world.heartbeat.beat(world.now)
    assert world.health.healthy().good


def test_a_delivery_that_died_is_not_healthy() -> None:
    world = World()
    world.courier_alive = False

    assert not world.health.healthy().good


def test_ready_says_when_each_monitor_last_succeeded() -> None:
    world = World()
    world.vitals.succeeded("bot", START)
    world.now += timedelta(seconds=30)

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
    }


def test_not_ready_before_the_first_look_with_the_reason_of_its_failure() -> None:
    world = World()
    world.vitals.failed("bot", "no such file: logs/*.parquet", START)

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

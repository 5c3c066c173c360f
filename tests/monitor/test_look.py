from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.loading import load
from monitor.bootstrap import build_monitor, open_history
from monitor.cycle import Monitor
from monitor.look import Look
from monitor.vitals import Condition, Vitals
from tests.support.chat_log import END, write_config, write_log


class World:
    """A monitor's log and history, and a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        write_log(folder / "logs", each_day=20)
        self.settings = load(write_config(folder))
        self.history = open_history(self.settings)
        self.now = END
        self.vitals = Vitals({"support-bot": timedelta(minutes=15)}, END)
        self.looked = 0
        self.build = partial(build_monitor, self.settings, "support-bot", self.history)

    def look(self) -> Look:
        """The daemon's look at it."""
        every = timedelta(minutes=15)
        return Look("support-bot", every, self._build, self.vitals, self._count, self.clock)

    def clock(self) -> datetime:
        """The time that the test has set."""
        return self.now

    def _build(self) -> Monitor:
        return self.build()

    def _count(self) -> None:
        self.looked += 1

    def condition(self) -> Condition:
        """What the vitals say of it."""
        return self.vitals.looks()["support-bot"].condition(self.now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A log that is there, and no look yet."""
    made = World(tmp_path)
    yield made
    made.history.close()


def test_a_look_that_succeeds_is_noted_and_told(world: World) -> None:
    look = world.look()
    with capture_logs() as logs:
        report = look.run()

    assert report
    assert report.as_of == END
    assert world.condition() is Condition.READY
    assert world.looked == 1
    assert logs[-1]["event"] == "looked"
    assert {line["event"] for line in logs} == {"incident", "looked"}
    assert look.close(patience=0)


def test_a_clock_that_went_back_fails_the_look_and_harms_nothing(world: World) -> None:
    look = world.look()
    look.run()
    world.now -= timedelta(hours=1)

    with capture_logs() as logs:
        assert look.run() is None

    assert "is this machine's clock right?" in logs[-1]["error"]
    assert world.history.cursor("support-bot") == END
    assert look.close(patience=0)


def test_a_fault_of_ours_is_logged_with_its_traceback_and_the_next_look_is_made(world: World) -> None:
    def broken() -> Monitor:
        raise ZeroDivisionError("a secret detail")

    good, world.build = world.build, broken  # type: ignore[assignment]
    look = world.look()
    with capture_logs() as logs:
        assert look.run() is None

    assert logs[-1]["event"] == "look crashed"
    assert logs[-1]["exc_info"]
    assert world.vitals.looks()["support-bot"].error == "a fault of tunewatch; its log has the traceback"

    world.build = good
    assert look.run()
    assert look.close(patience=0)


def test_after_a_stop_no_look_is_begun(world: World) -> None:
    look = world.look()
    look.stop()

    assert look.run() is None
    assert world.looked == 0
    assert world.condition() is Condition.STARTING

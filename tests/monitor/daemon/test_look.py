import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from alerts.incident import Event, Reason
from checks.advice.deciding.model import Action
from checks.rules.family import Family
from config.loading import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor, build_outage
from monitor.common.errors import SourceError
from monitor.cycle.cycle import Monitor
from monitor.cycle.outage import Failure
from monitor.daemon.look import Look
from monitor.daemon.vitals import Condition, Vitals
from monitor.log.engines import duckdb_databases
from tests.support.chat_log import END, write_config, write_log
from tests.support.clocks import SetClocks

EVERY = timedelta(minutes=15)


class World:
    """A monitor's log and history, and a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        write_log(folder / "logs", each_day=20)
        for file in (folder / "logs").iterdir():
            os.utime(file, (END.timestamp(), END.timestamp()))
        self.settings = load(write_config(folder))
        self.history = open_history(self.settings)
        self.time = SetClocks(END)
        self.vitals = Vitals({"support-bot": EVERY}, self.time.ticks)
        self.outage = build_outage(self.settings, "support-bot", self.history)
        self.looked = 0
        self.build = partial(build_monitor, self.settings, "support-bot", self.history)

    def look(self) -> Look:
        """The daemon's look at it."""
        return Look(self.outage, EVERY, self._build, self.vitals, self._count, self.time.both)

    def _build(self) -> Monitor:
        return self.build()

    def _count(self) -> None:
        self.looked += 1

    def condition(self) -> Condition:
        """What the vitals say of it."""
        return self.vitals.looks()["support-bot"].condition(self.time.ticks(), self.time.now())


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
    assert duckdb_databases.idle() == 0, "each would keep its memory until the next look"
    assert look.close(patience=0)


def test_a_clock_set_back_is_followed_where_the_log_agrees_with_it(world: World) -> None:
    look = world.look()
    world.time.is_set(END + timedelta(days=400))
    assert look.run()
    world.time.is_set(END)
    assert world.condition() is Condition.CLOCK

    with capture_logs() as logs:
        report = look.run()

    assert report
    assert report.as_of == END
    assert logs[0]["event"] == "looks set aside that are dated after the present"
    assert world.history.cursor("support-bot") == END
    assert world.condition() is Condition.READY
    assert look.close(patience=0)


def test_a_clock_that_the_log_contradicts_stops_the_looks_and_harms_nothing(world: World) -> None:
    look = world.look()
    look.run()
    world.time.is_set(END - timedelta(days=300))
    assert look.run() is None
    world.time.passes(timedelta(days=1))
    assert look.run() is None

    assert "tunewatch history repair" in world.vitals.looks()["support-bot"].error
    assert world.condition() is Condition.CLOCK
    assert world.history.cursor("support-bot") == END
    (incident,) = (each for each in world.history.queries.incidents() if each.family is Family.WATCH)
    assert incident.advice.action is Action.FIX_LOG
    assert "tunewatch history repair" in incident.advice.reasons[0]
    assert look.close(patience=0)


def test_a_fault_of_ours_is_logged_with_its_traceback_and_the_next_look_is_made(world: World) -> None:
    def broken() -> Monitor:
        raise ZeroDivisionError("a secret detail")

    good, world.build = world.build, broken  # type: ignore[assignment]
    look = world.look()
    with capture_logs() as logs:
        assert look.run() is None

    assert logs[0]["event"] == "look crashed"
    assert logs[0]["exc_info"]
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


def test_looks_that_go_on_failing_are_told_and_the_next_good_one_ends_it(world: World) -> None:
    def unreachable() -> Monitor:
        raise SourceError("cannot read postgresql://bot:hunter2@db: no route to host")

    good, world.build = world.build, unreachable  # type: ignore[assignment]
    look, told = world.look(), []
    for _ in range(3):
        with capture_logs() as logs:
            assert look.run() is None
        told.append([line["happened"] for line in logs if line["event"] == "incident"])
        world.time.passes(EVERY)

    assert told == [[], [], ["opened"]]  # held for 30 minutes, as every alarm that is not certain
    (incident,) = world.history.queries.incidents()
    assert (incident.family, incident.severity.value) == (Family.WATCH, "critical")
    assert incident.advice.action is Action.FIX_LOG
    assert incident.findings[0].message == "fails: cannot read postgresql://bot:***@db: no route to host"
    assert world.history.cursor("support-bot") is None

    world.build = good
    report = world.look().run()  # of another process, which knows only what is kept

    assert report
    ended = [step for step in report.transitions if step.incident.family is Family.WATCH]
    assert [step.event for step in ended] == [Event.RESOLVED]
    world.time.passes(EVERY)
    assert not [
        each for each in world.history.queries.incidents() if each.family is Family.WATCH and not each.resolved_at
    ]


def test_one_hiccup_is_told_to_nobody_even_where_nothing_is_held(world: World) -> None:
    world.outage = replace(world.outage, policy=replace(world.outage.policy, hold=timedelta()))
    good = world.build
    look = world.look()

    def unreachable() -> Monitor:
        raise SourceError("no route to host")

    world.build = unreachable  # type: ignore[assignment]
    look.run()
    world.time.passes(EVERY)
    world.build = good
    report = look.run()

    assert report
    assert [step.reason for step in report.transitions if step.incident.family is Family.WATCH] == [Reason.BLIP]
    assert not [each for each in world.history.queries.incidents() if each.family is Family.WATCH]


def test_a_look_that_fails_leaves_the_incidents_of_the_bot_as_they_are(world: World) -> None:
    look = world.look()
    first = look.run()
    assert first
    before = {each.id: each for each in first.open_incidents}

    world.outage.note(SourceError("gone"), END + timedelta(days=30))

    kept = {each.id: each for each in world.history.queries.incidents() if each.family is not Family.WATCH}
    assert kept == before
    assert before


def test_what_is_told_of_an_error_quotes_no_row_of_the_log() -> None:
    long = "a long message of a user, who needs help with an urgent matter at once"
    error = SourceError(f"CSV Error on Line: 7 in predictions.csv, value '{long}' Original Line: 7,{long}")

    assert Failure.of(error).error == "CSV Error on Line: 7 in predictions.csv, value '…'"


def test_a_look_that_never_ends_is_noted_by_who_watches_over_it(world: World) -> None:
    look, at_work, release = world.look(), threading.Event(), threading.Event()

    def hang() -> Monitor:
        at_work.set()
        release.wait(10)
        raise SourceError("at last")

    world.build = hang  # type: ignore[assignment]
    running = threading.Thread(target=look.run)
    running.start()
    assert at_work.wait(5)
    look.watch_over()
    assert not world.vitals.looks()["support-bot"].error

    world.time.passes(timedelta(minutes=46))
    look.watch_over()

    assert world.vitals.looks()["support-bot"].error == "the look that began 46 minutes ago has not ended"
    release.set()
    running.join()

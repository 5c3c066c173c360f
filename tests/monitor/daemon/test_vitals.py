from datetime import UTC, datetime, timedelta

import pytest

from checks.rules.finding import Cause
from monitor.daemon.vitals import Condition, Vitals
from tests.support.clocks import SetClocks

START = datetime(2026, 3, 29, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Watched:
    """One monitor's vitals, and the clocks that a test moves."""

    def __init__(self, every: timedelta = 15 * MINUTE) -> None:
        self.time = SetClocks(START)
        self.vitals = Vitals({"bot": every}, self.time.ticks)

    def succeed(self, *crashed: str) -> None:
        """A look ends well."""
        self.vitals.succeeded("bot", self.time.now(), crashed)

    def fail(self, cause: Cause = Cause.UNREADABLE) -> None:
        """A look fails."""
        self.vitals.failed("bot", "no route to host", cause)

    def condition(self) -> Condition:
        """What is said of it."""
        return self.vitals.looks()["bot"].condition(self.time.ticks(), self.time.now())

    def is_ready(self) -> bool:
        """Whether it can be relied on."""
        return self.vitals.looks()["bot"].is_ready(self.time.ticks(), self.time.now())


def test_a_monitor_is_starting_until_its_first_look_ended_well() -> None:
    bot = Watched()
    bot.time.passes(MINUTE)
    bot.fail()

    assert bot.condition() is Condition.STARTING
    assert not bot.is_ready()


def test_a_monitor_that_never_succeeds_is_late_in_the_end() -> None:
    bot = Watched()
    bot.time.passes(46 * MINUTE)

    assert bot.condition() is Condition.LATE


def test_a_failed_look_is_forgiven_while_an_earlier_one_is_recent() -> None:
    bot = Watched()
    bot.succeed()
    bot.time.passes(15 * MINUTE)
    bot.fail()
    bot.time.passes(30 * MINUTE)

    assert bot.condition() is Condition.FAILING
    assert bot.is_ready()
    bot.time.passes(MINUTE)
    assert bot.condition() is Condition.LATE


def test_a_check_that_crashed_makes_a_monitor_unready_until_a_look_is_whole_again() -> None:
    bot = Watched()
    bot.succeed("class_recall")

    assert bot.condition() is Condition.CRIPPLED
    assert not bot.is_ready()

    bot.time.passes(15 * MINUTE)
    bot.succeed()

    assert bot.condition() is Condition.READY


def test_a_success_ends_a_failure() -> None:
    bot = Watched()
    bot.fail()
    bot.time.passes(MINUTE)
    bot.succeed()

    assert bot.condition() is Condition.READY


@pytest.mark.parametrize(("every", "patience"), [(10 * MINUTE, 30 * MINUTE), (timedelta(seconds=5), 5 * MINUTE)])
def test_patience_is_three_looks_but_no_less_than_five_minutes(every: timedelta, patience: timedelta) -> None:
    assert Watched(every).vitals.looks()["bot"].patience == patience


def test_a_look_dated_after_the_present_is_not_ready_until_the_next_one() -> None:
    bot = Watched()
    bot.succeed()
    bot.time.is_set(START - timedelta(hours=2))

    assert bot.condition() is Condition.CLOCK
    assert not bot.is_ready()

    bot.time.passes(MINUTE)
    bot.succeed()

    assert bot.condition() is Condition.READY


def test_a_clock_that_is_set_ahead_makes_no_look_late() -> None:
    bot = Watched()
    bot.succeed()
    bot.time.is_set(START + timedelta(days=400))
    bot.time.passes(30 * MINUTE)

    assert bot.condition() is Condition.READY


def test_a_clock_that_nothing_agrees_with_is_not_ready_at_once() -> None:
    bot = Watched()
    bot.succeed()
    bot.time.passes(MINUTE)
    bot.fail(Cause.CLOCK)

    assert bot.condition() is Condition.CLOCK


def test_it_is_known_when_no_monitor_fits_its_log() -> None:
    time = SetClocks(START)
    vitals = Vitals({"one": MINUTE, "other": MINUTE}, time.ticks)
    vitals.failed("one", "no column", Cause.NOT_LOGGED)
    assert not vitals.all_failed_by(Cause.NOT_LOGGED)

    vitals.failed("other", "no column", Cause.NOT_LOGGED)
    assert vitals.all_failed_by(Cause.NOT_LOGGED)

from datetime import UTC, datetime, timedelta

import pytest

from monitor.vitals import Condition, Vitals

START = datetime(2026, 3, 29, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _vitals(every: timedelta = 15 * MINUTE) -> Vitals:
    return Vitals({"bot": every}, START)


def _condition(vitals: Vitals, now: datetime) -> Condition:
    return vitals.looks()["bot"].condition(now)


def test_a_monitor_is_starting_until_its_first_look_ended_well() -> None:
    vitals = _vitals()
    vitals.failed("bot", "no route to host", START + MINUTE)

    assert _condition(vitals, START + MINUTE) is Condition.STARTING
    assert not vitals.looks()["bot"].is_ready(START + MINUTE)


def test_a_monitor_that_never_succeeds_is_late_in_the_end() -> None:
    assert _condition(_vitals(), START + 46 * MINUTE) is Condition.LATE


def test_a_failed_look_is_forgiven_while_an_earlier_one_is_recent() -> None:
    vitals = _vitals()
    vitals.succeeded("bot", START)
    vitals.failed("bot", "no route to host", START + 15 * MINUTE)

    assert _condition(vitals, START + 45 * MINUTE) is Condition.FAILING
    assert vitals.looks()["bot"].is_ready(START + 45 * MINUTE)
    assert _condition(vitals, START + 46 * MINUTE) is Condition.LATE


def test_a_check_that_crashed_makes_a_monitor_unready_until_a_look_is_whole_again() -> None:
    vitals = _vitals()
    vitals.succeeded("bot", START, ("class_recall",))

    assert _condition(vitals, START) is Condition.CRIPPLED
    assert not vitals.looks()["bot"].is_ready(START)

    vitals.succeeded("bot", START + 15 * MINUTE)

    assert _condition(vitals, START + 15 * MINUTE) is Condition.READY


def test_a_success_ends_a_failure() -> None:
    vitals = _vitals()
    vitals.failed("bot", "no route to host", START)
    vitals.succeeded("bot", START + MINUTE)

    assert _condition(vitals, START + 2 * MINUTE) is Condition.READY


@pytest.mark.parametrize(("every", "patience"), [(10 * MINUTE, 30 * MINUTE), (timedelta(seconds=5), 5 * MINUTE)])
def test_patience_is_three_looks_but_no_less_than_five_minutes(every: timedelta, patience: timedelta) -> None:
    assert _vitals(every).looks()["bot"].patience == patience

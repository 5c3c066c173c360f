"""What the pages are told of the looks."""

from datetime import UTC, datetime, timedelta

from monitor.common.clock import Clocks
from monitor.daemon.pages import look_states
from monitor.daemon.vitals import Vitals
from monitor.web.page.watched import LookState
from tests.support.clocks import SetClocks


def test_the_pages_are_told_which_checks_crashed() -> None:
    time = SetClocks(datetime(2026, 3, 29, 6, tzinfo=UTC))
    vitals = Vitals({"bot": timedelta(minutes=15)}, time.ticks)

    vitals.succeeded("bot", time.now(), ("drift", "traffic"))

    assert look_states(vitals, Clocks(time.now, time.ticks)) == {"bot": LookState("crippled", "drift, traffic")}

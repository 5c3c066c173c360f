"""A process that delivers what is due, as a daemon does, and ends."""

import sys
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Final

from alerts.channels.slack.channel import SlackChannel
from monitor.delivery.delivery import Deliverer
from monitor.history import History
from tests.support.fake_slack import TOKEN

READY: Final = "ready"


def clock() -> datetime:
    """The present."""
    return datetime.now(UTC)


def send(url: str, slack: str, test: "Connection[object, object]") -> None:
    """Deliver until nothing is due, from when the test says so, and tell it how many tries that took."""
    history = History.open(url)
    deliverer = Deliverer(history.outbox(), {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack)}, clock)
    test.send(READY)
    test.recv()
    deliverer.begin()
    test.send(deliverer.deliver_all(clock() + timedelta(minutes=1)))
    history.close()
    sys.exit(0)
